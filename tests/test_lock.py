"""What `make` installs is what setup.cfg and pyproject.toml ask for."""

import configparser
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
UNLOCKED = ("bench",)
"""Extras that neither `make demo` nor `make test` installs."""
PIN = re.compile(r"^([\w.-]+)==([^\s;]+)( ;[^\\]*)? \\\n    --hash=sha256:", re.MULTILINE)


def asked() -> Iterator[Requirement]:
    """Yield what the package, its extras and its build backend require."""
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    extras = setup["options.extras_require"]
    lists = [setup["options"]["install_requires"]]
    lists += [text for name, text in extras.items() if name not in UNLOCKED]
    lines = [line for text in lists for line in text.splitlines()]
    lines += tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"]
    found = (Requirement(line) for line in lines if line and not line.startswith("#"))
    yield from (one for one in found if one.name != "nnlab")  # an extra of its own


@pytest.fixture(scope="module")
def pinned() -> dict[str, list[str]]:
    """Return the versions of each package in the lock: more than one if Pythons differ."""
    versions: dict[str, list[str]] = {}
    for name, version, _ in PIN.findall((ROOT / "requirements.lock").read_text()):
        versions.setdefault(canonicalize_name(name), []).append(version)
    return versions


@pytest.mark.parametrize("requirement", sorted(set(asked()), key=str), ids=str)
def test_the_lock_satisfies(requirement: Requirement, pinned: dict[str, list[str]]) -> None:
    versions = pinned.get(canonicalize_name(requirement.name), [])
    fitting = [one for one in versions if one in requirement.specifier]
    assert versions == fitting != [], "run make lock"


def test_the_installer_has_the_same_version_in_its_own_lock(pinned: dict[str, list[str]]) -> None:
    ((name, version, _),) = PIN.findall((ROOT / "requirements-uv.lock").read_text())
    assert (name, [version]) == ("uv", pinned["uv"])


def test_everything_in_the_lock_has_a_hash(pinned: dict[str, list[str]]) -> None:
    named = re.findall(r"^[\w.-]+(?===)", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    assert {canonicalize_name(name) for name in named} == pinned.keys()

"""Versions of nnlab and of the packages it needs, read without importing them."""

import platform
import shlex
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from packaging.requirements import Requirement

PACKAGES = ("tensorflow", "keras", "numpy", "h5py", "onnxruntime")
MISSING = "not installed"


def own() -> str:
    """Return the version of nnlab, as installed."""
    return _version("nnlab")


def installed() -> dict[str, str]:
    """Return the versions that can change a result, including Python's."""
    return {"python": platform.python_version()} | {name: _version(name) for name in PACKAGES}


def required() -> dict[str, str]:
    """Return the installed version of each package that nnlab requires; nothing without nnlab."""
    return {requirement.name: _version(requirement.name) for requirement in _requirements()}


def unmet() -> dict[str, str]:
    """Return each unmet requirement of nnlab, such as `keras>=3.15.1`, with what is installed."""
    return {str(one): _version(one.name) for one in _requirements() if not _is_met(one)}


def install_command(extra: str) -> str:
    """Return the command that installs what an extra of nnlab needs.

    It names the packages, not the extra: on PyPI, `nnlab` is somebody else's project.
    """
    wanted = sorted(f"{one.name}{one.specifier}" for one in _requirements(extra))
    return f"pip install {shlex.join(wanted or [f'.[{extra}]'])}"


def _is_met(requirement: "Requirement") -> bool:
    here = _version(requirement.name)
    return here != MISSING and requirement.specifier.contains(here, prereleases=True)


def _requirements(extra: str = "") -> Iterator["Requirement"]:
    """Yield the requirements of nnlab, or those that an extra adds."""
    from packaging.requirements import Requirement

    try:
        lines = requires("nnlab") or []
    except PackageNotFoundError:
        return
    for requirement in map(Requirement, lines):
        if _applies(requirement, extra) and not (extra and _applies(requirement, "")):
            yield requirement


def _applies(requirement: "Requirement", extra: str) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": extra})


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return MISSING

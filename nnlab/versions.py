"""Versions of nnlab and of what it stands on, read without importing any of it."""

import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from packaging.requirements import Requirement

PACKAGES = ("tensorflow", "keras", "numpy", "h5py")
MISSING = "not installed"


def own() -> str:
    """Return the version of nnlab, as installed."""
    return _version("nnlab")


def installed() -> dict[str, str]:
    """Return the versions that can change a result, Python's included."""
    return {"python": platform.python_version()} | {name: _version(name) for name in PACKAGES}


def required() -> dict[str, str]:
    """Return the packages that nnlab requires, with their versions here; none if not installed."""
    return {requirement.name: _version(requirement.name) for requirement in _requirements()}


def unmet() -> dict[str, str]:
    """Return what nnlab requires and is not met, such as `keras>=3.15.1`, with what is here."""
    here = {str(requirement): _version(requirement.name) for requirement in _requirements()}
    met = {str(one) for one in _requirements() if _meets(one, here[str(one)])}
    return {wanted: came for wanted, came in here.items() if wanted not in met}


def _meets(requirement: "Requirement", came: str) -> bool:
    return came != MISSING and requirement.specifier.contains(came, prereleases=True)


def _requirements() -> Iterator["Requirement"]:
    """Yield what is required to run, without the extras."""
    from packaging.requirements import Requirement

    try:
        lines = requires("nnlab") or []
    except PackageNotFoundError:
        return
    for requirement in map(Requirement, lines):
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield requirement


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return MISSING

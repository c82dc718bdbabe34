"""Versions of nnlab and of what it stands on, read without importing any of it."""

import platform
from importlib.metadata import PackageNotFoundError, version

PACKAGES = ("tensorflow", "keras", "numpy", "h5py")


def own() -> str:
    """Return the version of nnlab, as installed."""
    return _version("nnlab")


def installed() -> dict[str, str]:
    """Return the versions that can change a result, Python's included."""
    return {"python": platform.python_version()} | {name: _version(name) for name in PACKAGES}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"

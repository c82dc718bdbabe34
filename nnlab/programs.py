"""Programs besides Python that nnlab uses if they are installed: none is needed."""

import shutil


def path_of(program: str) -> str | None:
    """Return where a program is, or None if it is not installed."""
    return shutil.which(program)


def missing(program: str) -> str:
    """Say why something was left out that needs a program which is not installed."""
    return f"{program} is not installed"

"""External programs that nnlab uses if they are installed; all are optional."""

import shutil


def path_of(program: str) -> str | None:
    """Return where a program is, or None if it is not installed."""
    return shutil.which(program)


def missing(program: str) -> str:
    """Return the reason why something was skipped: the program it needs is not installed."""
    return f"{program} is not installed"

"""Types that tests of several folders share."""

import subprocess
from collections.abc import Callable
from typing import Any, Literal, Protocol, overload

Warn = Callable[[str], None]
"""Takes a warning; `pytest.fail` where none is expected."""

Record = dict[str, Any]
"""A JSON object, such as the contents of metrics.json."""

Node = dict[str, Any]
"""A node of a network's description."""

Command = Callable[..., subprocess.CompletedProcess[str]]
"""Runs one command of nnlab with what a test gives it, as `Shell` does."""


class Shell(Protocol):
    """Runs `nnlab ARGUMENTS` in a process of its own; the options are those of `subprocess.run`."""

    @overload
    def __call__(
        self, *arguments: object, text: Literal[True] = True, **options: object
    ) -> subprocess.CompletedProcess[str]: ...

    @overload
    def __call__(
        self, *arguments: object, text: Literal[False], **options: object
    ) -> subprocess.CompletedProcess[bytes]: ...


class Begun(Protocol):
    """Begins `nnlab ARGUMENTS`; the options are those of `subprocess.Popen`."""

    @overload
    def __call__(
        self, *arguments: object, text: Literal[True] = True, **options: object
    ) -> subprocess.Popen[str]: ...

    @overload
    def __call__(
        self, *arguments: object, text: Literal[False], **options: object
    ) -> subprocess.Popen[bytes]: ...


class Here(Protocol):
    """Runs `nnlab ARGUMENTS` in this process."""

    def __call__(self, *arguments: object) -> subprocess.CompletedProcess[str]: ...

"""Ctrl-C and SIGTERM, however often and fast they come.

An impatient user presses Ctrl-C several times, and a terminal sends it to every process. What comes
within `PATIENCE` of a signal that was heard belongs to it and is swallowed: what is under way,
saving and saying so, comes to its end.
"""

import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any

PATIENCE = 2.0
"""Seconds within which further signals belong to the first."""

SIGNALS = (signal.SIGINT, signal.SIGTERM)

_unanswered = False
"""Whether KeyboardInterrupt was raised and has not come out of `raised_once` yet.

Code that swallows every exception, as some does while it is imported, would lose it for good.
"""


class Interrupt:
    """A context in which the first signal only raises a flag, for work that saves before it ends.

    It is raised from the start if an interrupt before it was swallowed on its way. A signal that
    comes later than `PATIENCE` after the first raises KeyboardInterrupt. Outside the
    main thread Python cannot catch signals, and the flag then never rises.

    Attributes:
        requested: The flag.
    """

    def __init__(self) -> None:
        self.requested = _unanswered
        self._until = 0.0
        self._previous: dict[signal.Signals, Any] = {}

    def __enter__(self) -> "Interrupt":
        if threading.current_thread() is threading.main_thread():
            self._previous = {number: signal.signal(number, self._catch) for number in SIGNALS}
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in self._previous.items():
            _restore(number, handler, self._until)

    def _catch(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if now < self._until:
            return
        self._until = now + PATIENCE
        if self.requested:
            raise KeyboardInterrupt
        self.requested = True


@contextmanager
def raised_once(numbers: Sequence[signal.Signals] = SIGNALS) -> Iterator[None]:
    """Let a signal raise KeyboardInterrupt inside the block, once within `PATIENCE`.

    Without it the second of two signals would raise while the first is being dealt with. A signal
    that is ignored, as of a command in the background of a script, stays ignored.
    """
    until = 0.0

    def catch(number: int, frame: FrameType | None) -> None:
        global _unanswered
        nonlocal until
        if time.monotonic() >= until:
            until = time.monotonic() + PATIENCE
            _unanswered = True
            raise KeyboardInterrupt

    previous = {
        number: signal.signal(number, catch)
        for number in numbers
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    try:
        yield
    finally:
        _answer()
        for number, handler in previous.items():
            _restore(number, handler, until)


def _answer() -> None:
    """Forget an interrupt: what it was to end has ended."""
    global _unanswered
    _unanswered = False


def ignore_all() -> None:
    """Ignore signals from now on: for a process whose exit code is settled."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _restore(number: signal.Signals, handler: Any, until: float) -> None:
    """Give a signal its handler back, but swallow what comes before `until`."""

    def catch(number: int, frame: FrameType | None) -> None:
        if time.monotonic() >= until:
            signal.signal(number, handler)
            signal.raise_signal(number)

    signal.signal(number, catch if time.monotonic() < until else handler)

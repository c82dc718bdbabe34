"""Ctrl-C and SIGTERM, however often and fast they arrive.

An impatient user presses Ctrl-C several times, and a terminal sends it to every process. Signals
within `PATIENCE` seconds of the first are ignored, so that the program can save its work and say
so. A signal that was ignored before, as for a background command of a script, stays ignored.
"""

import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any

PATIENCE = 2.0
"""Seconds after a signal in which further ones are ignored."""

SIGNALS = (signal.SIGINT, signal.SIGTERM)

_pending = False
"""Whether KeyboardInterrupt was raised inside `raised_once`, which has not ended yet.

Some modules swallow every exception while they are imported; without this flag the interrupt
would be lost.
"""


class Interrupt:
    """A context in which the first signal only sets a flag, for work that saves before it stops.

    The flag is set from the start if an earlier interrupt was swallowed. A signal more than
    `PATIENCE` seconds after the first raises KeyboardInterrupt. Outside the main thread Python
    cannot catch signals, and the flag is never set.

    Attributes:
        requested: The flag.
    """

    def __init__(self) -> None:
        self.requested = _pending
        self._until = 0.0
        self._previous: dict[signal.Signals, Any] = {}

    def __enter__(self) -> "Interrupt":
        if threading.current_thread() is threading.main_thread():
            self._previous = _handled(SIGNALS, self._catch)
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
    """Let a signal raise KeyboardInterrupt in the block, at most once within `PATIENCE` seconds.

    Otherwise a second signal would interrupt the handling of the first.
    """
    until = 0.0

    def catch(number: int, frame: FrameType | None) -> None:
        global _pending
        nonlocal until
        if time.monotonic() >= until:
            until = time.monotonic() + PATIENCE
            _pending = True
            raise KeyboardInterrupt

    previous = _handled(numbers, catch)
    try:
        yield
    finally:
        _forget_pending()
        for number, handler in previous.items():
            _restore(number, handler, until)


def _forget_pending() -> None:
    global _pending
    _pending = False


def ignore_all() -> None:
    """Ignore signals from now on, past ones included, because the exit code is already decided.

    If KeyboardInterrupt ever left code that was run from a string, as dataclasses run it,
    `python -m` ends by SIGINT whatever the exit code, even when the exception was caught. Running
    another string makes Python forget it.
    """
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    exec("")


def _handled(
    numbers: Sequence[signal.Signals], handler: Callable[[int, FrameType | None], None]
) -> dict[signal.Signals, Any]:
    """Let a handler take signals, and return the handlers of before."""
    return {
        number: signal.signal(number, handler)
        for number in numbers
        if signal.getsignal(number) is not signal.SIG_IGN
    }


def _restore(number: signal.Signals, handler: Any, until: float) -> None:
    """Restore the handler of a signal, but ignore signals until the time `until`."""

    def catch(number: int, frame: FrameType | None) -> None:
        if time.monotonic() >= until:
            signal.signal(number, handler)
            signal.raise_signal(number)

    signal.signal(number, catch if time.monotonic() < until else handler)

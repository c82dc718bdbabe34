"""Ctrl-C and SIGTERM: the first asks the loop to save and stop, the second leaves at once."""

import os
import signal
import threading
from types import FrameType, TracebackType
from typing import Any

from nnlab.errors import InterruptedRun


class Interrupt:
    """A context in which the first signal only raises a flag.

    Files are replaced atomically, so leaving at once on the second signal damages nothing.
    Outside the main thread Python cannot catch signals, and the flag then never rises.
    """

    signals = (signal.SIGINT, signal.SIGTERM)

    def __init__(self) -> None:
        self.requested = False
        self._previous: dict[signal.Signals, Any] = {}

    def __enter__(self) -> "Interrupt":
        if threading.current_thread() is threading.main_thread():
            self._previous = {number: signal.signal(number, self._catch) for number in self.signals}
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    def _catch(self, number: int, frame: FrameType | None) -> None:
        if self.requested:
            if os.isatty(2):  # a progress bar may have hidden the cursor
                os.write(2, b"\x1b[?25h\nleft at once; what was saved before can be gone on with\n")
            os._exit(InterruptedRun.exit_code)
        self.requested = True

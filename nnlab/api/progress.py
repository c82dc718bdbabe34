"""What watches a training from Python: a bar."""

import warnings
from collections.abc import Callable, Mapping
from typing import Any

from nnlab.runs.workshop import RunObserver


class Bar(RunObserver):
    """Shows the epochs of a run as a bar, in a notebook or on a terminal."""

    _bar: Any = None

    def run_started(self, title: str, epochs: int, done: int, glimpse: Callable[[], str]) -> None:
        """Open the bar."""
        with warnings.catch_warnings():  # tqdm's own: without ipywidgets its bar is plain text
            warnings.simplefilter("ignore")
            from tqdm.auto import tqdm

        self._bar = tqdm(total=epochs, initial=done, desc=title, unit="epoch", leave=False)

    def epoch_done(self, row: Mapping[str, Any]) -> None:
        """Move the bar on by one epoch."""
        self._bar.update()

    def run_finished(self) -> None:
        """Remove the bar, if the run came so far that it has one."""
        if self._bar is not None:
            self._bar.close()

"""What watches a training from Python: nothing that shows, or a bar."""

import warnings
from collections.abc import Callable, Mapping
from typing import Any


class Silent:
    """Watches a run and shows nothing; see `nnlab.runs.workshop.RunObserver`."""

    def run_started(self, title: str, epochs: int, done: int) -> None:
        """Show nothing."""

    def stage(self, text: str) -> None:
        """Show nothing."""

    def glimpse(self, make: Callable[[], str]) -> None:
        """Show nothing."""

    def run_finished(self) -> None:
        """Show nothing."""

    def chunk_done(self, epoch: int, step: int, steps: int, means: Mapping[str, float]) -> None:
        """Show nothing."""

    def epoch_done(self, row: Mapping[str, Any]) -> None:
        """Show nothing."""


class Bar(Silent):
    """Shows the epochs of a run as a bar, in a notebook or on a terminal."""

    def run_started(self, title: str, epochs: int, done: int) -> None:
        """Open the bar."""
        with warnings.catch_warnings():  # tqdm's own: without ipywidgets its bar is plain text
            warnings.simplefilter("ignore")
            from tqdm.auto import tqdm

        self._bar = tqdm(total=epochs, initial=done, desc=title, unit="epoch", leave=False)

    def epoch_done(self, row: Mapping[str, Any]) -> None:
        """Move the bar on by one epoch."""
        self._bar.update()

    def run_finished(self) -> None:
        """Remove the bar."""
        self._bar.close()

"""Progress of a run: one line per epoch, and a bar below them on a terminal."""

import sys
from collections.abc import Callable, Mapping
from typing import Any

from nnlab.console import scores_in_words, visible
from nnlab.runs.workshop import RunObserver


class TrainingDisplay(RunObserver):
    """Shows the progress of a run: one line per epoch, and a bar below them on a terminal."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._task: Any = None
        self._epochs = 0

    def stage(self, text: str) -> None:
        """Print which stage begins."""
        self._close()
        print(text, file=sys.stderr)  # noqa: T201

    def run_started(self, title: str, epochs: int, done: int, glimpse: Callable[[], str]) -> None:
        """Open the bar of a run, of which `done` of `epochs` are already finished."""
        self._epochs = epochs
        self._glimpse = glimpse
        print(f"training {title}" + (f" from epoch {done + 1}" if done else ""), file=sys.stderr)  # noqa: T201
        if sys.stderr.isatty():  # otherwise FORCE_COLOR would draw a bar in a log
            self._open(epochs, done)

    def chunk_done(self, epoch: int, step: int, steps: int, means: Mapping[str, float]) -> None:
        """Advance the bar."""
        if self._bar is not None:
            self._bar.update(
                self._task,
                completed=epoch - 1 + step / steps,
                description=f"epoch {epoch}/{self._epochs}",
                scores=scores_in_words(means),
            )

    def epoch_done(self, row: Mapping[str, Any]) -> None:
        """Print a line about the epoch; above a bar, also what the network does by now."""
        scores = {key: row[key] for key in row if key not in ("epoch", "seconds")}
        words = f"{scores_in_words(scores)}  {row['seconds']:.1f} s"
        line = f"epoch {row['epoch']}/{self._epochs}  {words}"
        if self._bar is None:
            print(line, file=sys.stderr, flush=True)  # noqa: T201
            return
        self._bar.console.print(line, soft_wrap=True, highlight=False)
        self._print_glimpse()

    def run_finished(self) -> None:
        """Close the bar."""
        self._close()

    def _print_glimpse(self) -> None:
        from rich.text import Text

        if text := self._glimpse():
            self._bar.console.print(Text(visible(text), "dim"))

    def _open(self, epochs: int, done: int) -> None:
        """Open the bar, unless the terminal cannot draw one."""
        from rich.console import Console as RichConsole
        from rich.progress import (
            BarColumn,
            Progress,
            TaskProgressColumn,
            TextColumn,
            TimeRemainingColumn,
        )
        from rich.table import Column

        terminal = RichConsole(stderr=True)
        if not terminal.is_interactive:
            return
        # on a narrow terminal the scores are cut first; the line of each epoch has them
        scores = Column(no_wrap=True, overflow="ellipsis", ratio=1)
        self._bar = Progress(
            TextColumn("{task.description}", table_column=Column(no_wrap=True)),
            BarColumn(bar_width=min(40, terminal.width // 5)),
            TaskProgressColumn(),
            TimeRemainingColumn(),
            TextColumn("left"),
            TextColumn("{task.fields[scores]}", table_column=scores),
            console=terminal,
            expand=True,
        )
        self._task = self._bar.add_task("", total=epochs, completed=done, scores="")
        self._bar.start()

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

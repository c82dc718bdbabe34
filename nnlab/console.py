"""The terminal: warnings and progress on stderr, tables on stdout.

Rich does all colour, so NO_COLOR, TERM=dumb and pipes are honoured; it is imported on first use
because answers rarely need it.
"""

import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any

_NUMBER = re.compile(r"[-+]?\d|$")


class Console:
    """What the command line says besides its answers.

    Args:
        quiet: Say nothing but warnings and errors.
    """

    def __init__(self, quiet: bool = False) -> None:
        self.quiet = quiet

    def say(self, text: str) -> None:
        """Write a line on stderr, unless quiet."""
        if not self.quiet:
            print(text, file=sys.stderr)  # noqa: T201

    def warn(self, text: str) -> None:
        """Write a warning on stderr."""
        _styled_line("warning:", "bold yellow", text)

    def error(self, text: str) -> None:
        """Write an error on stderr."""
        _styled_line("error:", "bold red", text)

    def table(
        self, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], note: str = ""
    ) -> None:
        """Write a table on stdout, columns of numbers aligned to the right.

        Args:
            title: A line above the table.
            columns: The headings; without any heading that is not empty there is no head.
            rows: The cells.
            note: A line below the table.
        """
        from rich import box
        from rich.console import Console as RichConsole
        from rich.table import Table
        from rich.text import Text

        table = Table(box=box.SIMPLE_HEAD, show_header=any(columns), pad_edge=False)
        for number, column in enumerate(columns):
            numbers = all(_NUMBER.match(row[number]) for row in rows)
            table.add_column(column, justify="right" if numbers and number else "left")
        for row in rows:
            table.add_row(*map(Text, row))
        console = RichConsole(highlight=False)
        console.print(Text(title, "bold"), soft_wrap=True)
        console.print(table)
        if note:
            console.print(Text(f"{note}\n"))


def _styled_line(label: str, style: str, text: str) -> None:
    if not sys.stderr.isatty():
        print(label, text, file=sys.stderr)  # noqa: T201
        return
    from rich.console import Console as RichConsole
    from rich.text import Text

    line = Text.assemble((label, style), " ", text)
    RichConsole(stderr=True, highlight=False).print(line, soft_wrap=True)


class TrainingDisplay:
    """Shows a run: a live bar on a terminal, a plain line per epoch elsewhere, nothing if quiet."""

    def __init__(self, quiet: bool = False) -> None:
        self._quiet = quiet
        self._bar: Any = None
        self._task: Any = None
        self._epochs = 0

    def stage(self, text: str) -> None:
        """Say what begins now."""
        if self._quiet:
            return
        self._close()
        print(text, file=sys.stderr)  # noqa: T201

    def run_started(self, title: str, epochs: int, done: int) -> None:
        """Open the bar of a run; `done` of `epochs` are behind it already."""
        if self._quiet:
            return
        self._epochs = epochs
        print(f"training {title}" + (f" from epoch {done + 1}" if done else ""), file=sys.stderr)  # noqa: T201
        if sys.stderr.isatty():
            self._open(epochs, done)

    def chunk_done(self, epoch: int, step: int, steps: int, means: Mapping[str, float]) -> None:
        """Move the bar on."""
        if self._bar is not None:
            self._bar.update(
                self._task,
                completed=epoch - 1 + step / steps,
                description=f"epoch {epoch}/{self._epochs}",
                scores=_in_words(means),
            )

    def epoch_done(self, row: Mapping[str, Any]) -> None:
        """Write the epoch's line where there is no bar."""
        if self._quiet or self._bar is not None:
            return
        scores = {key: row[key] for key in row if key not in ("epoch", "seconds")}
        line = f"epoch {row['epoch']}/{self._epochs}  {_in_words(scores)}  {row['seconds']:.1f} s"
        print(line, file=sys.stderr, flush=True)  # noqa: T201

    def run_finished(self) -> None:
        """Close the bar."""
        self._close()

    def _open(self, epochs: int, done: int) -> None:
        from rich.console import Console as RichConsole
        from rich.progress import (
            BarColumn,
            Progress,
            TaskProgressColumn,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[scores]}"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=RichConsole(stderr=True),
        )
        self._task = self._bar.add_task("", total=epochs, completed=done, scores="")
        self._bar.start()

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


def _in_words(scores: Mapping[str, float | None]) -> str:
    known = {name: value for name, value in scores.items() if value is not None}
    return "  ".join(f"{name.replace('_', ' ')} {value:.4f}" for name, value in known.items())

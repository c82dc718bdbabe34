"""The terminal: warnings and progress on stderr, tables on stdout.

Rich does all colour, so NO_COLOR, TERM=dumb and pipes are honoured; it is imported on first use
because answers rarely need it.
"""

import os
import re
import shutil
import stat
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

_NUMBER = re.compile(r"[-+]?\d|$")
_NO_STYLES: Mapping[str, str] = {}
_PIPE_WIDTH = 10_000
"""Columns of a pipe or a file: no table is cut or folded for a reader that is no terminal."""


def visible(text: str) -> str:
    r"""Escape what cannot be seen, breaks a line or would command a terminal.

    ESC becomes `\x1b`, a zero-width space `\u200b`, a no-break space `\xa0`. Names of files and the
    contents of checkpoints are anyone's.
    """
    if text.isprintable():  # letters, marks, signs and the plain space
        return text
    return "".join(
        one if one.isprintable() or "\udc80" <= one <= "\udcff" else _escaped(one) for one in text
    )  # what is between the two are bytes of a file's name, printed as they are


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode()


def _visible_lines(text: str) -> str:
    return "\n".join(map(visible, text.split("\n")))


def waiting_bytes(stream: Any) -> int:
    """Return how many bytes wait in a pipe; 0 for anything else."""
    try:
        import fcntl
        import termios

        if not stat.S_ISFIFO(os.fstat(stream.fileno()).st_mode):
            return 0
        return int.from_bytes(fcntl.ioctl(stream, termios.FIONREAD, bytes(4)), sys.byteorder)
    except (ImportError, OSError, ValueError):  # Windows, or no stream of the system's
        return 0


class Console:
    """What the command line says besides its answers.

    Args:
        quiet: Say nothing but warnings and errors.
    """

    def __init__(self, quiet: bool = False) -> None:
        self.quiet = quiet
        self._status = False
        self._warnings: set[str] = set()

    def say(self, text: str) -> None:
        """Write a line on stderr, unless quiet."""
        if not self.quiet:
            print(_visible_lines(text), file=sys.stderr)  # noqa: T201

    def status(self, text: str) -> None:
        """Show a passing line on a terminal until the next one; an empty text takes it away."""
        if sys.stderr.isatty() and not self.quiet and (text or self._status):
            shown = visible(text)[: shutil.get_terminal_size().columns - 1]
            print(f"\r{shown}\x1b[K", end="", file=sys.stderr, flush=True)  # noqa: T201
            self._status = bool(text)

    def warn(self, text: str) -> None:
        """Write a warning on stderr; the same one once, however many runs give it."""
        if text not in self._warnings:
            self._warnings.add(text)
            _styled_line("warning:", "bold yellow", text)

    def error(self, text: str) -> None:
        """Write an error on stderr."""
        _styled_line("error:", "bold red", text)

    def table(
        self,
        title: str,
        columns: Sequence[str],
        rows: Sequence[Sequence[str]],
        note: str = "",
        styles: Mapping[str, str] = _NO_STYLES,
    ) -> None:
        """Write a table on stdout, columns of numbers aligned to the right.

        Args:
            title: A line above the table.
            columns: The headings; without any heading that is not empty there is no head.
            rows: The cells.
            note: A line below the table.
            styles: How cells of exactly these texts look, such as `bold red`.
        """
        from rich.console import Console as RichConsole
        from rich.text import Text

        class PassingConsole(RichConsole):
            def on_broken_pipe(self) -> None:  # rich would exit with 1
                raise BrokenPipeError

        console = PassingConsole(highlight=False)
        if not console.is_terminal:
            console.width = _PIPE_WIDTH
        console.print(Text(visible(title), "bold"), soft_wrap=True)
        console.print(_fitting(console, columns, rows, styles), crop=False)
        if note:
            console.print(Text(f"{visible(note)}\n"))


def _fitting(
    console: Any,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    styles: Mapping[str, str],
) -> Any:
    """Return a table that the terminal can hold without a break inside a number.

    One that is too wide is turned, its rows becoming columns; where that does not fit either,
    words are folded; and where even that is too wide, lines go on below as the terminal has it.
    """
    unlimited = console.options.update(max_width=_PIPE_WIDTH)
    table = _rich_table(columns, rows, styles)
    if console.measure(table, options=unlimited).maximum <= console.width:
        return table
    if len(rows) and len(columns) > 2:
        turned_columns, *turned_rows = zip(columns, *rows, strict=True)
        turned = _rich_table(turned_columns, turned_rows, styles, aligned=False)
        if console.measure(turned, options=unlimited).maximum <= console.width:
            return turned
    console.width = max(console.width, console.measure(table, options=unlimited).minimum)
    return table


def _rich_table(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    styles: Mapping[str, str],
    *,
    aligned: bool = True,
) -> Any:
    """Return a table; `aligned` says whether columns of numbers end at the right."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, show_header=any(columns), pad_edge=False)
    for number, column in enumerate(columns):
        cells = [row[number] for row in rows]
        numbers = bool(number) and all(map(_NUMBER.match, cells))
        longest = max((len(visible(cell)) for cell in cells), default=0)
        table.add_column(
            Text(visible(column)),
            justify="right" if numbers and aligned else "left",
            overflow="fold",
            no_wrap=numbers and longest >= len(column),  # rich then shrinks the others first
            min_width=longest if numbers else None,
        )
    for row in rows:
        table.add_row(*(Text(visible(cell), styles.get(cell, "")) for cell in row))
    return table


def _styled_line(label: str, style: str, text: str) -> None:
    text = _visible_lines(text)  # a list of missing files has several lines
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
        if sys.stderr.isatty():  # else FORCE_COLOR would put a bar into a log
            self._open(epochs, done)

    def chunk_done(self, epoch: int, step: int, steps: int, means: Mapping[str, float]) -> None:
        """Move the bar on."""
        if self._bar is not None:
            self._bar.update(
                self._task,
                completed=epoch - 1 + step / steps,
                description=f"epoch {epoch}/{self._epochs}",
                scores=scores_in_words(means),
            )

    def epoch_done(self, row: Mapping[str, Any]) -> None:
        """Write the epoch's line where there is no bar."""
        if self._quiet or self._bar is not None:
            return
        scores = {key: row[key] for key in row if key not in ("epoch", "seconds")}
        words = f"{scores_in_words(scores)}  {row['seconds']:.1f} s"
        print(f"epoch {row['epoch']}/{self._epochs}  {words}", file=sys.stderr, flush=True)  # noqa: T201

    def glimpse(self, make: Callable[[], str]) -> None:
        """Write above the bar what the network makes of its task."""
        if self._bar is None:
            return
        from rich.text import Text

        if text := make():
            self._bar.console.print(Text(visible(text), "dim"))

    def run_finished(self) -> None:
        """Close the bar."""
        self._close()

    def _open(self, epochs: int, done: int) -> None:
        """Open the bar, unless the terminal is too dumb to draw one."""
        from rich.console import Console as RichConsole
        from rich.progress import (
            BarColumn,
            Progress,
            TaskProgressColumn,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        terminal = RichConsole(stderr=True)
        if not terminal.is_interactive:
            return
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[scores]}"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=terminal,
        )
        self._task = self._bar.add_task("", total=epochs, completed=done, scores="")
        self._bar.start()

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


def scores_in_words(scores: Mapping[str, float | None]) -> str:
    """Write scores behind their names; those that are not known are left out."""
    known = {name: value for name, value in scores.items() if value is not None}
    return "  ".join(f"{name.replace('_', ' ')} {value:.4f}" for name, value in known.items())

"""The terminal: warnings and progress on stderr, tables on stdout.

All colour comes from rich, which honours NO_COLOR, TERM=dumb and pipes. It is imported on first
use because answers rarely need it.
"""

import os
import re
import shutil
import stat
import sys
from collections.abc import Mapping, Sequence
from typing import Any

_NUMBER = re.compile(r"[-+]?\d|$")
_NO_STYLES: Mapping[str, str] = {}
_PIPE_WIDTH = 10_000
"""Width of a pipe or a file: tables are cut and folded for terminals only."""


def visible(text: str) -> str:
    r"""Escape characters that are invisible, break a line or control a terminal.

    ESC becomes `\x1b`, a zero-width space `\u200b`, a no-break space `\xa0`. File names and the
    contents of checkpoints are not to be trusted.
    """
    if text.isprintable():  # letters, marks, signs and the plain space
        return text
    return "".join(
        one if one.isprintable() or "\udc80" <= one <= "\udcff" else _escaped(one) for one in text
    )  # that range stands for undecodable bytes of a file name, which are printed unchanged


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode()


def _visible_lines(text: str) -> str:
    return "\n".join(map(visible, text.split("\n")))


def waiting_bytes(stream: Any) -> int:
    """Return how many bytes wait to be read from a pipe or a file; 0 for anything else."""
    try:
        import fcntl
        import termios

        mode = os.fstat(stream.fileno()).st_mode
        if not (stat.S_ISFIFO(mode) or stat.S_ISREG(mode)):
            return 0
        return int.from_bytes(fcntl.ioctl(stream, termios.FIONREAD, bytes(4)), sys.byteorder)
    except (ImportError, OSError, ValueError):  # Windows, or a stream without a descriptor
        return 0


class Console:
    """Prints everything but answers: messages, warnings, errors and tables.

    Args:
        quiet: Print no messages.
    """

    def __init__(self, quiet: bool = False) -> None:
        self.quiet = quiet
        self._status = False
        self._warnings: set[str] = set()

    def say(self, text: str) -> None:
        """Print a line to stderr, unless quiet."""
        if not self.quiet:
            print(_visible_lines(text), file=sys.stderr)  # noqa: T201

    def status(self, text: str) -> None:
        """Show a temporary line on a terminal; the next one replaces it, an empty one clears it."""
        if sys.stderr.isatty() and not self.quiet and (text or self._status):
            shown = visible(text)[: shutil.get_terminal_size().columns - 1]
            print(f"\r{shown}\x1b[K", end="", file=sys.stderr, flush=True)  # noqa: T201
            self._status = bool(text)

    def warn(self, text: str) -> None:
        """Print a warning to stderr, but the same one only once, however many runs give it."""
        if text not in self._warnings:
            self._warnings.add(text)
            _styled_line("warning:", "bold yellow", text)

    def error(self, text: str) -> None:
        """Print an error to stderr."""
        _styled_line("error:", "bold red", text)

    def table(
        self,
        title: str,
        columns: Sequence[str],
        rows: Sequence[Sequence[str]],
        note: str = "",
        styles: Mapping[str, str] = _NO_STYLES,
    ) -> None:
        """Print a table to stdout, with columns of numbers aligned to the right.

        Args:
            title: A line above the table.
            columns: The headings; if all are empty, the table has no header.
            rows: The cells.
            note: A line below the table.
            styles: Styles such as `bold red` by cell text; other cells are plain.
        """
        from rich.console import Console as RichConsole
        from rich.text import Text

        console = RichConsole(highlight=False)
        if not console.is_terminal:
            console.width = _PIPE_WIDTH
        with console.capture() as captured:
            console.print(Text(visible(title), "bold"), soft_wrap=True)
            console.print(_fitting(console, columns, rows, styles), crop=False)
            if note:
                console.print(Text(f"{visible(note)}\n"))
        text = captured.get()
        if not console.is_terminal:  # blanks at the ends of lines would be in files and mails
            text = "".join(f"{line.rstrip()}\n" for line in text.splitlines())
        print(text, end="", flush=True)  # noqa: T201


def _fitting(
    console: Any,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    styles: Mapping[str, str],
) -> Any:
    """Return a table that fits the terminal without breaking a number.

    A table that is too wide is transposed. If it still does not fit, words are folded; if even
    that is too wide, the terminal wraps the lines.
    """
    unlimited = console.options.update(max_width=_PIPE_WIDTH)
    table = _rich_table(columns, rows, styles)
    if console.measure(table, options=unlimited).maximum <= console.width:
        return table
    if len(rows) and len(columns) > 2:
        head, *others = zip(columns, *rows, strict=True)
        transposed = _rich_table(head, others, styles, aligned=False)
        if console.measure(transposed, options=unlimited).maximum <= console.width:
            return transposed
        table = min(table, transposed, key=lambda one: console.measure(one).minimum)
    console.width = max(console.width, console.measure(table, options=unlimited).minimum)
    return table


def _rich_table(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    styles: Mapping[str, str],
    *,
    aligned: bool = True,
) -> Any:
    """Return a table; if `aligned`, columns of numbers are aligned to the right."""
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
            no_wrap=numbers and longest >= len(column),  # rich then shrinks other columns first
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


def scores_in_words(scores: Mapping[str, float | None]) -> str:
    """Return scores as text, each after its name; unknown ones are left out."""
    known = {name: value for name, value in scores.items() if value is not None}
    return "  ".join(f"{name.replace('_', ' ')} {value:.4f}" for name, value in known.items())

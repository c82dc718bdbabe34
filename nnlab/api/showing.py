"""How results show themselves: as text, and as HTML in notebooks."""

import base64
import html
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence

from nnlab.experiments.contract import Table


class Shown(ABC):
    """Shows itself as text, and as HTML in a notebook."""

    @abstractmethod
    def tables(self) -> list[Table]:
        """Return what the shell prints."""

    def pictures(self) -> Iterable[tuple[str, bytes]]:
        """Yield the name and the PNG of each figure."""
        return ()

    def __str__(self) -> str:
        """Return the tables as text."""
        return "\n\n".join(map(_text, self.tables()))

    def _repr_html_(self) -> str:
        images = (
            f'<img alt="{html.escape(name)}" style="max-width: 100%" '
            f'src="data:image/png;base64,{base64.b64encode(content).decode()}">'
            for name, content in self.pictures()
        )
        return "\n".join([*map(_html, self.tables()), *images])


def _text(table: Table) -> str:
    rows = [tuple(table.columns), *map(tuple, table.rows)]
    widths = [max(len(str(row[column])) for row in rows) for column in range(len(table.columns))]
    lines = [
        "  ".join(str(cell).ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join([table.title, *lines, *([table.note] if table.note else [])])


def _html(table: Table) -> str:
    def row(cells: Sequence[str], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{html.escape(str(c))}</{tag}>" for c in cells) + "</tr>"

    body = "".join(row(cells, "td") for cells in table.rows)
    note = f"<p>{html.escape(table.note)}</p>" if table.note else ""
    return (
        f"<table><caption>{html.escape(table.title)}</caption>"
        f"<thead>{row(table.columns, 'th')}</thead><tbody>{body}</tbody></table>{note}"
    )

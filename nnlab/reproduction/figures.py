"""Figures of the 2018 report, drawn again from the runs of a reproduction."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from nnlab.files import make_folder, replacing
from nnlab.plots.style import save
from nnlab.report.comparison import compare, draw
from nnlab.report.entries import read_entries
from nnlab.report.page_figures import read_picture
from nnlab.report.sections import Section
from nnlab.reproduction.claims import ReportFigure, load_figures
from nnlab.runs.folder import RunFolder

TITLE = "Figures of the report, drawn again"


def draw_figures(plans: Mapping[str, Path], folder: Path) -> list[Section]:
    """Draw what can be drawn into `folder`, and return it as a section for the page.

    Args:
        plans: The groups of the plans that are finished, by the plans' names.
        folder: For `figure-7.png` and so on.

    Returns:
        One section, or none where no figure can be drawn yet.

    Raises:
        DataError: A file of a run is damaged.
    """
    pictures = []
    for figure in load_figures():
        groups = [plans[plan] for plan in figure.plans if plan in plans]
        path = folder / f"figure-{figure.number}.png"
        if len(groups) == len(figure.plans) and _draw(figure, groups, path):
            pictures.append(read_picture(path, f"Figure {figure.number}: {figure.text}"))
    return [Section(TITLE, pictures=pictures)] if pictures else []


def _draw(figure: ReportFigure, groups: Sequence[Path], target: Path) -> bool:
    """Draw a figure, and tell whether there was anything to draw it from."""
    drawn = [path for path in _drawn(groups[0], figure.figure) if path.is_file()]
    if figure.figure and not drawn:
        return False
    make_folder(target.parent)
    if figure.figure:
        with replacing(target) as temporary:
            temporary.write_bytes(drawn[0].read_bytes())
    else:
        save(draw(compare(groups)), target)
    return True


def _drawn(group: Path, name: str) -> Iterator[Path]:
    """Yield where each run of a group has its figure of that name."""
    for entry in read_entries(group):
        for member in entry.members:
            yield RunFolder(member.path).figures / f"{name}.png"

"""What a run lets the reader of the page explore, with its pictures inside the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnlab.errors import DataError
from nnlab.experiments.contract import AnyExperiment, Evidence
from nnlab.report.page_figures import Picture, image
from nnlab.results import RunMetrics
from nnlab.runs.folder import RunFolder


@dataclass(frozen=True)
class PageExplorer:
    """An explorer as the page's template takes it; see `plots.explorers.Explorer`."""

    kind: str
    data: Mapping[str, Any]
    pictures: Sequence[Picture]
    note: str


def explorers(
    folder: RunFolder, metrics: RunMetrics[Any], experiment: AnyExperiment
) -> list[PageExplorer]:
    """Return what can be explored of a finished run.

    Raises:
        DataError: Its evidence is missing, damaged, or does not fit its metrics.
    """
    try:
        found = experiment.explore(Evidence(metrics, folder.read_evidence(), footer=""))
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        reason = f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
        raise DataError(
            f"{folder.evidence}: expected the evidence of {experiment.name}, but {reason}"
        ) from error
    return [
        PageExplorer(
            one.kind, one.data, [image(shown.pixels, shown.alt) for shown in one.pictures], one.note
        )
        for one in found
    ]

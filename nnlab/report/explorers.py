"""What a run lets the reader of the page explore, with its pictures inside the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnlab.experiments.contract import AnyExperiment, Evidence
from nnlab.report.page_figures import Picture, image
from nnlab.results import RunMetrics
from nnlab.runs.folder import RunFolder, expecting


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
    with expecting(f"the evidence of {experiment.name}", folder.evidence):
        found = experiment.explore(Evidence(metrics, folder.read_evidence(), footer=""))
    return [
        PageExplorer(
            one.kind, one.data, [image(shown.pixels, shown.alt) for shown in one.pictures], one.note
        )
        for one in found
    ]

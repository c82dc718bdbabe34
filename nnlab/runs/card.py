"""The facts about a trained network: its data, scores, limits and training."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from nnlab import experiments
from nnlab.checkpoint import Header
from nnlab.datasets.store.provenance import Source
from nnlab.datasets.store.registry import all_sets
from nnlab.errors import CheckpointError, DataError
from nnlab.experiments.contract import AnyExperiment, Interface, Table
from nnlab.records import structured
from nnlab.results import THIS_NETWORK, Metrics, TrainingRecord
from nnlab.runs.folder import expecting


@dataclass(frozen=True)
class Card:
    """The facts about a trained network.

    Attributes:
        source: The data that it was trained on.
        licence: The terms of these data, if they are known.
        interface: What goes in and comes out.
        tables: How well it does on test data, beside the baselines; none if it was never scored.
        training: How the training went; None if that is not known.
        summary: What the experiment is about.
        limits: What the network cannot do, one sentence each.
    """

    source: Source
    licence: str
    interface: Interface
    tables: Sequence[Table]
    training: TrainingRecord | None = None
    summary: str = ""
    limits: Sequence[str] = ()


@dataclass(frozen=True)
class _Stored:
    """What every version has put into checkpoints, once a run was scored."""

    scores: dict[str, float] = field(default_factory=dict)
    baselines: dict[str, dict[str, float]] = field(default_factory=dict)
    training: TrainingRecord | None = None


def card_of(header: Header, path: Path) -> Card:
    """Return the facts about the network in a checkpoint.

    Args:
        header: The header of the checkpoint.
        path: The file, for errors.

    Raises:
        CheckpointError: The header does not fit its experiment.
    """
    try:
        with expecting(f"the facts and metrics of {header.experiment}", path):
            return _card(header, path)
    except DataError as error:
        raise CheckpointError(str(error)) from error


def record_of(header: Header, card: Card, name: str) -> dict[str, Any]:
    """Return all that a checkpoint says of itself, for JSON.

    Args:
        header: The header of the checkpoint.
        card: The facts in it.
        name: What to call the checkpoint.
    """
    words = {"licence": card.licence, "tensors": card.interface.tensors, "limits": card.limits}
    return {"checkpoint": name, **asdict(header), **words}


def _card(header: Header, path: Path) -> Card:
    source, stored = Source.from_dict(header.dataset), structured(_Stored, header.metrics, path)
    if not experiments.exists(header.experiment):  # of a package that is not installed
        tables = _plain_tables(stored)
        terms = licence(source, header.experiment)
        return Card(source, terms, Interface({}), tables, stored.training)
    experiment = experiments.get(header.experiment)
    return Card(
        source,
        licence(source, header.experiment),
        experiment.interface(header.facts),
        _tables(experiment, header, path) if "details" in header.metrics else _plain_tables(stored),
        stored.training,
        experiment.summary,
        experiment.limits(header.facts),
    )


def licence(source: Source, experiment: str) -> str:
    """Return the terms of the data that a network was trained on, if they are known."""
    if source.sample or not source.files:
        own = experiments.is_own(experiment)
        return "made by nnlab itself, MIT" if own else f"unknown: made by {experiment}"
    known = all_sets().get(source.name)
    paths = (
        [Path(file.path) for edition in known.editions for file in edition.files] if known else []
    )
    ours = all(any(path.is_relative_to(file) for path in paths) for file in map(Path, source.files))
    return known.licence if known and ours else "unknown: the user's own files"


def _tables(experiment: AnyExperiment, header: Header, path: Path) -> list[Table]:
    """Return the experiment's own tables."""
    about = {"experiment": header.experiment, "dataset": header.dataset, "config": header.config}
    kind = Metrics[experiment.Details]  # type: ignore[name-defined]
    return list(experiment.tables(structured(kind, {**about, **header.metrics}, path)))


def _plain_tables(stored: _Stored) -> list[Table]:
    """Return a table of scores and baselines, for checkpoints of older versions without details."""
    if not stored.scores:
        return []
    rows = [
        (method, *(f"{row[name]:.4g}" if name in row else "" for name in stored.scores))
        for method, row in {THIS_NETWORK: stored.scores, **stored.baselines}.items()
    ]
    words = [name.replace("_", " ") for name in stored.scores]
    return [Table("Test scores", ("", *words), rows)]

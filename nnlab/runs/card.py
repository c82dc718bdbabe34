"""The facts about a trained network: its data, scores, limits and training."""

import reprlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnlab import experiments
from nnlab.checkpoint import Header
from nnlab.datasets.store.provenance import Source
from nnlab.datasets.store.registry import all_sets
from nnlab.errors import CheckpointError, DataError
from nnlab.experiments.contract import AnyExperiment, Interface, Table
from nnlab.records import structured
from nnlab.results import Metrics


@dataclass(frozen=True)
class Card:
    """The facts about a trained network.

    Attributes:
        source: The data that it was trained on.
        licence: The terms of these data, if they are known.
        interface: What goes in and comes out.
        tables: How well it does on test data, beside the baselines; none if it was never scored.
        training: How the training went, by name.
        summary: What the experiment is about.
        limits: What the network cannot do, one sentence each.
    """

    source: Source
    licence: str
    interface: Interface
    tables: Sequence[Table]
    training: Mapping[str, Any]
    summary: str = ""
    limits: Sequence[str] = ()


def card_of(header: Header, path: Path) -> Card:
    """Return the facts about the network in a checkpoint.

    Args:
        header: The header of the checkpoint.
        path: The file, for errors.

    Raises:
        CheckpointError: The header does not fit its experiment.
    """
    source = Source.from_dict(header.dataset)
    training = header.metrics.get("training", {})
    if not isinstance(training, dict) or not all(map(_is_plain, training.values())):
        training = {}
    if not experiments.exists(header.experiment):  # of a package that is not installed
        tables = _plain_tables(header, path)
        return Card(source, licence(source), Interface({}), tables, training)
    experiment = experiments.get(header.experiment)
    with _fitting(path, experiment):
        interface = experiment.interface(header.facts)
        tables = _tables(experiment, header, path)
    words = experiment.summary, experiment.limits
    return Card(source, licence(source), interface, tables, training, *words)


def licence(source: Source) -> str:
    """Return the terms of the data that a network was trained on, if they are known."""
    if source.sample or not source.files:
        return "made by nnlab itself, MIT"
    known = all_sets().get(source.name)
    paths = (
        [Path(file.path) for edition in known.editions for file in edition.files] if known else []
    )
    ours = all(any(path.is_relative_to(file) for path in paths) for file in map(Path, source.files))
    return known.licence if known and ours else "unknown: the user's own files"


@contextmanager
def _fitting(path: Path, experiment: AnyExperiment) -> Iterator[None]:
    """Refuse what anyone may have written into a checkpoint, if it breaks what reads it."""
    try:
        yield
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
        DataError,
    ) as error:
        raise CheckpointError(
            f"{path}: its facts or metrics do not fit the experiment {experiment.name}: {error}"
        ) from error


def _is_plain(value: Any) -> bool:
    """Tell whether a value is a number, a text, or texts and numbers by name."""
    values = value.values() if isinstance(value, dict) else [value]
    return all(one is None or isinstance(one, str | int | float) for one in values)


def _tables(experiment: AnyExperiment, header: Header, path: Path) -> list[Table]:
    """Return the experiment's own tables; of older versions, which kept no details, a plain one."""
    if "details" not in header.metrics:
        return _plain_tables(header, path)
    about = {"experiment": header.experiment, "dataset": header.dataset, "config": header.config}
    kind = Metrics[experiment.Details]  # type: ignore[name-defined]
    return list(experiment.tables(structured(kind, {**about, **header.metrics}, path)))


def _plain_tables(header: Header, path: Path) -> list[Table]:
    """Return a table of scores and baselines."""
    rows = {
        "this network": header.metrics.get("scores", {}),
        **header.metrics.get("baselines", {}),
    }
    if not all(
        isinstance(row, dict) and all(map(_is_plain, row.values())) for row in rows.values()
    ):
        raise CheckpointError(f"{path}: expected scores by name, but they are {reprlib.repr(rows)}")
    names = list(rows["this network"])
    cells = [(method, *(_number(row.get(name)) for name in names)) for method, row in rows.items()]
    words = [name.replace("_", " ") for name in names]
    return [Table("Test scores", ("", *words), cells)] if names else []


def _number(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, int | float) else ""

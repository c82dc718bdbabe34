"""Answering from a checkpoint: no TensorFlow, a fraction of a second."""

import functools
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from nnlab import experiments
from nnlab.checkpoint import Header, Variable, open_checkpoint
from nnlab.datasets.store import Store
from nnlab.errors import CheckpointError, DataError, NnlabError, UsageError
from nnlab.experiments.contract import Answer, AnyExperiment, Model, Remark
from nnlab.inference import Network, checked_graph
from nnlab.options import flag_value, from_mapping
from nnlab.runs import folder as runs
from nnlab.runs.folder import RunFolder
from nnlab.runs.own_data import own_data
from nnlab.training.settings import MODERN, REPORT

T = TypeVar("T")

NOTHING: Mapping[str, Any] = MappingProxyType({})
SHOWN = 10
"""How many runs of a group an error names."""


class Trained:
    """A trained network and the experiment it belongs to.

    Attributes:
        path: The checkpoint file.
        header: What the checkpoint says of itself.
        experiment: The experiment it was trained for.
        weights: The network's weights by name, float32.
        network: The network, ready to compute.
    """

    def __init__(self, path: str | Path, engine: str | None = None, *, expected: int = 0) -> None:
        """Read a checkpoint.

        Args:
            path: The checkpoint file.
            engine: As for `Network`.
            expected: As for `Network`.

        Raises:
            CheckpointError: The file is missing, damaged, or not a checkpoint of nnlab.
        """
        self.path = Path(path)
        with open_checkpoint(self.path) as file:
            self.header: Header = file.header
            with _naming(self.path):
                self.experiment: AnyExperiment = experiments.get(self.header.experiment)
                graph = checked_graph(self.header.network)
            shapes = graph.variable_shapes()
            self.weights = file.read("model", {name: Variable(shapes[name]) for name in shapes})
        with _naming(self.path):
            self.network = Network(graph, self.weights, engine=engine, expected=expected)
            self.experiment.check_facts(self.header.facts, self.network)

    @property
    def model(self) -> Model[Any]:
        """What the experiment scores and answers with."""
        return Model(self.network, self.header.facts, self.config)

    def config(self) -> Any:
        """Return the settings that the network was trained with.

        Raises:
            CheckpointError: They are not settings of this experiment.
        """
        try:
            return from_mapping(self.experiment.Config, self.header.config, str(self.path))
        except UsageError as error:
            raise CheckpointError(str(error)) from error

    def answers(self, inputs: Iterable[str], query: Any = None) -> Iterator[Answer | Remark]:
        """Yield the answers, or the error in their place, to each input in order.

        Raises:
            CheckpointError: The network computes no finite numbers.
        """
        query = query or self.experiment.Query()
        with _naming(self.path):
            yield from self.experiment.answer(self.model, query, inputs)

    def stream(self, inputs: Iterable[str], query: Any) -> Iterator[str | bytes | Remark] | None:
        """Yield the plain output piece by piece, where the experiment's answers are no lines.

        Raises:
            CheckpointError: The network computes no finite numbers.
        """
        pieces = self.experiment.stream(self.model, query, inputs)
        return None if pieces is None else _named(self.path, pieces)

    def events(self, inputs: Iterable[str], query: Any = None) -> Iterator[Answer | Remark] | None:
        """Yield pieces of the answers as they come, where the experiment has such pieces.

        Raises:
            CheckpointError: The network computes no finite numbers.
        """
        query = query or self.experiment.Query()
        pieces = self.experiment.events(self.model, query, inputs)
        return None if pieces is None else _named(self.path, pieces)

    def exhibit(self) -> Answer:
        """Return what a page shows of the network before anyone asks."""
        with _naming(self.path):
            return self.experiment.exhibit(self.model)

    def inside(
        self, given: str | None = None, query: Any = None, look: Any = None, background: Any = None
    ) -> Answer:
        """Return one answer with what led to it.

        Args:
            given: The input; None if `look` takes its place.
            query: The options of answering, `Query`.
            look: The further options, `Look`.
            background: As `background` returns it.

        Raises:
            CheckpointError: The network computes no finite numbers.
            NnlabError: The input cannot be answered.
        """
        experiment = self.experiment
        query, look = query or experiment.Query(), look or experiment.Look()
        with _naming(self.path):
            return experiment.inside(self.model, query, look, given or "", background)

    def background(self, store: Store) -> Any:
        """Return what `inside` compares answers with, or None if it needs data not on this machine.

        Args:
            store: Finds data sets. Nothing is downloaded.
        """
        offline = Store(store.data_dir, offline=True)
        with suppress(DataError), _naming(self.path):
            return self.experiment.background(
                self.model, lambda: own_data(self, offline, lambda _: None)
            )
        return None

    def answer(self, inputs: Iterable[str], **query: Any) -> list[Answer]:
        """Return the answers to all inputs, in order.

        Args:
            inputs: What the experiment takes, such as image files for `classify`.
            query: The answering options of the experiment, such as `top=5`.

        Raises:
            NnlabError: An input that cannot be answered.
        """
        options: Any = from_mapping(self.experiment.Query, query, self.experiment.name)
        answers = []
        for answer in self.answers(inputs, options):
            if isinstance(answer, NnlabError):
                raise answer
            if isinstance(answer, dict):
                answers.append(answer)
        return answers


def _named(path: Path, pieces: Iterable[T]) -> Iterator[T]:
    with _naming(path):
        yield from pieces


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Put the file's name in front of what is wrong with its contents."""
    try:
        yield
    except CheckpointError as error:
        raise CheckpointError(f"{path}: {error}") from error


def load(path: str | Path, *, engine: str | None = None) -> Trained:
    """Load a checkpoint for answering.

    Args:
        path: A checkpoint; or a run folder, for its best weights; or the name of an experiment,
            for the network that comes with the package.
        engine: What computes it, "numpy" or "onnx"; by default the faster one.

    Raises:
        CheckpointError: The file is missing, damaged, or not a checkpoint of nnlab.
        UsageError: The engine is unknown. (Whether it can be imported shows at the first answer.)
    """
    return Trained(checkpoint_file(Path(path)), engine)


def checkpoint_file(path: Path) -> Path:
    """Return the checkpoint that a name stands for.

    A run folder stands for its best weights, the name of an experiment for the network that comes
    with the package, unless there is a file or folder of that name. `add.report` is the network of
    the preset `report`.

    Raises:
        CheckpointError: It is a group of runs.
    """
    if not path.exists():
        named = experiments.exists(str(path)) and shipped_checkpoint(str(path))
        stem = _shipped() / f"{path}.h5"
        return named or (stem if path.name == str(path) and stem.is_file() else path)
    if not path.is_dir():
        return path
    best = runs.RunFolder(path).best
    if runs.GroupFolder(path).is_group() and not best.exists():
        members = sorted(str(file.parent) for file in path.glob("*/best.h5"))
        shown = ", ".join(members[:SHOWN]) + (", ..." if len(members) > SHOWN else "")
        raise CheckpointError(
            f"{path}: expected a single run, but it is a group of runs; "
            + (f"name one of them: {shown}" if members else "none of them has a best.h5 yet")
        )
    return best


def shipped_checkpoint(experiment: str, wanted: Mapping[str, Any] | None = None) -> Path | None:
    """Return the checkpoint that comes with the package, if there is one: the modern one first.

    Files are named by experiment, preset and what else tells them apart: `add.report.base-16.h5`.

    Args:
        experiment: Name of the experiment.
        wanted: Settings that it must have been trained with.
    """
    for preset in (MODERN, REPORT):
        start = f"{experiment}.{preset}"
        others = sorted(_shipped().glob(f"{start}.*.h5"))
        for path in (_shipped() / f"{start}.h5", *others):
            if path.is_file() and (not wanted or _has(_config_in(path), wanted)):
                return path
    return None


def shipped_checkpoints() -> list[Path]:
    """Return all checkpoints that come with the package."""
    return sorted(_shipped().glob("*.h5"))


def _shipped() -> Path:
    return Path(str(resources.files("nnlab") / "checkpoints"))


@functools.cache
def _config_in(path: Path) -> Mapping[str, Any]:
    """Return the settings of a network that ships: its file does not change."""
    with open_checkpoint(path) as file:
        return file.header.config


def _has(config: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    known = {"preset": REPORT, **config}  # older checkpoints had no other
    return all(known.get(name) == value for name, value in wanted.items())


def newest_run(
    base: Path, experiment: str, wanted: Mapping[str, Any] = NOTHING
) -> RunFolder | None:
    """Return the run that finished last; of a group, rather one that is no control.

    Args:
        base: The folder of runs, usually `./runs`.
        experiment: Name of the experiment.
        wanted: Settings that it must have been trained with.
    """
    newest = runs.newest_finished(base, experiment, lambda run: _has(run.settings(), wanted))
    if newest is None or newest.path.parent == base / experiment:  # it stands alone
        return newest

    def suits(run: RunFolder) -> bool:
        settings = run.settings()
        same_group = run.path.parent == newest.path.parent
        return same_group and is_subject(experiment, settings) and _has(settings, wanted)

    return runs.newest_finished(base, experiment, suits) or newest


def is_subject(experiment: str, settings: Mapping[str, Any]) -> bool:
    """Tell by its settings whether a run of a group may answer, and is no control."""
    return _has(settings, experiments.get(experiment).subject)


def choose_checkpoint(
    experiment: str, given: Path | None, base: Path, wanted: Mapping[str, Any]
) -> tuple[Path, str]:
    """Decide which checkpoint answers.

    Args:
        experiment: Name of the experiment.
        given: What the user named: a checkpoint, or a run folder (then its best weights).
        base: The folder of runs, usually `./runs`.
        wanted: Settings that it must have been trained with, unless it is given.

    Returns:
        The file, and how it was chosen in words.

    Raises:
        CheckpointError: There is none.
    """
    if given is not None:
        return checkpoint_file(given), "as given"
    newest = newest_run(base, experiment, wanted)
    if newest:
        return newest.best, "the newest finished run"
    shipped = shipped_checkpoint(experiment, wanted)
    if shipped:
        return shipped, "shipped with nnlab"
    named = {name: value for name, value in wanted.items() if value is not False}
    options = "".join(f" {flag_value(name, value)}" for name, value in named.items())
    run = "finished run with these options" if options else "finished run"
    raise CheckpointError(
        f"no network for {experiment}{options}: there is no {run} under {base}, and none is "
        f"shipped; train one with `nnlab {experiment}{options}` or name a file with --checkpoint"
    )

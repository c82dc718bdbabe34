"""Answering from a checkpoint: no TensorFlow, a fraction of a second."""

import os
import reprlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from nnlab import experiments
from nnlab.checkpoint import Header, Variable, open_checkpoint
from nnlab.datasets.store import Store
from nnlab.datasets.store.provenance import Source
from nnlab.errors import CheckpointError, DataError, NnlabError, UsageError
from nnlab.experiments.contract import Answer, AnyExperiment, Model, Remark
from nnlab.inference import Network, checked_graph
from nnlab.options import flag_value, from_mapping
from nnlab.runs.choosing import checkpoint_file
from nnlab.runs.own_data import own_data

T = TypeVar("T")


class Trained:
    """A trained network and the experiment it belongs to.

    Attributes:
        path: The checkpoint file.
        header: What the checkpoint says of itself.
        experiment: The experiment it was trained for.
        source: The data it was trained on.
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
            self.source = Source.from_dict(self.header.dataset)
            self.network = Network(graph, self.weights, engine=engine, expected=expected)
            self.experiment.check_facts(self.header.facts, self.network)

    @property
    def model(self) -> Model[Any]:
        """What the experiment scores and answers with."""
        return Model(self.network, self.header.facts, self.config)

    @property
    def scores(self) -> dict[str, float]:
        """The scores of its run on the test set, by name.

        Raises:
            CheckpointError: They are not numbers.
        """
        scores = self.header.metrics.get("scores", {})
        numbers = isinstance(scores, dict) and all(
            isinstance(one, int | float) for one in scores.values()
        )
        if not numbers:
            came = reprlib.repr(scores)
            raise CheckpointError(f"{self.path}: expected numbers as scores, got {came}")
        return dict(scores)

    def __repr__(self) -> str:
        """Return what it was trained for, and its file."""
        return f"<network of {self.header.experiment} in {self.path}>"

    def config(self) -> Any:
        """Return the settings that the network was trained with.

        Raises:
            CheckpointError: They are not settings of this experiment.
        """
        try:
            return from_mapping(self.experiment.Config, self.header.config, str(self.path))
        except UsageError as error:
            raise CheckpointError(str(error)) from error

    def answers(
        self, inputs: Iterable[str | os.PathLike[str]], query: Any = None
    ) -> Iterator[Answer | Remark]:
        """Yield the answers, or the error in their place, to each input in order.

        Raises:
            CheckpointError: The network computes no finite numbers.
        """
        query = query or self.experiment.Query()
        with _naming(self.path):
            yield from self.experiment.answer(self.model, query, _each(inputs))

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

    def answer(
        self, inputs: str | os.PathLike[str] | Iterable[str | os.PathLike[str]], **query: Any
    ) -> list[Answer]:
        """Return the answers to all inputs, in order.

        Args:
            inputs: What the experiment takes, such as image files for `classify`; one or several.
            query: The answering options of the experiment, such as `top=5`.

        Raises:
            UsageError: An input is neither a text nor a path, or an option chooses another network.
            NnlabError: An input that cannot be answered.
        """
        options: Any = from_mapping(self.experiment.Query, query, self.experiment.name)
        choosing = self.experiment.network_options
        self.check_chosen({name: value for name, value in query.items() if name in choosing})
        answers = []
        given = [inputs] if isinstance(inputs, str | os.PathLike) else inputs
        for answer in self.answers(given, options):
            if isinstance(answer, NnlabError):
                raise answer
            if isinstance(answer, dict):
                answers.append(answer)
        return answers

    def check_chosen(self, wanted: Mapping[str, Any]) -> None:
        """Refuse options that choose another network, such as the base of another one's numbers.

        Args:
            wanted: Values by the name of the option; `preset` is one too.

        Raises:
            UsageError: The network was trained with another value.
        """
        for name, value in wanted.items():
            known = self.header.preset if name == "preset" else self.header.config.get(name)
            if known != value:
                raise UsageError(
                    f"{self.path} was trained with {flag_value(name, known)}, "
                    f"not {flag_value(name, value)}"
                )


def _each(inputs: Iterable[str | os.PathLike[str]]) -> Iterator[str]:
    """Yield inputs as texts; those of stdin know their lines."""
    for one in inputs:
        if not isinstance(one, str | os.PathLike):
            raise UsageError(f"expected texts or paths as inputs, got {reprlib.repr(one)}")
        yield one if isinstance(one, str) else os.fspath(one)


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

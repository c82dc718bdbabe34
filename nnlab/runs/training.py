"""The training part of a run: from loaded data to `best.h5`, stopping and resuming included."""

import dataclasses
import json
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np

from nnlab import versions
from nnlab.checkpoint import Header, Variable, open_checkpoint, write
from nnlab.checkpoint.header import MAX_HEADER_BYTES
from nnlab.checkpoint.reading import MAX_BYTES
from nnlab.errors import CheckpointError, DivergedError, NnlabError, UsageError
from nnlab.experiments.contract import AnyExperiment, Data, Model
from nnlab.inference import Network, checked_graph
from nnlab.models.describe import describe, load_weights, weights_of
from nnlab.options import from_mapping
from nnlab.results import Divergence, TrainingRecord, Validation
from nnlab.runs.folder import RunFolder
from nnlab.runs.workshop import Workshop
from nnlab.training import backend, state
from nnlab.training.divergence import REMEDY, in_words
from nnlab.training.examples import Examples
from nnlab.training.graph import Graph
from nnlab.training.loop import TrainingLoop, steps_per_epoch
from nnlab.training.optimizers import make_optimizer
from nnlab.training.progress import Progress, Row
from nnlab.training.settings import TrainingSettings, check_settings


class RunKeeper:
    """Keeps a training in its run folder."""

    def __init__(self, folder: RunFolder, header: Header, graph: Graph) -> None:
        self._folder = folder
        self._header = header
        self._graph = graph

    def keep_best(self) -> None:
        """Write best.h5: weights only."""
        write(self._folder.best, self._header, {"model": self._weights()})

    def keep_last(self, progress: Progress) -> None:
        """Write last.h5: weights, optimizer, dropout seeds and progress."""
        header = dataclasses.replace(self._header, state=progress.as_dict())
        groups = {
            "model": self._weights(),
            "optimizer": _finite(
                "optimizer's variables",
                state.values(state.optimizer_variables(self._graph.optimizer)),
            ),
            "rng": state.values(state.seed_variables(self._graph.model)),
        }
        write(self._folder.last, header, groups)

    def _weights(self) -> dict[str, np.ndarray]:
        return _finite("weights", weights_of(self._graph.model))

    def keep_history(self, history: list[Row]) -> None:
        """Write history.csv."""
        self._folder.write_history(history)


def _finite(what: str, arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    if not all(np.isfinite(values).all() for values in arrays.values()):
        raise DivergedError(f"the {what} became infinite or NaN; {REMEDY}")
    return arrays


def _check_size(model: Any, optimizer: Any) -> None:
    """Refuse a training that could be saved but not be resumed, because its file is too large."""
    variables = [*model.variables, *optimizer.variables]
    size = sum(4 * math.prod(variable.shape) for variable in variables)
    if size > MAX_BYTES - MAX_HEADER_BYTES:
        raise UsageError(
            f"the network and its optimizer take {size / 2**30:.1f} GiB, but a checkpoint has at "
            f"most {MAX_BYTES / 2**30:.0f} GiB; choose a smaller network"
        )


class Training:
    """A training that is ready to run: whatever its settings can get wrong has been tried.

    Raises:
        UsageError: The settings do not fit together, or do not fit the data.
    """

    def __init__(
        self, experiment: AnyExperiment, config: TrainingSettings, data: Data, workshop: Workshop
    ) -> None:
        backend.start(config.threads, verbose=workshop.verbose)
        import keras

        keras.utils.clear_session()
        keras.utils.set_random_seed(config.seed)  # initial weights and dropout follow from it
        model = _built(experiment, config, data.facts)
        self._experiment = experiment
        self._config = config
        self._data = data
        self._observer = workshop.observer
        self._warn = workshop.warn
        self._examples = experiment.examples(config, data)
        check_settings(config, self._examples)
        steps = steps_per_epoch(self._examples, config)
        optimizer = make_optimizer(config, config.epochs * steps)
        self._graph = Graph(model, optimizer, self._examples, config.batch_size)
        _check_size(model, optimizer)
        self._header = _header(experiment, config, data, model)
        self._header.to_json()  # raises if a checkpoint cannot hold it
        self._network()  # raises if it cannot answer

    def run(self, folder: RunFolder) -> TrainingRecord:
        """Train in `folder` to the end, going on from `last.h5` if it is there.

        A training that diverges ends early, unless the settings let it go on; `best.h5` holds the
        best weights in either case.

        Raises:
            CheckpointError: `last.h5` is damaged or belongs to another run.
            DivergedError: The training went wrong before there was anything worth keeping.
            InterruptedRun: Ctrl-C or SIGTERM; `last.h5` holds everything.
        """
        progress = Progress()
        if folder.last.exists():
            measures = len(self._examples.measures)
            progress = _restore(folder, self._header, self._config, self._graph, measures)
            folder.write_history(progress.history)
        keeper = RunKeeper(folder, self._header, self._graph)
        title = f"{self._experiment.name} in {folder.path}"
        self._observer.run_started(title, self._config.epochs, progress.epoch, self._glimpse)
        loop = TrainingLoop(
            self._graph, self._examples, self._config, keeper, self._observer, self._warn
        )
        end = None
        try:
            with _memory_errors_told():
                loop.run(progress)
        except DivergedError as error:
            end = error
            progress.note_divergence(progress.epoch, str(error))
        diverged = None
        if progress.diverged is not None:
            what = in_words(progress, end, self._config.stop)
            if not progress.best_epoch:
                raise DivergedError(what) from end
            diverged = Divergence(progress.diverged["epoch"], what)
        return _record(progress, self._examples, diverged)

    def _glimpse(self) -> str:
        model = Model(self._network(), self._data.facts, lambda: self._config)
        return self._experiment.glimpse(model, self._data)

    def _network(self) -> Network:
        return Network(checked_graph(self._header.network), weights_of(self._graph.model))


def _built(experiment: AnyExperiment, config: TrainingSettings, facts: Mapping[str, Any]) -> Any:
    """Return the untrained network: it computes in `config.precision`, its outputs in float32."""
    import keras

    if config.precision == "bfloat16":
        keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = experiment.build(config, facts)  # its layers keep the policy
    finally:
        keras.config.set_dtype_policy("float32")
    # bfloat16 rounds probabilities near 1 to 1, where their loss has no gradient.
    for name in model.output_names:
        model.get_layer(name).dtype_policy = "float32"
    return model


@contextmanager
def _memory_errors_told() -> Iterator[None]:
    import tensorflow as tf

    try:
        yield
    except tf.errors.ResourceExhaustedError as error:
        raise NnlabError(
            "the network and a batch do not fit into memory; use fewer --units or a smaller "
            "--batch-size"
        ) from error


def _record(progress: Progress, examples: Examples, diverged: Divergence | None) -> TrainingRecord:
    seen = progress.epoch * len(examples.training)
    return TrainingRecord(
        epochs=progress.epoch,
        best_epoch=progress.best_epoch,
        seconds=round(progress.seconds, 3),
        examples_per_second=round(seen / progress.seconds) if progress.seconds else None,
        validation=None
        if progress.best is None
        else Validation(examples.monitor, progress.best, examples.higher_is_better),
        diverged=diverged,
    )


def _header(experiment: AnyExperiment, config: TrainingSettings, data: Data, model: Any) -> Header:
    return Header(
        experiment=experiment.name,
        preset=config.preset,
        config=dataclasses.asdict(config),
        facts=dict(data.facts),
        network=describe(model),
        metrics={},
        dataset=data.source.as_dict(),
        seed=config.seed,
        versions={"nnlab": versions.own(), **versions.installed()},
        state={},
    )


def _restore(
    folder: RunFolder, header: Header, config: TrainingSettings, graph: Graph, measures: int
) -> Progress:
    """Load `last.h5` into the freshly built network; our own constructors say what to expect."""
    model_variables = weights_of(graph.model)
    optimizer_variables = state.optimizer_variables(graph.optimizer)
    seed_variables = state.seed_variables(graph.model)
    with open_checkpoint(folder.last) as file:
        if file.header.experiment != header.experiment or not _same(file.header.config, config):
            raise CheckpointError(
                f"{folder.last} was trained with other settings than those in {folder.config}; "
                "restore one of the two files"
            )
        _check_same_facts(folder, file.header, header)
        try:
            progress = Progress.from_dict(file.header.state, measures)
        except (TypeError, ValueError) as error:
            raise CheckpointError(
                f"{folder.last}: the training state is damaged: {error}"
            ) from error
        weights = file.read("model", _expected(model_variables))
        optimizer_values = file.read("optimizer", _expected(state.values(optimizer_variables)))
        seed_values = file.read("rng", _expected(state.values(seed_variables)))
    load_weights(graph.model, weights)
    state.assign(optimizer_variables, optimizer_values)
    state.assign(seed_variables, seed_values)
    return progress


def _check_same_facts(folder: RunFolder, begun: Header, now: Header) -> None:
    """Refuse to go on with other facts of the same data, such as other pieces of the same words.

    Facts that only one of the two has are those of another version of nnlab, and do not count.
    """
    found = json.loads(json.dumps(now.facts))
    differing = [name for name in begun.facts if name in found and begun.facts[name] != found[name]]
    if differing:
        used = ", ".join(f"{name} {version}" for name, version in begun.versions.items())
        raise CheckpointError(
            f"{folder.last}: the versions of today make other {', '.join(differing)} of the same "
            f"data; resume with those that it began with ({used}), or train again"
        )


def _same(recorded: Mapping[str, Any], config: TrainingSettings) -> bool:
    """Compare settings; an option that is younger than the file had its default then."""
    try:
        return bool(from_mapping(type(config), recorded, "config") == config)
    except UsageError:
        return False


def _expected(arrays: Mapping[str, np.ndarray]) -> dict[str, Variable]:
    return {name: Variable(array.shape, str(array.dtype)) for name, array in arrays.items()}

"""What a run came to: the contents of metrics.json and, for a group, of summary.json."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic

from nnlab.datasets.store.provenance import Source
from nnlab.metrics.intervals import Estimate
from nnlab.records import DetailsT
from nnlab.records import NoDetails as NoDetails

THIS_NETWORK = "this network"
"""What tables call a network beside its baselines."""

IN_CHECKPOINT = ("scores", "baselines", "details", "unmeasured", "training")
"""The parts of a run's metrics that its checkpoint contains."""


@dataclass(frozen=True)
class Validation:
    """The measure on the held-out examples that chose the best weights, and its best value."""

    measure: str
    best: float
    higher_is_better: bool


@dataclass(frozen=True)
class Divergence:
    """When the loss first diverged, and what happened then."""

    epoch: int
    what: str


@dataclass(frozen=True)
class TrainingRecord:
    """How a training went.

    Attributes:
        epochs: Completed epochs.
        best_epoch: The epoch whose weights answer; 0 is the untrained network.
        seconds: Spent training.
        examples_per_second: Over the whole training; None if it took no time.
        validation: What chose the best weights; None without held-out examples.
        diverged: None if the loss stayed in control.
    """

    epochs: int
    best_epoch: int
    seconds: float
    examples_per_second: int | None = None
    validation: Validation | None = None
    diverged: Divergence | None = None


@dataclass(frozen=True)
class Metrics(Generic[DetailsT]):
    """What a network scored on a test set.

    Attributes:
        experiment: Its name.
        dataset: What it was scored on.
        scores: Headline numbers by name.
        baselines: The same numbers of naive methods, by method.
        details: The tables behind the numbers.
        config: The settings it was trained with.
        unmeasured: Why optional scores are missing, by score.
    """

    experiment: str
    dataset: Source
    scores: dict[str, float]
    baselines: dict[str, dict[str, float]]
    details: DetailsT
    config: dict[str, Any]
    unmeasured: dict[str, str] = field(default_factory=dict, kw_only=True)

    @property
    def by_method(self) -> dict[str, dict[str, float]]:
        """The scores of the network and of the baselines, by method."""
        return {THIS_NETWORK: self.scores, **self.baselines}


@dataclass(frozen=True)
class RunMetrics(Metrics[DetailsT]):
    """What a run came to: the contents of metrics.json.

    Attributes:
        training: How the training went.
        versions: Of nnlab and of the packages it trained with.
    """

    training: TrainingRecord
    versions: dict[str, str] = field(default_factory=dict, kw_only=True)


@dataclass(frozen=True)
class RunOfGroup:
    """What summary.json repeats of each run."""

    scores: dict[str, float]
    training: TrainingRecord
    config: dict[str, Any]


@dataclass(frozen=True)
class Summary(Generic[DetailsT]):
    """What the runs of a group say together: the contents of summary.json.

    Attributes:
        experiment: Its name.
        dataset: What all runs saw.
        scores: Means over the runs, with intervals; none where a mean says nothing.
        baselines: The numbers of naive methods, averaged over the runs.
        details: What the experiment makes of its runs, beyond the means.
        footer: The line under each figure.
        runs: Those that did not diverge, by name.
        unmeasured: Why optional scores are missing, by score.
    """

    experiment: str
    dataset: Source
    scores: dict[str, Estimate]
    baselines: dict[str, dict[str, float]]
    details: DetailsT
    footer: str
    runs: Mapping[str, RunOfGroup]
    unmeasured: dict[str, str] = field(default_factory=dict)

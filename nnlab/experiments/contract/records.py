"""What an experiment takes and returns: data, a trained network, scores, answers, tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

from nnlab.datasets.store.provenance import Source
from nnlab.errors import NnlabError
from nnlab.inference import Network
from nnlab.records import DetailsT
from nnlab.training.settings import TrainingSettings

if TYPE_CHECKING:
    from nnlab.results import Metrics

Warn = Callable[[str], None]
Answer = dict[str, Any]
ConfigT = TypeVar("ConfigT", bound=TrainingSettings)


@dataclass(frozen=True)
class Note:
    """A remark on an answer, such as characters of the input that were left out; for stderr."""

    text: str


@dataclass(frozen=True)
class Progress:
    """How far a long answer has come, for a terminal.

    Attributes:
        done: How many of `total` are answered.
        total: How many there are to answer.
        text: What is being worked on.
    """

    done: int
    total: int
    text: str


Remark = Note | Progress | NnlabError
"""What may come between answers."""


@dataclass(frozen=True)
class Data:
    """What an experiment has loaded.

    Attributes:
        arrays: Named arrays, splits included; the names are the experiment's own.
        facts: JSON-able; all that building, answering and scoring need besides the weights.
        source: Which data set this is.
        summary: One line, what was understood: how much of what, and an example.
    """

    arrays: Mapping[str, np.ndarray]
    facts: Mapping[str, Any]
    source: Source
    summary: str = ""


@dataclass(frozen=True, eq=False)
class Model(Generic[ConfigT]):
    """A trained network, and all that is needed to score it or to answer with it.

    Attributes:
        network: Ready to compute, without TensorFlow.
        facts: What is known besides the weights: those of the data, and those of scoring.
        read_config: Reads the settings it was trained with. Those of a file are checked when
            someone needs them: an answer does not.
    """

    network: Network
    facts: Mapping[str, Any]
    read_config: Callable[[], ConfigT]

    @property
    def config(self) -> ConfigT:
        """The settings it was trained with.

        Raises:
            CheckpointError: They are not settings of this experiment.
        """
        return self.read_config()


@dataclass(frozen=True)
class Scores(Generic[DetailsT]):
    """How well a trained network does.

    Attributes:
        scores: Headline numbers by name, those that several runs are averaged over.
        details: The tables behind the numbers.
        baselines: The same numbers for naive methods, by method.
        evidence: Arrays that the figures need, such as the misclassified images.
        facts: What answering needs of the trained network beyond the facts of the data, JSON-able.
        unmeasured: Why scores of `Experiment.optional_scores` are missing, by score.
    """

    scores: Mapping[str, float]
    details: DetailsT
    baselines: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    evidence: Mapping[str, np.ndarray] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    unmeasured: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """A table to print; cells are text already."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""


@dataclass(frozen=True)
class Interface:
    """What a stranger has to know to run an exported network.

    Attributes:
        tensors: What each input and output holds, by name: values, order, units.
        lists: What places in them stand for, such as the names of the classes.
        steps: What the tensors hold that only the parts for single steps have, by name, or by a
            pattern of names with `*`.
    """

    tensors: Mapping[str, str]
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)
    steps: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Evidence(Generic[DetailsT]):
    """The results of scoring a network, from which its figures are drawn.

    Attributes:
        metrics: What it came to.
        arrays: The arrays that scoring kept for the figures.
        footer: A line that names the data set, for every figure.
    """

    metrics: Metrics[DetailsT]
    arrays: Mapping[str, np.ndarray]
    footer: str

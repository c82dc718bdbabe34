"""What a file in `experiments/` has to say of its training, scores and figures."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Generic

import numpy as np

from nnlab import programs
from nnlab.datasets.store import Store
from nnlab.errors import UsageError
from nnlab.experiments.contract.answering import Answering, QueryT
from nnlab.experiments.contract.configuring import Configuring
from nnlab.experiments.contract.records import (
    ConfigT,
    Data,
    Evidence,
    Interface,
    Model,
    Scores,
    Table,
    Warn,
)
from nnlab.inference import Network
from nnlab.metrics import Estimate, mean_interval
from nnlab.options import changed
from nnlab.records import DetailsT, NoDetails
from nnlab.training.examples import Examples

if TYPE_CHECKING:
    from nnlab.plots.explorers import Explorer
    from nnlab.results import Metrics, RunMetrics, Summary


class Experiment(
    Configuring[ConfigT], Answering[ConfigT, QueryT], Generic[ConfigT, QueryT, DetailsT]
):
    """One experiment: a Config to train with, a Query to answer with, and the way between.

    `Configuring` has the part that makes settings, `Answering` the one that answers.

    Attributes:
        summary: One line for the list of commands.
        description: A paragraph for the command's own help.
        Details: Frozen dataclass of the tables behind the scores of a run.
        GroupDetails: Frozen dataclass of what several runs say together.
        data_facts: The facts in which a network and the data it is scored on must agree.
        shares: The scores and measures that are shares of a whole, 0 to 1: so no interval leaves
            that, and curves are in per cent.
        optional_scores: Scores that need a program which may be missing: the program, by score.
        captions: Title and description of the experiment's own figures, by name.
        averages: Whether the mean over all runs of a group means anything.
        default_runs: How many runs `--runs` stands for when nobody gives it.
        subject: Settings of the runs of a group that may answer; the others are controls.
        overlap: Of runs that each divide the same data at random, test examples per training
            example, see `nnlab.metrics.standard_error`; 0 if all have the same test set.
    """

    summary: ClassVar[str]
    description: ClassVar[str]
    Details: type[DetailsT]
    GroupDetails: type[Any] = NoDetails
    data_facts: ClassVar[tuple[str, ...]] = ()
    shares: ClassVar[tuple[str, ...]] = ()
    optional_scores: ClassVar[Mapping[str, str]] = MappingProxyType({})
    captions: ClassVar[Mapping[str, tuple[str, str]]] = MappingProxyType({})
    averages: ClassVar[bool] = True
    default_runs: ClassVar[int] = 1
    subject: ClassVar[Mapping[str, Any]] = MappingProxyType({})
    overlap: ClassVar[float] = 0.0

    def trials(self, config: ConfigT, runs: int) -> dict[str, ConfigT]:
        """Return the runs that answer the experiment's question, by name: here one per seed."""
        seeds = range(config.seed, config.seed + runs)
        return {f"seed-{seed}": changed(config, self.name, seed=seed) for seed in seeds}

    @abstractmethod
    def load(self, config: ConfigT, store: Store, warn: Warn) -> Data:
        """Find, read and split the data.

        Raises:
            DataError: It is missing, damaged or unfit.
        """

    def load_for_evaluation(
        self,
        config: ConfigT,
        facts: Mapping[str, Any],
        given: Mapping[str, Any],
        store: Store,
        warn: Warn,
    ) -> Data:
        """Load the data to score a trained network on: its own, or those that `given` chooses.

        Args:
            config: The network's Config.
            facts: The facts that it was trained with.
            given: Fields of `data_options` that the user has set.
            store: Finds data sets.
            warn: Receives warnings.
        """
        return self.load(self.config_for_evaluation(config, given), store, warn)

    @abstractmethod
    def check_facts(self, facts: Mapping[str, Any], network: Network) -> None:
        """Refuse facts of a checkpoint that `answer` could not work with.

        Args:
            facts: Out of a file that anyone may have made.
            network: Its network, checked already.

        Raises:
            CheckpointError: A fact is missing, of another type, or does not fit the network.
        """

    @abstractmethod
    def build(self, config: ConfigT, facts: Mapping[str, Any]) -> Any:
        """Return the untrained Keras network, every layer named."""

    @abstractmethod
    def examples(self, config: ConfigT, data: Data) -> Examples:
        """Return what the training loop runs over."""

    def fitted_facts(self, model: Model[ConfigT], data: Data) -> Mapping[str, Any]:
        """Fit what answering uses besides the network, at the end of a training: facts, JSON-able.

        Args:
            model: The trained network.
            data: As loaded; the test set takes no part.
        """
        return {}

    @abstractmethod
    def score(self, model: Model[ConfigT], data: Data) -> Scores[DetailsT]:
        """Measure a trained network on the test set, next to the naive baselines."""

    def unmeasured(self, record: Metrics[Any] | Summary[Any]) -> dict[str, str]:
        """Return why optional scores are missing, by score."""
        return {
            score: record.unmeasured.get(score, programs.missing(program))
            for score, program in self.optional_scores.items()
            if score not in record.scores
        }

    def can_measure_more(self, metrics: Metrics[DetailsT]) -> bool:
        """Tell whether a score is missing only because a program was, which is installed by now."""
        return any(
            why == programs.missing(program) and programs.path_of(program) is not None
            for score, why in self.unmeasured(metrics).items()
            if (program := self.optional_scores[score])
        )

    def limits(self, facts: Mapping[str, Any]) -> Sequence[str]:
        """Return what a trained network cannot do, one sentence each."""
        return ()

    def example(self, facts: Mapping[str, Any]) -> str:
        """Name the file in `nnlab/exporting/examples` that runs an exported network."""
        return f"{self.name.replace('-', '_')}.py"

    def interface(self, facts: Mapping[str, Any]) -> Interface:
        """Return what the inputs and outputs of the network mean, for those who export it."""
        return Interface({})

    def parts(self, model: Model[ConfigT], *, step: bool) -> Mapping[str, Network]:
        """Return what an export holds, by the name of the part: here the whole network.

        Args:
            model: A trained network.
            step: Return what runs it one step of a sequence at a time, with its states.

        Raises:
            UsageError: It has no steps.
        """
        if step:
            raise UsageError(f"a network of {self.name} has no steps; leave out --step")
        return {"": model.network}

    def glimpse(self, model: Model[ConfigT], data: Data) -> str:
        """Return what to show of a network after each epoch on a terminal."""
        return ""

    @abstractmethod
    def draw(self, evidence: Evidence[DetailsT]) -> dict[str, Any]:
        """Return the experiment's own figures by name, for one run."""

    def explore(self, evidence: Evidence[DetailsT]) -> list[Explorer]:
        """Return what a reader of the page can explore of one run.

        Raises:
            ValueError: The evidence, which comes from a file, is not what `score` kept.
        """
        return []

    @abstractmethod
    def tables(self, metrics: Metrics[DetailsT]) -> list[Table]:
        """Return the tables to print after one run."""

    def summarise(self, results: Mapping[str, RunMetrics[DetailsT]]) -> Any:
        """Return what several runs say together, beyond the mean of every score: `GroupDetails`.

        Args:
            results: Every run by its name in `trials`.
        """
        return self.GroupDetails()

    def estimate(self, score: str, values: Sequence[float]) -> Estimate:
        """Return the mean of a score over runs, with its interval."""
        return mean_interval(values, share=score in self.shares, overlap=self.overlap)

    def summary_tables(self, summary: Summary[Any]) -> list[Table]:
        """Return the tables to print after several runs, beyond the mean of every score."""
        return []

    def draw_summary(
        self, summary: Summary[Any], evidence: Callable[[str], Mapping[str, np.ndarray]]
    ) -> dict[str, Any]:
        """Return figures of several runs by name.

        Args:
            summary: What the runs say together.
            evidence: Reads the arrays that `score` kept of a run, by the run's name.
        """
        return {}


AnyExperiment = Experiment[Any, Any, Any]
"""An experiment whose options are known to itself only."""

"""What has become of the runs of one group so far."""

from dataclasses import dataclass, field, replace
from typing import Any

from nnlab.experiments.contract import AnyExperiment
from nnlab.results import RunMetrics
from nnlab.runs.folder import GroupFolder
from nnlab.runs.group import Trials, conclude
from nnlab.sweeps.plan import Setting
from nnlab.sweeps.task import Outcome, State


@dataclass
class Results:
    """The runs of a setting.

    Attributes:
        experiment: What is trained.
        setting: Their setting.
        group: Their folder.
        trials: All of them: Configs by name.
        outcomes: What became of those that have ended, by name.
    """

    experiment: AnyExperiment
    setting: Setting
    group: GroupFolder
    trials: Trials
    outcomes: dict[str, Outcome] = field(default_factory=dict)

    def add(self, name: str, outcome: Outcome) -> None:
        """Note what became of a run; one that somebody else interrupted has failed."""
        if outcome.state == "interrupted":
            outcome = replace(outcome, state="failed")
        self.outcomes[name] = outcome

    @property
    def finished(self) -> dict[str, RunMetrics[Any]]:
        """The metrics by name in the order of the plan, however the runs ended."""
        ended = {name: self.outcomes[name].metrics for name in self.trials if name in self.outcomes}
        return {name: metrics for name, metrics in ended.items() if metrics}

    def errors(self, state: State) -> list[str]:
        """Return why runs failed, or what happened to those that diverged: that is an answer."""
        return [outcome.error for outcome in self.outcomes.values() if outcome.state == state]

    def is_over(self) -> bool:
        """Tell whether every run finished or diverged."""
        return len(self.finished) + len(self.errors("diverged")) == len(self.trials)

    def is_whole(self) -> bool:
        """Tell whether every run finished, and none diverged."""
        return len(self.finished) == len(self.trials)

    def conclude(self) -> None:
        """Write the group's summary and figures, as `nnlab EXPERIMENT --runs N` does.

        Raises:
            DataError: The runs did not see the same data.
        """
        if self.finished and self.is_over():
            conclude(self.experiment, self.finished, self.group)

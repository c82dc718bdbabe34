"""What has become of the runs of one group so far."""

from dataclasses import dataclass, field
from typing import Any

from nnlab.experiments.contract import AnyExperiment
from nnlab.results import RunMetrics
from nnlab.runs.folder import GroupFolder
from nnlab.runs.group import Trials, conclude
from nnlab.sweeps.plan import Setting
from nnlab.sweeps.task import Outcome


@dataclass
class Results:
    """The runs of a setting; those in none of the three tables have not ended.

    Attributes:
        experiment: What is trained.
        setting: Their setting.
        group: Their folder.
        trials: All of them: Configs by name.
        finished: What they came to, by name.
        diverged: What happened, by name: no failure, but an answer.
        failed: Why, by name.
    """

    experiment: AnyExperiment
    setting: Setting
    group: GroupFolder
    trials: Trials
    finished: dict[str, RunMetrics[Any]] = field(default_factory=dict)
    diverged: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, outcome: Outcome) -> None:
        """Note what became of a run."""
        if outcome["metrics"] is not None:
            self.finished[name] = outcome["metrics"]
        elif outcome["state"] == "diverged":
            self.diverged[name] = outcome["error"]
        else:
            self.failed[name] = outcome["error"]

    def is_over(self) -> bool:
        """Tell whether every run finished or diverged."""
        return len(self.finished) + len(self.diverged) == len(self.trials)

    def is_whole(self) -> bool:
        """Tell whether every run finished, and none diverged."""
        return len(self.finished) == len(self.trials)

    def in_order(self) -> dict[str, RunMetrics[Any]]:
        """Return the metrics by name in the order of the plan, however the runs ended."""
        return {name: self.finished[name] for name in self.trials if name in self.finished}

    def conclude(self) -> None:
        """Write the group's summary and figures, as `nnlab EXPERIMENT --runs N` does.

        Raises:
            DataError: The runs did not see the same data.
        """
        if self.finished and self.is_over():
            conclude(self.experiment, self.in_order(), self.group)

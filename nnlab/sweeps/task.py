"""One run of a sweep as a function: plain values in, plain values and files out.

Every executor calls `carry_out`, whether in a process beside this one or on another machine.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from nnlab import experiments
from nnlab.datasets.store import Store
from nnlab.datasets.store.provenance import Source
from nnlab.errors import DivergedError, InterruptedRun, NnlabError
from nnlab.experiments.contract import Warn
from nnlab.files import make_folder
from nnlab.results import RunMetrics
from nnlab.runs import single
from nnlab.runs.folder import RunFolder
from nnlab.runs.workshop import RunObserver, Workshop
from nnlab.training.settings import TrainingSettings

RETRIES = 2
"""How often a run is tried again whose process died."""
RUNS_PER_PROCESS = 32
"""Runs after which a process gives way to a new one: TensorFlow does not return all memory."""

State = Literal["finished", "diverged", "failed", "interrupted"]


@dataclass(frozen=True)
class Task:
    """One run, in what travels to any process.

    Attributes:
        experiment: Name of the experiment.
        config: Its Config.
        folder: Where it goes; on a cluster, a folder that all nodes see.
        data_dir: As in `Store`; None: the other places.
        offline: As in `Store`.
        dataset: The data set to take where `config` chooses none.
        verbose: Whether TensorFlow may speak.
    """

    experiment: str
    config: TrainingSettings
    folder: RunFolder
    data_dir: Path | None = None
    offline: bool = False
    dataset: Source | None = None
    verbose: bool = False

    @property
    def threads(self) -> int:
        """Cores that the run uses."""
        return max(self.config.threads, 1)


@dataclass(frozen=True)
class Outcome:
    """What became of a run.

    `metrics` is None unless the run is finished; `error` says why there are none.
    """

    state: State
    error: str = ""
    warnings: tuple[str, ...] = ()
    metrics: RunMetrics[Any] | None = None


def carry_out(task: Task) -> Outcome:
    """Carry a run to its end; resume one that stopped, and do not repeat a finished one."""
    warnings: list[str] = []
    error, metrics = "", None
    state: State
    try:
        state, metrics = "finished", _run(task, warnings.append)
    except DivergedError as caught:
        state, error = "diverged", str(caught)
    except (InterruptedRun, KeyboardInterrupt) as caught:
        state, error = "interrupted", str(caught) or "interrupted"
    except NnlabError as caught:
        state, error = "failed", str(caught)
    except Exception as caught:  # of whatever kind, it must not stop the other runs
        state, error = "failed", f"{type(caught).__name__}: {caught}"
    return Outcome(state, error, tuple(warnings), metrics)


def threads_environment(threads: int) -> dict[str, str]:
    """Return what keeps NumPy in a process to so many cores; read when it is first imported."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    return dict.fromkeys(names, str(threads))


def _run(task: Task, warn: Warn) -> RunMetrics[Any]:
    experiment = experiments.get(task.experiment)
    make_folder(task.folder.path)
    store = Store(task.data_dir, offline=task.offline)
    workshop = Workshop(store, RunObserver(), warn, task.verbose)
    return single.run(experiment, task.config, task.folder, workshop, dataset=task.dataset)

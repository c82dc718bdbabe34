"""nnlab from Python: train, evaluate and compare as the shell does, and look at the results.

    >>> import nnlab
    >>> run = nnlab.train("classify", model="cnn", epochs=3)
    >>> run.scores["accuracy"], run.figures["confusion"]
    >>> run.answer(["data/examples/7.png"])

Nothing is printed; warnings are Python's. In a notebook a bar shows the epochs, and results show
themselves as tables and figures.
"""

import random
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from nnlab import experiments
from nnlab.api.progress import Bar
from nnlab.api.results import Compared, Evaluation, Group, Run, open_group, open_run
from nnlab.datasets.store import Store
from nnlab.errors import UsageError, nearest
from nnlab.report import comparison
from nnlab.results import RunMetrics
from nnlab.runs.answering import Trained, load
from nnlab.runs.evaluation import evaluate as evaluate_checkpoint
from nnlab.runs.placing import carry_out, placed
from nnlab.runs.workshop import RunObserver, Workshop

__all__ = ["Compared", "Evaluation", "Group", "Run"]
__all__ += ["compare", "evaluate", "open_group", "open_run", "train"]


def train(
    experiment: str,
    *,
    runs: int | None = None,
    out: str | Path | None = None,
    force: bool = False,
    progress: bool | None = None,
    data_dir: str | Path | None = None,
    **options: Any,
) -> Run | Group:
    """Train, score and draw, as `nnlab EXPERIMENT` does.

    Keras then has the settings that it comes with, whatever a keras.json or the program said. The
    random numbers of `random` and `numpy.random` go on as if nothing had been trained.

    Args:
        experiment: Its name, such as "perm-test".
        runs: How many runs, each with a seed of its own; None is the experiment's default.
        out: The folder; the same call again resumes the run in it. None makes a new one in runs/.
        force: Replace the run in `out`.
        progress: Whether a bar shows the epochs; None: in a notebook.
        data_dir: Where data sets are looked for first.
        options: Fields of the experiment's Config, such as `epochs=3`.

    Returns:
        The run, or the group if there are several.

    Raises:
        NnlabError: An option is unknown or not allowed, data are missing, or the loss diverged.
        InterruptedRun: Ctrl-C, or the stop button of a notebook. With `out`, the same call
            resumes the run.
    """
    if not experiments.exists(experiment):
        known = nearest(experiment, experiments.names())
        raise UsageError(f"nnlab.train: there is no experiment {experiment!r}; {known}")
    chosen = experiments.get(experiment)
    config = chosen.configure(options, f"nnlab.train({experiment!r})")
    if runs is not None and runs < 1:
        raise UsageError(f"nnlab.train: expected at least one run, got {runs}")
    trials = chosen.trials(config, chosen.default_runs if runs is None else runs)
    bar = "ipykernel" in sys.modules if progress is None else progress
    workshop = Workshop(_store(data_dir), Bar() if bar else RunObserver(), _warn)
    named = None if out is None else Path(out)
    single = len(trials) == 1
    with placed(experiment, named, single_run=single, force=force) as folder, _random_kept():
        result = carry_out(chosen, trials, folder, workshop, force=force)
        return Run(folder, result) if isinstance(result, RunMetrics) else Group(folder, result)


@contextmanager
def _random_kept() -> Iterator[None]:
    """Restore the state of the caller's random generators, which a training seeds."""
    states = random.getstate(), np.random.get_state()
    try:
        yield
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])


def evaluate(
    run: Run | Trained | str | Path,
    *,
    data_dir: str | Path | None = None,
    figures: str | Path | None = None,
    **data: Any,
) -> Evaluation:
    """Score a trained network on the test set of its own or of other data.

    Args:
        run: A run, a network, a run folder or a checkpoint.
        data_dir: Where data sets are looked for first.
        figures: A new or empty folder to draw the scores in.
        data: Options that choose other data, such as `dataset="mnist"`.

    Raises:
        NnlabError: The data are missing, or the network cannot read them.
    """
    if isinstance(run, Group):
        raise UsageError(
            f"nnlab.evaluate: {run.path} is a group of runs; give it one of them, such as "
            f"{next(iter(run.summary.runs), 'seed-1')}"
        )
    trained = run if isinstance(run, Trained) else load(run.path if isinstance(run, Run) else run)
    folder = None if figures is None else Path(figures)
    return Evaluation(evaluate_checkpoint(trained, data, _store(data_dir), _warn, folder))


def compare(*runs: Run | Group | str | Path, measure: str | None = None) -> Compared:
    """Put runs and groups side by side.

    Args:
        runs: Results of `train`, or folders.
        measure: What is drawn, such as "loss"; None: the runs' first measure.

    Raises:
        NnlabError: A folder holds no run, or there is no such measure.
    """
    paths = [one.path if isinstance(one, Run | Group) else Path(one) for one in runs]
    return Compared(comparison.compare(paths, measure))


def _store(data_dir: str | Path | None) -> Store:
    return Store(None if data_dir is None else Path(data_dir))


def _warn(text: str) -> None:
    warnings.warn(text, UserWarning, stacklevel=2)

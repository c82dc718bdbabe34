"""Several runs that answer one question together: seeds, or the arms of a comparison."""

import dataclasses
import shlex
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from nnlab import experiments
from nnlab.errors import CheckpointError, DataError, DivergedError, OutputExistsError, UsageError
from nnlab.experiments.contract import AnyExperiment
from nnlab.files import make_folder, write_json
from nnlab.options import alike, from_mapping
from nnlab.records import versioned
from nnlab.results import RunMetrics, RunOfGroup, Summary
from nnlab.runs import folder as runs
from nnlab.runs.figures import draw_summary, footer_text
from nnlab.runs.folder import GroupFolder, RunFolder
from nnlab.runs.occupying import clear, locked
from nnlab.runs.single import run
from nnlab.runs.training import Training
from nnlab.runs.workshop import Workshop
from nnlab.training.settings import TrainingSettings

Trials = Mapping[str, Any]
"""Configs by the run's name."""


def run_group(
    experiment: AnyExperiment,
    trials: Trials,
    folder: GroupFolder,
    workshop: Workshop,
    *,
    replace: bool = False,
) -> Summary[Any]:
    """Carry out all runs of a group; those that are finished are not repeated.

    Args:
        experiment: What to train.
        trials: The runs.
        folder: An existing folder, empty or with a group; a group may grow by further runs.
        workshop: The surroundings.
        replace: Whether what is in the folder goes, once the first run is ready to begin.

    Returns:
        What the runs that did not diverge say together.

    Raises:
        OutputExistsError: The folder holds runs with other settings.
        DataError: The runs did not see the same data.
        DivergedError: No run came through.
        InterruptedRun: Saved, to be resumed.
    """
    with locked(folder.path):
        known = {} if replace or not folder.is_group() else read_plan(folder)[1]
        there = _kinds(known)
        new = [config for kind, config in _kinds(trials).items() if kind not in there]
        if replace or len(new) > 1 or (there and new):
            _rehearse(experiment, new, workshop)
        if replace:
            clear(folder.path)
        trials = write_plan(experiment, trials, folder)
        results = _results(experiment, trials, folder, workshop)
        if not results:
            raise DivergedError(f"{folder.path}: every run diverged")
        return conclude(experiment, results, folder)


def conclude(
    experiment: AnyExperiment, results: Mapping[str, RunMetrics[Any]], folder: GroupFolder
) -> Summary[Any]:
    """Write and return what the runs of a group say together, and draw it.

    Args:
        experiment: What was trained.
        results: The runs that did not diverge, at least one, by their names.
        folder: Where they are.

    Raises:
        DataError: The runs did not see the same data.
    """
    for name, metrics in results.items():
        check_same_data(next(iter(results.values())), metrics, folder.member(name))
    summary = summarise(experiment, results)
    draw_summary(experiment, summary, folder)
    write_json(folder.summary, versioned(summary))
    return summary


def check_same_data(first: RunMetrics[Any], metrics: RunMetrics[Any], folder: RunFolder) -> None:
    """Refuse a run that saw other data than the first one beside it.

    Raises:
        DataError: It did.
    """
    if metrics.dataset.sha256 != first.dataset.sha256:
        raise DataError(f"{folder.path} was trained on other data than the rest of the group")


def _kinds(trials: Trials) -> dict[str, TrainingSettings]:
    """Return one Config of each kind: of those that differ in more than their seeds."""
    kinds: dict[str, TrainingSettings] = {}
    for config in trials.values():
        settings = dataclasses.asdict(config).items()
        kinds.setdefault(repr([one for one in settings if not one[0].endswith("seed")]), config)
    return kinds


def _rehearse(
    experiment: AnyExperiment, kinds: Sequence[TrainingSettings], workshop: Workshop
) -> None:
    """Make sure that data and settings are good before anything is removed or trained."""
    for config in reversed(kinds):
        data = experiment.load(config, workshop.store, lambda _: None)  # the first run will warn
    Training(experiment, config, data, workshop)


def _results(
    experiment: AnyExperiment, trials: Trials, folder: GroupFolder, workshop: Workshop
) -> dict[str, RunMetrics[Any]]:
    results: dict[str, RunMetrics[Any]] = {}
    first = None
    for name, config in trials.items():
        member = folder.member(name)
        make_folder(member.path)
        try:
            dataset = first and first.dataset
            results[name] = run(experiment, config, member, workshop, dataset=dataset)
        except DivergedError as error:
            workshop.warn(f"{member.path}: {error}; left out of the summary")
            continue
        first = first or results[name]
        check_same_data(first, results[name], member)  # before the next one is trained
    return results


def resume_group(folder: GroupFolder, workshop: Workshop) -> tuple[AnyExperiment, Summary[Any]]:
    """Go on with the group in `folder`.

    Raises:
        CheckpointError: Its plan is damaged.
    """
    experiment, trials = read_plan(folder)
    return experiment, run_group(experiment, trials, folder, workshop)


def read_plan(folder: GroupFolder) -> tuple[AnyExperiment, dict[str, Any]]:
    """Return the experiment and the trials of the group in `folder`.

    Raises:
        CheckpointError: group.json is damaged.
    """
    plan = runs.read_json(folder.plan)
    try:
        if not isinstance(plan, dict) or not isinstance(plan.get("trials"), dict):
            raise CheckpointError("expected an object with 'trials' inside")
        if not plan["trials"] or not all(map(runs.is_name, plan["trials"])):
            raise CheckpointError("expected names of runs")
        experiment = experiments.get(str(plan.get("experiment")))
        trials = {
            name: from_mapping(experiment.Config, config, name)
            for name, config in plan["trials"].items()
        }
    except (CheckpointError, UsageError) as error:
        raise CheckpointError(f"{folder.plan} is not the plan of a group: {error}") from error
    return experiment, trials


def summarise(experiment: AnyExperiment, results: Mapping[str, RunMetrics[Any]]) -> Summary[Any]:
    """Return means and intervals over runs, and what the experiment makes of them."""
    first = next(iter(results.values()))
    measured = by_name([metrics.scores for metrics in results.values()])
    without_seed = {key: value for key, value in first.config.items() if key != "seed"}
    return Summary(
        experiment=experiment.name,
        dataset=first.dataset,
        scores={
            name: experiment.estimate(name, values)
            for name, values in (measured.items() if experiment.averages else ())
        },
        baselines=_mean_baselines(list(results.values())),
        details=experiment.summarise(results),
        footer=footer_text(first, without_seed),
        runs={
            name: RunOfGroup(metrics.scores, metrics.training, metrics.config)
            for name, metrics in results.items()
        },
        unmeasured={
            name: why
            for metrics in results.values()
            for name, why in experiment.unmeasured(metrics).items()
            if name not in measured
        },
    )


def _mean_baselines(results: Sequence[RunMetrics[Any]]) -> dict[str, dict[str, float]]:
    """Average over runs: where each has a split of its own, the baselines differ, too."""
    names = dict.fromkeys(name for one in results for name in one.baselines)
    return {
        name: {
            score: statistics.fmean(values)
            for score, values in by_name([one.baselines.get(name, {}) for one in results]).items()
        }
        for name in names
    }


def by_name(scores: Sequence[Mapping[str, float]]) -> dict[str, list[float]]:
    """Collect the values of each score; not every run need have all, or any at all."""
    names = dict.fromkeys(name for one in scores for name in one)
    return {name: [one[name] for one in scores if name in one] for name in names}


def write_plan(experiment: AnyExperiment, trials: Trials, folder: GroupFolder) -> Trials:
    """Write the plan of a group, together with what it held before, and return it."""
    trials = joined_plan(experiment, trials, folder)
    configs = {name: dataclasses.asdict(config) for name, config in trials.items()}
    write_json(folder.plan, {"experiment": experiment.name, "trials": configs})
    return trials


def joined_plan(experiment: AnyExperiment, trials: Trials, folder: GroupFolder) -> Trials:
    """Return the trials together with those that the group has already.

    Raises:
        OutputExistsError: The folder holds runs with other settings.
        CheckpointError: Its plan is damaged.
    """
    if folder.is_group():
        known_experiment, known = read_plan(folder)
        changed = [
            name for name, config in trials.items() if not alike(known.get(name, config), config)
        ]
        if known_experiment.name != experiment.name or changed:
            raise OutputExistsError(
                f"{folder.path} holds runs with other settings; name another folder with --out, "
                f"or resume those: nnlab resume {shlex.quote(str(folder.path))}"
            )
        begun = {name: known[name] for name in known if folder.member(name).is_run()}
        trials = {**known, **trials, **begun}
    return trials

"""Several runs that answer one question together: seeds, or the arms of a comparison."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from nnlab import experiments, runs
from nnlab.errors import CheckpointError, DivergedError, NnlabError, OutputExistsError
from nnlab.experiment import Experiment
from nnlab.files import write_json
from nnlab.metrics import mean_interval
from nnlab.options import from_mapping
from nnlab.report.figures import footer_text, save_figures
from nnlab.running.single import run
from nnlab.running.workshop import Workshop
from nnlab.runs import GroupFolder

Trials = Mapping[str, Any]
"""Configs by the run's name."""


def run_group(
    experiment: Experiment, trials: Trials, folder: GroupFolder, workshop: Workshop
) -> dict[str, Any]:
    """Carry out all runs of a group; those that are finished are not repeated.

    Args:
        experiment: What to train.
        trials: The runs.
        folder: An existing folder, empty or with a group; a group may grow by further runs.
        workshop: The surroundings.

    Returns:
        The contents of summary.json, over the runs that did not diverge.

    Raises:
        OutputExistsError: The folder holds runs with other settings.
        DivergedError: No run came through.
        InterruptedRun: Saved, to be resumed.
    """
    _write_plan(experiment, trials, folder)
    results = {}
    for name, config in trials.items():
        member = folder.member(name)
        runs.make_folder(member.path)
        try:
            results[name] = run(experiment, config, member, workshop)
        except DivergedError as error:
            workshop.warn(f"{member.path}: {error}; left out of the summary")
    if not results:
        raise DivergedError(f"{folder.path}: every run diverged")
    summary = summarise(experiment, results)
    save_figures(experiment.draw_summary(summary, folder.path), folder.figures)
    write_json(folder.summary, summary)
    return summary


def resume_group(folder: GroupFolder, workshop: Workshop) -> tuple[Experiment, dict[str, Any]]:
    """Go on with the group in `folder`.

    Raises:
        CheckpointError: Its plan is damaged.
    """
    experiment, trials = read_plan(folder)
    return experiment, run_group(experiment, trials, folder, workshop)


def read_plan(folder: GroupFolder) -> tuple[Experiment, dict[str, Any]]:
    """Return the experiment and the trials of the group in `folder`.

    Raises:
        CheckpointError: group.json is damaged.
    """
    plan = runs.read_json(folder.plan)
    if not isinstance(plan, dict) or not isinstance(plan.get("trials"), dict):
        raise CheckpointError(f"{folder.plan}: expected an object with 'trials' inside")
    experiment = experiments.get(str(plan.get("experiment")))
    try:
        trials = {
            name: from_mapping(experiment.Config, config, str(folder.plan))
            for name, config in plan["trials"].items()
        }
    except (NnlabError, TypeError) as error:
        raise CheckpointError(str(error)) from error
    for name in trials:
        if not name or name != runs.safe_name(name):
            raise CheckpointError(f"{folder.plan}: {name!r} is no name of a run")
    return experiment, trials


def summarise(experiment: Experiment, results: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return means and intervals over runs, and what the experiment makes of them."""
    first = next(iter(results.values()))
    scores = {
        name: mean_interval([metrics["scores"][name] for metrics in results.values()]).as_dict()
        for name in first["scores"]
    }
    kept = ("scores", "training", "config")
    return {
        "experiment": experiment.name,
        "dataset": first["dataset"],
        "scores": scores,
        "baselines": first["baselines"],
        "details": dict(experiment.summarise(results)),
        "footer": footer_text({**first, "config": _without_seed(first["config"])}),
        "runs": {name: {key: metrics[key] for key in kept} for name, metrics in results.items()},
    }


def _without_seed(config: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in config.items() if key != "seed"}


def _write_plan(experiment: Experiment, trials: Trials, folder: GroupFolder) -> None:
    if folder.is_group():
        known_experiment, known = read_plan(folder)
        changed = [name for name, config in trials.items() if known.get(name, config) != config]
        if known_experiment.name != experiment.name or changed:
            raise OutputExistsError(
                f"{folder.path} holds runs with other settings; name another folder with --out, "
                f"or go on with those: nnlab resume {folder.path}"
            )
        trials = {**known, **trials}
    configs = {name: dataclasses.asdict(config) for name, config in trials.items()}
    write_json(folder.plan, {"experiment": experiment.name, "trials": configs})

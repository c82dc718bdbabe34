"""The whole report again: every plan carried out, every claim compared with what came out."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from nnlab import experiments
from nnlab.datasets.store import Store
from nnlab.errors import DataError, NnlabError, UsageError, nearest
from nnlab.options import changed, without_effect
from nnlab.reproduction.claims import Claim, Plan, load_claims
from nnlab.reproduction.summaries import read_summary
from nnlab.reproduction.verdicts import DIVERGES, Finding, judge, not_measured
from nnlab.runs import folder as runs
from nnlab.runs.folder import GroupFolder
from nnlab.runs.group import Trials, joined_plan, read_plan
from nnlab.runs.occupying import locked, occupied
from nnlab.sweeps.executor import Executor
from nnlab.sweeps.plan import Setting
from nnlab.sweeps.results import Results
from nnlab.sweeps.work import Work, WorkObserver, carry_out_all
from nnlab.training.settings import REPORT

NO_ERRORS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Standing:
    """A plan that is carried out.

    Attributes:
        plan: The plan.
        folder: Where its runs are.
        findings: What they say of the claims.
    """

    plan: Plan
    folder: Path
    findings: tuple[Finding, ...]


def chosen_plans(only: Sequence[str], quick: bool, preset: str = REPORT) -> list[Plan]:
    """Return the plans that `only` names, each by its own name or that of its experiment.

    Args:
        only: Names; none stands for all plans but those that have to be named.
        quick: Whether plans without a quick way are left out.
        preset: That of the plans.

    Raises:
        UsageError: A name is unknown.
    """
    plans = [plan for plan in load_claims()[0] if plan.preset == preset]
    known = {plan.name for plan in plans} | {plan.experiment for plan in plans}
    for name in only:
        if name not in known:
            raise UsageError(f"unknown experiment or part {name!r}; {nearest(name, known)}")
    return [
        plan
        for plan in plans
        if (plan.name in only or (not plan.named_only and (not only or plan.experiment in only)))
        and (plan.quick or not quick)
    ]


def reproduce(
    plans: Sequence[Plan],
    folder: Path,
    executor: Executor,
    store: Store,
    observer: WorkObserver,
    *,
    quick: bool,
    wanted_runs: int | None = None,
    threads: int = 1,
    verbose: bool = False,
) -> dict[str, str]:
    """Carry out plans, each as a group of runs below `folder`; what is finished is not repeated.

    The runs of all plans are shared out together, the longest first, so that no core waits long
    for the last one.

    Args:
        plans: Which ones.
        folder: An existing folder, for the groups, by the plans' names.
        executor: Carries out the runs.
        store: Finds data sets.
        observer: Watches.
        quick: Whether to take the embedded samples and a few epochs, one run each.
        wanted_runs: How many runs of each; None for the plan's own number.
        threads: Cores of a run that is not there yet.
        verbose: Whether TensorFlow may speak.

    Returns:
        Why plans could not be carried out, by their names; they do not stop the rest.

    Raises:
        InterruptedRun: Saved; the same call resumes.
        OutputExistsError: Another process is at it.
    """
    groups: dict[str, Results] = {}
    errors: dict[str, str] = {}
    with locked(folder), ExitStack() as stack:
        for plan in sorted(plans, key=lambda plan: plan.minutes, reverse=True):
            count = wanted_runs or (1 if quick else plan.runs)
            try:
                results = _results(plan, folder, _setting(plan, quick, threads), count)
                stack.enter_context(occupied(results.group.path))
                groups[plan.name] = results
            except NnlabError as error:
                errors[plan.name] = str(error)
        carry_out_all(Work(list(groups.values()), store, verbose), executor, observer)
    errors |= {name: why for name, results in groups.items() if (why := _failure(results))}
    return {plan.name: errors[plan.name] for plan in plans if plan.name in errors}


def standings(
    folder: Path, *, quick: bool, errors: Mapping[str, str] = NO_ERRORS
) -> list[Standing]:
    """Return the groups below `folder` and what they say of the claims, in the report's order.

    Args:
        folder: As for `reproduce`.
        quick: Whether they are those of a tour.
        errors: Why plans could not be carried out, by their names.

    Raises:
        CheckpointError: Files of a group are damaged.
    """
    found = []
    for plan in load_claims()[0]:
        group = GroupFolder(folder / plan.name)
        findings = _findings(plan, group, quick) if group.is_group() else ()
        if not findings and plan.name in errors:
            why = errors[plan.name].partition("\n")[0].partition(";")[0]  # without what to do
            findings = tuple(not_measured(claim, why) for claim in _claims(plan.name))
        if findings or (group.is_group() and group.summary.exists()):
            found.append(Standing(plan, group.path, findings))
    return found


def minutes_left(
    plans: Sequence[Plan], folder: Path, places: int, wanted_runs: int | None = None
) -> float:
    """Return about how long what is not finished takes.

    Args:
        plans: Which plans.
        folder: As for `reproduce`.
        places: How many runs go on at once, each on a core.
        wanted_runs: How many runs of each; None for the plan's own number.
    """
    left = []
    for plan in plans:
        group = GroupFolder(folder / plan.name)
        trials = _trials(plan, _setting(plan, False), wanted_runs or plan.runs)
        left += [plan.minutes for name in trials if not group.member(name).metrics.exists()]
    return max(sum(left) / places, *left, 0.0)


def _setting(plan: Plan, quick: bool, threads: int = 1) -> Setting:
    options = {**plan.options, **(plan.quick if quick else {}), "threads": threads}
    config = experiments.get(plan.experiment).configure(options, plan.name)
    return Setting(plan.name, options, config)


def _trials(plan: Plan, setting: Setting, wanted_runs: int) -> Trials:
    return experiments.get(plan.experiment).trials(setting.config, wanted_runs)


def _results(plan: Plan, folder: Path, setting: Setting, wanted_runs: int) -> Results:
    """Return the runs of a plan, of which none counts as ended yet.

    Raises:
        OutputExistsError: The folder holds runs with other settings.
        CheckpointError: Its plan is damaged.
    """
    experiment = experiments.get(plan.experiment)
    group = GroupFolder(folder / plan.name)
    trials = _as_begun(plan, _trials(plan, setting, wanted_runs), group)
    return Results(experiment, setting, group, joined_plan(experiment, trials, group))


def _failure(results: Results) -> str:
    """Say why a plan has not been carried out; that its trainings diverge may be the answer."""
    if failures := results.errors("failed"):
        return failures[0]
    expected = any(claim.kind == DIVERGES for claim in _claims(results.setting.name))
    return "" if results.finished or expected else next(iter(results.errors("diverged")), "")


def _findings(plan: Plan, group: GroupFolder, quick: bool) -> tuple[Finding, ...]:
    claims = _claims(plan.name)
    with_diverged: list[Any] = []
    if any(claim.kind == DIVERGES for claim in claims):
        names = read_plan(group)[1]
        with_diverged = [_metrics(group, one) for one in names if group.member(one).is_finished()]
    if group.summary.exists():
        summary = read_summary(group)
    else:  # nothing is finished, or every run diverged
        claims = [claim for claim in claims if claim.kind == DIVERGES]
        if not with_diverged:
            return ()
        summary = {"dataset": with_diverged[0]["dataset"], "runs": []}
    members = [_metrics(group, name) for name in summary["runs"]]
    if "scores" in summary:  # summaries of earlier versions do not say what is missing
        experiment = experiments.get(plan.experiment)
        unmeasured = experiment.unmeasured(group.read_summary(experiment.GroupDetails))
        summary = {**summary, "unmeasured": unmeasured}
    return tuple(
        _judged(claim, summary, with_diverged if claim.kind == DIVERGES else members, quick)
        for claim in claims
    )


def _judged(claim: Claim, summary: Any, members: Sequence[Any], quick: bool) -> Finding:
    """Judge a claim; one that cannot be judged does not stop the others."""
    try:
        return judge(claim, summary, members, quick)
    except DataError as error:
        return not_measured(claim, str(error))


def _claims(plan: str) -> list[Claim]:
    return [claim for claim in load_claims()[1] if claim.plan == plan]


def _metrics(group: GroupFolder, name: str) -> dict[str, Any]:
    result: dict[str, Any] = runs.read_json(group.member(name).metrics)
    return result


def _as_begun(plan: Plan, trials: Trials, group: GroupFolder) -> dict[str, Any]:
    """Take the machine's settings from runs that are there already: they change no result."""
    known = read_plan(group)[1] if group.is_group() else {}
    return {
        name: changed(
            config,
            plan.name,
            **{key: getattr(known.get(name, config), key) for key in without_effect(type(config))},
        )
        for name, config in trials.items()
    }

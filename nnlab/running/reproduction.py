"""The whole report again: every plan carried out, every claim held against what came out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnlab import experiments, runs
from nnlab.errors import DivergedError, InterruptedRun, NnlabError, UsageError, nearest
from nnlab.files import make_folder
from nnlab.options import changed
from nnlab.report.claims import Claim, Plan, load_claims
from nnlab.report.verdicts import DIVERGES, Finding, judge
from nnlab.running.group import Trials, read_plan, run_group
from nnlab.running.workshop import Workshop
from nnlab.runs import GroupFolder

MACHINE = ("threads", "save_every")
"""Settings that say how, not what: a group that is there keeps its own."""


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


def chosen_plans(only: Sequence[str], quick: bool) -> list[Plan]:
    """Return the plans that `only` names, each by its own name or that of its experiment.

    Args:
        only: Names; none stands for all plans but those that have to be named.
        quick: Whether plans without a quick way are left out.

    Raises:
        UsageError: A name is unknown.
    """
    plans, _ = load_claims()
    known = {plan.name for plan in plans} | {plan.experiment for plan in plans}
    for name in only:
        if name not in known:
            raise UsageError(f"nothing to reproduce is called {name!r}; {nearest(name, known)}")
    return [
        plan
        for plan in plans
        if (plan.name in only or (not plan.named_only and (not only or plan.experiment in only)))
        and (plan.quick or not quick)
    ]


def reproduce(
    plans: Sequence[Plan],
    folder: Path,
    workshop: Workshop,
    *,
    quick: bool,
    wanted_runs: int | None = None,
    begun: Callable[[int, Plan], None] = lambda number, plan: None,
) -> dict[str, str]:
    """Carry out plans, each into a group of runs below `folder`; what is finished is not repeated.

    Args:
        plans: Which ones.
        folder: For the groups, by the plans' names.
        workshop: The surroundings.
        quick: Whether to take the embedded samples and a few epochs, one run each.
        wanted_runs: How many runs of each; None for the plan's own number.
        begun: Called with the number of each plan, from 0, before it.

    Returns:
        Why plans could not be carried out, by their names; they do not stop the rest.

    Raises:
        InterruptedRun: Saved; the same call goes on.
    """
    errors = {}
    for number, plan in enumerate(plans):
        begun(number, plan)
        try:
            _carry_out(plan, GroupFolder(folder / plan.name), workshop, quick, wanted_runs)
        except InterruptedRun:
            raise
        except NnlabError as error:
            errors[plan.name] = str(error)
    return errors


def standings(folder: Path, *, quick: bool) -> list[Standing]:
    """Return what all runs below `folder` say of the claims, in the report's order.

    Args:
        folder: As for `reproduce`.
        quick: Whether they are those of a tour.

    Raises:
        CheckpointError: Files of a group are damaged.
    """
    found = []
    for plan in load_claims()[0]:
        group = GroupFolder(folder / plan.name)
        findings = _findings(plan, group, quick) if group.is_group() else ()
        if findings:
            found.append(Standing(plan, group.path, findings))
    return found


def minutes_left(plan: Plan, folder: Path, wanted_runs: int | None = None) -> float:
    """Return about how long what is not finished of a plan takes on 2 cores.

    Args:
        plan: The plan.
        folder: As for `reproduce`.
        wanted_runs: How many runs; None for the plan's own number.
    """
    group = GroupFolder(folder / plan.name)
    trials = _trials(plan, False, wanted_runs)
    left = [name for name in trials if not group.member(name).metrics.exists()]
    return plan.minutes * len(left) / len(_trials(plan, False, None))


def _trials(plan: Plan, quick: bool, wanted_runs: int | None) -> Trials:
    experiment = experiments.get(plan.experiment)
    options = {**plan.options, **(plan.quick if quick else {})}
    config = experiment.configure(options, plan.name)
    return experiment.trials(config, wanted_runs or (1 if quick else plan.runs))


def _carry_out(
    plan: Plan, group: GroupFolder, workshop: Workshop, quick: bool, wanted_runs: int | None
) -> None:
    make_folder(group.path)
    experiment = experiments.get(plan.experiment)
    trials = _as_begun(plan, _trials(plan, quick, wanted_runs), group)
    try:
        run_group(experiment, trials, group, workshop)
    except DivergedError:
        if not any(claim.kind == DIVERGES for claim in _claims(plan)):
            raise


def _findings(plan: Plan, group: GroupFolder, quick: bool) -> tuple[Finding, ...]:
    claims = _claims(plan)
    if group.summary.exists():
        summary = runs.read_json(group.summary)
    else:  # nothing is finished, or every run diverged
        claims = [claim for claim in claims if claim.kind == DIVERGES]
        names = [name for name in read_plan(group)[1] if group.member(name).metrics.exists()]
        if not names:
            return ()
        summary = {"dataset": _metrics(group, names[0])["dataset"], "runs": names}
    members = [_metrics(group, name) for name in summary["runs"]]
    return tuple(judge(claim, summary, members, quick) for claim in claims)


def _claims(plan: Plan) -> list[Claim]:
    return [claim for claim in load_claims()[1] if claim.plan == plan.name]


def _metrics(group: GroupFolder, name: str) -> dict[str, Any]:
    return runs.read_json(group.member(name).metrics)


def _as_begun(plan: Plan, trials: Trials, group: GroupFolder) -> dict[str, Any]:
    """Take the machine's settings from runs that are there already: they change no result."""
    known = read_plan(group)[1] if group.is_group() else {}
    return {
        name: changed(
            config, plan.name, **{key: getattr(known.get(name, config), key) for key in MACHINE}
        )
        for name, config in trials.items()
    }

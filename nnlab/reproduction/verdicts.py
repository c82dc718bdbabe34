"""Whether a claim holds: what is claimed beside what came out, and a verdict in words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnlab import experiments
from nnlab.errors import DataError
from nnlab.metrics import has_effect, mean_interval
from nnlab.reproduction.claims import Claim

CONFIRMED, REFUTED, OPEN = "confirmed", "refuted", "cannot tell"
NOT_COMPARED = "not compared"
NOT_MEASURED = "not measured"
DIVERGES = "diverges"
UNITS = {"percent": " %", "points": " points"}
OPPOSITE = {CONFIRMED: REFUTED, REFUTED: CONFIRMED, OPEN: OPEN}


@dataclass(frozen=True)
class Finding:
    """What came out of a claim.

    Attributes:
        claim: The claim.
        measured: In words, with interval and baseline.
        runs: How many runs stand behind it; where runs are compared, how many pairs.
        verdict: "confirmed", "refuted", "cannot tell", "not measured", or "not compared" of a
            sample.
        caveat: What a reader has to know.
    """

    claim: Claim
    measured: str
    runs: int
    verdict: str
    caveat: str

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "section": self.claim.section,
            "claim": self.claim.text,
            "plan": self.claim.plan,
            "claimed": self.claim.claimed,
            "measured": self.measured,
            "runs": self.runs,
            "verdict": self.verdict,
            "caveat": self.caveat,
        }


@dataclass(frozen=True)
class _Measured:
    """A mean over runs.

    Attributes:
        mean: The mean.
        low: Lower end of its interval; of one run, or of equal ones, the number itself.
        high: Upper end, likewise.
        runs: How many runs, or pairs of them.
        all_equal: Whether there are several, whose equality gives no interval.
    """

    mean: float
    low: float
    high: float
    runs: int
    all_equal: bool = False

    def words(self, form: str, unit: str) -> str:
        """Write it with its interval."""
        text = _number(self.mean, form)
        if self.low < self.high:
            text += f" ({_bare(self.low, form)} to {_bare(self.high, form)})"
        elif self.runs > 1:
            text += f" (all {self.runs} are equal)"
        return f"{text} {unit}" if unit else text


def judge(
    claim: Claim, summary: Mapping[str, Any], runs: Sequence[Mapping[str, Any]], quick: bool
) -> Finding:
    """Hold a claim against the runs that answer it.

    Args:
        claim: The claim.
        summary: summary.json of the group; its "unmeasured" says why a score is missing.
        runs: metrics.json of each run.
        quick: Whether these are a few epochs only, which answer nothing.

    Raises:
        DataError: The summary does not have what the claim asks for.
    """
    score = claim.value.removeprefix("scores.")
    if score in summary.get("unmeasured", {}):
        return not_measured(claim, summary["unmeasured"][score])
    try:
        words, verdict, count = KINDS[claim.kind](claim, summary, runs)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        what = f"{claim.plan}: expected {claim.value!r} in the summary"
        raise DataError(f"{what}, but {type(error).__name__}: {error}") from error
    remarks = [claim.caveat] if claim.caveat else []
    if quick:
        verdict = NOT_COMPARED
    elif summary["dataset"]["sample"]:
        verdict = NOT_COMPARED
        remarks.append("On an embedded sample: no answer to the claim.")
    elif count < 2:
        remarks.append("From a single run, without an interval.")
    return Finding(claim, words, count, verdict, " ".join(remarks))


def not_measured(claim: Claim, why: str) -> Finding:
    """Return the finding of a claim that could not be measured on this machine."""
    return Finding(claim, f"{NOT_MEASURED}: {why}", 0, NOT_MEASURED, claim.caveat)


Judgement = tuple[str, str, int]
"""What came out in words, the verdict, and how many runs or pairs stand behind it."""


def _reaches(claim: Claim, summary: Mapping[str, Any], runs: Sequence[Any]) -> Judgement:
    """Confirmed if it rounds to the claimed number or more, wherever in the interval it is."""
    measured = _measured(claim.value, summary, runs)
    wanted = (claim.claimed or 0) - claim.tolerance
    return measured.words(claim.form, claim.unit), _above(measured, wanted), measured.runs


def _stays_below(claim: Claim, summary: Mapping[str, Any], runs: Sequence[Any]) -> Judgement:
    words, verdict, count = _reaches(claim, summary, runs)
    return words, OPPOSITE[verdict], count


def _no_effect(claim: Claim, summary: Mapping[str, Any], runs: Sequence[Any]) -> Judgement:
    """Confirmed if there is no effect by `has_effect`, refuted if there is one.

    Equal differences do not say how much differences vary: they cannot tell.
    """
    measured = _measured(claim.value, summary, runs)
    effect = has_effect(measured.low, measured.high, claim.tolerance)
    verdict = {None: OPEN, False: CONFIRMED, True: REFUTED}[effect]
    words = measured.words(claim.form, claim.unit)
    return words, OPEN if measured.all_equal else verdict, measured.runs


def _beats(claim: Claim, summary: Mapping[str, Any], runs: Sequence[Any]) -> Judgement:
    """Confirmed if the network is better than the baseline, or than the best of several."""
    return _against(claim, summary, runs, above=claim.better == "higher")


def _worse_than(claim: Claim, summary: Mapping[str, Any], runs: Sequence[Any]) -> Judgement:
    """Confirmed if the network is worse than the baseline, or than the best of several."""
    return _against(claim, summary, runs, above=claim.better != "higher")


def _against(
    claim: Claim, summary: Mapping[str, Any], runs: Sequence[Any], *, above: bool
) -> Judgement:
    measured = _measured(claim.value, summary, runs)
    name, baseline = _baseline(claim.baseline, claim.better, summary)
    words = f"{measured.words(claim.form, claim.unit)}; {name}: {_number(baseline, claim.form)}"
    return words, _beyond(measured, baseline, above), measured.runs


def _worst(claim: Claim, summary: Mapping[str, Any], runs: Sequence[Any]) -> Judgement:
    """Confirmed if the same classes come out worst on average, refuted if at most one does.

    Classes of equal rank come in any order: a verdict must hold for all of them.
    """
    ranks = {str(one["class"]): one["mean_rank"] for one in _at(summary, claim.value)}
    claimed, places = set(claim.digits), len(claim.digits)
    last = sorted(ranks.values())[places - 1]
    worst = sorted((name for name in ranks if ranks[name] <= last), key=ranks.__getitem__)
    tied = {name for name in worst if ranks[name] == last}
    common, spare = len(claimed & set(worst)), len(worst) - places
    least = common - min(spare, len(tied & claimed))  # if the claimed ones drop out first
    most = common - max(0, spare - len(tied - claimed))  # if the others do
    verdict = CONFIRMED if least == places else REFUTED if most < 2 else OPEN
    remark = f" (the last {len(tied)} tie)" if spare else ""
    return ", ".join(worst) + remark, verdict, len(runs)


def _diverges(claim: Claim, summary: Mapping[str, Any], runs: Sequence[Any]) -> Judgement:
    found = [_at(run, claim.value.removeprefix("runs:")) for run in runs]
    diverged = sum(map(bool, found))
    verdict = CONFIRMED if diverged == len(found) else OPEN if diverged else REFUTED
    return f"{diverged} of {len(found)} trainings diverged", verdict, len(found)


KINDS: dict[str, Callable[[Claim, Mapping[str, Any], Sequence[Any]], Judgement]] = {
    "reaches": _reaches,
    "stays-below": _stays_below,
    "no-effect": _no_effect,
    "beats": _beats,
    "worse-than": _worse_than,
    "worst": _worst,
    DIVERGES: _diverges,
}


def _beyond(measured: _Measured, baseline: float, above: bool) -> str:
    """Confirm what lies above a baseline, or below it; as good is neither."""
    worst, best = measured.low - baseline, measured.high - baseline
    if not above:
        worst, best = -best, -worst
    return CONFIRMED if worst > 0 else REFUTED if best <= 0 else OPEN


def _above(measured: _Measured, wanted: float) -> str:
    if measured.low >= wanted:
        return CONFIRMED
    return REFUTED if measured.high < wanted else OPEN


def _measured(path: str, summary: Mapping[str, Any], runs: Sequence[Any]) -> _Measured:
    if path.startswith("runs:"):
        values = [float(_at(run, path.removeprefix("runs:"))) for run in runs]
        overlap = experiments.get(summary["experiment"]).overlap
        found = vars(mean_interval(values, overlap=overlap))
    else:
        found = _at(summary, path)
    mean = found["mean"]
    low, high = (mean if found[end] is None else found[end] for end in ("low", "high"))
    return _Measured(mean, low, high, found["n"], found["n"] > 1 and found["low"] is None)


def in_words(
    path: str,
    summary: Mapping[str, Any],
    form: str,
    unit: str,
    interval: Mapping[str, float] | None = None,
) -> str:
    """Write the mean of a score with its interval.

    Args:
        path: Where it stands in the summary.
        summary: summary.json of a group.
        form: As that of a claim.
        unit: Likewise.
        interval: `low` and `high` over the test set, of a single run, which has no other.
    """
    words = _measured(path, summary, ()).words(form, unit)
    if interval is None:
        return words
    ends = (_bare(interval[end], form) for end in ("low", "high"))
    return f"{words} ({' to '.join(ends)}; 1 run)"


def baseline_in_words(
    path: str, summary: Mapping[str, Any], better: str, form: str, unit: str
) -> str:
    """Write a baseline's number behind its name; `*` in the path takes the best one."""
    name, value = _baseline(path, better, summary)
    return f"{name}: {_Measured(value, value, value, 1).words(form, unit)}"


def _baseline(path: str, better: str, summary: Mapping[str, Any]) -> tuple[str, float]:
    _, name, score = path.split(".")
    known = {
        one: scores[score]
        for one, scores in summary["baselines"].items()
        if score in scores and name in ("*", one)
    }
    best = max if better == "higher" else min
    name = best(known, key=known.__getitem__)
    return name, known[name]


def _at(values: Any, path: str) -> Any:
    for name in path.split("."):
        values = values[name]
    return values


def _number(value: float, form: str) -> str:
    return _bare(value, form) + UNITS.get(form, "")


def _bare(value: float, form: str) -> str:
    """Write a number without its unit."""
    if form == "number":
        return f"{value:.3f}"
    return f"{100 * value:+.2f}" if form == "points" else f"{100 * value:.2f}"


def tally(findings: Sequence[Finding]) -> str:
    """Count the verdicts: "5 confirmed, 2 refuted, 1 cannot tell"."""
    verdicts = [finding.verdict for finding in findings]
    return ", ".join(f"{verdicts.count(one)} {one}" for one in dict.fromkeys(verdicts))

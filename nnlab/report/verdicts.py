"""Whether a claim holds: what is claimed beside what came out, and a verdict in words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnlab.errors import DataError
from nnlab.metrics import mean_interval
from nnlab.report.claims import Claim

CONFIRMED, REFUTED, OPEN = "confirmed", "refuted", "cannot tell"
SAMPLE = "not compared: embedded sample"


@dataclass(frozen=True)
class Finding:
    """What came out of a claim.

    Attributes:
        claim: The claim.
        measured: In words, with interval and baseline.
        runs: How many runs stand behind it.
        verdict: "confirmed", "refuted", "cannot tell", or that a sample is no answer.
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
    """A mean over runs; of a single one `low` and `high` are the number itself."""

    mean: float
    low: float
    high: float
    runs: int

    def words(self, form: str) -> str:
        """Write it with its interval."""
        text = _number(self.mean, form)
        if self.runs < 2:
            return text
        return f"{text} ({_number(self.low, form)} to {_number(self.high, form)})"


def judge(claim: Claim, summary: Mapping[str, Any], runs: Sequence[Mapping[str, Any]]) -> Finding:
    """Hold a claim against the runs that answer it.

    Args:
        claim: The claim.
        summary: summary.json of the group.
        runs: metrics.json of each run.

    Raises:
        DataError: The summary does not have what the claim asks for.
    """
    try:
        measured, verdict = KINDS[claim.kind](claim, summary, runs)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        what = f"{claim.plan}: expected {claim.value!r} in the summary"
        raise DataError(f"{what}, but {type(error).__name__}: {error}") from error
    count = len(runs)
    caveat = claim.caveat if count > 1 else f"{claim.caveat} From a single run.".strip()
    if summary["dataset"]["sample"] and summary["experiment"] != "add":
        verdict = SAMPLE
    return Finding(claim, measured, count, verdict, caveat)


def _reaches(claim: Claim, summary: Mapping[str, Any], runs: Any) -> tuple[str, str]:
    """Confirmed if it rounds to the claimed number or more, whichever end of the interval."""
    measured = _measured(claim.value, summary, runs)
    wanted = (claim.claimed or 0) - claim.tolerance
    return measured.words(claim.form), _above(measured, wanted)


def _stays_below(claim: Claim, summary: Mapping[str, Any], runs: Any) -> tuple[str, str]:
    measured = _measured(claim.value, summary, runs)
    opposite = {CONFIRMED: REFUTED, REFUTED: CONFIRMED, OPEN: OPEN}
    return measured.words(claim.form), opposite[_above(measured, claim.claimed or 0)]


def _no_effect(claim: Claim, summary: Mapping[str, Any], runs: Any) -> tuple[str, str]:
    """Confirmed if the whole interval is within the tolerance, refuted if it is beyond zero."""
    measured = _measured(claim.value, summary, runs)
    words = measured.words(claim.form)
    if -claim.tolerance <= measured.low and measured.high <= claim.tolerance:
        return words, CONFIRMED
    beyond = measured.low > 0 or measured.high < 0
    return words, REFUTED if beyond and abs(measured.mean) > claim.tolerance else OPEN


def _beats(claim: Claim, summary: Mapping[str, Any], runs: Any) -> tuple[str, str]:
    """Confirmed if the network is better than the baseline, or than the best of several."""
    measured = _measured(claim.value, summary, runs)
    name, baseline = _baseline(claim, summary)
    words = f"{measured.words(claim.form)}; {name} {_number(baseline, claim.form)}"
    sign = 1 if claim.better == "higher" else -1
    low, high = sorted((sign * measured.low, sign * measured.high))
    signed = _Measured(sign * measured.mean, low, high, measured.runs)
    return words, _above(signed, sign * baseline)


def _worse_than(claim: Claim, summary: Mapping[str, Any], runs: Any) -> tuple[str, str]:
    words, verdict = _beats(claim, summary, runs)
    return words, {CONFIRMED: REFUTED, REFUTED: CONFIRMED, OPEN: OPEN}[verdict]


def _worst(claim: Claim, summary: Mapping[str, Any], runs: Any) -> tuple[str, str]:
    """Confirmed if the same classes come out worst on average, refuted if at most one does."""
    classes = sorted(_at(summary, claim.value), key=lambda one: one["mean_rank"])
    worst = [str(one["class"]) for one in classes[: len(claim.digits)]]
    common = len(set(worst) & set(claim.digits))
    verdict = CONFIRMED if common == len(claim.digits) else REFUTED if common < 2 else OPEN
    return ", ".join(worst), verdict


def _diverges(claim: Claim, summary: Mapping[str, Any], runs: Any) -> tuple[str, str]:
    found = [_at(run, claim.value.removeprefix("runs:")) for run in runs]
    diverged = [one for one in found if one]
    words = f"{len(diverged)} of {len(found)} trainings got out of control"
    return words, CONFIRMED if len(diverged) == len(found) else OPEN if diverged else REFUTED


Judge = Callable[[Claim, Mapping[str, Any], Any], tuple[str, str]]
KINDS: dict[str, Judge] = {
    "reaches": _reaches,
    "stays-below": _stays_below,
    "no-effect": _no_effect,
    "beats": _beats,
    "worse-than": _worse_than,
    "worst": _worst,
    "diverges": _diverges,
}


def _above(measured: _Measured, wanted: float) -> str:
    if measured.low >= wanted:
        return CONFIRMED
    return REFUTED if measured.high < wanted else OPEN


def _measured(path: str, summary: Mapping[str, Any], runs: Sequence[Any]) -> _Measured:
    if path.startswith("runs:"):
        values = [float(_at(run, path.removeprefix("runs:"))) for run in runs]
        found = mean_interval(values).as_dict()
    else:
        found = _at(summary, path)
    mean = found["mean"]
    low, high = (mean if found[end] is None else found[end] for end in ("low", "high"))
    return _Measured(mean, low, high, found["n"])


def _baseline(claim: Claim, summary: Mapping[str, Any]) -> tuple[str, float]:
    _, name, score = claim.baseline.split(".")
    known = {
        one: scores[score]
        for one, scores in summary["baselines"].items()
        if score in scores and name in ("*", one)
    }
    best = max if claim.better == "higher" else min
    name = best(known, key=known.__getitem__)
    return name, known[name]


def _at(values: Any, path: str) -> Any:
    for name in path.split("."):
        values = values[name]
    return values


def _number(value: float, form: str) -> str:
    if form == "percent":
        return f"{100 * value:.2f} %"
    if form == "points":
        return f"{100 * value:+.2f} points"
    return f"{value:.3f}"


def tally(findings: Sequence[Finding]) -> str:
    """Count the verdicts: "5 confirmed, 2 refuted, 1 cannot tell"."""
    verdicts = [finding.verdict for finding in findings]
    return ", ".join(f"{verdicts.count(one)} {one}" for one in dict.fromkeys(verdicts))

"""What the 2018 report claims, and the runs that answer it: the table in claims.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from nnlab.training.settings import REPORT


@dataclass(frozen=True)
class Plan:
    """Runs of one experiment with one setting.

    Attributes:
        name: What to call it; the name of its folder.
        experiment: Which experiment.
        options: Fields of its Config that differ from the preset.
        runs: How many.
        minutes: About how long one of them took on one core.
        quick: Further fields for a tour on the embedded samples.
        named_only: Whether it is left out unless it is asked for by name.
    """

    name: str
    experiment: str
    runs: int
    minutes: float
    options: Mapping[str, Any] = field(default_factory=dict)
    quick: Mapping[str, Any] = field(default_factory=dict)
    named_only: bool = False

    @property
    def preset(self) -> str:
        """The preset of its runs."""
        preset: str = self.options.get("preset", REPORT)
        return preset


@dataclass(frozen=True)
class Claim:
    """One claim of the report.

    Attributes:
        plan: Name of the plan that answers it.
        section: Where in the report it stands.
        text: What it says.
        kind: When it is confirmed; see `verdicts`.
        value: Where the answer stands: a path in summary.json, or after "runs:" in metrics.json.
        form: "percent", "points" (of a hundred), or "number".
        unit: What stands behind the number, such as "bits per character".
        claimed: The number that is claimed.
        tolerance: Half a unit of its last digit, or the size of an effect that would be none.
        baseline: Where the number to beat stands; `*` takes the best one.
        better: "lower" or "higher", for what is compared with a baseline.
        digits: The classes that are named.
        caveat: What a reader has to know.
    """

    plan: str
    section: str
    text: str
    kind: str
    value: str
    form: str = "number"
    unit: str = ""
    claimed: float | None = None
    tolerance: float = 0.0
    baseline: str = ""
    better: str = "higher"
    digits: tuple[str, ...] = ()
    caveat: str = ""


@dataclass(frozen=True)
class Comparison:
    """A number of an experiment that both presets have.

    Attributes:
        text: What is measured.
        report: Name of the plan of the report preset.
        modern: Name of the plan of the modern preset.
        value: Where the number stands in summary.json, such as "scores.chrf".
        baseline: Where that of a baseline stands; `*` takes the best one; empty for none.
        claimed: What the report says, in words; empty for nothing.
        form: As that of a claim.
        unit: Likewise.
        better: "lower" or "higher".
        caveat: What stands behind the number of the report preset, such as other test data.
        interval: Where the interval of a single run stands in metrics.json; empty for none.
        published: The best result that others published, and who; empty for nothing.
    """

    text: str
    report: str
    modern: str
    value: str
    baseline: str = ""
    claimed: str = ""
    form: str = "number"
    unit: str = ""
    better: str = "higher"
    caveat: str = ""
    interval: str = ""
    published: str = ""


@dataclass(frozen=True)
class ReportFigure:
    """A figure of the report that is drawn again.

    Attributes:
        number: The report's number.
        text: What it shows.
        plans: Names of the plans whose runs it is drawn from.
        figure: Which figure of a run it is; empty for the curves of all plans in one.
    """

    number: int
    text: str
    plans: tuple[str, ...]
    figure: str = ""


@cache
def load_claims() -> tuple[tuple[Plan, ...], tuple[Claim, ...]]:
    """Return all plans and all claims, in the report's order."""
    table = _table()
    plans = tuple(Plan(name=name, **plan) for name, plan in table["plans"].items())
    claims = tuple(
        Claim(**{**one, "digits": tuple(one.get("digits", ()))}) for one in table["claims"]
    )
    return plans, claims


@cache
def load_comparisons() -> tuple[Comparison, ...]:
    """Return the numbers that both presets have, in the report's order."""
    return tuple(Comparison(**one) for one in _table()["comparisons"])


@cache
def load_figures() -> tuple[ReportFigure, ...]:
    """Return the figures of the report that are drawn again."""
    return tuple(
        ReportFigure(**{**one, "plans": tuple(one["plans"])}) for one in _table()["figures"]
    )


@cache
def _table() -> dict[str, Any]:
    text = resources.files("nnlab.reproduction").joinpath("claims.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)

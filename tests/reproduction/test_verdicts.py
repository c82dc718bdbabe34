"""When a claim is confirmed, refuted, or open."""

from collections.abc import Sequence
from typing import Any

import pytest

from nnlab import experiments
from nnlab.errors import DataError
from nnlab.experiments.perm_test.comparison import TOLERANCE
from nnlab.experiments.perm_test.comparison import verdict as perm_test_verdict
from nnlab.metrics import paired_difference
from nnlab.reproduction.claims import Claim, load_claims, load_comparisons
from nnlab.reproduction.table import sections, table
from nnlab.reproduction.verdicts import CONFIRMED, KINDS, NOT_COMPARED, OPEN, REFUTED, judge
from nnlab.training.settings import REPORT
from tests.annotations import Record


def score(mean: float, half: float | None = None, n: int = 3) -> Record:
    ends = (None, None) if half is None else (mean - half, mean + half)
    return {"mean": mean, "sd": None, "low": ends[0], "high": ends[1], "n": n}


def summary(
    *,
    sample: bool = False,
    baselines: Record | None = None,
    details: Record | None = None,
    **scores: Record,
) -> Record:
    return {
        "experiment": "classify",
        "dataset": {"sample": sample},
        "scores": scores,
        "baselines": baselines or {},
        "details": details or {},
    }


def claim(kind: str, **fields: Any) -> Claim:
    return Claim(plan="p", section="1", text="It works.", kind=kind, **fields)


def verdict(one: Claim, found: Record, runs: Sequence[Record] = (), quick: bool = False) -> str:
    return judge(one, found, runs, quick).verdict


@pytest.mark.parametrize(
    ("measured", "expected"),
    [
        (score(0.98, 0.004), CONFIRMED),
        (score(0.99, 0.001), CONFIRMED),
        (score(0.975), CONFIRMED),
        (score(0.976, 0.004), OPEN),
        (score(0.95, 0.01), REFUTED),
    ],
)
def test_a_number_is_reached_as_far_as_its_digits_go(measured: Record, expected: str) -> None:
    one = claim("reaches", value="scores.accuracy", claimed=0.98, tolerance=0.005)
    assert verdict(one, summary(accuracy=measured)) == expected


@pytest.mark.parametrize(
    ("measured", "expected"),
    [
        (score(0.0005, 0.001), CONFIRMED),
        (score(-0.012, 0.004), REFUTED),
        (score(0.001, 0.004), OPEN),
        (score(0.002, 0.0019), OPEN),
        (score(0.005, 0.004), OPEN),
        (score(0.001, n=1), CONFIRMED),
        (score(-0.01, n=1), REFUTED),
        (score(0.001, n=2), OPEN),
        (score(-0.01, n=2), OPEN),
    ],
)
def test_no_effect_is_an_interval_around_nothing(measured: Record, expected: str) -> None:
    one = claim("no-effect", value="details.difference", tolerance=0.0025)
    assert verdict(one, summary(details={"difference": measured})) == expected


@pytest.mark.parametrize(
    ("better", "mean", "expected"),
    [
        ("higher", 0.9, CONFIRMED),
        ("higher", 0.5, REFUTED),
        ("higher", 0.7, OPEN),
        ("lower", 0.5, CONFIRMED),
        ("lower", 0.9, REFUTED),
        ("lower", 0.7, OPEN),
    ],
)
def test_the_best_baseline_is_the_one_to_beat(better: str, mean: float, expected: str) -> None:
    names = {"a": {"s": 0.7}, "b": {"s": 0.2 if better == "higher" else 0.95}, "c": {"other": 9.0}}
    one = claim("beats", value="scores.s", baseline="baselines.*.s", better=better)
    found = judge(one, summary(s=score(mean, 0.1), baselines=names), [], quick=False)
    assert found.verdict == expected
    assert "a: 0.700" in found.measured


@pytest.mark.parametrize("kind", ["beats", "worse-than"])
@pytest.mark.parametrize("better", ["higher", "lower"])
def test_as_good_is_neither_better_nor_worse(kind: str, better: str) -> None:
    one = claim(kind, value="scores.s", baseline="baselines.a.s", better=better)
    found = summary(s=score(0.5), baselines={"a": {"s": 0.5}})
    assert verdict(one, found) == REFUTED


def test_what_stays_below_and_what_is_worse_are_the_opposites() -> None:
    below = claim("stays-below", value="scores.s", claimed=0.9)
    assert verdict(below, summary(s=score(0.4, 0.1))) == CONFIRMED
    worse = claim("worse-than", value="scores.s", baseline="baselines.a.s", better="lower")
    assert verdict(worse, summary(s=score(0.1, 0.01), baselines={"a": {"s": 0.5}})) == REFUTED
    assert verdict(worse, summary(s=score(0.9, 0.01), baselines={"a": {"s": 0.5}})) == CONFIRMED


@pytest.mark.parametrize(
    ("worst", "expected"), [("894", CONFIRMED), ("895", OPEN), ("123", REFUTED), ("812", REFUTED)]
)
def test_the_worst_classes_are_compared_in_any_order(worst: str, expected: str) -> None:
    rest = [digit for digit in "0123456789" if digit not in worst]
    classes = [{"class": digit, "mean_rank": rank} for rank, digit in enumerate([*worst, *rest])]
    one = claim("worst", value="details.classes", digits=("4", "8", "9"))
    assert verdict(one, summary(details={"classes": classes[::-1]})) == expected


@pytest.mark.parametrize(
    ("ranks", "expected", "words"),
    [
        ({"4": 1, "8": 2, "9": 3, "5": 3}, OPEN, "4, 8, 9, 5 (the last 2 tie)"),
        ({"4": 1, "8": 1, "9": 1, "5": 2}, CONFIRMED, "4, 8, 9"),
        ({"4": 1, "3": 1, "2": 1, "8": 1}, OPEN, "4, 3, 2, 8 (the last 4 tie)"),
        ({"1": 1, "2": 2, "3": 3, "8": 3}, REFUTED, "1, 2, 3, 8 (the last 2 tie)"),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_classes_that_tie_come_in_any_order(
    ranks: dict[str, int], expected: str, words: str, turned: bool
) -> None:
    rest = {digit: 9 for digit in "0123456789" if digit not in ranks}
    classes = [{"class": digit, "mean_rank": rank} for digit, rank in {**ranks, **rest}.items()]
    one = claim("worst", value="details.classes", digits=("4", "8", "9"))
    found = judge(one, summary(details={"classes": classes[:: -1 if turned else 1]}), (), False)
    assert found.verdict == expected
    if not turned:
        assert found.measured == words


def test_values_of_single_runs_and_divergence() -> None:
    one = claim("reaches", value="runs:details.area of it.net", claimed=0.8)
    runs = [{"details": {"area of it": {"net": value}}} for value in (0.84, 0.85, 0.86)]
    found = judge(one, summary(), runs, quick=False)
    assert (found.verdict, found.runs) == (CONFIRMED, 3)
    splits = {**summary(), "experiment": "recommend"}  # which share baskets
    assert judge(one, splits, runs, quick=False).measured != found.measured
    diverges = claim("diverges", value="runs:training.diverged")
    for what, expected in ((None, REFUTED), ({"epoch": 3}, CONFIRMED)):
        assert verdict(diverges, summary(), [{"training": {"diverged": what}}]) == expected


def test_a_sample_or_a_tour_is_no_answer_and_one_run_is_told() -> None:
    one = claim("reaches", value="scores.s", claimed=0.1)
    assert verdict(one, summary(s=score(0.9), sample=True)) == NOT_COMPARED
    assert verdict(one, summary(s=score(0.9)), quick=True) == NOT_COMPARED
    assert "single run" in judge(one, summary(s=score(0.9, n=1)), [], quick=False).caveat


def test_a_summary_without_the_answer_is_an_error() -> None:
    with pytest.raises(DataError, match=r"p: expected 'scores\.s'"):
        judge(claim("reaches", value="scores.s"), summary(), [], quick=False)


def test_every_claim_and_comparison_has_a_plan_that_can_be_carried_out() -> None:
    plans, claims = load_claims()
    of_the_report = {plan.name for plan in plans if plan.preset == REPORT}
    answered = {claim.plan for claim in claims}
    assert answered | {one.report for one in load_comparisons()} == of_the_report
    assert {claim.kind for claim in claims} <= set(KINDS)
    assert {plan.experiment for plan in plans} <= set(experiments.names())
    for plan in plans:
        experiment = experiments.get(plan.experiment)
        for options in (plan.options, {**plan.options, **plan.quick}):
            assert experiment.trials(experiment.configure(options, plan.name), plan.runs)


def test_several_pairs_are_judged_by_the_same_rule_as_the_claim() -> None:
    _, claims = load_claims()
    tolerances = {one.tolerance for one in claims if one.kind == "no-effect"}
    assert tolerances == {TOLERANCE}
    one = claim("no-effect", value="details.difference", tolerance=TOLERANCE)
    for plain in ([0.98, 0.981], [0.98, 0.98], [0.99, 0.98], [0.9821, 0.9822], [0.95, 0.95]):
        difference = paired_difference([0.98, 0.98], plain)
        found = summary(details={"difference": vars(difference)})
        said = perm_test_verdict(difference)
        expected = {"No effect": CONFIRMED, "The permutation": REFUTED}
        words = [name for start, name in expected.items() if said.startswith(start)]
        assert verdict(one, found) == (words[0] if words else OPEN)


def test_the_table_and_the_page_say_the_same() -> None:
    one = claim("reaches", value="scores.s", claimed=0.5, caveat="Mind the gap.")
    findings = [judge(one, summary(s=score(0.9)), [], quick=False)]
    assert table(findings).rows[0][-1] == CONFIRMED
    assert table(findings).note == "1 confirmed"
    (claims,) = sections(findings)
    assert claims.table is not None
    assert claims.verdicts[0].holds is True
    assert claims.table.rows[0] == table(findings).rows[0][:-1]
    assert "Mind the gap." in claims.verdicts[0].note
    tour = [judge(one, summary(s=score(0.9)), [], quick=True)]
    assert "nothing about the claims" in sections(tour)[0].intro
    assert "nothing about the claims" in table(tour).note
    assert "verdict" not in table(tour).columns

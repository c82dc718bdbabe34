import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from nnlab import metrics
from nnlab.records import plain, structured

scores = st.floats(0, 1, allow_nan=False)


# Wilson's interval ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (8, 10, 0.4901625, 0.9433178),
        (0, 10, 0.0, 0.2775328),
        (10, 10, 0.7224672, 1.0),
        (81, 263, 0.2553, 0.3662),  # Newcombe 1998, table I
        (15, 148, 0.0624, 0.1605),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_interval_matches_published_values(
    successes: int, trials: int, low: float, high: float
) -> None:
    interval = metrics.wilson_interval(successes, trials)
    assert (interval.low, interval.high) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 100_000), st.data())
def test_wilson_interval_matches_scipy_and_contains_the_estimate(
    trials: int, data: st.DataObject
) -> None:
    successes = data.draw(st.integers(0, trials))
    interval = metrics.wilson_interval(successes, trials)
    expected = stats.binomtest(successes, trials).proportion_ci(method="wilson")
    assert 0 <= interval.low <= successes / trials <= interval.high <= 1
    assert (interval.low, interval.high) == pytest.approx(expected, abs=1e-9)


def test_wilson_interval_without_trials_is_0_to_1() -> None:
    assert metrics.wilson_interval(0, 0) == metrics.Interval(0.0, 1.0)


@pytest.mark.parametrize(("successes", "trials"), [(-1, 3), (4, 3), (1, 0)])
def test_wilson_interval_refuses_impossible_counts(successes: int, trials: int) -> None:
    with pytest.raises(ValueError, match=f"got {successes} of {trials}"):
        metrics.wilson_interval(successes, trials)


# means and paired differences -------------------------------------------------------------------


def test_mean_interval_matches_the_textbook() -> None:
    estimate = metrics.mean_interval([1, 2, 3, 4, 5])
    half = 2.776445 * np.sqrt(2.5 / 5)  # t for 4 degrees of freedom, from a table
    assert (estimate.mean, estimate.n) == (3, 5)
    assert estimate.sd == pytest.approx(np.sqrt(2.5))
    assert (estimate.low, estimate.high) == pytest.approx((3 - half, 3 + half), abs=1e-5)


def test_splits_of_the_same_data_tell_less_than_independent_runs() -> None:
    values, zeros = [1.0, 2, 3, 4, 5], [0.0] * 5
    error = np.sqrt(2.5 * (1 / 5 + 1 / 4))  # Nadeau and Bengio 2003, equation 8
    assert metrics.standard_error(np.sqrt(2.5), 5, 1 / 4) == pytest.approx(error)
    for found in (
        metrics.mean_interval(values, overlap=1 / 4),
        metrics.paired_difference(values, zeros, overlap=1 / 4),
    ):
        assert (found.low, found.high) == pytest.approx(
            (3 - 2.776445 * error, 3 + 2.776445 * error), abs=1e-5
        )


def test_intervals_of_overlapping_splits_contain_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(0)
    hits = {0.0: 0, 1 / 4: 0}
    for _ in range(400):  # the score of a split: its mean, whose truth is 0
        data = rng.normal(size=100)
        scores = [float(rng.permutation(data)[:20].mean()) for _ in range(5)]
        for overlap in hits:
            found = metrics.mean_interval(scores, overlap=overlap)
            assert found.low is not None
            assert found.high is not None
            hits[overlap] += found.low <= 0 <= found.high
    assert hits[0.0] < 0.92 * 400
    assert hits[1 / 4] > 0.93 * 400


@given(st.lists(scores, min_size=2, max_size=20))
def test_mean_interval_contains_the_mean(values: list[float]) -> None:
    assume(np.ptp(values) > 1e-9)
    estimate = metrics.mean_interval(values)
    assert estimate.low is not None
    assert estimate.high is not None
    assert estimate.low <= estimate.mean <= estimate.high


@pytest.mark.parametrize("values", [[0.98, 0.98], [1.0] * 5, [0.1 + 0.2, 0.3]])
def test_equal_runs_have_no_interval(values: list[float]) -> None:
    estimate = metrics.mean_interval(values)
    assert (estimate.sd, estimate.low, estimate.high, estimate.n) == (0, None, None, len(values))
    assert estimate.mean == pytest.approx(values[0])


def test_a_single_run_has_a_mean_and_no_interval() -> None:
    assert metrics.mean_interval([0.98]) == metrics.Estimate(0.98, None, None, None, 1)


@pytest.mark.parametrize("values", [[], [0.9, float("nan")], [float("inf")]])
def test_a_mean_of_no_values_or_of_nan_is_refused(values: list[float]) -> None:
    with pytest.raises(ValueError, match="finite numbers for values"):
        metrics.mean_interval(values)


@given(st.lists(st.tuples(scores, scores), min_size=2, max_size=20))
def test_paired_difference_matches_scipy(pairs: list[tuple[float, float]]) -> None:
    a, b = zip(*pairs, strict=True)
    assume(np.ptp(np.subtract(a, b)) > 1e-6)
    difference = metrics.paired_difference(a, b)
    expected = stats.ttest_rel(a, b)
    interval = expected.confidence_interval()
    assert difference.p == pytest.approx(expected.pvalue, rel=1e-6, abs=1e-12)
    assert (difference.low, difference.high) == pytest.approx((interval.low, interval.high))
    assert difference.differences == pytest.approx(np.subtract(a, b))


@given(st.lists(scores, min_size=2, max_size=9))
def test_equal_pairs_have_p_1(values: list[float]) -> None:
    difference = metrics.paired_difference(values, values)
    assert (difference.mean, difference.low, difference.high, difference.p) == (0, 0, 0, 1)


@given(st.lists(st.floats(0.5, 1), min_size=2, max_size=9), st.floats(0.001, 0.5))
def test_a_constant_difference_has_no_p_value_despite_rounding(
    values: list[float], shift: float
) -> None:
    difference = metrics.paired_difference([value - shift for value in values], values)
    assert difference.mean == pytest.approx(-shift)
    assert (difference.low, difference.high, difference.p) == (None, None, None)


def test_a_single_pair_has_only_a_difference() -> None:
    difference = metrics.paired_difference([0.75], [0.5])
    assert difference == metrics.PairedDifference(0.25, None, None, None, None, 1, (0.25,))


def test_unpaired_values_are_refused() -> None:
    with pytest.raises(ValueError, match="got 2 and 1 values"):
        metrics.paired_difference([0.9, 0.8], [0.9])


# confusions -------------------------------------------------------------------------------------


def test_confusion_matrix_has_one_row_per_true_class() -> None:
    matrix = metrics.confusion_matrix([0, 0, 1, 2, 2, 2], [0, 2, 1, 2, 2, 0], classes=4)
    assert matrix.tolist() == [[1, 0, 1, 0], [0, 1, 0, 0], [1, 0, 2, 0], [0, 0, 0, 0]]


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=50))
def test_confusion_matrix_counts_every_pair(pairs: list[tuple[int, int]]) -> None:
    labels = np.array([label for label, _ in pairs], dtype=np.uint8)
    predictions = np.array([prediction for _, prediction in pairs], dtype=np.int64)
    matrix = metrics.confusion_matrix(labels, predictions, 7)
    assert all(matrix[pair] == pairs.count(pair) for pair in np.ndindex(7, 7))


@pytest.mark.parametrize("labels", [[0, 3], [0, -1]])
def test_confusion_matrix_refuses_classes_out_of_range(labels: list[int]) -> None:
    with pytest.raises(ValueError, match="expected classes 0 to 2"):
        metrics.confusion_matrix(labels, [0, 0], classes=3)


def test_confusion_matrix_refuses_lists_of_different_lengths() -> None:
    with pytest.raises(ValueError, match="equal length"):
        metrics.confusion_matrix([0, 1], [0], classes=2)


def test_class_accuracy_lists_the_worst_first_and_classes_without_examples_last() -> None:
    rows = metrics.class_accuracy([[9, 1, 0], [0, 0, 0], [5, 0, 5]])
    assert [(row.label, row.correct, row.count, row.accuracy) for row in rows] == [
        (2, 5, 10, 0.5),
        (0, 9, 10, 0.9),
        (1, 0, 0, None),
    ]
    interval = metrics.wilson_interval(5, 10)
    assert (rows[0].low, rows[0].high) == (interval.low, interval.high)


def test_confused_pairs_list_the_most_frequent_errors_first() -> None:
    confusion = [[90, 3, 7], [0, 99, 1], [7, 0, 93]]
    pairs = metrics.confused_pairs(confusion)
    assert [(pair.label, pair.prediction, pair.count) for pair in pairs[:3]] == [
        (0, 2, 7),
        (2, 0, 7),
        (0, 1, 3),
    ]
    assert metrics.confused_pairs(np.eye(3, dtype=int)) == ()
    assert len(metrics.confused_pairs(np.ones((5, 5), int))) == 10


# rankings ---------------------------------------------------------------------------------------

recall_tables = st.tuples(st.integers(2, 5), st.integers(4, 12), st.integers(0, 10_000)).map(
    lambda sizes: np.random.default_rng(sizes[2]).random(sizes[:2])
)


def test_runs_that_agree_have_stability_1() -> None:
    stability = metrics.rank_stability([[0.9, 0.7, 0.8, 0.6], [0.99, 0.97, 0.98, 0.9]])
    assert [(row.label, row.mean_rank) for row in stability.classes] == [
        (3, 1),
        (1, 2),
        (2, 3),
        (0, 4),
    ]
    assert [row.among_worst_three for row in stability.classes] == [2, 2, 2, 0]
    assert (stability.spearman, stability.kendall_w) == pytest.approx((1, 1))


@given(recall_tables)
def test_rank_correlation_is_the_mean_over_the_pairs_of_runs(recalls: np.ndarray) -> None:
    stability = metrics.rank_stability(recalls)
    pairs = [
        stats.spearmanr(recalls[i], recalls[j]).statistic
        for i in range(len(recalls))
        for j in range(i)
    ]
    assert stability.spearman == pytest.approx(np.mean(pairs))


@given(recall_tables)
def test_kendalls_w_is_friedmans_statistic_scaled(recalls: np.ndarray) -> None:
    runs, classes = recalls.shape
    friedman = stats.friedmanchisquare(*recalls.round(1).T).statistic
    stability = metrics.rank_stability(recalls.round(1))
    assert stability.kendall_w == pytest.approx(friedman / (runs * (classes - 1)))


def test_a_single_run_has_ranks_but_no_stability() -> None:
    stability = metrics.rank_stability([[0.9, 0.8, 0.7]])
    assert [row.label for row in stability.classes] == [2, 1, 0]
    assert (stability.spearman, stability.kendall_w) == (None, None)


def test_runs_without_any_error_have_no_correlation() -> None:
    stability = metrics.rank_stability(np.ones((3, 4)))
    assert (stability.spearman, stability.kendall_w) == (None, None)
    assert [row.among_worst_three for row in stability.classes] == [3, 3, 3, 3]


def test_classes_without_examples_are_left_out_of_the_ranking() -> None:
    stability = metrics.rank_stability([[0.9, np.nan, 0.7], [0.9, np.nan, 0.8]])
    assert [row.label for row in stability.classes] == [2, 0]


def test_recalls_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\(runs, classes\)"):
        metrics.rank_stability([0.9, 0.8])


# JSON -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "result",
    [
        metrics.wilson_interval(0, 0),
        metrics.mean_interval([0.5]),
        metrics.paired_difference([0.5], [0.25]),
        metrics.class_accuracy([[0, 0], [1, 2]])[1],
        metrics.confused_pairs([[0, 1], [0, 1]])[0],
        metrics.rank_stability([[0.5, 0.25], [np.nan, 0.5]]),
    ],
)
def test_results_survive_json(result: object) -> None:
    written = json.dumps(plain(result), allow_nan=False)
    assert structured(type(result), json.loads(written), Path("metrics.json")) == result


# Bootstrap --------------------------------------------------------------------------------------


def test_the_bootstrap_of_a_mean_is_about_the_interval_of_student() -> None:
    values = np.random.default_rng(5).normal(3, 2, 400)
    statistics = np.stack([values, np.ones_like(values)], axis=1)
    came = metrics.resampled_interval(statistics, lambda sums: sums[:, 0] / sums[:, 1])
    expected = metrics.mean_interval(list(values))
    assert came.low == pytest.approx(expected.low, abs=0.03)
    assert came.high == pytest.approx(expected.high, abs=0.03)


@pytest.mark.parametrize("kind", ["float32", "int32", "int64"])
def test_the_bootstrap_takes_numbers_of_any_kind(kind: str) -> None:
    statistics = np.random.default_rng(5).integers(1, 9, (50, 2))
    came, expected = (
        metrics.resampled_interval(given, lambda sums: sums[:, 0] / sums[:, 1])
        for given in (statistics.astype(kind), statistics.astype(float))
    )
    assert came == expected


def test_the_bootstrap_of_one_unit_has_no_width() -> None:
    came = metrics.resampled_interval(np.array([[6.0, 2.0]]), lambda sums: sums[:, 0] / sums[:, 1])
    assert (came.low, came.high) == (3, 3)

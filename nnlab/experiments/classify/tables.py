"""The tables that `classify` prints of its runs."""

from collections.abc import Sequence

from nnlab.experiments.classify.scoring import ClassifyDetails, ClassifySummary
from nnlab.experiments.classify.typicality import UNUSUAL
from nnlab.experiments.contract import Table
from nnlab.results import THIS_NETWORK, Metrics, Summary
from nnlab.wording import percent, percent_span

WORST = 3
"""How many classes the report names as the most misclassified."""
MISTAKEN_FOR = 3
"""How many classes they are mistaken for are named."""


def tables(metrics: Metrics[ClassifyDetails]) -> list[Table]:
    """Return accuracy beside the baselines, and the most misclassified classes."""
    details, names = metrics.details, metrics.details.class_names
    interval = details.accuracy_interval
    accuracy_rows = [
        (THIS_NETWORK, percent(metrics.scores["accuracy"]), span(interval.low, interval.high)),
        *((name, percent(row["accuracy"]), "") for name, row in metrics.baselines.items()),
    ]
    worst_rows = [
        (
            names[entry.label],
            percent(entry.accuracy),
            span(entry.low, entry.high),
            f"{entry.count - entry.correct} of {entry.count}",
            _taken_for(details.confusion_matrix[entry.label], entry.label, names),
        )
        for entry in details.class_accuracy
        if entry.accuracy is not None
    ][:WORST]
    calibration_rows = [
        (name, f"{temperature:.3f}", percent(error))
        for name, temperature, error in (
            ("before calibration", 1.0, details.calibration_error_before),
            ("after calibration", details.temperature, details.calibration_error),
        )
        if error is not None
    ]
    tested = f"{details.test_images:,} test images of {metrics.dataset.name}"
    share = details.unusual_share
    note = "" if share is None else f"Typicality below {UNUSUAL:g}: {percent(share)} of the images"
    return [
        Table(f"Accuracy on {tested}", ("", "accuracy", "95 % interval"), accuracy_rows, note),
        Table(
            "Most misclassified",
            ("class", "accuracy", "95 % interval", "wrong", "mistaken for"),
            worst_rows,
        ),
        *(
            [Table("Probabilities", ("", "temperature", "calibration error"), calibration_rows)]
            if calibration_rows
            else []
        ),
    ]


def _taken_for(counts: Sequence[int], label: int, names: Sequence[str]) -> str:
    """Name the classes that images of a class are mistaken for most often, with their counts."""
    others = [other for other in range(len(counts)) if other != label and counts[other]]
    most = sorted(others, key=lambda other: -counts[other])[:MISTAKEN_FOR]
    return ", ".join(f"{names[other]} ({counts[other]})" for other in most)


def summary_tables(summary: Summary[ClassifySummary]) -> list[Table]:
    """Return the classes that are misclassified most over several runs, and calibration errors."""
    details = summary.details
    errors = [
        (name, percent(error.mean), span(error.low, error.high))
        for name, error in (
            ("before calibration", details.calibration_error_before),
            ("after calibration", details.calibration_error),
        )
        if error is not None
    ]
    columns = ("", "mean calibration error", "95 % interval")
    return [_ranking(summary), *([Table("Probabilities", columns, errors)] if errors else [])]


def _ranking(summary: Summary[ClassifySummary]) -> Table:
    rows = [
        (
            entry["class"],
            percent(entry["accuracy"].mean),
            span(entry["accuracy"].low, entry["accuracy"].high),
            f"{entry['mean_rank']:.1f}",
            f"{entry['among_worst_three']} of {len(summary.runs)}",
        )
        for entry in summary.details.classes
    ]
    correlation = summary.details.rank_correlation
    note = "" if correlation is None else f"Mean rank correlation between runs: {correlation:.2f}"
    columns = ("class", "mean accuracy", "95 % interval", "mean rank", "among worst three")
    return Table("Most misclassified over all runs (rank 1 is worst)", columns, rows, note)


def span(low: float | None, high: float | None) -> str:
    """Write an interval of shares as percentages; one run alone has none."""
    return "" if low is None or high is None else percent_span(low, high)

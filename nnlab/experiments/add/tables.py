"""The tables that `add` prints of its runs."""

from collections.abc import Sequence

from nnlab.experiments.add.scoring import AddDetails, Group, WrongAnswer
from nnlab.experiments.contract import Table
from nnlab.results import Metrics
from nnlab.wording import percent, percent_span


def tables(metrics: Metrics[AddDetails]) -> list[Table]:
    """Return exact match beside the baselines, by carries and by length, and what was wrong."""
    details = metrics.details
    methods = metrics.by_method
    rows = [
        (name, percent(values["exact_match"]), percent(values["per_character"]))
        for name, values in methods.items()
    ]
    interval = details.exact_match_interval
    overall = Table(
        f"{details.test_problems:,} unseen problems, base {details.base}, "
        f"up to {details.digits} digits",
        ("", "exact match", "per character"),
        rows,
        f"exact match of this network: {percent_span(interval.low, interval.high)} (95 % interval)",
    )
    return [
        overall,
        _group_table("By number of carries", details.by_carries),
        _group_table("By digits of the longer operand", details.by_length),
        *_wrong_table(details.wrong),
    ]


def _group_table(title: str, groups: Sequence[Group]) -> Table:
    rows = [
        (
            str(group.key),
            percent(group.value),
            percent_span(group.low, group.high),
            f"{group.count:,}",
        )
        for group in groups
    ]
    return Table(title, ("", "exact match", "95 % interval", "problems"), rows)


def _wrong_table(wrong: Sequence[WrongAnswer]) -> list[Table]:
    if not wrong:
        return []
    rows = [(entry.sum, entry.answer, entry.expected) for entry in wrong]
    return [Table("The first wrong answers", ("sum", "answer", "expected"), rows)]

"""The tables of a permutation test."""

from nnlab.experiments.contract import Table
from nnlab.experiments.perm_test.comparison import PermTestComparison, dose_name, side_of
from nnlab.metrics import Estimate, PairedDifference
from nnlab.wording import percent

CONTROL = "identity - plain (control: other seeds)"


def summary_tables(details: PermTestComparison) -> list[Table]:
    """Return accuracy by arm, and the paired differences."""
    accuracy_rows = [
        (_arm_in_words(arm), percent(one.mean), _span(one, signed=False), str(one.n))
        for arm, one in details.accuracy.items()
    ]
    differences = {
        "permuted - plain": details.permuted_minus_plain,
        **{f"{dose_name(side)} permuted - plain": one for side, one in details.doses.items()},
        CONTROL: details.identity_minus_plain,
    }
    difference_rows = [
        (
            title,
            f"{100 * one.mean:+.2f} points",
            _span(one),
            "" if one.p is None else f"{one.p:.2g}",
        )
        for title, one in differences.items()
        if one
    ]
    tables = [Table("Test accuracy", ("arm", "mean", "95 % interval", "runs"), accuracy_rows)]
    if difference_rows:
        columns = ("", "mean", "95 % interval", "p")
        tables.append(Table("Paired differences", columns, difference_rows, details.verdict))
    return tables


def _arm_in_words(arm: str) -> str:
    side = side_of(arm)
    return f"{dose_name(side)} permuted" if side else arm


def _span(estimate: Estimate | PairedDifference, *, signed: bool = True) -> str:
    if estimate.low is None or estimate.high is None:
        return ""
    sign = "+" if signed else ""
    return f"{100 * estimate.low:{sign}.2f} to {100 * estimate.high:{sign}.2f}"

"""The tables that `recommend` prints of its runs."""

from nnlab.experiments.contract import Table
from nnlab.experiments.recommend.scoring import RecommendDetails, RecommendDifferences
from nnlab.metrics import PairedDifference
from nnlab.results import THIS_NETWORK, Metrics, Summary

WORDS = {
    "recall_at_1": "R@1",
    "recall_at_5": "R@5",
    "recall_at_10": "R@10",
    "recall_at_20": "R@20",
    "ndcg_at_10": "NDCG@10",
    "mrr": "MRR",
}


def tables(metrics: Metrics[RecommendDetails]) -> list[Table]:
    """Return the scores beside the baselines, and the report's measure."""
    details = metrics.details
    rows = [
        (name, *(f"{scores[key]:.3f}" for key in WORDS))
        for name, scores in metrics.by_method.items()
    ]
    areas = details.auc_with_the_answer_in_the_input
    known = ", ".join(f"{name} {area:.3f}" for name, area in areas.items() if area is not None)
    remarks = [
        f"R@{one.k} of this network: {one.low:.3f} to {one.high:.3f} (95 % interval over baskets)."
        for one in details.recall[THIS_NETWORK]
        if one.k == 10
    ]
    if known:
        remarks.append(f"ROC-AUC with the hidden item in the input, as in the 2018 report: {known}")
    title = f"Finding the item hidden from each of {details.test_baskets:,} test baskets"
    return [Table(title, ("", *WORDS.values()), rows, " ".join(remarks))]


def summary_tables(summary: Summary[RecommendDifferences]) -> list[Table]:
    """Return how much better than each baseline the network is, with intervals."""
    rows = [
        (f"{WORDS[key]} minus that of {baseline}", f"{one.mean:+.4f}", _interval(one))
        for baseline, differences in summary.details.differences.items()
        for key, one in differences.items()
    ]
    return [
        Table(
            "The network compared with each baseline, on the same splits",
            ("", "mean", "95 % interval"),
            rows,
        )
    ]


def _interval(difference: PairedDifference) -> str:
    if difference.low is None or difference.high is None:
        return ""
    return f"{difference.low:+.4f} to {difference.high:+.4f}"

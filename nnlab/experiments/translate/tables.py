"""The tables that `translate` prints of its runs."""

from collections.abc import Mapping
from typing import Any

from nnlab.experiments.contract import Table


def tables(metrics: Mapping[str, Any]) -> list[Table]:
    """Return the scores beside the baselines, and examples."""
    scores, details = metrics["scores"], metrics["details"]
    methods = {"this network": scores, **metrics["baselines"]}
    if "seen_chrf" in scores:
        methods["this network, sentences it was trained on"] = {
            name: scores[f"seen_{name}"] for name in ("chrf", "bleu", "exact_match")
        }
    rows = [
        (name, f"{s['chrf']:.1f}", f"{s['bleu']:.1f}", f"{s['exact_match']:.1%}")
        for name, s in methods.items()
    ]
    interval = details["chrf_interval"]
    note = (
        f"chrF of this network: {interval['low']:.1f} to {interval['high']:.1f} "
        "(95 % interval over sentences)"
    )
    columns = ("source", "translation", "reference")
    return [
        Table(
            f"{details['test_sentences']:,} sentences "
            + ("never seen" if "seen_chrf" in scores else "of the test part"),
            ("", "chrF", "BLEU", "exact match"),
            rows,
            note,
        ),
        Table(
            "Unseen sentences from short to long, not picked",
            columns,
            [tuple(example[column] for column in columns) for example in details["examples"]],
        ),
    ]

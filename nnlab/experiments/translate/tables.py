"""The tables that `translate` prints of its runs."""

from nnlab.experiments.contract import Table
from nnlab.experiments.translate.scoring import TranslateDetails
from nnlab.results import Metrics
from nnlab.wording import percent


def tables(metrics: Metrics[TranslateDetails]) -> list[Table]:
    """Return the scores beside the baselines, and examples."""
    scores, details = metrics.scores, metrics.details
    methods = metrics.by_method
    if "seen_chrf" in scores:
        methods["this network, sentences it was trained on"] = {
            name: scores[f"seen_{name}"] for name in ("chrf", "bleu", "exact_match")
        }
    rows = [
        (name, f"{s['chrf']:.1f}", f"{s['bleu']:.1f}", percent(s["exact_match"], 1))
        for name, s in methods.items()
    ]
    interval = details.chrf_interval
    note = (
        ""
        if interval is None
        else (
            f"chrF of this network: {interval.low:.1f} to {interval.high:.1f} "
            "(95 % interval over sentences)"
        )
    )
    return [
        Table(
            f"{details.test_sentences:,} "
            + ("unseen sentences" if "seen_chrf" in scores else "sentences of the test set"),
            ("", "chrF", "BLEU", "exact match"),
            rows,
            note,
        ),
        Table(
            "Sentences of the test set from short to long, not hand-picked",
            ("source", "translation", "reference"),
            [(one.source, one.translation, one.reference) for one in details.examples],
        ),
    ]

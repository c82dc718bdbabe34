"""The tables that `translate` prints of its runs."""

from nnlab.experiments.contract import Table
from nnlab.experiments.translate.scoring import CHARACTERS, TranslateDetails
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
    return [
        Table(
            f"{details.test_sentences:,} "
            + ("unseen sentences" if "seen_chrf" in scores else "sentences of the test set"),
            ("", "chrF", "BLEU", "exact match"),
            rows,
            _note(details),
        ),
        Table(
            "Sentences of the test set from short to long, not hand-picked",
            ("source", "translation", "reference"),
            [(one.source, one.translation, one.reference) for one in details.examples],
        ),
    ]


def _note(details: TranslateDetails) -> str:
    remarks = []
    if interval := details.chrf_interval:
        span = f"{interval.low:.1f} to {interval.high:.1f}"
        remarks.append(f"chrF of this network: {span} (95 % interval over sentences).")
    if details.bleu_counts == CHARACTERS:
        remarks.append("BLEU counts characters: the script has no spaces between words.")
    return " ".join(remarks)

"""The tables that `textgen` prints of its runs."""

import textwrap

from nnlab.experiments.contract import Table
from nnlab.experiments.textgen.likelihood import CARRIED, HEADLINE, NETWORK
from nnlab.experiments.textgen.scoring import COPY_LENGTH, OWN_PAGES, TextgenDetails
from nnlab.results import THIS_NETWORK, Metrics
from nnlab.wording import percent

SAMPLE_WIDTH = 76


ALONE = "without the n-grams"


def bits_by_model(metrics: Metrics[TextgenDetails]) -> dict[str, float]:
    """Return bits per character of the network and of the baselines that have some."""
    methods = metrics.by_method.items()
    bits = {name: scores[HEADLINE] for name, scores in methods if HEADLINE in scores}
    if NETWORK in metrics.scores:
        bits[ALONE] = metrics.scores[NETWORK]
    return bits


def tables(metrics: Metrics[TextgenDetails]) -> list[Table]:
    """Return bits per character beside the baselines, what is copied, and a sample."""
    scores, details = metrics.scores, metrics.details
    rows = [(name, f"{bits:.3f}", "") for name, bits in bits_by_model(metrics).items()]
    if interval := details.bits_interval:
        rows[0] = (*rows[0][:2], f"{interval.low:.3f} to {interval.high:.3f}")
    if CARRIED in scores:
        rows.insert(1, ("  its state carried along", f"{scores[CARRIED]:.3f}", ""))
    elif NETWORK in scores:
        rows.insert(1, (f"  {rows.pop()[0]}", f"{scores[NETWORK]:.3f}", ""))
    bits = Table(
        f"Bits per character on {details.test_characters:,} characters of the test set",
        ("", "bits", "95 % interval"),
        rows,
        "lower is better",
    )
    found = [bits]
    if "copied_share" in scores:
        found.append(_copying_table(metrics))
    title = f"Sample, temperature {details.sample_temperature:g}, unedited"
    lines = [(line,) for text in details.sample.split("\n") for line in _wrapped(text)]
    return [*found, Table(title, ("",), lines)]


def _wrapped(line: str) -> list[str]:
    return textwrap.wrap(line, SAMPLE_WIDTH) or [""]


def _copying_table(metrics: Metrics[TextgenDetails]) -> Table:
    own = metrics.baselines[OWN_PAGES]
    count = metrics.details.sample_characters
    rows = [
        (name, percent(values["copied_share"], 1), f"{values['longest_copied_run']:.0f}")
        for name, values in ((THIS_NETWORK, metrics.scores), ("the text itself", own))
    ]
    columns = ("", f"{COPY_LENGTH}-grams copied", "longest copied passage")
    return Table(
        f"How much of {count:,} characters is copied from the text before the test set",
        columns,
        rows,
    )

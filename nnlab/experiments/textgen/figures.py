"""Bits per character: the network beside the models that it has to beat."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from nnlab.experiments.contract import Evidence
from nnlab.experiments.textgen.scoring import TextgenDetails
from nnlab.experiments.textgen.tables import bits_by_model
from nnlab.plots import style
from nnlab.results import THIS_NETWORK

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LONGEST_NAME = 34  # characters
ROW = 0.42  # inches


def bits_comparison(bits: Mapping[str, float], network: str, footer: str = "") -> "Figure":
    """Draw a bar for each model, the best on top, with its bits written beside it.

    Args:
        bits: bits per character of each model by its name, finite and not negative.
        network: which of them is the network; it is drawn in another colour.
        footer: data set and seed, for the foot of the figure.

    Raises:
        ValueError: if the network is not among the models.
    """
    if network not in bits:
        raise ValueError(f"expected {network!r} among the models, got {', '.join(bits)}")
    ranked = sorted(bits.items(), key=lambda item: item[1])
    figure = style.new_figure(6.4, 1.5 + ROW * len(ranked))
    axes = figure.subplots()
    title = "How well the next character is predicted"
    style.style_axes(axes, title, "bits per character on held-out text, less is better", grid="x")
    colours = [style.BLUE if name == network else style.GREY for name, _ in ranked]
    values = [value for _, value in ranked]
    bars = axes.barh(range(len(ranked)), values, 0.66, color=colours)
    axes.bar_label(bars, [f"{value:.2f}" for value in values], padding=4, fontsize=style.TEXT_SIZE)
    names = [style.plain(name, LONGEST_NAME) for name, _ in ranked]
    axes.set_yticks(range(len(ranked)), names)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(ranked) - 0.4, -0.6)
    axes.set_xlim(0, 1.1 * max(values) or 1.0)
    style.footer(figure, footer)
    return figure


def draw(evidence: Evidence[TextgenDetails]) -> dict[str, Any]:
    """Draw bits per character beside the baselines."""
    bits = bits_by_model(evidence.metrics)
    return {"bits-per-character": bits_comparison(bits, THIS_NETWORK, evidence.footer)}

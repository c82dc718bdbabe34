from pathlib import Path

import pytest

from nnlab.experiments.textgen.figures import bits_comparison
from tests.plots.figures import FOOTER, check

BITS = {"uniform": 5.67, "unigram": 4.416, "Kneser-Ney, 6 characters": 2.076, "GRU": 1.92}


@pytest.mark.parametrize("names", [["GRU"], list(BITS)])
def test_every_model_shows_its_bits(tmp_path: Path, names: list[str]) -> None:
    texts = check(bits_comparison({name: BITS[name] for name in names}, "GRU", FOOTER), tmp_path)
    assert set(names) <= set(texts)
    assert {f"{BITS[name]:.2f}" for name in names} <= set(texts)


def test_the_best_is_on_top_and_the_network_has_its_own_colour() -> None:
    axes = bits_comparison(BITS, "GRU").axes[0]
    assert axes.get_xlim()[0] == 0
    top, bottom = sorted(axes.get_ylim())
    assert axes.yaxis_inverted()
    assert top < bottom
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels == ["GRU", "Kneser-Ney, 6 characters", "unigram", "uniform"]
    colours = [bar.get_facecolor() for bar in axes.patches]
    assert colours[0] != colours[1] == colours[2] == colours[3]


def test_a_network_that_is_not_among_the_models_is_refused() -> None:
    with pytest.raises(ValueError, match="expected 'LSTM' among the models"):
        bits_comparison(BITS, "LSTM")


def test_long_names_and_no_bits_at_all(tmp_path: Path) -> None:
    check(bits_comparison({"a very long name of a model $x$ " * 3: 0.0, "b": 0.0}, "b"), tmp_path)

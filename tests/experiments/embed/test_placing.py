import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.experiments.embed.figures.placing import placed_apart


def test_boxes_that_do_not_touch_stay() -> None:
    anchors = np.array([[1.0, 1.0], [3.0, 1.0]])
    assert np.abs(placed_apart(anchors, [(1, 1), (1, 1)], (0, 0), (5, 5)) - anchors).max() < 0.01


@settings(max_examples=40)
@given(st.integers(0, 28), st.integers(0, 1000), st.sampled_from([0.0, 0.3, 2.0]))
def test_boxes_are_moved_apart_and_stay_in_the_room(count: int, seed: int, spread: float) -> None:
    rng = np.random.default_rng(seed)
    anchors = rng.normal(3.5, spread, (count, 2))
    sizes = rng.uniform(0.15, 0.5, (count, 2))
    centres = placed_apart(anchors, sizes, (0, 0), (7, 7))
    assert centres.shape == (count, 2)
    assert (centres - sizes / 2 >= -1e-9).all()
    assert (centres + sizes / 2 <= 7 + 1e-9).all()
    for one in range(count):
        for other in range(one):
            apart = np.abs(centres[one] - centres[other]) - (sizes[one] + sizes[other]) / 2
            assert apart.max() > -0.01


def test_the_same_boxes_are_placed_the_same() -> None:
    anchors, sizes = np.zeros((9, 2)), np.ones((9, 2))
    first, second = (placed_apart(anchors, sizes, (-5, -5), (5, 5)) for _ in range(2))
    assert np.array_equal(first, second)

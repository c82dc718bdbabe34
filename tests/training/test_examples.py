"""What examples are chosen by, and the order of those of different lengths."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.training.examples import BATCHES_SORTED, Examples


def examples(lengths: np.ndarray, training: np.ndarray) -> Examples:
    return Examples(
        {}, training, np.arange(0), lambda *_: (None, None, None), "mse", lengths=lengths
    )


@given(st.integers(1, 300), st.integers(1, 40), st.integers(0, 9))
def test_each_example_comes_once_and_only_the_last_batch_is_smaller(
    count: int, batch_size: int, epoch: int
) -> None:
    lengths = np.random.default_rng(count).integers(1, 50, 400)
    training = np.random.default_rng(epoch).permutation(400)[:count]
    made = examples(lengths, training)
    order = made.order(1, epoch, batch_size)
    assert sorted(order.tolist()) == sorted(training.tolist())
    np.testing.assert_array_equal(order, made.order(1, epoch, batch_size))
    batches = [lengths[order[start : start + batch_size]] for start in range(0, count, batch_size)]
    assert all((np.diff(batch) >= 0).all() for batch in batches)  # none reaches into the next


def test_batches_hold_examples_of_about_the_same_length() -> None:
    rng = np.random.default_rng(0)
    lengths = rng.integers(1, 101, 4000)
    order = examples(lengths, np.arange(4000)).order(1, 0, 40)
    batches = lengths[order].reshape(-1, 40)
    assert len(batches) == 2 * BATCHES_SORTED
    padding = (batches.max(axis=1, keepdims=True) - batches).mean()
    anyhow = lengths.reshape(-1, 40)
    assert padding < 0.05 * (anyhow.max(axis=1, keepdims=True) - anyhow).mean()
    means = batches.mean(axis=1)
    assert not (np.diff(means) > 0).all()  # short ones do not come first


def test_the_order_differs_from_epoch_to_epoch() -> None:
    made = examples(np.random.default_rng(0).integers(1, 50, 200), np.arange(200))
    assert made.order(1, 0, 8).tolist() != made.order(1, 1, 8).tolist()


def test_a_monitor_that_nothing_measures_is_refused() -> None:
    with pytest.raises(ValueError, match="monitor 'accuracy': expected one of loss"):
        Examples({}, np.arange(3), np.arange(0), lambda *_: (0, 0, 0), "mse", monitor="accuracy")

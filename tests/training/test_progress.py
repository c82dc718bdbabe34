import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.training.progress import Progress


def test_progress_survives_json():
    progress = Progress(epoch=3, step=7, sums=[0.1 + 0.2, 1e300], best=0.9, best_epoch=2)
    assert Progress.from_dict(json.loads(json.dumps(progress.as_dict())), 0) == progress


@given(
    st.dictionaries(
        st.sampled_from(["epoch", "step", "sums", "history", "best", "x"]),
        st.none() | st.integers() | st.text() | st.lists(st.floats()),
        min_size=1,
    )
)
def test_a_damaged_state_is_told(state):
    try:
        progress = Progress.from_dict(state, 1)
    except (TypeError, ValueError):
        return
    assert progress.epoch >= 0
    assert progress.step >= 0


@pytest.mark.parametrize(
    ("value", "higher_is_better", "better"),
    [(0.9, True, False), (0.91, True, True), (0.9, False, False), (0.1, False, True)],
)
def test_ties_are_no_improvement(value, higher_is_better, better):
    assert Progress(best=0.9).improves(value, higher_is_better) is better

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.training.progress import Progress


def test_progress_survives_json() -> None:
    progress = Progress(epoch=3, step=7, sums=[0.1 + 0.2, 1e300], best=0.9, best_epoch=2)
    assert Progress.from_dict(json.loads(json.dumps(progress.as_dict())), 0) == progress


@given(
    st.dictionaries(
        st.sampled_from(["epoch", "step", "sums", "history", "best", "x"]),
        st.none() | st.integers() | st.text() | st.lists(st.floats()),
        min_size=1,
    )
)
def test_a_damaged_state_is_refused(state: dict[str, object]) -> None:
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
def test_a_tie_is_not_an_improvement(value: float, higher_is_better: bool, better: bool) -> None:
    assert Progress(best=0.9).improves(value, higher_is_better) is better


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"step": 5}, "if, and only if, an epoch has begun"),
        ({"sums": [1.0, 2.0, 3.0]}, "if, and only if, an epoch has begun"),
        ({"epoch": 1, "best_epoch": 2}, "beyond the last epoch"),
        ({"finished": "no"}, "finished must be true or false"),
    ],
)
def test_parts_that_do_not_fit_together_are_refused(wrong: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Progress.from_dict(wrong, 1)


def test_the_state_of_an_older_version_has_no_divergence() -> None:
    state = Progress(epoch=3).as_dict()
    del state["diverged"]
    assert Progress.from_dict(state, 1) == Progress(epoch=3)


def test_a_divergence_survives_json_and_only_the_first_is_kept() -> None:
    progress = Progress()
    progress.note_divergence(4, "it climbed")
    progress.note_divergence(7, "again")
    again = Progress.from_dict(json.loads(json.dumps(progress.as_dict())), 1)
    assert again.diverged == {"epoch": 4, "what": "it climbed"}


@pytest.mark.parametrize("noted", ["x", {}, {"epoch": "4", "what": "x"}, {"epoch": 4, "what": 1}])
def test_a_damaged_divergence_is_refused(noted: object) -> None:
    with pytest.raises(ValueError, match="divergence"):
        Progress.from_dict({"diverged": noted}, 1)

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import ndimage

from nnlab.datasets.images.components import label_components

MASKS = hnp.arrays(np.bool_, hnp.array_shapes(min_dims=2, max_dims=2, max_side=12))


@settings(max_examples=200)
@given(mask=MASKS, thin=st.booleans())
def test_parts_match_scipy(mask: np.ndarray, thin: bool) -> None:
    if thin:
        mask &= np.indices(mask.shape).sum(axis=0) % 3 > 0
    labels, count = label_components(mask)
    expected, expected_count = ndimage.label(mask, np.ones((3, 3)))
    assert count == expected_count
    pairs = set(zip(labels.reshape(-1).tolist(), expected.reshape(-1).tolist(), strict=True))
    assert len(pairs) == len(set(labels.reshape(-1).tolist()))
    assert all((ours == 0) == (theirs == 0) for ours, theirs in pairs)

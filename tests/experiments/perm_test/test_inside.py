"""What leads to a class where the network was trained on permuted pixels."""

from typing import Any

import numpy as np
import pytest

import nnlab
from nnlab.experiments.classify.permutation import permute
from nnlab.experiments.perm_test.config import PermTestLook
from nnlab.runs.answering import Trained
from tests.experiments.classify.test_inside import PNG, pixels
from tests.experiments.textgen.networks import write_untrained


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    path = tmp_path_factory.mktemp("permuted") / "p.h5"
    given: dict[str, Any] = {"dataset": "sample", "units": 8, "arm": "permuted"}
    return nnlab.load(write_untrained(path, "perm-test", **given))


def test_the_image_is_permuted_as_in_training_unless_the_look_says_otherwise(
    trained: Trained,
) -> None:
    usual, plain = trained.inside(PNG), trained.inside(PNG, look=PermTestLook(permuted=False))
    assert usual["probability"] == trained.answer([PNG])[0]["probability"]
    order = np.array(trained.header.facts["permutation"]["order"])
    (expected,) = permute(pixels(plain["image"])[None], order)
    np.testing.assert_array_equal(pixels(usual["image"]), expected)
    assert plain["image"] == nnlab.load("classify.report").inside(PNG)["image"]

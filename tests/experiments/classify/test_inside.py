"""What leads to a class: the image, activations and probabilities."""

import base64
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nnlab
from nnlab.datasets.images.formed_pictures import one_in_form
from nnlab.errors import DataError, UsageError
from nnlab.experiments.classify.config import ClassifyLook
from nnlab.experiments.classify.inside import MOST_MAPS
from nnlab.experiments.classify.permutation import permute, pixel_permutation
from nnlab.experiments.classify.reading import TEMPERATURE
from nnlab.metrics import tempered
from nnlab.runs.answering import Trained
from tests.experiments.textgen.networks import altered, write_untrained

PNG = str(Path(__file__).parents[3] / "data" / "examples" / "7.png")


@pytest.fixture(scope="module")
def shipped() -> Trained:
    return nnlab.load("classify.report")


def pixels(image: dict[str, Any]) -> np.ndarray:
    flat = np.frombuffer(base64.b64decode(image["pixels"]), np.uint8)
    return flat.reshape(image["height"], image["width"])


def test_the_class_is_that_of_the_answer(shipped: Trained) -> None:
    shown = shipped.inside(PNG)
    (answer,) = shipped.answer([PNG], top=10)
    assert {name: shown[name] for name in ("input", "label", "probability")} == {
        name: answer[name] for name in ("input", "label", "probability")
    }
    every = shown["probabilities"]
    assert [one["label"] for one in every] == shipped.exhibit()["class_names"]
    assert sorted(every, key=lambda one: one["label"]) == sorted(
        answer["top"], key=lambda one: one["label"]
    )


def test_the_image_is_what_the_network_gets(shipped: Trained) -> None:
    shown = shipped.inside(PNG)
    probabilities = shipped.network(pixels(shown["image"])[None])
    expected = tempered(probabilities, shipped.header.facts[TEMPERATURE])
    assert shown["probability"] == pytest.approx(expected.max(), abs=1e-5)


def test_a_permuted_image_is_read_with_its_pixels_moved(shipped: Trained) -> None:
    plain, moved = (shipped.inside(PNG, look=ClassifyLook(permuted=one)) for one in (False, True))
    order = pixel_permutation((28, 28), 1, 1)
    (expected,) = permute(pixels(plain["image"])[None], order)
    np.testing.assert_array_equal(pixels(moved["image"]), expected)
    temperature = shipped.header.facts[TEMPERATURE]
    (probabilities,) = tempered(shipped.network(expected[None]), temperature)
    assert [one["probability"] for one in moved["probabilities"]] == pytest.approx(
        probabilities.tolist(), abs=1e-5
    )


def test_maps_are_activations_scaled_by_the_largest_of_their_layer(shipped: Trained) -> None:
    shown = shipped.inside(PNG)
    assert [(one["name"], one["kind"]) for one in shown["layers"]] == [
        ("convolution_1", "convolution"),
        ("convolution_2", "convolution"),
        ("pool", "pooling"),
    ]
    image = pixels(shown["image"])[None]
    for layer in shown["layers"]:
        (maps,) = shipped.network.part(shipped.network.input_shapes, [layer["name"]])(image)
        assert maps.shape[:2] == (layer["height"], layer["width"])
        drawn = np.stack([pixels({**layer, "pixels": one}) for one in layer["maps"]], axis=-1)
        expected = 255 * maps[..., :MOST_MAPS] / maps.max()
        np.testing.assert_allclose(drawn, expected, atol=0.51)


def test_layers_without_images_are_not_shown(tmp_path: Path) -> None:
    given: dict[str, Any] = {"dataset": "sample", "units": 8}
    dense = write_untrained(tmp_path / "m.h5", "classify", **given)
    assert nnlab.load(dense).inside(PNG)["layers"] == []
    modern = write_untrained(tmp_path / "c.h5", "classify", preset="modern", **given)
    layers = nnlab.load(modern).inside(PNG)["layers"]
    assert [(one["name"], one["height"]) for one in layers] == [
        (f"relu_{size}_{number}", side)
        for size, side in (("half", 14), ("quarter", 7))
        for number in (1, 2, 3)
    ]


def test_probabilities_have_the_temperature_of_answers(shipped: Trained, tmp_path: Path) -> None:
    warm = nnlab.load(altered(shipped.path, tmp_path / "warm.h5", temperature=3.0))
    shown = warm.inside(PNG)
    assert shown["probability"] == warm.answer([PNG])[0]["probability"]
    assert shown["probability"] < shipped.inside(PNG)["probability"]


def test_one_picture_is_shown_at_a_time(shipped: Trained, tmp_path: Path) -> None:
    shutil.copy(PNG, tmp_path / "a.png")
    assert shipped.inside(str(tmp_path))["input"] == str(tmp_path / "a.png")
    shutil.copy(PNG, tmp_path / "b.png")
    with pytest.raises(UsageError, match="expected one picture, found several"):
        shipped.inside(str(tmp_path))
    with pytest.raises(DataError, match="does not exist"):
        one_in_form("none.png", (28, 28), True)

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

import nnlab
from nnlab.checkpoint import write
from nnlab.datasets.store.provenance import Source
from nnlab.errors import CheckpointError
from nnlab.experiments.classify.fitting import FEWEST_HELD_OUT, fitted_facts
from nnlab.experiments.classify.reading import TEMPERATURE
from nnlab.experiments.classify.typicality import (
    MOST_FEATURES,
    TYPICALITY,
    UNUSUAL,
    Typicality,
    reduced,
    reduced_size,
)
from nnlab.experiments.contract import Data, Note
from nnlab.runs.answering import Trained

EXAMPLES = Path(__file__).parents[3] / "data" / "examples"
CLASSES = 3


def drawn(count: int, size: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return features around one direction per class, of any length, reduced; and the classes."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % CLASSES
    features = np.eye(CLASSES, size)[labels] + 0.1 * rng.normal(size=(count, size))
    return reduced(features * rng.uniform(0.1, 10, (count, 1))), labels


def fitted(size: int = 8, held_out: int = 1_000) -> Typicality:
    return Typicality.fit(*drawn(2_000, size, 1), drawn(held_out, size, 2)[0])


@pytest.fixture(scope="module")
def shipped() -> Trained:
    return nnlab.load("classify.modern")


@pytest.mark.parametrize("size", [4, 8, MOST_FEATURES + 44])
def test_of_images_like_those_held_out_as_many_are_unusual_as_it_says(size: int) -> None:
    typicality = fitted(size, 10_000).of(drawn(10_000, size, 3)[0])
    for level in (UNUSUAL, 0.05, 0.5):
        spread = (level * (1 - level) * 2 / 10_000) ** 0.5
        assert (typicality <= level).mean() == pytest.approx(level, abs=4 * spread)


def test_what_lies_between_the_classes_is_unusual() -> None:
    between = reduced(np.ones((5, 8)) * np.arange(1, 6)[:, None])
    assert (fitted().of(between) < UNUSUAL).all()


@given(st.integers(1, 3 * MOST_FEATURES), st.integers(0, 3))
def test_reduced_features_are_few_and_do_not_depend_on_their_length(size: int, seed: int) -> None:
    features = np.random.default_rng(seed).normal(size=(4, size))
    made = reduced(features)
    assert made.shape == (4, reduced_size(size))
    assert reduced_size(size) <= min(size, MOST_FEATURES)
    np.testing.assert_allclose(reduced(1e3 * features), made, atol=1e-9)


@pytest.mark.parametrize("value", [0.0, 1e-30, 1.0])
def test_features_that_are_all_the_same_are_typical_and_others_are_not(value: float) -> None:
    same = reduced(np.full((200, 4), value))
    made = Typicality.fit(same, np.arange(200) % 2, same)
    assert (made.of(same) == 1).all()
    assert (made.of(np.eye(4)) < UNUSUAL).all()


def test_a_checkpoint_gives_back_what_was_fitted() -> None:
    made, features = fitted(), drawn(50, 8, 4)[0]
    again = Typicality.from_fact(made.as_fact(), CLASSES, 8)
    np.testing.assert_array_equal(again.of(features), made.of(features))


@pytest.mark.parametrize(
    "change",
    [
        {"classes": CLASSES + 1},
        {"classes": CLASSES - 1},
        {"features": 0},
        {"features": 9},
        {"held_out": True},
        {"held_out": 10**12},
        {"data": "AAAA"},
        {"data": "no base64"},
        {"data": None},
        {"data": []},
        {"more": 1},
    ],
)
def test_a_damaged_fact_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(CheckpointError, match="typicality"):
        Typicality.from_fact({**fitted().as_fact(), **change}, CLASSES, 8)


@pytest.mark.parametrize("distances", [[1.0, np.inf], [2.0, 1.0], [-1.0, 1.0], [np.nan]])
def test_distances_that_cannot_be_are_refused(distances: list[float]) -> None:
    made = dataclasses.replace(fitted(), distances=np.array(distances))
    with pytest.raises(CheckpointError, match="increasing distances"):
        Typicality.from_fact(made.as_fact(), CLASSES, 8)


def test_a_class_without_training_images_has_no_place() -> None:
    features, labels = drawn(300, 8, 1)
    some = labels < CLASSES - 1
    made = Typicality.fit(features[some], labels[some], features[some])
    again = Typicality.from_fact(made.as_fact(), CLASSES, 8)
    assert len(again.means) == CLASSES - 1
    assert (again.of(features[~some]) < UNUSUAL).all()


@pytest.mark.parametrize(
    ("fact", "message"),
    [
        ("damaged", "damaged"),
        (fitted().as_fact(), "of 10 classes and 128 features, got that of 3 and 8"),
    ],
)
def test_a_checkpoint_with_a_fact_of_another_network_is_refused(
    shipped: Trained, tmp_path: Path, fact: object, message: str
) -> None:
    facts = {**shipped.header.facts, TYPICALITY: fact}
    header = dataclasses.replace(shipped.header, facts=facts)
    write(tmp_path / "other.h5", header, {"model": shipped.weights})
    with pytest.raises(CheckpointError, match=message):
        nnlab.load(tmp_path / "other.h5")


def test_an_unusual_picture_gets_a_remark(shipped: Trained, tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (28, 28)).astype(np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")
    found = list(shipped.answers([str(EXAMPLES / "7.png"), str(tmp_path / "noise.png")]))
    digit, remark, strange = found
    assert isinstance(digit, dict)
    assert digit[TYPICALITY] > 0.05
    assert isinstance(remark, Note)
    assert "noise.png may be none of the classes" in remark.text
    assert isinstance(strange, dict)
    assert strange[TYPICALITY] < 0.01


def test_each_character_of_a_picture_is_judged(shipped: Trained, tmp_path: Path) -> None:
    page = Image.new("L", (180, 60))
    page.paste(Image.open(EXAMPLES / "7.png").convert("L").resize((56, 56)), (10, 2))
    for cross in ((110, 5, 160, 55), (160, 5, 110, 55)):
        ImageDraw.Draw(page).line(cross, fill=255, width=6)
    page.save(tmp_path / "two.png")
    query = shipped.experiment.Query(split=True)
    found = list(shipped.answers([str(tmp_path / "two.png")], query))
    remarks = [one.text for one in found if isinstance(one, Note)]
    assert [text.split(" of ")[0] for text in remarks] == ["character 2"]


def test_an_older_checkpoint_says_nothing_of_it(shipped: Trained, tmp_path: Path) -> None:
    facts = {name: one for name, one in shipped.header.facts.items() if name != TYPICALITY}
    write(
        tmp_path / "old.h5",
        dataclasses.replace(shipped.header, facts=facts),
        {"model": shipped.weights},
    )
    (answer,) = nnlab.load(tmp_path / "old.h5").answer([str(EXAMPLES / "7.png")])
    assert TYPICALITY not in answer
    assert answer["label"] == "7"


def test_both_engines_and_what_led_to_the_answer_agree(shipped: Trained) -> None:
    (plain,) = shipped.answer([str(EXAMPLES / "7.png")])
    (by_onnx,) = nnlab.load(shipped.path, engine="onnx").answer([str(EXAMPLES / "7.png")])
    inside = shipped.inside(str(EXAMPLES / "7.png"))
    assert by_onnx[TYPICALITY] == pytest.approx(plain[TYPICALITY], abs=0.01)
    assert inside[TYPICALITY] == pytest.approx(plain[TYPICALITY], abs=0.01)
    assert inside["remarks"] == []
    (remark,) = shipped.inside(str(EXAMPLES / "letter.png"))["remarks"]
    assert "none of the classes" in remark


@pytest.mark.parametrize("count", [0, FEWEST_HELD_OUT - 1, FEWEST_HELD_OUT])
def test_it_is_fitted_to_enough_images_only(shipped: Trained, count: int) -> None:
    rng = np.random.default_rng(1)
    images = rng.integers(0, 256, (count + 20, 28, 28)).astype(np.uint8)
    arrays: dict[str, np.ndarray] = {
        "images": images,
        "labels": np.arange(len(images)) % 10,
        "training": np.arange(20),
        "validation": np.arange(20, len(images)),
    }
    source = Source("made", "0" * 64, sample=False, files=())
    facts = fitted_facts(shipped.network, Data(arrays, {}, source))
    assert set(facts) == ({TEMPERATURE, TYPICALITY} if count >= FEWEST_HELD_OUT else set())

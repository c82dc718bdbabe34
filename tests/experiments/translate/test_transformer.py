"""The Transformer: decoded step by step, exported, and refused where it is another network."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nnlab
from nnlab import experiments
from nnlab.datasets.store import Store
from nnlab.datasets.text.subwords import END, START
from nnlab.errors import CheckpointError, DataError, UsageError
from nnlab.experiments.contract import Note
from nnlab.experiments.translate.attention_decoder import AttentionDecoder
from nnlab.experiments.translate.transformer import LONGEST
from nnlab.exporting import export
from nnlab.exporting.formats import tensor_words
from nnlab.inference import Network, checked_graph
from nnlab.inference.activations import log_softmax
from nnlab.models.describe import describe, weights_of
from nnlab.runs.answering import Trained
from tests.annotations import Shell
from tests.experiments.textgen.networks import altered, write_untrained

TRANSLATE = experiments.get("translate")
SMALL: dict[str, Any] = {"pairs": "sample", "units": 16, "blocks": 2, "subwords": 400}


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("transformer") / "t.h5"
    return write_untrained(path, "translate", preset="modern", **SMALL)


@pytest.fixture(scope="module")
def trained(checkpoint: Path) -> Trained:
    return nnlab.load(checkpoint)


def places(count: int) -> np.ndarray:
    return np.arange(1, count + 1)[None]


def test_step_by_step_gives_what_the_whole_network_gives(trained: Trained) -> None:
    decoder, network = AttentionDecoder(trained.network), trained.network
    source, target = [300, 301, 302, END], [START, 303, 304, 305, 306]
    arrays = [np.array([source]), places(4), np.array([target]), places(5)]
    whole = network.resized(*(one.shape[1:] for one in arrays))(*arrays)
    state = decoder._encode(source)
    empty = tuple(np.zeros((1, 0, size), np.float32) for size in decoder._sizes)
    state = (*state, *empty)
    for place, code in enumerate(target):
        logs, state = decoder._step(np.array([code]), state)
        np.testing.assert_allclose(logs, log_softmax(whole[:, place]), atol=1e-4)


@pytest.mark.parametrize("length", [1, 3, 20])
def test_both_engines_take_texts_of_any_length(checkpoint: Path, length: int) -> None:
    arrays = [np.full((1, length), 300), places(length), np.full((1, 4), 301), places(4)]
    numpy, onnx = (
        nnlab.load(checkpoint, engine=engine).network.resized(*(a.shape[1:] for a in arrays))
        for engine in ("numpy", "onnx")
    )
    np.testing.assert_allclose(numpy(*arrays), onnx(*arrays), atol=1e-5)


def test_exported_parts_have_open_axes(trained: Trained, tmp_path: Path) -> None:
    import onnxruntime

    encoder, decoder = (
        onnxruntime.InferenceSession(file)
        for file in export(trained, tmp_path / "net.onnx", step=True)
    )
    source = [300, 301, 302, 303, END]
    given = {"source": np.array([source], np.float32)}
    given["source_positions"] = places(5).astype(np.float32)
    memory = encoder.run(None, given)
    names = [one.name for one in encoder.get_outputs()]
    step = dict(zip(names, memory, strict=True))
    for one in decoder.get_inputs():
        if "_past" in one.name:
            step[one.name] = np.zeros((1, 0, one.shape[-1]), np.float32)
    step["target"] = np.array([[START]], np.float32)
    step["target_positions"] = np.array([[1]], np.float32)
    logits, *_ = decoder.run(None, step)
    own = AttentionDecoder(trained.network)
    state = (*own._encode(source), *(np.zeros((1, 0, n), np.float32) for n in own._sizes))
    logs, _ = own._step(np.array([START]), state)
    np.testing.assert_allclose(log_softmax(logits[:, 0]), logs, atol=1e-4)


def test_a_translation_does_not_depend_on_others(trained: Trained) -> None:
    texts = ["I see the dog.", "", "Tom wants milk.", "X\u0416 7"]
    together = [one["translation"] for one in trained.answer(texts)]
    assert together[1] == ""
    assert together == [trained.answer([text])[0]["translation"] for text in texts]


def test_several_translations_with_scores_and_attention(checkpoint: Path, shell: Shell) -> None:
    asked = ("translate", "I see.", "--checkpoint", checkpoint, "-q")
    lines = shell(*asked, "-n", 3, "--scores").stdout.splitlines()
    assert len(lines) == 3
    assert all(float(line.split("\t")[0]) < 0 for line in lines)
    answer = json.loads(shell(*asked, "--attention", "--json").stdout)
    weights = np.array(answer["attention"])
    assert weights.shape == (len(answer["target_pieces"]), len(answer["source_pieces"]))
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-2)
    result = shell(*asked, "-n", 3, "--beam", 2)
    assert result.returncode == 2
    assert "-n 3 needs --beam 3 or more" in result.stderr


def test_long_texts_are_cut_at_punctuation(trained: Trained) -> None:
    text = "I see the dog. " * 40
    (answer,) = trained.answer([text])
    (one,) = trained.answer(["I see the dog."])
    assert answer["translation"]
    assert len(answer["translation"]) > len(one["translation"])


def test_the_longest_translation_has_attention_too(trained: Trained) -> None:
    weights = AttentionDecoder(trained.network).attention([300, END], [START] * LONGEST)
    assert weights.shape == (LONGEST, 2)


@pytest.mark.parametrize("facts", [{"subwords": {}}, {"subwords": {"a": 0.0}}, {"usual_length": 0}])
def test_facts_of_another_network_are_refused(
    checkpoint: Path, tmp_path: Path, facts: dict[str, Any]
) -> None:
    altered(checkpoint, tmp_path / "other.h5", **facts)
    with pytest.raises(CheckpointError):
        nnlab.load(tmp_path / "other.h5")


def test_a_decoder_without_attention_to_itself_is_refused() -> None:
    import keras
    from keras import layers

    names = ("source", "source_positions", "target", "target_positions")
    inputs = [keras.Input((None,), name=name) for name in names]
    tables = [
        layers.Embedding(70, 4, name=f"{name}_table")(one)
        for name, one in zip(names, inputs, strict=True)
    ]
    source = layers.Add(name="source_sum")(tables[:2])
    target = layers.Add(name="target_sum")(tables[2:])
    y = layers.MultiHeadAttention(1, 4, name="decoder_source")(target, source)
    model = keras.Model(inputs, layers.Dense(9, name="logits")(y))
    network = Network(checked_graph(describe(model)), weights_of(model))
    with pytest.raises(CheckpointError, match="remembers its steps"):
        AttentionDecoder(network)


def test_settings_that_do_not_fit_are_refused() -> None:
    def configured(**given: object) -> None:
        config = TRANSLATE.configure({"preset": "modern", **SMALL, **given}, "test")
        data = TRANSLATE.load(config, Store(offline=True), lambda _: None)
        TRANSLATE.build(config, data.facts)

    with pytest.raises(UsageError, match="not a multiple of --heads 5"):
        configured(heads=5)
    with pytest.raises(DataError, match="use --subwords"):
        configured(subwords=300)
    with pytest.raises(UsageError, match="--heads needs --model transformer"):
        TRANSLATE.configure({"heads": 8}, "test")
    lstm = TRANSLATE.configure({"preset": "modern", "model": "lstm"}, "test")
    assert (lstm.model, lstm.learning_rate) == ("lstm", 0.002)


def test_pairs_that_are_too_long_are_left_out(tmp_path: Path) -> None:
    long = " ".join("0123456789" * 7)
    lines = [f"word {number}\twoord {number}" for number in range(50)]
    (tmp_path / "pairs.tsv").write_text("\n".join([*lines, f"all of {long}\t1 2"]))
    config = TRANSLATE.configure(
        {
            "preset": "modern",
            "pairs": str(tmp_path / "pairs.tsv"),
            "subwords": 300,
            "split_seed": 1,
        },
        "test",
    )
    warnings: list[str] = []
    data = TRANSLATE.load(config, Store(), warnings.append)
    examples = TRANSLATE.examples(config, data)
    longest = int(np.argmax([len(text) for text in data.arrays["sources"]]))
    assert longest in data.arrays["training"]
    assert set(data.arrays["training"]) - set(examples.training) == {longest}
    assert [line for line in warnings if "1 of" in line and "left out" in line]
    assert all(array.shape[1] <= LONGEST for array in examples.arrays.values())
    chosen = examples.arrays["target_codes"][examples.training]
    assert ((chosen == END).sum(axis=1) == 1).all()


def test_pairs_of_which_all_are_too_long_are_refused(tmp_path: Path) -> None:
    long = " ".join("0123456789" * 7)
    lines = [f"{long} {number}\t{number}" for number in range(50)]
    (tmp_path / "pairs.tsv").write_text("\n".join(lines))
    config = TRANSLATE.configure(
        {"preset": "modern", "pairs": str(tmp_path / "pairs.tsv"), "subwords": 300}, "test"
    )
    with pytest.raises(DataError, match="choose other --pairs"):
        TRANSLATE.load(config, Store(), print)


def test_evaluating_learns_no_subwords(trained: Trained, monkeypatch: pytest.MonkeyPatch) -> None:
    module = "nnlab.experiments.translate.transformer.learn_subwords"
    monkeypatch.setattr(module, lambda *_: pytest.fail("learned subwords"))
    config, facts = trained.model.config, trained.model.facts
    data = TRANSLATE.load_for_evaluation(config, facts, {}, Store(), print)
    assert data.facts == facts


def test_attention_shows_in_json_only(checkpoint: Path, shell: Shell) -> None:
    asked = ("translate", "I see the dog.", "--checkpoint", checkpoint, "--attention")
    refused = shell(*asked)
    assert refused.returncode == 2
    assert "add --json" in refused.stderr


def test_a_text_in_parts_has_one_translation_and_says_so(trained: Trained) -> None:
    text = "I see the dog and the house. " * 20
    query = TRANSLATE.Query(best=3)
    note, answer = list(trained.answers([text.strip()], query))
    assert isinstance(note, Note)
    assert "in parts, which have one translation each" in note.text
    assert isinstance(answer, dict)
    notes = [one for one in trained.answers([text.strip()]) if isinstance(one, Note)]
    assert not notes


def test_every_tensor_of_the_parts_is_described(trained: Trained) -> None:
    for part in TRANSLATE.parts(trained.model, step=True).values():
        words = tensor_words(trained, part)
        assert len(words) == len(part.input_shapes) + len(part.output_shapes)
        assert all("keys" in words[name] for name in words if name.endswith(("memory", "past")))
        assert all("values" in words[name] for name in words if name.endswith("_1"))

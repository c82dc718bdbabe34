"""Translating: pairs, padding, and what is answered."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import nnlab
from nnlab import experiments
from nnlab.datasets.store import Store
from nnlab.errors import CheckpointError, DataError
from nnlab.experiments.contract import Data, Note
from nnlab.runs.answering import Trained
from nnlab.runs.evaluation import evaluate
from nnlab.runs.folder import RunFolder
from nnlab.runs.single import run
from tests.annotations import Record, Shell
from tests.experiments.textgen.networks import altered
from tests.watching import make_workshop

if TYPE_CHECKING:
    import tensorflow as tf

TRANSLATE = experiments.get("translate")
TINY = {"units": 6, "epochs": 1}


def write_pairs(folder: Path, count: int = 60, name: str = "pairs.tsv") -> str:
    lines = [f"I see {n} dogs\tik zie {n} hònden\n" for n in range(count)]
    lines.append("I see 1 dogs\tik zie één hond\n")
    (folder / name).write_text("".join(lines))
    return str(folder / name)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Train shortly, either way."""
    folder = tmp_path_factory.mktemp("translate")
    for reverse in (False, True):
        config = TRANSLATE.configure({"pairs": write_pairs(folder), "reverse": reverse, **TINY}, "")
        made = folder / "runs" / "translate" / str(1 + reverse)
        made.mkdir(parents=True)
        run(TRANSLATE, config, RunFolder(made), make_workshop())
    return folder


@pytest.fixture(scope="module")
def checkpoint(folder: Path) -> Path:
    return folder / "runs" / "translate" / "1" / "best.h5"


@pytest.fixture
def trained(checkpoint: Path) -> Trained:
    return nnlab.load(checkpoint)


def load(path: str, **given: object) -> Data:
    config = TRANSLATE.configure({"pairs": path, **TINY, **given}, "test")
    return TRANSLATE.load(config, Store(offline=True), pytest.fail)


def test_the_preset_is_the_reports() -> None:
    config = TRANSLATE.configure({}, "test")
    assert (config.units, config.epochs, config.batch_size) == (256, 100, 64)
    assert (config.optimizer, config.learning_rate) == ("rmsprop", 0.001)
    assert config.max_pairs == 10_000
    facts = {
        "source_characters": list("abcdefgh"),
        "target_characters": ["\t", "\n", *"abcde"],
        "source_length": 16,
        "target_length": 20,
    }
    encoder, decoder = (4 * 256 * (characters + 256 + 1) for characters in (8, 7))
    weights = TRANSLATE.build(config, facts).count_params()
    assert weights == encoder + decoder + (256 + 1) * 7


def test_no_source_sentence_is_in_two_parts(tmp_path: Path) -> None:
    data = load(write_pairs(tmp_path))
    rows = [data.arrays[part] for part in ("training", "validation", "test")]
    parts = [set(data.arrays["sources"][row]) for row in rows]
    assert [len(part) for part in parts] == [48, 6, 6]
    assert len(set.union(*parts)) == 60
    assert sum(map(len, rows)) == 61
    assert data.facts["target_characters"][:2] == ["\t", "\n"]


def test_padding_has_no_weight(tmp_path: Path) -> None:
    import keras

    data = load(write_pairs(tmp_path))
    config = TRANSLATE.configure(TINY, "test")
    facts = dict(data.facts)
    losses, weighted = [], []
    for more in (0, 9):
        wide = {
            name: np.pad(data.arrays[name], ((0, 0), (0, more)))
            for name in ("source_codes", "target_codes")
        }
        longer = {name: facts[name] + more for name in ("source_length", "target_length")}
        padded = type(data)({**data.arrays, **wide}, {**facts, **longer}, data.source)
        keras.utils.set_random_seed(1)
        network = TRANSLATE.build(config, padded.facts)
        examples = TRANSLATE.examples(config, padded)
        inputs, targets, weights = examples.batch(examples.arrays, np.arange(20), None)
        outputs = network(inputs)
        losses.append(float(examples.loss(targets, outputs, sample_weight=weights)))
        weighted.append(float(np.sum(weights)))
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)
    characters = sum(len(text) + 1 for text in data.arrays["targets"][:20])
    assert weighted == [characters, characters]


def test_a_batch_is_the_translation_and_the_same_one_character_on(tmp_path: Path) -> None:
    data = load(write_pairs(tmp_path))
    examples = TRANSLATE.examples(TRANSLATE.configure(TINY, "test"), data)
    (source, known), following, weights = examples.batch(examples.arrays, np.array([4]), None)
    letters = {side: data.facts[f"{side}_characters"] for side in ("source", "target")}

    def spelt(one_hot: "tf.Tensor", side: str) -> str:
        return "".join(letters[side][row.argmax()] for row in np.array(one_hot) if row.any())

    text = data.arrays["targets"][4]
    assert spelt(source[0], "source") == data.arrays["sources"][4]
    assert spelt(known[0], "target") == f"\t{text}\n"[: len(known[0])]
    told = [letters["target"][code] for code in np.array(following)[np.array(weights) > 0]]
    assert "".join(told) == f"{text}\n"


def test_an_empty_line_keeps_its_place(checkpoint: Path, shell: Shell) -> None:
    lines = "I see 3 dogs\n\nI see 4 dogs\n  \n"
    for together in (1, 2, 32):
        arguments = ["translate", "-", "--checkpoint", checkpoint, "--together", together, "-q"]
        plain = shell(*arguments, input=lines)
        rows = plain.stdout.split("\n")
        assert (plain.returncode, len(rows), rows[1], rows[3]) == (0, 5, "", "")
        answers = [
            json.loads(x) for x in shell(*arguments, "--json", input=lines).stdout.split("\n")[:-1]
        ]
        assert [answer["translation"] for answer in answers] == rows[:4]
        assert [answer["source"] for answer in answers] == lines.split("\n")[:4]


def test_how_many_go_together_changes_no_translation(trained: Trained) -> None:
    sentences = [f"I see {n} dogs" * (1 + n % 3) for n in range(100)]
    alone = trained.answer(sentences, together=1)
    assert trained.answer(sentences, together=7) == trained.answer(sentences) == alone


def test_what_cannot_be_read_is_noted_or_refused(trained: Trained) -> None:
    answers = list(trained.answers(["I @see¿", "I see " * 50, "x" * 1_001, "I see"]))
    notes = [answer.text for answer in answers if isinstance(answer, Note)]
    assert notes[0] == "ignored characters that no training sentence has: @ ¿"
    assert "299 characters, but those of the network's data have at most 13" in notes[1]
    assert len(notes) == 2
    assert isinstance(answers[4], DataError)
    assert "at most 1,000 characters, but 'xxx" in str(answers[4])
    assert [type(answer) for answer in (answers[1], answers[3], answers[5])] == [dict] * 3


def test_blanks_around_a_sentence_and_the_form_of_accents_do_not_matter(folder: Path) -> None:
    reverse = nnlab.load(folder / "runs" / "translate" / "2")
    composed, decomposed = "ik zie 3 h\u00f2nden", "  ik zie 3 ho\u0300nden" + " " * 50
    answers = list(reverse.answers([composed, decomposed]))
    assert not [answer for answer in answers if isinstance(answer, Note)]
    one, other = reverse.answer([composed, decomposed])
    assert one["translation"] == other["translation"]


def test_reverse_chooses_another_network(folder: Path, shell: Shell) -> None:
    one = shell("translate", "I see", cwd=folder)
    assert "runs/translate/1/best.h5 (the newest finished run)" in one.stderr
    other = shell("translate", "ik zie", "--reverse", cwd=folder)
    assert "runs/translate/2/best.h5 (the newest finished run)" in other.stderr
    given = shell("translate", "I see", "--reverse", "--checkpoint", "runs/translate/1", cwd=folder)
    assert given.returncode == 2
    assert "was trained with --no-reverse" in given.stderr
    env_free = shell("translate", "ik zie", "--checkpoint", "runs/translate/2", "-q", cwd=folder)
    assert env_free.stdout == other.stdout


def test_a_line_without_a_tab_is_named(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "my.tsv").write_text("I see\tik zie\nno tab here\n")
    result = shell("translate", "--pairs", "my.tsv", "-q")
    assert (result.returncode, result.stdout) == (3, "")
    assert "my.tsv, line 2" in result.stderr
    assert result.stderr.count("\n") == 1


def test_other_pairs_are_scored_without_a_claim_of_having_been_learned(
    trained: Trained, tmp_path: Path
) -> None:
    store = Store(offline=True)
    own = evaluate(trained, {}, store, print)
    assert "seen_chrf" in own.scores
    write_pairs(tmp_path, 50, "other.tsv")
    said: list[str] = []
    other = evaluate(trained, {"pairs": "other.tsv"}, store, said.append)
    assert other.details.test_sentences == 5
    assert said[-1].startswith("other.tsv: 5 of 51 pairs are scored")
    assert not [name for name in other.scores if name.startswith("seen_")]
    for metrics in (own, other):
        assert TRANSLATE.tables(metrics)


@pytest.mark.parametrize(
    "facts",
    [
        {"source_characters": None},
        {"source_characters": ["a"]},
        {"source_characters": "abc"},
        {"target_characters": ["\t", "\n"]},
        {"target_characters": [1, 2]},
        {"source_length": None},
        {"source_length": 99},
        {"target_length": "20"},
        {"target_length": 10**9},
    ],
)
def test_facts_that_do_not_fit_the_network_are_refused(
    checkpoint: Path, tmp_path: Path, facts: Record
) -> None:
    odd = altered(checkpoint, tmp_path / "odd.h5", **facts)
    with pytest.raises(CheckpointError, match=r"odd\.h5: expected") as caught:
        nnlab.load(odd)
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize("side", ["source", "target"])
def test_lengths_and_marks_have_to_be_what_they_say(
    checkpoint: Path, trained: Trained, tmp_path: Path, side: str
) -> None:
    facts = trained.header.facts
    length: dict[str, Any] = {f"{side}_length": float(facts[f"{side}_length"])}
    odd = altered(checkpoint, tmp_path / "a.h5", **length)
    with pytest.raises(CheckpointError, match="lengths of at most"):
        nnlab.load(odd)
    characters = facts["target_characters"][::-1]
    odd = altered(checkpoint, tmp_path / "b.h5", target_characters=characters)
    with pytest.raises(CheckpointError, match="start and end marks"):
        nnlab.load(odd)


def test_weights_too_large_to_compute_with_are_refused(
    checkpoint: Path, shell: Shell, tmp_path: Path
) -> None:
    huge = altered(checkpoint, tmp_path / "huge.h5", huge=True)
    result = shell("translate", "I see", "-q", "--checkpoint", huge)
    assert (result.returncode, result.stdout) == (4, "")
    assert "huge.h5: expected finite numbers" in result.stderr


def test_the_summary_says_what_was_understood(tmp_path: Path) -> None:
    lines = [f"{n}\tWord {'i' * n}.\t{n}\tWoord {'o' * n}." for n in range(1, 41)]
    (tmp_path / "my.tsv").write_bytes("\r\n".join(lines).encode("utf-16"))
    data = load("my.tsv", columns="2,4", max_pairs=0)
    assert data.summary == (
        "40 pairs, 40 different sentences to translate; the shortest: Word i. -> Woord o."
    )

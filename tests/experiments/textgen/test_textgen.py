"""Writing text: training on a text of one's own, and the options of writing."""

import json
import re
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nnlab
from nnlab.datasets.store import Store
from nnlab.errors import CheckpointError, DataError
from nnlab.experiments.contract import Data, Model, Note
from nnlab.experiments.textgen import EXPERIMENT as TEXTGEN
from nnlab.experiments.textgen.config import TextgenConfig
from nnlab.records import plain
from nnlab.runs.answering import Trained
from nnlab.runs.evaluation import evaluate
from nnlab.runs.folder import RunFolder
from nnlab.runs.single import run
from tests.annotations import Record, Shell, Warn
from tests.experiments.textgen.networks import altered
from tests.experiments.textgen.texts import prose, write_corpus
from tests.watching import make_workshop

TINY = {"units": 6, "epochs": 1, "step": 20, "seq_len": 10}


def configured(**given: object) -> TextgenConfig:
    return TEXTGEN.configure(given, "test")


def load(warn: Warn = lambda line: None, **given: object) -> Data:
    return TEXTGEN.load(configured(**given), Store(offline=True), warn)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Train shortly on a small text."""
    folder = tmp_path_factory.mktemp("textgen")
    corpus = write_corpus(folder)
    run(TEXTGEN, configured(corpus=corpus, **TINY), RunFolder(folder), make_workshop())
    return folder / "best.h5"


@pytest.fixture(scope="module")
def trained(checkpoint: Path) -> Trained:
    return nnlab.load(checkpoint)


def texts(trained: Trained, *prompts: str, **query: Any) -> list[str]:
    return [answer["text"] for answer in trained.answer(prompts or ("tom ",), length=40, **query)]


def test_the_preset_is_the_reports() -> None:
    config = configured()
    assert (config.units, config.seq_len, config.step, config.epochs) == (180, 40, 3, 60)
    assert (config.optimizer, config.learning_rate, config.batch_size) == ("rmsprop", 0.01, 128)
    network = TEXTGEN.build(config, {"characters": list("abcdefgh")})
    assert network.count_params() == 4 * 180 * (8 + 180 + 1) + (180 + 1) * 8


@pytest.mark.parametrize("characters", [60, 61, 65, 69, 4001])
@pytest.mark.parametrize("step", [1, 3])
def test_the_parts_are_contiguous_and_training_reads_its_own_only(
    tmp_path: Path, characters: int, step: int
) -> None:
    data = load(corpus=write_corpus(tmp_path, characters), seq_len=10, step=step)
    training, validation = data.arrays["training"], data.arrays["validation"]
    first, last = data.arrays["bounds"]
    assert (first, last) == (characters * 8 // 10, characters * 9 // 10)
    assert training.tolist() == list(range(0, first - 10, step))  # and 10 is what it tells
    assert validation[0] + 10 == first
    assert validation[-1] + 10 < last
    assert set(np.diff(validation).tolist()) <= {step}


def test_a_batch_is_windows_and_what_follows(tmp_path: Path) -> None:
    config = configured(corpus=write_corpus(tmp_path), **TINY)
    data = TEXTGEN.load(config, Store(offline=True), lambda line: None)
    examples = TEXTGEN.examples(config, data)
    windows, following, weights = examples.batch(examples.arrays, np.array([5, 40]), None)
    text = data.arrays["text"]
    assert np.argmax(windows, axis=-1).tolist() == [text[5:15].tolist(), text[40:50].tolist()]
    assert np.array(following).tolist() == [text[15], text[50]]
    assert weights is None
    told = np.full((2, len(data.facts["characters"])), 0.0, np.float32)
    told[np.arange(2), following] = 0.25, 0
    bits = examples.measures["bits_per_character"](following, told)
    np.testing.assert_allclose(bits, [2, -np.log2(1e-7)], rtol=1e-5)


def test_seed_passages_end_a_sentence_of_the_training_part(tmp_path: Path) -> None:
    data = load(corpus=write_corpus(tmp_path), seq_len=10)
    text = prose(6000)[:4800]
    assert len(data.facts["seeds"]) == 50
    assert all(seed in text and seed.endswith(". ") for seed in data.facts["seeds"])
    (tmp_path / "words.txt").write_text(prose(6000, end=" "))
    assert len(load(corpus=str(tmp_path / "words.txt"), seq_len=10).facts["seeds"]) == 50


@pytest.mark.parametrize("end", [". ", " "])
def test_a_large_text_takes_a_few_bytes_a_character(tmp_path: Path, end: str) -> None:
    size = 20_000_000
    (tmp_path / "large.txt").write_text(prose(size // 10, end=end) * 10)
    config = configured(corpus="large.txt")
    tracemalloc.start()
    examples = TEXTGEN.examples(config, TEXTGEN.load(config, Store(offline=True), print))
    order = examples.order(1, 1, 8)
    held, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(order) == -(-(size * 8 // 10 - 40) // 3)
    # the codes, four bytes for each third place as rows, and those of training as order again
    assert held < 3.3 * size + 1e6
    assert peak < 5 * size


def test_few_characters_are_told(tmp_path: Path) -> None:
    warnings: list[str] = []
    load(warnings.append, corpus=write_corpus(tmp_path, 99_999))
    assert len(warnings) == 1
    assert "99,999 characters; with fewer than 100,000, the network learns little" in warnings[0]
    load(pytest.fail, corpus=write_corpus(tmp_path, 100_000))


@pytest.mark.parametrize("characters", [1, 4, 5, 12])
def test_a_text_shorter_than_a_window_is_refused(tmp_path: Path, characters: int) -> None:
    with pytest.raises(DataError, match=r"corpus\.txt: .*windows of 10.*smaller --seq-len"):
        load(corpus=write_corpus(tmp_path, characters), seq_len=10)


def test_the_same_seed_gives_the_same_text(trained: Trained) -> None:
    assert texts(trained, seed=7) == texts(trained, seed=7)
    assert texts(trained, seed=7) != texts(trained, seed=8)


def test_several_samples_differ_and_the_first_is_that_of_one(trained: Trained) -> None:
    three = texts(trained, samples=3)
    assert len(set(three)) == 3
    assert texts(trained) == three[:1]
    assert texts(trained, "tom ", "aunt ", samples=3)[:3] == three


@pytest.mark.parametrize("length", [1, 15, 16, 17, 100])
def test_the_length_counts_what_is_written(trained: Trained, length: int) -> None:
    (answer,) = trained.answer(["tom "], length=length)
    assert len(answer["text"]) == length
    assert answer["prompt"] == "tom "


def test_options_of_sampling_change_the_text(trained: Trained) -> None:
    cold = texts(trained, temperature=0)
    assert texts(trained, temperature=1e-6) == cold == texts(trained, top_k=1)
    assert texts(trained, top_p=1e-9) == cold
    assert texts(trained, temperature=2) not in (cold, texts(trained, temperature=1))
    assert texts(trained, context="window") != texts(trained, temperature=0)


def test_prompts_are_put_into_known_characters(trained: Trained) -> None:
    assert texts(trained, "Polly’s") == texts(trained, "polly's")
    answers = list(trained.answers(["p&ol#ly"], TEXTGEN.Query(length=5)))
    assert answers[0] == Note("ignored characters that the training text does not have: & #")
    assert [answer["prompt"] for answer in answers[1:] if isinstance(answer, dict)] == ["p&ol#ly"]
    assert texts(trained, "p&olly") == texts(trained, "polly")


def test_an_empty_prompt_writes_on_from_a_passage(trained: Trained) -> None:
    assert texts(trained, "") == texts(trained, "&&&")
    assert len(set(texts(trained, "", samples=4, temperature=0))) > 1


def test_the_stream_is_the_answers_one_after_another(trained: Trained) -> None:
    query = TEXTGEN.Query(length=40, samples=2)
    answers = list(trained.answers(["tom ", "a&"], query))
    told = [one["prompt"] + one["text"] for one in answers if isinstance(one, dict)]
    pieces = list(trained.stream(["tom ", "a&"], query) or ())
    streamed = "".join(piece for piece in pieces if isinstance(piece, str))
    assert re.split(r"\n-{40}\n", streamed[:-1]) == told
    assert sum(isinstance(piece, Note) for piece in pieces) == 1


@pytest.mark.parametrize(
    "facts",
    [
        {"characters": None},
        {"characters": "abc"},
        {"characters": ["a", "b"]},
        {"characters": [*"zyxwvutsrqponmlk"]},
        {"keep_case": None},
        {"keep_case": 0},
        {"seeds": None},
        {"seeds": []},
        {"seeds": [""]},
        {"seeds": ["&"]},
        {"seeds": [1]},
        {"seeds": "tom"},
    ],
)
def test_facts_that_do_not_fit_the_network_are_refused(
    checkpoint: Path, tmp_path: Path, facts: Record
) -> None:
    odd = altered(checkpoint, tmp_path / "odd.h5", **facts)
    with pytest.raises(CheckpointError, match=r"odd\.h5: expected") as caught:
        nnlab.load(odd)
    assert len(str(caught.value)) < 500


def test_weights_too_large_to_compute_with_end_in_one_error(
    checkpoint: Path, shell: Shell, tmp_path: Path
) -> None:
    huge = altered(checkpoint, tmp_path / "huge.h5", huge=True)
    for arguments in (["tom "], ["tom ", "--json"], ["--sample", "--context", "window"]):
        result = shell("textgen", *arguments, "-q", "--checkpoint", huge)
        assert result.returncode == 4
        assert result.stdout.strip() in ("", "tom")
        assert result.stderr.count("\n") == 1
        assert "huge.h5: expected finite numbers" in result.stderr


def test_another_text_is_scored_as_a_whole(trained: Trained, tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text(prose(500, seed=9).upper() + "&&")
    warnings: list[str] = []
    store = Store(offline=True)
    metrics = evaluate(trained, {"corpus": "other.txt"}, store, warnings.append)
    assert metrics.details.test_characters == 500 - 10
    assert metrics.dataset.name == "other.txt"
    assert "copied_share" not in metrics.scores
    assert any("ignored characters" in warning for warning in warnings)
    json.dumps(plain(metrics), allow_nan=False)
    assert TEXTGEN.tables(metrics)
    (tmp_path / "short.txt").write_text("tom said &")
    with pytest.raises(DataError, match=r"short\.txt: expected more than a window"):
        evaluate(trained, {"corpus": "short.txt"}, store, warnings.append)


def test_settings_of_another_window_are_refused(trained: Trained) -> None:
    data = load(corpus=str(trained.path.parent / "corpus.txt"), seq_len=11)
    model = Model(trained.network, data.facts, lambda: configured(seq_len=11))
    with pytest.raises(CheckpointError, match="windows of 11 characters"):
        TEXTGEN.score(model, data)


def test_its_own_text_by_another_name_is_not_for_testing_all_of_it(
    trained: Trained, tmp_path: Path
) -> None:
    content = (trained.path.parent / "corpus.txt").read_bytes()
    (tmp_path / "copy.txt").write_bytes(content)
    store = Store(offline=True)
    own = evaluate(trained, {}, store, print)
    assert evaluate(trained, {"corpus": "copy.txt"}, store, print).scores == own.scores


def test_a_text_that_has_changed_since_is_refused(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    folder.path.mkdir()
    corpus = write_corpus(tmp_path)
    run(TEXTGEN, configured(corpus=corpus, **TINY), folder, make_workshop())
    with Path(corpus).open("a") as file:
        file.write("one more")
    with pytest.raises(DataError, match="has changed since"):
        evaluate(nnlab.load(folder.best), {}, Store(offline=True), print)


def test_a_text_of_one_character_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a" * 1000)
    with pytest.raises(DataError, match="all are the same"):
        load(corpus="a.txt", seq_len=10)


def test_the_summary_says_what_was_understood(tmp_path: Path) -> None:
    (tmp_path / "my.txt").write_bytes(("The quick brown\r\nfox. " * 30).encode("utf-16"))
    data = load(corpus="my.txt", seq_len=10)
    assert data.summary.startswith("630 characters, ")
    assert "it begins: the quick brown fox. the quick brown" in data.summary

"""Adding: which problems are drawn, and what is answered."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest

import nnlab
from nnlab import experiments
from nnlab.datasets.store import Store
from nnlab.datasets.text.sums import encode_answers
from nnlab.errors import CheckpointError, DataError, NnlabError, UsageError
from nnlab.experiments.contract import Data
from nnlab.runs.folder import RunFolder
from nnlab.runs.single import run
from tests.annotations import Record, Shell, Warn
from tests.experiments.textgen.networks import altered, write_untrained
from tests.watching import make_workshop

ADD = experiments.get("add")
TINY = {"problems": 200, "test_problems": 50, "units": 6, "epochs": 1, "digits": 2}


def load(warn: Warn = pytest.fail, **given: object) -> Data:
    return ADD.load(ADD.configure({**TINY, **given}, "test"), Store(offline=True), warn)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Train shortly."""
    folder = RunFolder(tmp_path_factory.mktemp("add"))
    run(ADD, ADD.configure(TINY, "test"), folder, make_workshop())
    return folder.best


def test_the_preset_is_the_reports() -> None:
    config = ADD.configure({}, "test")
    assert (config.base, config.digits, config.problems) == (10, 3, 50_000)
    assert (config.units, config.epochs, config.batch_size) == (128, 200, 128)
    assert (config.optimizer, config.learning_rate) == ("adam", 0.001)
    network = ADD.build(config, {"base": 10, "digits": 3})
    encoder, decoder = 4 * 128 * (12 + 128 + 1), 4 * 128 * (128 + 128 + 1)
    assert network.count_params() == encoder + decoder + (128 + 1) * 12
    assert network.input_shape == (None, 7, 12)
    assert network.output_shape == (None, 4, 12)


@pytest.mark.parametrize("given", [{}, {"base": 16}, {"base": 36, "digits": 3}])
def test_no_test_problem_is_learned_nor_its_swap(given: Record) -> None:
    data = load(**given)
    known = {tuple(sorted(pair)) for pair in data.arrays["problems"].tolist()}
    tested = {tuple(sorted(pair)) for pair in data.arrays["test_problems"].tolist()}
    assert (len(known), len(tested)) == (200, 50)
    assert not known & tested
    assert data.arrays["training"].tolist() == list(range(180))
    assert data.arrays["validation"].tolist() == list(range(180, 200))


def test_which_problems_does_not_depend_on_the_seed() -> None:
    one, other, third = load(seed=1), load(seed=2), load(split_seed=1)
    for name in one.arrays:
        np.testing.assert_array_equal(one.arrays[name], other.arrays[name])
    assert one.source == other.source
    assert one.source != third.source
    assert not np.array_equal(one.arrays["test_problems"], third.arrays["test_problems"])


def test_where_there_are_few_problems_all_are_used_and_told() -> None:
    warnings: list[str] = []
    data = load(warnings.append, digits=1)
    assert (len(data.arrays["problems"]), len(data.arrays["test_problems"])) == (44, 11)
    assert len(warnings) == 1
    assert "only 55 different problems of up to 1 digits in base 10; 11 of them" in warnings[0]
    with pytest.raises(DataError, match="only 3 in base 2; use more --digits"):
        load(base=2, digits=1)


def test_a_batch_is_questions_and_codes_of_answers() -> None:
    data = load(base=16)
    examples = ADD.examples(ADD.configure({**TINY, "base": 16}, "test"), data)
    questions, answers, weights = examples.batch(examples.arrays, np.array([3, 7]), None)
    assert np.array(questions).shape == (2, 5, 18)
    codes = np.argmax(questions, axis=-1)
    assert codes.tolist() == data.arrays["questions"][[3, 7]].tolist()
    problems = data.arrays["problems"][[3, 7]]
    assert np.array(answers).tolist() == encode_answers(problems, 16, 2).tolist()
    assert weights is None


def test_measures_count_whole_answers_and_characters() -> None:
    examples = ADD.examples(ADD.configure(TINY, "test"), load())
    targets = np.array([[1, 2, 0], [3, 4, 5]])
    outputs = np.eye(12, dtype=np.float32)[[[1, 2, 0], [3, 4, 0]]]
    exact = examples.measures["exact_match"](targets, outputs)
    each = examples.measures["per_character"](targets, outputs)
    assert np.array(exact).tolist() == [True, False]
    np.testing.assert_allclose(each, [1, 2 / 3])


def test_a_right_answer_is_told_from_a_wrong_one(
    checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained = nnlab.load(checkpoint)

    def always_12(questions: np.ndarray) -> np.ndarray:
        codes = np.broadcast_to(encode_answers(np.array([[9, 3]]), 10, 2), (1, 3))
        answers: np.ndarray = np.eye(12)[codes]
        return answers

    monkeypatch.setattr(trained.network, "answer", always_12)
    right, wrong = trained.answer(["5+7", "5 + 8"], check=True)
    assert (right["answer"], right["expected"], right["right"]) == ("12", "12", True)
    assert (wrong["answer"], wrong["expected"], wrong["verdict"]) == ("12", "13", "wrong")
    assert trained.answer(["5+7"]) == [{"input": "5+7", "answer": "12"}]


@pytest.mark.parametrize(
    "given", ["12+", "+1", "9a+1", "123+1", "", " ", "1+2+3", "12", "1-2", "9" * 5000 + "+1"]
)
def test_what_is_no_sum_is_an_error_and_the_rest_is_answered(checkpoint: Path, given: str) -> None:
    answers = list(nnlab.load(checkpoint).answers(["1+2", given, "3+4"]))
    assert [isinstance(answer, NnlabError) for answer in answers] == [False, True, False]
    assert isinstance(answers[1], UsageError)
    assert len(str(answers[1])) < 200


def test_the_shell_prints_columns_or_json(checkpoint: Path, shell: Shell) -> None:
    def ask(*arguments: object) -> subprocess.CompletedProcess[str]:
        return shell("add", *arguments, "--checkpoint", checkpoint, "-q")

    plain = ask("1+2", "12+", "3+4", "--check")
    assert plain.returncode == 1
    rows = [line.split("\t") for line in plain.stdout.splitlines()]
    for row, expected in zip(rows, ("3", "7"), strict=True):
        assert row[1:] == ["right" if row[0] == expected else "wrong", expected]
    assert plain.stderr.count("\n") == 1
    lines = ask("1+2", "3+4", "--check", "--json").stdout.splitlines()
    answers = [json.loads(line) for line in lines]
    assert [answer["answer"] for answer in answers] == [row[0] for row in rows]
    assert [answer["input"] for answer in answers] == ["1+2", "3+4"]
    assert list(answers[0]) == ["input", "answer", "expected", "right", "verdict"]
    assert ask("1+2", "3+4").stdout == "".join(f"{row[0]}\n" for row in rows)


def test_every_base_reads_its_own_digits(tmp_path: Path) -> None:
    path = write_untrained(tmp_path / "36.h5", "add", **{**TINY, "base": 36, "digits": 11})
    (answer,) = nnlab.load(path).answer(["zzzzzzzzzzz+Z"], check=True)
    assert answer["expected"] == "1000000000" + "0y"
    with pytest.raises(UsageError, match="base 36"):
        nnlab.load(path).answer(["a+ä"])


@pytest.mark.parametrize(
    "facts",
    [
        {"base": None},
        {"base": 1},
        {"base": 37},
        {"base": 16},
        {"base": 10.0},
        {"base": True},
        {"digits": None},
        {"digits": 0},
        {"digits": 3},
        {"digits": 2.0},
        {"digits": 10**9},
    ],
)
def test_facts_that_do_not_fit_the_network_are_refused(
    checkpoint: Path, tmp_path: Path, facts: Record
) -> None:
    odd = altered(checkpoint, tmp_path / "odd.h5", **facts)
    with pytest.raises(CheckpointError, match=r"odd\.h5: expected"):
        nnlab.load(odd)


def test_weights_too_large_to_compute_with_are_refused(
    checkpoint: Path, shell: Shell, tmp_path: Path
) -> None:
    huge = altered(checkpoint, tmp_path / "huge.h5", huge=True)
    result = shell("add", "1+2", "-q", "--checkpoint", huge)
    assert (result.returncode, result.stdout) == (4, "")
    assert "huge.h5: expected finite numbers" in result.stderr

"""Adding by columns: numbers of any length, and every sum that the shipped network was made for."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nnlab
from nnlab import experiments
from nnlab.datasets.text.sums import (
    add_columns,
    column_digits,
    columns,
    encode_answers,
    encode_columns,
    from_text,
    to_text,
)
from nnlab.errors import CheckpointError, NnlabError, UsageError
from nnlab.experiments.add.digit_adder import AttendingDigits, DigitAdder
from nnlab.experiments.contract import Note
from nnlab.runs.answering import Trained
from nnlab.runs.choosing import shipped_checkpoint
from tests.annotations import Here, Shell
from tests.experiments.textgen.networks import altered, write_untrained

ADD = experiments.get("add")
READS = AttendingDigits.reads
bases = st.integers(2, 36)


@pytest.fixture(scope="module")
def decimal() -> Trained:
    return nnlab.load(shipped_checkpoint("add", {"base": 10, "preset": "modern"}) or "")


@given(base=bases, numbers=st.lists(st.integers(0, 36**6 - 1), min_size=2, max_size=2))
def test_columns_are_added_as_numbers_are(base: int, numbers: list[int]) -> None:
    count = max(len(column_digits(number, base)) for number in numbers) + 1
    if count > 12:
        numbers, count = [number % base**11 for number in numbers], 12
    pair = columns(np.array([numbers]), base, count)
    assert [column_digits(n, base) for n in numbers] == [
        pair[0, : len(to_text(n, base)), place].tolist() for place, n in enumerate(numbers)
    ]
    digits = add_columns(pair, base)
    assert "".join(map(str, column_digits(sum(numbers), base))) == "".join(
        map(str, digits[0, : len(to_text(sum(numbers), base))].tolist())
    )


@given(base=bases, first=st.integers(0, 35), second=st.integers(0, 35))
def test_answers_in_columns_are_written_as_text_is(base: int, first: int, second: int) -> None:
    pair = np.array([[first % base**2, second % base**2]])
    digits = add_columns(columns(pair, base, 3), base)
    np.testing.assert_array_equal(encode_columns(digits), encode_answers(pair, base, 2))


@pytest.mark.slow
def test_all_decimal_sums_of_three_digits_are_right(decimal: Trained) -> None:
    adder = DigitAdder(decimal.network, decimal.header.facts)
    for first in range(0, 1000, 250):
        grid = np.meshgrid(np.arange(first, first + 250), np.arange(1000), indexing="ij")
        pairs = columns(np.stack(grid, axis=-1).reshape(-1, 2), 10, 4)
        np.testing.assert_array_equal(adder.add_columns(pairs), add_columns(pairs, 10))


@settings(max_examples=30)
@given(numbers=st.lists(st.integers(0, 10**100), min_size=2, max_size=5))
def test_long_numbers_and_several_are_added(decimal: Trained, numbers: list[int]) -> None:
    text = " + ".join(map(str, numbers))
    (answer,) = decimal.answer([text], check=True)
    assert answer["answer"] == answer["expected"] == str(sum(numbers))


def test_hexadecimal(shell: Shell) -> None:
    result = shell("add", "--base", "16", "FFFF ffff ffff".replace(" ", "") + "+1", "1+2+a", "-q")
    assert result.stdout == "1000000000000\nd\n"


@pytest.mark.parametrize("given", ["1+", "+1", "1++2", "1+2+", "1 2+3+4", "1+2+x"])
def test_what_is_no_sum_is_an_error(decimal: Trained, given: str) -> None:
    (error,) = decimal.answers([given])
    assert isinstance(error, NnlabError)


def test_the_preset_is_told_in_answer_and_files(shell: Shell, here: Here, tmp_path: Path) -> None:
    modern, report = (shell("add", "1+2", "--preset", one) for one in ("modern", "report"))
    assert "add.modern.h5 (shipped" in modern.stderr
    assert "add.report.h5 (shipped" in report.stderr
    small = ("--problems", 2000, "--test-problems", 50, "--epochs", 1)
    run = here("add", "--preset", "modern", *small, "--out", tmp_path / "run", "-q")
    assert run.returncode == 0, run.stderr
    config = json.loads((tmp_path / "run" / "config.json").read_text())["config"]
    assert (config["preset"], config["model"], config["units"]) == ("modern", "gru", 64)
    assert config["problems"] == 2000
    assert nnlab.load(tmp_path / "run").header.preset == "modern"
    wrong = shell("add", "1+2", "--preset", "report", "--checkpoint", tmp_path / "run")
    assert "was trained with --preset modern, not --preset report" in wrong.stderr


def test_a_network_of_another_base_is_refused(tmp_path: Path) -> None:
    small = {"problems": 200, "test_problems": 50}
    path = write_untrained(tmp_path / "a.h5", "add", preset="modern", **small)
    other = altered(path, tmp_path / "b.h5", base=11)
    with pytest.raises(CheckpointError, match="columns of 22 numbers to 11 probabilities"):
        nnlab.load(other)


def test_a_transformer_has_settings_of_its_own_and_warns_of_long_numbers(tmp_path: Path) -> None:
    config = ADD.configure({"preset": "modern", "model": "transformer"}, "test")
    assert (config.epochs, config.learning_rate, config.problems) == (30, 0.002, 100_000)
    assert ADD.configure({"preset": "modern", "model": "lstm"}, "test").epochs == 10
    with pytest.raises(UsageError, match="--heads needs --model transformer"):
        ADD.configure({"preset": "modern", "heads": 2}, "test")
    small: dict[str, Any] = {
        "model": "transformer",
        "digits": 3,
        "units": 8,
        "problems": 200,
        "test_problems": 50,
    }
    path = write_untrained(tmp_path / "a.h5", "add", preset="modern", **small)
    notes = [
        one
        for one in nnlab.load(path).answers(["999+1", "1+1000", "999+1+1"])
        if isinstance(one, Note)
    ]
    assert [note.text.split(":")[0] for note in notes] == ["1+1000", "999+1+1"]
    with pytest.raises(UsageError, match="not a multiple of --heads 3"):
        ADD.build(ADD.configure({**small, "heads": 3}, "test"), {"base": 10, "reads": READS})


def test_numbers_are_read_back() -> None:
    assert from_text(to_text(10**90, 36), 36) == 10**90

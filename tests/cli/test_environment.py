"""Options from the environment affect only the mode that uses them."""

import os
from pathlib import Path

import pytest

from tests.annotations import Shell

PNG = Path(__file__).parents[2] / "data" / "examples" / "7.png"


@pytest.mark.parametrize("value", ["abc", "-1"])
def test_a_bad_training_option_does_not_disturb_answering(shell: Shell, value: str) -> None:
    result = shell("classify", PNG, env={**os.environ, "NNLAB_CLASSIFY_EPOCHS": value})
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("NNLAB_CLASSIFY_EPOCHS", "abc"),
        ("NNLAB_CLASSIFY_EPOCHS", "-1"),
        ("NNLAB_CLASSIFY_LOSS", "mae"),
        ("NNLAB_CLASSIFY_SAVE_EVERY", "soon"),
    ],
)
def test_an_error_names_the_variable_with_the_bad_value(
    shell: Shell, variable: str, value: str
) -> None:
    env = {**os.environ, variable: value}
    result = shell("classify", "--dataset", "sample", env=env)
    assert result.returncode == 2
    assert variable in result.stderr


def test_a_bad_answering_option_matters_for_answering_only(shell: Shell) -> None:
    env = {**os.environ, "NNLAB_CLASSIFY_TOP": "many"}
    result = shell("classify", PNG, env=env)
    assert result.returncode == 2
    assert "NNLAB_CLASSIFY_TOP" in result.stderr
    assert shell("classify", PNG, "--top", "2", "--json", env=env).returncode == 0
    training = shell("classify", "--epochs", "0", env=env)
    assert "--epochs must be at least 1" in training.stderr


def test_an_answering_option_comes_from_the_environment(shell: Shell) -> None:
    env = {**os.environ, "NNLAB_CLASSIFY_TOP": "2"}
    assert shell("classify", PNG, "--json", env=env).stdout.count('"label"') == 3
    assert shell("classify", PNG, env=env).returncode == 0  # only the option itself needs --json


def test_completion_offers_files_as_inputs(shell: Shell) -> None:
    env = {**os.environ, "_NNLAB_COMPLETE": "bash_complete", "COMP_CWORD": "2"}
    assert shell(env={**env, "COMP_WORDS": "nnlab classify da"}).stdout == "file,da\n"

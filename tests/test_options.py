import contextlib
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.errors import UsageError
from nnlab.options import flag_name, from_mapping, option, parse_duration


@dataclass(frozen=True, kw_only=True)
class Options:
    loss: str = option("mse", "what to minimise", choices=("mse", "crossentropy"))
    batch_size: int = option(128, "examples in a step", low=1, high=1000)
    rate: float = option(0.1, "step size", above=0)
    wait: float = option(60.0, "time", above=0, duration=True)
    corpus: str | None = option(None, "a file", path=True)
    shuffle: bool = option(True, "whether to shuffle")


def test_values_left_out_take_their_defaults() -> None:
    assert from_mapping(Options, {}, "here") == Options()


def test_whole_numbers_are_accepted_as_floats() -> None:
    assert from_mapping(Options, {"rate": 1}, "here").rate == 1.0


def test_flags_are_spelt_as_in_the_shell() -> None:
    assert flag_name("batch_size") == "--batch-size"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"loss": "mae"}, "mse, crossentropy"),
        ({"losss": "mse"}, "did you mean 'loss'"),
        ({"batch_size": 0}, "at least 1"),
        ({"batch_size": 2000}, "at most 1000"),
        ({"batch_size": 1.5}, "takes a whole number"),
        ({"batch_size": True}, "takes a whole number"),
        ({"batch_size": None}, "takes a whole number"),
        ({"batch_size": 10**5000}, "2\\*\\*63"),
        ({"rate": -(10**400)}, "2\\*\\*63"),
        ({"rate": 0.0}, "above 0"),
        ({"rate": float("nan")}, "finite"),
        ({"wait": "soon"}, "30s, 5m or 1h"),
        ({"corpus": 7}, "takes a text"),
        ({"corpus": "b\udcff.csv"}, "takes text in UTF-8, .*; rename the file"),
        ({"shuffle": 1}, "takes true or false"),
    ],
)
def test_bad_values_are_refused_with_the_reason(values: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message) as error:
        from_mapping(Options, values, "run.json")
    assert "run.json" in str(error.value)


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90s", 90), ("1.5m", 90), ("2h", 7200), ("250ms", 0.25)]
)
def test_durations_are_read_as_seconds(text: str, seconds: float) -> None:
    assert parse_duration(text, "--wait") == seconds


@given(st.text())
def test_any_text_is_a_duration_or_a_usage_error(text: str) -> None:
    with contextlib.suppress(UsageError):
        assert parse_duration(text, "--wait") >= 0


@given(
    st.dictionaries(
        st.sampled_from(["loss", "batch_size", "rate", "corpus"]),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    )
)
def test_untrusted_values_give_valid_options_or_a_usage_error(values: dict[str, object]) -> None:
    try:
        options = from_mapping(Options, values, "file")
    except UsageError:
        return
    assert 1 <= options.batch_size <= 1000
    assert options.rate > 0

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nnlab.checkpoint import FORMAT_VERSION, Header
from nnlab.errors import CheckpointError
from tests.checkpoint.files import header

numbers = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**63) + 1, 2**63 - 1)
values = st.recursive(
    st.none() | st.booleans() | numbers | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
objects = st.dictionaries(st.text(), values, max_size=3)


@given(config=objects, facts=objects, state=objects, seed=st.integers(0, 2**63 - 1))
def test_a_header_survives_json(
    config: dict[str, object], facts: dict[str, object], state: dict[str, object], seed: int
) -> None:
    original = header(config=config, facts=facts, state=state, seed=seed)
    assert Header.from_json(original.to_json()) == original


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with pytest.raises(CheckpointError):
        Header.from_json(text)


@example(name="format", value=2)
@given(name=st.sampled_from([*vars(header()), "format"]), value=values)
def test_any_value_of_any_field_is_accepted_or_refused(name: str, value: object) -> None:
    record = json.loads(header().to_json()) | {name: value}
    try:
        Header.from_json(json.dumps(record))
    except CheckpointError as error:
        assert "expected" in str(error) or "unknown" in str(error)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("experiment", 3),
        ("experiment", ""),
        ("experiment", "../../etc"),
        ("experiment", "a" * 65),
        ("preset", "Report\n"),
        ("config", []),
        ("facts", None),
        ("network", "dense"),
        ("metrics", 0.98),
        ("seed", -1),
        ("seed", 2**63),
        ("seed", 1.0),
        ("seed", True),
        ("versions", {"numpy": 2}),
        ("state", "done"),
    ],
)
def test_a_value_of_the_wrong_type_or_range_is_refused(field: str, value: object) -> None:
    record = json.loads(header().to_json()) | {field: value}
    with pytest.raises(CheckpointError, match=f"{field}|64 bits"):
        Header.from_json(json.dumps(record))


@pytest.mark.parametrize("field", [*vars(header()), "format"])
def test_a_missing_field_is_refused(field: str) -> None:
    record = json.loads(header().to_json())
    del record[field]
    with pytest.raises(CheckpointError, match="expected"):
        Header.from_json(json.dumps(record))


def test_an_unknown_field_is_refused_with_the_nearest_name() -> None:
    record = json.loads(header().to_json()) | {"sead": 1}
    with pytest.raises(CheckpointError, match="did you mean 'seed'"):
        Header.from_json(json.dumps(record))


def test_a_newer_format_says_to_upgrade() -> None:
    record = json.loads(header().to_json()) | {"format": FORMAT_VERSION + 1}
    with pytest.raises(CheckpointError, match="upgrade nnlab"):
        Header.from_json(json.dumps(record))


@pytest.mark.parametrize(
    "number", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 30, "9" * 5000, '"\\ud800"']
)
def test_numbers_and_text_that_cannot_be_stored_are_refused(number: str) -> None:
    text = header(metrics={"accuracy": 0}).to_json().replace('"accuracy": 0', f'"a": {number}')
    with pytest.raises(CheckpointError, match="expected valid JSON"):
        Header.from_json(text)


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "[]", "null", '{"format": 1}', "\ud800"])
def test_damaged_json_is_refused(text: str) -> None:
    with pytest.raises(CheckpointError, match="expected"):
        Header.from_json(text)


def test_too_long_a_header_is_neither_read_nor_written() -> None:
    text = "x" * 9_000_000
    with pytest.raises(CheckpointError, match="at most"):
        Header.from_json(text)
    with pytest.raises(CheckpointError, match="at most"):
        header(facts={"text": text}).to_json()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**70, {1, 2}, object(), b"x"])
def test_a_value_that_json_cannot_express_is_not_written(value: object) -> None:
    with pytest.raises(CheckpointError, match="expected"):
        header(metrics={"accuracy": value}).to_json()

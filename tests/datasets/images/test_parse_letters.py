import string
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.datasets.images.letters import ALPHABET, parse_letters
from nnlab.errors import UsageError

DIGITS = tuple(string.digits)


@pytest.mark.parametrize(
    ("text", "known", "names"),
    [
        ("a-i", ALPHABET, "abcdefghi"),
        ("a,c,x-z", ALPHABET, "acxyz"),
        ("A-I", ALPHABET, "abcdefghi"),
        (" x - z , A ", ALPHABET, "axyz"),
        ("c,a,b-c,a", ALPHABET, "abc"),
        ("q", ALPHABET, "q"),
        ("d-d", ALPHABET, "d"),
        ("0-4", DIGITS, "01234"),
        ("A,b", ("A", "a", "b"), "Ab"),
    ],
)
def test_letters_and_ranges_give_classes_in_order(
    text: str, known: tuple[str, ...], names: str
) -> None:
    assert parse_letters(text, known) == tuple(names)


def test_classes_may_have_longer_names() -> None:
    assert parse_letters("9-11,200", ("3", "9", "10", "11", "200")) == ("9", "10", "11", "200")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty; expected letters such as a-i"),
        ("  ", "empty"),
        ("a,,b", "before and after a comma"),
        ("a,", "before and after a comma"),
        ("a-", "both ends"),
        ("-", "both ends"),
        ("é", "'é' is not in this data; known: a, b"),
        ("abc", "'abc' is not in this data"),
        ("a-3", "'3' is not in this data"),
        ("a-c-e", "'c-e' is not in this data"),
        ("i-a", "'i-a' is reversed; did you mean 'a-i'"),
    ],
)
def test_invalid_choices_are_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        parse_letters(text)
    assert "--letters" in str(caught.value)


@given(st.sets(st.sampled_from(ALPHABET), min_size=1), st.randoms(), st.booleans())
def test_order_repetition_and_case_do_not_matter(
    wanted: set[str], random: Random, capitals: bool
) -> None:
    words = [*wanted, *random.choices(sorted(wanted), k=3)]
    random.shuffle(words)
    text = ",".join(words)
    assert parse_letters(text.upper() if capitals else text) == tuple(sorted(wanted))


@given(st.sampled_from(ALPHABET), st.sampled_from(ALPHABET))
def test_a_range_includes_both_ends(one: str, other: str) -> None:
    first, last = sorted((one, other))
    assert (
        "".join(parse_letters(f"{first}-{last}"))
        == string.ascii_lowercase[ord(first) - 97 : ord(last) - 96]
    )


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        names = parse_letters(text)
    except UsageError:
        return
    assert names
    assert list(names) == sorted(set(names) & set(ALPHABET))

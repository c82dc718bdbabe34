import pytest

from nnlab.wording import counted


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 runs"), (1, "1 run"), (2, "2 runs"), (1234, "1,234 runs")]
)
def test_nouns_are_counted(number: int, text: str) -> None:
    assert counted(number, "run") == text

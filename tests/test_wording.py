import pytest

from nnlab.wording import counted, percent


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 runs"), (1, "1 run"), (2, "2 runs"), (1234, "1,234 runs")]
)
def test_nouns_are_counted(number: int, text: str) -> None:
    assert counted(number, "run") == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(1, "100.00 %"), (0.99999, "99.999 %"), (0, "0.00 %"), (0.00001, "0.001 %"), (0.5, "50.00 %")],
)
def test_nothing_but_all_reads_100_percent(share: float, text: str) -> None:
    assert percent(share) == text

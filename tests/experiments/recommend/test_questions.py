import pytest

from nnlab.errors import UsageError
from nnlab.experiments.recommend.questions import Catalogue

ITEMS = ["soda", "Milk", "beer", "Beer", "café"]


@pytest.mark.parametrize(
    ("given", "separator", "known", "unknown"),
    [
        ("soda, Milk", ",", [0, 1], []),
        ("soda; Milk", ";", [0, 1], []),
        ("soda, Milk", ";", [0, 1], []),
        ("soda\tMilk", "\t", [0, 1], []),
        ("SODA, milk, Café", ",", [0, 1, 4], []),
        ("beer, Beer, BEER", ",", [2, 3], ["BEER"]),
        ("soda; Milk", ",", [], ["soda; Milk"]),
        ("soda,Soda", ",", [0], []),
        ("", ";", [], []),
    ],
)
def test_a_basket_is_read_as_training_did_whatever_its_case(
    given: str, separator: str, known: list[int], unknown: list[str]
) -> None:
    assert Catalogue(ITEMS, separator).read(given) == (known, unknown)


def test_commas_separate_nothing_where_an_item_holds_one() -> None:
    catalogue = Catalogue([*ITEMS, "rolls, fresh"], ";")
    assert catalogue.read("rolls, fresh") == ([5], [])
    assert catalogue.read("soda; rolls, fresh") == ([0, 5], [])
    assert catalogue.read('soda; "rolls, fresh"') == ([0, 5], [])
    assert catalogue.read("soda, Milk") == ([], ["soda, Milk"])


def test_an_error_names_what_is_near_and_what_separates() -> None:
    catalogue = Catalogue(ITEMS, ";")
    message = str(catalogue.unknown_error("sodaa", ["sodaa"]))
    assert "unknown item 'sodaa' (similar: soda); separate items by semicolons" in message
    with pytest.raises(UsageError, match="closing quote"):
        catalogue.read('"soda')

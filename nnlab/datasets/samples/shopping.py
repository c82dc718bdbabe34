"""The embedded sample of market baskets: shopping trips with one or two made-up errands.

Each errand has items that it often needs. A trip with two errands needs the items of both, and some
items occur in any basket. The items in a basket therefore predict others better than popularity:

    breakfast                -> coffee, rolls, jam, milk
    barbecue, then cleaning  -> sausages, charcoal, beer, sponges, bin bags, chewing gum
"""

import numpy as np

TRIPS = 3_000
SEED = 20_180_614
SECOND_ERRAND = 0.3
IN_ANY_BASKET = 0.02

OFTEN, SOMETIMES, SELDOM = 0.6, 0.35, 0.15
CHANCES = (OFTEN, OFTEN, OFTEN, SOMETIMES, SOMETIMES, SOMETIMES, SELDOM, SELDOM)

# the share of each errand, then its items, most likely first
ERRANDS = (
    (18, ("milk", "rolls", "coffee", "butter", "jam", "eggs", "orange juice", "honey")),
    (14, ("pasta", "tomato sauce", "grated cheese", "basil", "garlic", "olive oil", "red wine")),
    (9, ("sausages", "charcoal", "beer", "ketchup", "potato salad", "steak", "rolls")),
    (7, ("nappies", "baby wipes", "porridge", "baby food", "bananas", "tissues", "milk")),
    (8, ("bin bags", "sponges", "dish soap", "bleach", "floor cleaner", "tissues")),
    (9, ("flour", "sugar", "eggs", "butter", "baking powder", "chocolate")),
    (11, ("lettuce", "tomatoes", "cucumber", "olive oil", "feta", "peppers", "olives")),
    (8, ("crisps", "lemonade", "popcorn", "chocolate", "beer", "ice cream")),
    (6, ("rice", "soy sauce", "coconut milk", "peppers", "garlic", "curry paste")),
    (5, ("cat food", "cat litter", "milk", "bin bags", "sponges")),
    (7, ("bananas", "apples", "yogurt", "muesli", "oranges", "grapes", "porridge", "honey")),
)
ANY_BASKET = ("chewing gum", "newspaper", "bread")


def shopping_trips() -> list[list[str]]:
    """Return 3,000 non-empty baskets with 60 different items, always the same."""
    items = list(dict.fromkeys([*(item for _, needs in ERRANDS for item in needs), *ANY_BASKET]))
    chances = _chances(items)
    shares = np.array([share for share, _ in ERRANDS], float)
    rng = np.random.default_rng(SEED)
    trips: list[list[str]] = []
    while len(trips) < TRIPS:
        errands = rng.choice(len(ERRANDS), size=(TRIPS, 2), p=shares / shares.sum())
        needed = rng.random((TRIPS, len(items))) < chances[errands[:, 0]]
        also = rng.random((TRIPS, len(items))) < chances[errands[:, 1]]
        both = rng.random((TRIPS, 1)) < SECOND_ERRAND
        bought = needed | (also & both)
        trips += [[items[place] for place in np.flatnonzero(row)] for row in bought if row.any()]
    return trips[:TRIPS]


def _chances(items: list[str]) -> np.ndarray:
    """Return the probability that an errand puts an item into the basket, (errands, items)."""
    chances = np.full((len(ERRANDS), len(items)), IN_ANY_BASKET)
    for item in ANY_BASKET:
        chances[:, items.index(item)] = SOMETIMES
    for row, (_, needs) in zip(chances, ERRANDS, strict=True):
        for item, chance in zip(needs, CHANCES, strict=False):
            row[items.index(item)] = chance
    return chances

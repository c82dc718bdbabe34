"""English phrases and their Dutch translations, made by a small grammar of our own."""

from collections.abc import Iterator
from typing import NamedTuple

SHORTEST, LONGEST = 8, 30


class Subject(NamedTuple):
    """Who does something.

    Attributes:
        english: As it stands at the beginning of a sentence.
        inner: The same inside a sentence.
        dutch: Inside a sentence.
        person: Which form of a Dutch verb it takes: 0 ik, 1 jij, 2 hij, 3 plural.
    """

    english: str
    inner: str
    dutch: str
    person: int

    @property
    def singular(self) -> bool:
        """Whether an English verb takes its -s."""
        return self.person == 2


class Verb(NamedTuple):
    """What is done.

    Attributes:
        english: The infinitive.
        english_s: The form of he, she and it.
        dutch: The forms of ik, jij, hij and the plural.
    """

    english: str
    english_s: str
    dutch: tuple[str, str, str, str]


class Noun(NamedTuple):
    """Whom or what it is done to; `article` is empty for what cannot be counted."""

    english: str
    article: str
    dutch_article: str
    dutch: str


SUBJECTS = (
    Subject("I", "I", "ik", 0),
    Subject("You", "you", "jij", 1),
    Subject("He", "he", "hij", 2),
    Subject("She", "she", "zij", 2),
    Subject("Tom", "Tom", "Tom", 2),
    Subject("We", "we", "wij", 3),
    Subject("They", "they", "zij", 3),
)

READABLE = (
    Noun("book", "a", "het", "boek"),
    Noun("letter", "a", "de", "brief"),
    Noun("poem", "a", "het", "gedicht"),
)
FOOD = (
    Noun("apple", "an", "de", "appel"),
    Noun("egg", "an", "het", "ei"),
    Noun("bread", "", "het", "brood"),
    Noun("soup", "", "de", "soep"),
)
DRINKS = (
    Noun("water", "", "het", "water"),
    Noun("milk", "", "de", "melk"),
    Noun("tea", "", "de", "thee"),
)
THINGS = (
    Noun("key", "a", "de", "sleutel"),
    Noun("house", "a", "het", "huis"),
)
ANIMALS = (
    Noun("dog", "a", "de", "hond"),
    Noun("cat", "a", "de", "kat"),
    Noun("horse", "a", "het", "paard"),
)

TRANSITIVE = (
    (Verb("read", "reads", ("lees", "leest", "leest", "lezen")), READABLE),
    (Verb("write", "writes", ("schrijf", "schrijft", "schrijft", "schrijven")), READABLE),
    (Verb("eat", "eats", ("eet", "eet", "eet", "eten")), FOOD),
    (Verb("drink", "drinks", ("drink", "drinkt", "drinkt", "drinken")), DRINKS),
    (Verb("buy", "buys", ("koop", "koopt", "koopt", "kopen")), FOOD + THINGS),
    (Verb("want", "wants", ("wil", "wilt", "wil", "willen")), FOOD + DRINKS),
    (Verb("see", "sees", ("zie", "ziet", "ziet", "zien")), THINGS + ANIMALS),
    (Verb("find", "finds", ("vind", "vindt", "vindt", "vinden")), THINGS + ANIMALS),
    (Verb("hear", "hears", ("hoor", "hoort", "hoort", "horen")), ANIMALS),
    (Verb("have", "has", ("heb", "hebt", "heeft", "hebben")), THINGS + ANIMALS),
)
INTRANSITIVE = (
    Verb("work", "works", ("werk", "werkt", "werkt", "werken")),
    Verb("sleep", "sleeps", ("slaap", "slaapt", "slaapt", "slapen")),
    Verb("sing", "sings", ("zing", "zingt", "zingt", "zingen")),
    Verb("wait", "waits", ("wacht", "wacht", "wacht", "wachten")),
    Verb("play", "plays", ("speel", "speelt", "speelt", "spelen")),
)
PLACES = (("here", "hier"), ("at home", "thuis"), ("in the garden", "in de tuin"))
TIMES = (("Today", "vandaag"), ("Every day", "elke dag"))
STATES = (("tired", "moe"), ("happy", "blij"), ("late", "laat"), ("sick", "ziek"))
BE = (("am", "ben"), ("are", "bent"), ("is", "is"), ("are", "zijn"))


def phrase_pairs() -> list[tuple[str, str]]:
    """Return some 2,500 pairs of an English and a Dutch sentence, always the same.

    Both sides have 8 to 30 characters; no pair occurs twice.
    """
    pairs = dict.fromkeys((*_about_states(), *_without_object(), *_with_object()))
    return [
        pair for pair in pairs if all(SHORTEST <= len(sentence) <= LONGEST for sentence in pair)
    ]


def _about_states() -> Iterator[tuple[str, str]]:
    for who in SUBJECTS:
        be, dutch_be = BE[who.person]
        asked = "ben" if who.person == 1 else dutch_be  # "jij bent", but "ben jij"
        for state, dutch_state in STATES:
            yield f"{who.english} {be} {state}.", _capital(f"{who.dutch} {dutch_be} {dutch_state}.")
            yield (
                f"{who.english} {be} not {state}.",
                _capital(f"{who.dutch} {dutch_be} niet {dutch_state}."),
            )
            yield (
                f"{_capital(be)} {who.inner} {state}?",
                _capital(f"{asked} {who.dutch} {dutch_state}?"),
            )


def _without_object() -> Iterator[tuple[str, str]]:
    for who in SUBJECTS:
        for verb in INTRANSITIVE:
            yield _denied(who, verb, "", "niet")
            for place, dutch_place in PLACES:
                yield _stated(who, verb, place, dutch_place)
                yield _asked(who, verb, place, dutch_place)
                yield from _timed(who, verb, place, dutch_place)


def _with_object() -> Iterator[tuple[str, str]]:
    for who in SUBJECTS:
        for verb, nouns in TRANSITIVE:
            for noun in nouns:
                the, dutch_the = f"the {noun.english}", f"{noun.dutch_article} {noun.dutch}"
                one, dutch_one = _indefinite(noun)
                yield _stated(who, verb, the, dutch_the)
                yield _stated(who, verb, one, dutch_one)
                yield _denied(who, verb, the, f"{dutch_the} niet")
                yield _denied(who, verb, one, f"geen {noun.dutch}")
                yield _asked(who, verb, one, dutch_one)
                yield from _timed(who, verb, one, dutch_one)


def _indefinite(noun: Noun) -> tuple[str, str]:
    """Return "an apple", "een appel", or for what cannot be counted "milk", "melk"."""
    if not noun.article:
        return noun.english, noun.dutch
    return f"{noun.article} {noun.english}", f"een {noun.dutch}"


def _stated(who: Subject, verb: Verb, rest: str, dutch_rest: str) -> tuple[str, str]:
    dutch = f"{who.dutch} {verb.dutch[who.person]} {dutch_rest}."
    return f"{who.english} {_conjugated(who, verb)} {rest}.", _capital(dutch)


def _denied(who: Subject, verb: Verb, rest: str, dutch_rest: str) -> tuple[str, str]:
    do = "does" if who.singular else "do"
    english = f"{who.english} {do} not {verb.english} {rest}".rstrip()
    return f"{english}.", _capital(f"{who.dutch} {verb.dutch[who.person]} {dutch_rest}.")


def _asked(who: Subject, verb: Verb, rest: str, dutch_rest: str) -> tuple[str, str]:
    do = "Does" if who.singular else "Do"
    dutch = f"{_inverted(who, verb)} {dutch_rest}?"
    return f"{do} {who.inner} {verb.english} {rest}?", _capital(dutch)


def _timed(who: Subject, verb: Verb, rest: str, dutch_rest: str) -> Iterator[tuple[str, str]]:
    for time, dutch_time in TIMES:
        english = f"{time} {who.inner} {_conjugated(who, verb)} {rest}."
        yield english, _capital(f"{dutch_time} {_inverted(who, verb)} {dutch_rest}.")


def _conjugated(who: Subject, verb: Verb) -> str:
    return verb.english_s if who.singular else verb.english


def _inverted(who: Subject, verb: Verb) -> str:
    """Put the verb first, as in questions; jij then takes the form of ik: "zie jij"."""
    return f"{verb.dutch[0 if who.person == 1 else who.person]} {who.dutch}"


def _capital(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]

"""The characters a network knows, and making what a user typed readable for it."""

from collections.abc import Collection
from typing import Any

SUBSTITUTES = {
    "'": "’‘",
    "’": "'",
    "‘": "'’",
    '"': "”“",
    "“": '"',
    "”": '"',
    "-": "–—",
    "–": "-—",
    "—": "–-",
    "…": ".",
    "\t": " ",
    "\u00a0": " ",
}
"""Characters that mean about the same, by what stands in for them, best first."""


def known_text(text: str, characters: Collection[str], lower: bool) -> tuple[str, str]:
    """Return a text in known characters, and the characters that had to be left out.

    Quotation marks and dashes are replaced by those that are known; an opening one where a word
    begins.

    Args:
        text: Anything.
        characters: The known characters.
        lower: Whether to lower the case first.
    """
    kept: list[str] = []
    unknown: dict[str, None] = {}
    for character in text.lower() if lower else text:
        choices = character + SUBSTITUTES.get(character, "")
        if character == '"' and (not kept or kept[-1].isspace()):
            choices = '"“”'
        found = next((choice for choice in choices if choice in characters), None)
        if found is None:
            unknown[character] = None
        else:
            kept.append(found)
    return "".join(kept), "".join(unknown)


def are_characters(value: Any) -> bool:
    """Tell whether a fact of a checkpoint is a list of distinct characters, one or more."""
    return (
        isinstance(value, list)
        and len(value) > 0
        and all(isinstance(one, str) and len(one) == 1 for one in value)
        and len(set(value)) == len(value)
    )

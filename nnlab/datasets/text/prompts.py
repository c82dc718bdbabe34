"""Converting what a user typed to the characters that a network knows."""

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
"""Substitutes of similar meaning for each character, best first."""


def known_text(text: str, characters: Collection[str], lower: bool) -> tuple[str, str]:
    """Return a text in known characters, and the characters that were left out.

    Quotation marks and dashes are replaced by known ones, with opening marks at the start of words.

    Args:
        text: Any text.
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
    """Return whether a fact of a checkpoint is a non-empty list of distinct characters."""
    return (
        isinstance(value, list)
        and len(value) > 0
        and all(isinstance(one, str) and len(one) == 1 for one in value)
        and len(set(value)) == len(value)
    )

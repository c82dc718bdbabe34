"""English prose that comes with Python: the explanations of its manual, without the markup."""

import re
import textwrap

from nnlab.errors import DataError

LENGTH = 120_000
SHORTEST_PARAGRAPH = 80
PLAIN = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "—": "-", "–": "-", "*": ""})
CODE = re.compile(r"[{}\[\]<>|\\^~=@%$`#_&/]|\w\(\)|::|\bPEP\b|New in version|Changed in version")
MOST_CODE = 0.012
"""Marks of code per character above which a paragraph is no prose."""


def prose() -> str:
    """Return some 120,000 characters of English, always the same on one version of Python.

    Headings, code, tables, lists and what is said twice are left out; the paragraphs are those of
    `pydoc_data.topics`, in the order of their topics' names, with an empty line between them.

    Raises:
        DataError: This Python was installed without its manual.
    """
    try:
        from pydoc_data.topics import topics
    except ImportError as error:
        raise DataError(
            "this Python has no pydoc_data, which the embedded sample is made of; "
            "name a text file of your own"
        ) from error
    chosen: dict[str, None] = {}
    length = 0
    for name in sorted(topics):
        for paragraph in topics[name].split("\n\n"):
            plain = textwrap.dedent(paragraph.strip("\n")).translate(PLAIN)
            if length < LENGTH and _is_prose(plain) and plain not in chosen:
                chosen[plain] = None
                length += len(plain) + 2
    return "\n\n".join(chosen) + "\n"


def _is_prose(paragraph: str) -> bool:
    lines = paragraph.split("\n")
    return (
        len(paragraph) >= SHORTEST_PARAGRAPH
        and paragraph.isascii()
        and paragraph[0].isupper()
        and paragraph.endswith(".")
        and not any(line.startswith((" ", "- ", "+-")) for line in lines)
        and len(CODE.findall(paragraph)) <= MOST_CODE * len(paragraph)
    )

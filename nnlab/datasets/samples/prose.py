"""English prose that comes with Python: explanations from its manual, without markup."""

import re
import textwrap

from nnlab.errors import DataError

LENGTH = 120_000
SHORTEST_PARAGRAPH = 80
PLAIN = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "—": "-", "–": "-", "*": ""})
CODE = re.compile(r"[{}\[\]<>|\\^~=@%$`#_&/]|\w\(\)|::|\bPEP\b|New in version|Changed in version")
MOST_CODE = 0.012
"""Marks of code per character above which a paragraph is not prose."""


def prose() -> str:
    """Return about 120,000 characters of English, which depend only on the version of Python.

    They are the paragraphs of `pydoc_data.topics`, in the order of the topics' names, separated by
    empty lines. Headings, code, tables, lists and repetitions are left out.

    Raises:
        DataError: This Python was installed without its manual.
    """
    try:
        from pydoc_data.topics import topics
    except ImportError as error:
        raise DataError(
            "this Python has no pydoc_data, which the embedded sample is taken from; "
            "use a text file of your own"
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

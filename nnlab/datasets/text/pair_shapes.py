"""Remarks on files of sentence pairs that look wrong, and the option to use."""

from collections.abc import Iterator, Sequence

from nnlab.datasets.text.columns import numeric_columns

LEAST_SAME = 0.5
SHORTEST_TEXT = 4
"""Average number of letters; shorter texts are codes of languages, such as "eng"."""
HEADER_WORDS = frozenset(
    {"source", "target", "src", "tgt", "sentence", "translation", "text", "input", "output"}
    | {"question", "answer", "id", "lang", "language", "english", "dutch", "german", "french"}
    | {"spanish", "italian", "portuguese", "russian", "polish", "turkish", "japanese", "chinese"}
    | {"engels", "nederlands", "en", "nl", "de", "fr", "es", "it", "pt", "ru", "eng", "nld"}
    | {"deu", "fra", "spa", "ita", "por", "rus"}
)


def pair_remarks(rows: Sequence[Sequence[str]], pairs: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Yield remarks on what looks wrong, one line each.

    Args:
        rows: All columns of the file's first lines.
        pairs: The pairs of sentences as read.
    """
    if not rows or not pairs:
        return
    first, body = rows[0], rows[1:] or rows
    numbers = numeric_columns(body)
    sentences = [column for column in range(len(first)) if _is_text(body, column, numbers)]
    if {0, 1} & set(numbers) and len(sentences) >= 2:  # "12" and "twelve" alone are a pair
        yield (
            f"column {1 if 0 in numbers else 2} holds numbers, not sentences; "
            f"--columns {sentences[0] + 1},{sentences[1] + 1} reads the columns of text"
        )
    elif {0, 1} & set(numbers) and len(first) > 2:
        yield (
            f"column {1 if 0 in numbers else 2} holds numbers, not sentences, and only "
            f"{len(sentences)} of {len(first)} columns hold text; expected a sentence and its "
            "translation on each line"
        )
    elif looks_like_header(first):
        yield f"the first line looks like a header ({first[0]}, {first[1]}); --header leaves it out"
    same = sum(one == other for one, other in pairs)
    if same > LEAST_SAME * len(pairs):
        advice = "; --columns chooses others, such as --columns 1,3" if len(first) > 2 else ""
        yield f"both columns are the same in {same:,} of {len(pairs):,} pairs{advice}"


def looks_like_header(row: Sequence[str]) -> bool:
    """Return whether the first two cells look like names of columns."""
    return all(set(cell.lower().replace("_", " ").split()) & HEADER_WORDS for cell in row[:2]) and (
        all(len(cell.split()) <= 2 and cell[-1:] not in {".", "!", "?"} for cell in row[:2])
    )


def _is_text(rows: Sequence[Sequence[str]], column: int, numbers: Sequence[int]) -> bool:
    cells = [row[column] for row in rows if column < len(row)]
    return column not in numbers and sum(map(len, cells)) > SHORTEST_TEXT * len(rows)

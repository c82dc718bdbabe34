"""Removing Project Gutenberg's licence, which surrounds the text of its books."""

import re
from collections.abc import Iterable, Iterator

from nnlab.wording import counted

START = r"\*\*\* ?START OF TH(?:E|IS) PROJECT GUTENBERG EBOOK(?:[^*]{0,400}?\*\*\*)?"
END = (
    r"\*\*\* ?END OF TH(?:E|IS) PROJECT GUTENBERG EBOOK"
    r"|End of (?:the )?Project Gutenberg(?:['’]s)? "
)
MARKER = re.compile(rf"^(?:(?P<start>{START})|{END})[^\n]*", re.MULTILINE | re.IGNORECASE)


class LicenceRemover:
    """Removes the licence of a text given in pieces, and counts its lines.

    Removes everything up to and including the START line, and everything from the END line on, or
    from the line "End of the Project Gutenberg EBook of ..." just above it. The text in between,
    including blank lines, is unchanged. If a file has several books, each licence is removed. A
    START line in a book that has begun, or far from the beginning, in a later piece, is removed
    without the text before it.

    Attributes:
        before: Lines removed before the text.
        after: Lines removed after it.

    "Title\\n*** START OF THE PROJECT GUTENBERG EBOOK X ***\\nCall me.\\n" becomes "\\nCall me.\\n"
    with 2 lines before; "Call me.\\n*** END OF THIS PROJECT GUTENBERG EBOOK X ***\\nDonate!\\n"
    becomes "Call me.\\n" with 2 lines after.
    """

    def __init__(self) -> None:
        self.before = 0
        self.after = 0

    def pieces(self, text: Iterable[str]) -> Iterator[str]:
        """Yield the rest of each piece; pieces must consist of whole lines."""
        keeping, in_book = True, False
        for piece in text:
            position = 0
            for marker in MARKER.finditer(piece):
                between = piece[position : marker.start()]
                if marker["start"]:
                    if keeping and in_book:
                        yield between
                    else:
                        self.before += _lines(between)
                    self.before += _lines(marker[0])
                    position = marker.end()
                    keeping = in_book = True
                elif keeping:
                    yield between
                    position = marker.start()
                    keeping = False
            in_book = True
            if keeping:
                yield piece[position:]
            else:
                self.after += _lines(piece[position:])

    def note(self) -> str:
        """Return what was removed, in words, or an empty string."""
        if not self.before and not self.after:
            return ""
        return (
            f"left out Project Gutenberg's licence: {counted(self.before, 'line')} before the "
            f"text, {counted(self.after, 'line')} after it"
        )


def _lines(text: str) -> int:
    return text.count("\n") + (text != "" and not text.endswith("\n"))

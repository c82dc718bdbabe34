"""Project Gutenberg's licence, which stands around the text of its books."""

import re
from collections.abc import Iterable, Iterator

START = r"\*\*\* ?START OF TH(?:E|IS) PROJECT GUTENBERG EBOOK(?:[^*]{0,400}?\*\*\*)?"
END = (
    r"\*\*\* ?END OF TH(?:E|IS) PROJECT GUTENBERG EBOOK"
    r"|End of (?:the )?Project Gutenberg(?:['’]s)? "
)
MARKER = re.compile(rf"^(?:(?P<start>{START})|{END})[^\n]*", re.MULTILINE | re.IGNORECASE)


class LicenceRemover:
    """Leaves out the licence of a text that comes in pieces, and counts its lines.

    Left out is everything from the beginning up to and including the START line, and everything
    from the END line on, or from the line "End of the Project Gutenberg EBook of ..." just above
    it. What stands between the two stays as it is, blank lines included. Of several books in one
    file, each loses its own. A START line far behind the beginning, in a later piece, has no
    licence before it and goes alone.

    Attributes:
        before: Lines left out before the text.
        after: Lines left out behind it.

    "Title\\n*** START OF THE PROJECT GUTENBERG EBOOK X ***\\nCall me.\\n" becomes "\\nCall me.\\n"
    with 2 lines before; "Call me.\\n*** END OF THIS PROJECT GUTENBERG EBOOK X ***\\nDonate!\\n"
    becomes "Call me.\\n" with 2 lines after.
    """

    def __init__(self) -> None:
        self.before = 0
        self.after = 0

    def pieces(self, text: Iterable[str]) -> Iterator[str]:
        """Yield what is left of each piece; a piece holds whole lines."""
        keeping = True
        for piece in text:
            position = 0
            for marker in MARKER.finditer(piece):
                between = piece[position : marker.start()]
                if marker["start"]:
                    self.before += _lines(between) + _lines(marker[0])
                    position = marker.end()
                    keeping = True
                elif keeping:
                    yield between
                    position = marker.start()
                    keeping = False
            if keeping:
                yield piece[position:]
            else:
                self.after += _lines(piece[position:])

    def note(self) -> str:
        """Return what was left out, in words, or nothing."""
        if not self.before and not self.after:
            return ""
        return (
            f"left out Project Gutenberg's licence: {self.before} lines before the text, "
            f"{self.after} lines after it"
        )


def _lines(text: str) -> int:
    return text.count("\n") + (text != "" and not text.endswith("\n"))

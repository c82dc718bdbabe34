"""What a browser would make of the page."""

from html.parser import HTMLParser

Attributes = dict[str, str]

VOID = {"meta", "link", "img", "input", "br"}


class Page(HTMLParser):
    """Collects elements, their attributes and their text, and checks that they nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, Attributes]] = []
        self.open: list[tuple[str, int]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self.texts.append("")
        if tag not in VOID:
            self.open.append((tag, len(self.elements) - 1))

    def handle_endtag(self, tag: str) -> None:
        expected, _ = self.open.pop()
        assert tag == expected, f"</{tag}> closes <{expected}>"

    def handle_data(self, data: str) -> None:
        for _, number in self.open:
            self.texts[number] += data

    def all(self, tag: str, **attributes: str) -> list[tuple[Attributes, str]]:
        """Return attributes and text of each element that has these attributes."""
        return [
            (found, " ".join(text.split()))
            for (name, found), text in zip(self.elements, self.texts, strict=True)
            if name == tag and attributes.items() <= found.items()
        ]

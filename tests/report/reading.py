"""What a browser would make of the page."""

from html.parser import HTMLParser

VOID = {"meta", "link", "img", "input", "br"}


class Page(HTMLParser):
    """Collects elements, their attributes and their text, and checks that they nest."""

    def __init__(self, text):
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[tuple[str, int]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.texts.append("")
        if tag not in VOID:
            self.open.append((tag, len(self.elements) - 1))

    def handle_endtag(self, tag):
        expected, _ = self.open.pop()
        assert tag == expected, f"</{tag}> closes <{expected}>"

    def handle_data(self, data):
        for _, number in self.open:
            self.texts[number] += data

    def all(self, tag, **attributes):
        """Return attributes and text of each element that has these attributes."""
        return [
            (found, " ".join(text.split()))
            for (name, found), text in zip(self.elements, self.texts, strict=True)
            if name == tag and attributes.items() <= found.items()
        ]

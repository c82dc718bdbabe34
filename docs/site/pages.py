"""The pages of the site, each from a file of the project, with links that lead to one another.

What lies outside docs/ is there too: README and its like as pages of their own, and whatever
else a page links to as a page that shows the file. On GitHub the same links lead to the files.
"""

import ast
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
ELSEWHERE = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "data/README.md": "data.md",
}
"""Pages that lie outside docs/, and their place on the site."""
LINK = re.compile(r'(?<=\]\()[^)\s]+(?=\))|(?<= src=")[^"]+(?=")')
COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)
HEAD = "---\nsearch:\n  exclude: true\n---\n# {name}\n\n"
LANGUAGES = {".py": "python", ".toml": "toml"}


@dataclass(frozen=True)
class Source:
    """A file or folder of the project that the site shows.

    Attributes:
        path: Where it lies, absolute.
    """

    path: Path

    @property
    def name(self) -> str:
        """Its path from the project's folder on."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def place(self) -> str:
        """Where it lies on the site."""
        if self.name in ELSEWHERE:
            return ELSEWHERE[self.name]
        if self.name.startswith("docs/"):
            return self.name.removeprefix("docs/")
        return f"source/{self.name}/index.md" if self.path.is_dir() else f"source/{self.name}.md"

    def to(self, other: "Source") -> str:
        """Return the link that leads from here to another page."""
        return posixpath.relpath(other.place, posixpath.dirname(self.place))

    def linked(self, link: str) -> "Source | None":
        """Return what a link in this file leads to, if it leads to something of the project."""
        path = Path(posixpath.normpath(self.path.parent / link))
        return Source(path) if link and path.is_relative_to(ROOT) and path.exists() else None

    def inside(self) -> "list[Source]":
        """Return the modules and packages in a folder."""
        if not self.path.is_dir():
            return []
        files = [path for path in self.path.glob("*.py") if path.stat().st_size]
        folders = {path.parent for path in self.path.glob("*/*.py")}
        return [Source(path) for path in sorted([*files, *folders])]


def pages() -> Iterator[tuple[str, str]]:
    """Yield the place and the text of each page."""
    documents = [Source(ROOT / name) for name in ELSEWHERE]
    documents += [Source(path) for path in sorted((ROOT / "docs").rglob("*.md"))]
    shown: dict[Source, None] = {}
    for document in documents:
        text = COMMENT.sub("", document.path.read_text(encoding="utf-8"))
        yield document.place, _with_links(document, text)
        shown |= dict.fromkeys(_shown_for(document, text))
    for source in shown:
        yield source.place, _folder(source) if source.path.is_dir() else _file(source)


def _with_links(document: Source, text: str) -> str:
    """Return the text with its links turned to where the site has what they lead to."""

    def on_site(link: re.Match[str]) -> str:
        target, mark, anchor = link[0].partition("#")
        source = document.linked(target)
        return document.to(source) + mark + anchor if source else link[0]

    return LINK.sub(on_site, text)


def _shown_for(document: Source, text: str) -> Iterator[Source]:
    """Yield the files and folders that a page links to and that are no pages themselves."""
    linked = [document.linked(link.partition("#")[0]) for link in LINK.findall(text)]
    waiting = [one for one in linked if one and one.place.startswith("source/")]
    while waiting:
        source = waiting.pop()
        yield source
        waiting += source.inside()


def _file(source: Source) -> str:
    language = LANGUAGES.get(source.path.suffix, "text")
    code = source.path.read_text(encoding="utf-8")
    return f"{HEAD.format(name=source.name)}````{language}\n{code}````\n"


def _folder(source: Source) -> str:
    lines = [
        f"- [`{one.path.name}`]({source.to(one)}): {_summary(one)}\n" for one in source.inside()
    ]
    return HEAD.format(name=source.name) + "".join(lines)


def _summary(source: Source) -> str:
    code = source.path / "__init__.py" if source.path.is_dir() else source.path
    words = ast.get_docstring(ast.parse(code.read_text(encoding="utf-8")))
    return (words or "").partition("\n")[0]

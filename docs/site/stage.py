"""Lay out in build/pages what the site is built from: `make site` runs this before MkDocs."""

import base64
import hashlib
import re
import shutil
from itertools import chain
from pathlib import Path

import diagrams
import notebooks
import pages

DOCS = pages.ROOT / "docs"
STAGE = pages.ROOT / "build" / "pages"
SHOWN_AS_THEY_ARE = ("images", "site")
PICTURE = re.compile(r"data:image/png;base64,([\w+/=\s]+)")


def main() -> None:
    """Write every page anew, and what pages show."""
    shutil.rmtree(STAGE, ignore_errors=True)
    for folder in SHOWN_AS_THEY_ARE:
        shutil.copytree(DOCS / folder, STAGE / folder, ignore=shutil.ignore_patterns("*.py", "__*"))
    for place, text in chain(pages.pages(), notebooks.pages()):
        path = STAGE / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(diagrams.drawn(_beside(path, text)), encoding="utf-8")


def _beside(page: Path, text: str) -> str:
    """Return the text of a page with each picture in it moved to a file beside the page."""

    def name(picture: re.Match[str]) -> str:
        content = base64.b64decode(picture[1])
        path = page.with_name(f"{page.stem}-{hashlib.sha256(content).hexdigest()[:12]}.png")
        path.write_bytes(content)
        return path.name

    return PICTURE.sub(name, text)


if __name__ == "__main__":
    main()

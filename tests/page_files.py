"""Reading picture files back."""

from pathlib import Path

from nnlab.datasets.pages.files import Page, read_pages


def read_all(source: Path | bytes, name: str | None = None) -> list[Page]:
    return list(read_pages(source, name))

"""What the pages of the documentation site are made of: links, drawings, outputs of cells."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest

SITE = Path(__file__).parents[1] / "docs" / "site"


@pytest.fixture(autouse=True)
def _on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(SITE)


def staged() -> dict[str, str]:
    import pages

    return dict(pages.pages())


def test_readme_is_the_home_page_and_its_links_lead_to_pages_of_the_site() -> None:
    home = staged()["index.md"]
    assert "](tutorial.md)" in home
    assert "](data.md)" in home
    assert 'src="images/' in home
    assert "](docs/" not in home


def test_code_that_a_page_links_to_is_shown_on_a_page_of_its_own() -> None:
    site = staged()
    assert "](source/nnlab/errors.py.md)" in site["design.md"]
    assert "class NnlabError" in site["source/nnlab/errors.py.md"]
    assert "`layers.py`" in site["source/nnlab/inference/index.md"]
    assert "source/nnlab/inference/layers.py.md" in site


def test_a_graph_is_drawn_with_each_box_above_those_its_arrows_lead_to() -> None:
    import diagrams

    page = "```mermaid\ngraph TD\n    a --> b\n    b --> c\n    a --> c\n```\n"
    svg = diagrams.drawn(page)
    heights = {name: int(y) for y, name in re.findall(r'<text x="\d+" y="(\d+)">(\w+)</text>', svg)}
    assert heights["a"] < heights["b"] < heights["c"]
    assert svg.count("marker-end") == 3
    assert "mermaid" not in svg


def test_a_notebook_that_leaves_a_warning_fails_and_a_bar_that_wiped_itself_out_does_not() -> None:
    import notebooks

    bar = SimpleNamespace(output_type="stream", name="stderr", text="\r 50%\r100%\r     \r")
    assert notebooks._output(bar) == ""
    warning = SimpleNamespace(output_type="stream", name="stderr", text="UserWarning: ...")
    with pytest.raises(ValueError, match="UserWarning"):
        notebooks._output(warning)

"""The page is complete, made of the folders' files, and loads nothing."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest

from nnlab.errors import DataError, OutputExistsError, UsageError
from nnlab.experiments.contract import Table
from nnlab.report.page import in_script, write_page
from nnlab.report.sections import Section, Verdict
from tests.report.folders import classify_group, classify_run, denoise_run, edit_json, embed_run
from tests.report.reading import Page


class Written(Protocol):
    """Writes a page of run folders with options of `write_page`, and returns its text."""

    def __call__(self, *folders: Path, **options: Any) -> str: ...


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Return a function that writes a page of folders and reads it back."""

    def write(*folders: Path, **options: Any) -> str:
        target = tmp_path / "out" / "page.html"
        target.parent.mkdir(exist_ok=True)
        write_page(folders, target, replace=True, **options)
        return target.read_text()

    return write


def all_kinds(tmp_path: Path) -> Iterator[Path]:
    yield embed_run(tmp_path / "letters")
    yield classify_run(tmp_path / "digits", figures=("learning-curves", "network", "confusion"))
    yield denoise_run(tmp_path / "pages")
    yield classify_group(tmp_path / "several")


def test_the_page_loads_nothing_from_anywhere(tmp_path: Path, written: Written) -> None:
    text = written(*all_kinds(tmp_path))
    assert "http://" not in text
    assert "https://" not in text
    page = Page(text)
    for tag, attributes in page.elements:
        for name in ("src", "href", "srcset", "action", "data", "poster", "style"):
            value = attributes.get(name)
            assert value is None or (tag, name) != ("script", "src")
            assert value is None or value.startswith(("#", "data:")), (tag, name, value[:50])
    assert not re.search(r"@import|url\(|fetch\(|XMLHttpRequest|innerHTML", text)
    assert len(text) < 300_000


def test_the_policy_allows_exactly_the_style_and_the_scripts_of_the_page(
    tmp_path: Path, written: Written
) -> None:
    text = written(embed_run(tmp_path / "a"))
    ((policy, _),) = Page(text).all("meta", **{"http-equiv": "Content-Security-Policy"})
    code = re.findall(r"<(style|script)>(.*?)</\1>", text, re.DOTALL)
    assert [kind for kind, _ in code] == ["style", "script", "script"]
    for _, source in code:
        digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy["content"]
    assert policy["content"].startswith("default-src 'none'; img-src data:;")
    assert "unsafe" not in policy["content"]


def test_every_part_can_be_reached_and_every_image_is_described(
    tmp_path: Path, written: Written
) -> None:
    page = Page(written(*all_kinds(tmp_path), title="A title"))
    anchors = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
    links = [attributes["href"] for attributes, _ in page.all("a")]
    assert links[0] == "#content"
    assert {link[1:] for link in links} <= anchors
    assert {"overview", "run-1", "run-2", "run-3", "run-4"} <= {link[1:] for link in links}
    assert len(anchors) == sum("id" in attributes for _, attributes in page.elements)
    assert all(attributes["alt"].strip() for attributes, _ in page.all("img"))
    assert [text for _, text in page.all("h1")] == ["A title"]
    for tag in ("header", "nav", "main", "footer"):
        assert len(page.all(tag)) == 1
    assert page.all("html", lang="en")


def test_scores_stand_beside_baselines_in_text(tmp_path: Path, written: Written) -> None:
    page = Page(written(classify_run(tmp_path / "digits")))
    (table,) = page.all("table", **{"aria-label": "Accuracy on 1,000 test images of mnist"})
    assert "this network 98.20 % 97.00 to 99.00 %" in table[1]
    assert "logistic regression 92.50 %" in table[1]


def test_a_group_has_means_with_intervals_and_the_figures_of_one_run(
    tmp_path: Path, written: Written
) -> None:
    text = written(classify_group(tmp_path / "several", (0.97, 0.98, 0.99)))
    title = "Scores on the test set, mean and 95 % interval over 3 runs"
    ((_, table),) = Page(text).all("table", **{"aria-label": title})
    assert "0.9800 (0.9552 to 1.0000)" in table
    assert "chance 0.1000" in table
    pictures = [attributes["alt"] for attributes, _ in Page(text).all("img")]
    assert any("several, seed-1" in alt for alt in pictures)
    assert not any("seed-2" in alt for alt in pictures)


def test_a_group_of_one_run_is_shown_as_that_run(tmp_path: Path, written: Written) -> None:
    page = Page(written(classify_group(tmp_path / "one", (0.98,))))
    assert page.all("table", **{"aria-label": "Accuracy on 1,000 test images of mnist"})
    ((_, text),) = page.all("main")
    assert "interval over" not in text
    pictures = [attributes["alt"] for attributes, _ in page.all("img")]
    assert not any("each kind of run" in alt for alt in pictures)


def test_one_run_of_a_group_is_shown_with_what_its_training_printed(
    tmp_path: Path, written: Written
) -> None:
    page = Page(written(classify_group(tmp_path / "several", (0.97, 0.98, 0.99))))
    ((_, own),) = page.all("table", **{"aria-label": "Accuracy on 1,000 test images of mnist"})
    assert "this network 97.00 %" in own


def test_an_embedded_sample_is_reported(tmp_path: Path, written: Written) -> None:
    real = written(embed_run(tmp_path / "a"))
    source = {"name": "letters", "sha256": "0" * 64, "sample": True, "files": []}
    sample = written(embed_run(tmp_path / "b", dataset=source))
    assert "scores cannot be compared" not in real
    assert "scores cannot be compared" in sample


def test_sections_of_the_caller_stand_at_the_top_with_their_verdicts(
    tmp_path: Path, written: Written
) -> None:
    table = Table("Claims", ("claim", "measured"), [("1", "0.9"), ("2", "0.8"), ("3", "<b>")])
    verdicts = [Verdict("yes", True), Verdict("no", False), Verdict("cannot tell", note="<i>")]
    sections = [Section("Reproduced", "What was claimed.", table, verdicts)]
    text = written(embed_run(tmp_path / "a"), sections=sections)
    page = Page(text)
    assert page.all("a", href="#section-1")[0][1] == "Reproduced"
    assert [text for _, text in page.all("h2")][:2] == ["Reproduced", "Overview"]
    marks = [(a["class"], text) for a, text in page.all("span") if "verdict" in a.get("class", "")]
    assert marks == [
        ("verdict holds", "yes"),
        ("verdict fails", "no"),
        ("verdict open", "cannot tell"),
    ]
    assert [text for _, text in page.all("th") if text.startswith("3")] == ["3<i>"]
    assert not page.all("b")
    assert not page.all("i")


def test_a_table_without_headings_has_no_head(tmp_path: Path, written: Written) -> None:
    sections = [Section("Text", "", Table("A sample", ("",), [("once",), ("upon",)]))]
    ((_, text),) = Page(written(embed_run(tmp_path / "a"), sections=sections)).all(
        "table", **{"aria-label": "A sample", "class": "prose"}
    )
    assert text == "once upon"


def test_a_verdict_is_needed_for_each_row() -> None:
    with pytest.raises(ValueError, match="2 verdicts for 1 rows"):
        Section("A", "", Table("", ("x",), [("1",)]), [Verdict("yes"), Verdict("no")])


def test_unfinished_runs_are_reported_and_left_out(tmp_path: Path, written: Written) -> None:
    (embed_run(tmp_path / "early") / "metrics.json").unlink()
    (classify_group(tmp_path / "begun") / "summary.json").unlink()
    warnings: list[str] = []
    text = written(
        embed_run(tmp_path / "done"),
        tmp_path / "early",
        tmp_path / "begun",
        classify_group(tmp_path / "grown", unfinished=1),
        warn=warnings.append,
    )
    assert len(warnings) == 3
    assert "early, which is not finished" in warnings[0]
    assert "begun, which is not finished" in warnings[1]
    assert "without seed-3" in warnings[2]
    assert "early" not in text
    assert "without seed-3" in text
    with pytest.raises(DataError, match="no run is finished"):
        written(tmp_path / "early")


def test_an_older_run_has_points_without_images(tmp_path: Path, written: Written) -> None:
    page = Page(written(embed_run(tmp_path / "old", thumbnails=0)))
    ((_, text),) = page.all("script", type="application/json")
    data = json.loads(text)
    assert data["count"] == 0
    assert len(data["points"]) == 12
    assert not page.all("img", **{"class": "sprite"})


def test_a_page_is_not_overwritten_unasked(tmp_path: Path) -> None:
    run, target = embed_run(tmp_path / "a"), tmp_path / "page.html"
    target.write_text("mine")
    with pytest.raises(OutputExistsError, match="--force"):
        write_page([run], target)
    edit_json(run / "metrics.json", lambda metrics: metrics.pop("details"))
    with pytest.raises(DataError):
        write_page([run], target, replace=True)
    assert target.read_text() == "mine"
    with pytest.raises(UsageError, match="named twice"):
        write_page([run, run], tmp_path / "other.html")
    with pytest.raises(UsageError, match=r"\.html"):
        write_page([run], tmp_path / "page.pdf")


def test_data_for_scripts_end_no_script_and_are_read_back() -> None:
    data = {"a": "</script><!-- <script> & \u2028 \ud800"}
    text = in_script(data)
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == data
    with pytest.raises(ValueError, match="JSON"):
        in_script(float("nan"))

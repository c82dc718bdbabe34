"""A run folder is anyone's: nothing in it becomes an element, nothing damaged a traceback."""

import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from nnlab.errors import NnlabError
from nnlab.report.page import write_page
from nnlab.runs.folder import RunFolder
from tests.annotations import Record
from tests.report.folders import (
    SOURCE,
    Change,
    classify_group,
    classify_run,
    denoise_run,
    edit_json,
    embed_run,
)
from tests.report.reading import Page

Damage = Callable[[Path], object]
"""Damages a file of a run folder."""

EVIL = """</script><script>evil()</script>"'><img src=x onerror=evil()>\u2028\u202e<!--"""


def structure(target: Path) -> list[tuple[str, list[str]]]:
    """Return elements with the names of their attributes."""
    page = Page(target.read_text())
    return [(tag, sorted(attributes)) for tag, attributes in page.elements]


def make_all(folder: Path, evil: str) -> list[Path]:
    """Write runs of all kinds with `evil` wherever a user's words reach the page."""
    file_name = evil.replace("/", "-")
    names = (evil, evil + "1", evil + "2")
    source = {"name": evil, "sha256": evil, "sample": False, "files": [evil]}
    more: Record = {"dataset": source, "config": {evil: evil}, "baselines": {evil: {"nn_1": 0.1}}}
    runs = [
        embed_run(folder / f"embed{file_name}", names, figures=(file_name,), **more),
        classify_run(folder / "classify", names, dataset=source),
        denoise_run(folder / "denoise", evil, config={"note": evil}),
        classify_group(folder / "group"),
    ]
    edit_json(runs[1] / "metrics.json", lambda m: m["training"].update(diverged=divergence(evil)))
    edit_json(runs[3] / "summary.json", lambda s: s["baselines"].update({evil: {"accuracy": 0.1}}))
    return runs


def divergence(what: str) -> Record:
    return {"epoch": 1, "what": what}


def test_what_a_folder_says_stays_text(tmp_path: Path) -> None:
    pages = []
    for name, words in (("harmless", "harmless"), ("evil", EVIL)):
        target = tmp_path / f"{name}.html"
        write_page(make_all(tmp_path / name, words), target, title=words)
        pages.append(structure(target))
    harmless, evil = pages
    assert evil == harmless
    text = (tmp_path / "evil.html").read_text()
    assert "evil()" in text  # it did reach the page
    assert not {"\u2028", "\u202e"} & set(text)
    data = [json.loads(one) for _, one in Page(text).all("script", type="application/json")]
    assert any(EVIL in one.get("names", ()) for one in data)


def test_names_that_are_no_unicode_can_be_shown(tmp_path: Path) -> None:
    run = embed_run(tmp_path / "a", config={"letters": "\ud800"})
    write_page([run], tmp_path / "page.html")
    assert "\\ud800" in (tmp_path / "page.html").read_text(encoding="utf-8")


def overwrite(file_name: str, content: bytes) -> Damage:
    return lambda folder: (folder / file_name).write_bytes(content)


def change(file_name: str, act: Change) -> Damage:
    return lambda folder: edit_json(folder / file_name, act)


def evidence(**arrays: np.ndarray) -> Damage:
    def act(folder: Path) -> None:
        run = RunFolder(folder)
        run.write_evidence({**run.read_evidence(), **arrays})

    return act


def cut_evidence(folder: Path) -> None:
    content = (folder / "evidence.npz").read_bytes()
    (folder / "evidence.npz").write_bytes(content[: len(content) // 2])


@pytest.mark.parametrize(
    ("damage", "file_name"),
    [
        (overwrite("config.json", b"[]"), "config.json"),
        (change("config.json", lambda c: c["config"].update(units=[1])), "config.json"),
        (change("config.json", lambda c: c["dataset"].update(name=[1])), "config.json"),
        (overwrite("metrics.json", b"{"), "metrics.json"),
        (overwrite("metrics.json", b"[" * 100_000), "metrics.json"),
        (overwrite("metrics.json", b"[1]"), "metrics.json"),
        (overwrite("metrics.json", b"\xff"), "metrics.json"),
        (change("metrics.json", lambda m: m.update(dataset=1)), "metrics.json"),
        (change("metrics.json", lambda m: m.update(experiment="x")), "metrics.json"),
        (change("metrics.json", lambda m: m.update(details=3)), "metrics.json"),
        (change("metrics.json", lambda m: m.update(baselines={"x": 3})), "metrics.json"),
        (change("metrics.json", lambda m: m["details"].pop("test_images")), "metrics.json"),
        (change("metrics.json", lambda m: m["scores"].update(accuracy=10**400)), "metrics.json"),
        (change("metrics.json", lambda m: m["scores"].update(accuracy=math.nan)), "metrics.json"),
        (change("metrics.json", lambda m: m["training"].update(seconds=math.inf)), "metrics.json"),
        (overwrite("history.csv", b"epoch\nx\n"), "history.csv"),
        (overwrite("evidence.npz", b"PK"), "evidence.npz"),
        (cut_evidence, "evidence.npz"),
        (lambda folder: (folder / "evidence.npz").unlink(), "evidence.npz"),
        (evidence(misclassified_labels=np.array([9] * 6)), "evidence.npz"),
        (evidence(misclassified_labels=np.array([0])), "evidence.npz"),
        (evidence(misclassified_images=np.zeros(6)), "evidence.npz"),
        (evidence(misclassified_probabilities=np.full(6, np.nan)), "evidence.npz"),
        (overwrite("figures/learning-curves.png", b"\x89PNG\r\n"), "learning-curves.png"),
        (overwrite("figures/learning-curves.png", b"<svg onload=evil()>"), "learning-curves.png"),
    ],
)
def test_damaged_files_are_named(tmp_path: Path, damage: Damage, file_name: str) -> None:
    run = classify_run(tmp_path / "run")
    damage(run)
    with pytest.raises(NnlabError) as error:
        write_page([run], tmp_path / "page.html")
    assert file_name in str(error.value)
    assert not (tmp_path / "page.html").exists()


@pytest.mark.parametrize(
    "arrays",
    [
        {"points": np.zeros((12, 3), np.float32)},
        {"points": np.zeros((2, 2), np.float32)},
        {"labels": np.zeros(12)},
        {"thumbnails": np.zeros((99, 4, 4), np.uint8)},
        {"thumbnails": np.zeros((3, 4, 4))},
    ],
)
def test_evidence_of_a_plane_is_checked(tmp_path: Path, arrays: dict[str, np.ndarray]) -> None:
    run = embed_run(tmp_path / "run")
    evidence(**arrays)(run)
    with pytest.raises(NnlabError, match=r"evidence\.npz"):
        write_page([run], tmp_path / "page.html")


def test_points_that_are_no_numbers_and_large_images_are_left_out(tmp_path: Path) -> None:
    run = embed_run(tmp_path / "run")
    points = RunFolder(run).read_evidence()["points"]
    points[0] = np.nan
    evidence(points=points, thumbnails=np.zeros((2, 2000, 2000), np.uint8))(run)
    write_page([run], tmp_path / "page.html")
    ((_, text),) = Page((tmp_path / "page.html").read_text()).all("script", type="application/json")
    assert len(json.loads(text)["points"]) == 11
    assert json.loads(text)["count"] == 0


def test_evidence_that_would_fill_the_memory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nnlab.runs.folder.MOST_EVIDENCE", 500)
    run = classify_run(tmp_path / "run")
    with pytest.raises(NnlabError, match="unpacks to"):
        write_page([run], tmp_path / "page.html")


@pytest.mark.parametrize(
    "act",
    [
        lambda s: s.pop("scores"),
        lambda s: s["scores"].update(accuracy=1),
        lambda s: s.update(details={}),
        lambda s: s.update(dataset={**SOURCE, "files": None}),
    ],
)
def test_a_damaged_summary_is_named(tmp_path: Path, act: Change) -> None:
    group = classify_group(tmp_path / "group")
    edit_json(group / "summary.json", act)
    with pytest.raises(NnlabError, match=r"summary\.json"):
        write_page([group], tmp_path / "page.html")

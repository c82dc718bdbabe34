import os
from pathlib import Path

import pytest
from PIL import Image

from nnlab.errors import NnlabError, UsageError
from nnlab.experiments.denoise.jobs import Job, plan


@pytest.fixture(autouse=True)
def scans() -> None:
    """Lay out a.png and scans/{b.png, c.tif, c.clean.png, notes.txt}."""
    folder = Path("scans")
    folder.mkdir()
    for name in ("a.png", "scans/b.png", "scans/c.tif", "scans/c.clean.png"):
        Image.new("L", (3, 2)).save(name)
    (folder / "notes.txt").write_text("no picture")


def targets(*inputs: str, output: str | None = None, force: bool = False) -> list[str]:
    return [
        str(job) if isinstance(job, NnlabError) else str(job.target)
        for job in plan(inputs, output, force)
    ]


def test_a_result_stands_beside_its_page() -> None:
    assert targets("a.png") == ["a.clean.png"]


def test_results_in_a_folder_are_not_cleaned_again() -> None:
    assert targets("scans") == ["scans/b.clean.png", "scans/c.clean.tif"]


@pytest.mark.parametrize("output", ["new", "new/", "scans"])
def test_several_go_to_a_folder_under_their_names(output: str) -> None:
    Path("d.png").write_bytes(b"")
    assert targets("a.png", "d.png", output=output) == [
        f"{output.rstrip('/')}/a.png",
        f"{output.rstrip('/')}/d.png",
    ]


def test_a_folder_goes_to_a_folder() -> None:
    assert targets("scans", output="out") == ["out/b.png", "out/c.clean.png", "out/c.tif"]


def test_one_goes_to_a_file_or_into_a_folder_that_exists_or_ends_as_one() -> None:
    assert targets("a.png", output="b.jpg") == ["b.jpg"]
    assert targets("a.png", output="scans") == ["scans/a.png"]
    assert targets("a.png", output="new/") == ["new/a.png"]


def test_black_and_white_goes_to_a_format_that_has_it() -> None:
    Image.new("L", (3, 2)).save("d.jpg")

    def named(*inputs: str, output: str | None = None) -> list[str]:
        jobs = plan(inputs, output, force=False, binarize=True)
        return [str(job.target) for job in jobs if isinstance(job, Job)]

    assert named("a.png", "d.jpg", "scans/c.tif") == [
        "a.clean.png",
        "d.clean.png",
        "scans/c.clean.tif",
    ]
    assert named("a.png", "d.jpg", output="out") == ["out/a.png", "out/d.png"]
    assert named("d.jpg", output="mine.tif") == ["mine.tif"]
    Image.new("L", (3, 2)).save("e.jfif", "JPEG")
    assert named("e.jfif") == ["e.clean.png"]


def test_stdin_and_stdout() -> None:
    assert plan(["-"], "-", force=False) == [Job(None, None)]
    assert targets("-", output="x.png") == ["x.png"]
    assert targets("-", "a.png", output="new") == ["new/stdin.png", "new/a.png"]


@pytest.mark.parametrize(
    ("inputs", "output", "message"),
    [
        (["-"], None, "-o -"),
        (["a.png"], "", "--output is empty"),
        (["-", "-"], "out", "only once"),
        (["scans"], "-", "only one image"),
        (["a.png", "scans/b.png"], "-", "only one image"),
        (["a.png", "scans/b.png"], "scans/notes.txt", "name a folder"),
        (["a.png", "scans/b.png"], "both.PDF", "both.PDF names one file; for several images, name"),
    ],
)
def test_what_does_not_fit_together_is_refused(
    inputs: list[str], output: str | None, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        plan(inputs, output, force=True)


def test_a_name_that_is_too_long_is_named_in_short() -> None:
    (error,) = plan(["x" * 300 + ".png"], None, force=False)
    assert isinstance(error, NnlabError)
    assert "too long" in str(error)
    assert len(str(error)) < 300


def test_nothing_that_exists_is_replaced_without_force() -> None:
    Path("a.clean.png").write_bytes(b"precious")
    assert "--force" in targets("a.png")[0]
    assert targets("a.png", force=True) == ["a.clean.png"]


def test_links_and_devices_are_not_replaced() -> None:
    Path("a.clean.png").symlink_to("nowhere.png")
    assert "--force" in targets("a.png")[0]
    assert "not a regular file" in targets("a.png", output=os.devnull, force=True)[0]


def test_no_page_is_ever_replaced_not_even_by_another_name() -> None:
    Path("link.png").symlink_to("a.png")
    for inputs, output in [
        (["a.png"], "a.png"),
        (["a.png"], "link.png"),
        (["a.png"], "scans/../a.png"),
        (["a.png"], "."),
        (["scans"], "scans"),
    ]:
        assert all("is not replaced" in one for one in targets(*inputs, output=output, force=True))


def test_two_pages_never_go_to_one_file() -> None:
    Image.new("L", (3, 2)).save("b.png")
    first, second = targets("b.png", "scans/b.png", output="out", force=True)
    assert first == "out/b.png"
    assert "another page" in second


def test_a_missing_folder_or_file_stops_only_its_own_page() -> None:
    assert "does not exist" in targets("a.png", output="nowhere/a.png")[0]
    assert targets("a.png", "", output="out")[0] == "out/a.png"


@pytest.mark.parametrize(
    ("source", "target", "kind"),
    [
        ("a.png", "b.jpg", "jpg"),
        ("a.png", "b.XYZ", "xyz"),
        ("a", "a.clean", "png"),
        ("a.scan", "a.clean.scan", "png"),
        ("a.PNG", "b", "png"),
    ],
)
def test_the_format_is_the_targets_else_the_pages_own(source: str, target: str, kind: str) -> None:
    assert Job(Path(source), Path(target)).kind("png") == kind
    assert Job(None, None).kind("tif") == "tif"

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from nnlab.datasets.pages.files import Page
from nnlab.datasets.samples.stained_pages import synthetic_page
from nnlab.errors import DataError, NnlabError, UsageError
from nnlab.experiments.denoise.writing import FORMATS, write_pages
from tests.page_files import read_all

GREY = synthetic_page(3, (60, 80))[0]
INK = synthetic_page(1, (90, 120))[1]
COLOUR = np.dstack([INK, INK, 127 + INK // 2])


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_kind_of_page_goes_into_every_format(suffix: str) -> None:
    deep = GREY.astype(np.uint16) * 257
    for page in (Page(GREY), Page(COLOUR), Page(deep), Page(INK > 127), Page(INK, 255 - INK)):
        stream = io.BytesIO()
        write_pages([page], stream, suffix)
        (back,) = read_all(stream.getvalue())
        assert back.grey.shape == page.grey.shape
        if suffix != "pbm":
            assert np.abs(back.grey - page.grey).mean() < 3


def test_a_png_holds_no_several_pages(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"x\.png: a png file cannot hold 2 pages"):
        write_pages([Page(GREY)] * 2, tmp_path / "x.png")


def test_the_format_must_be_known(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"unknown format '.xyz'; expected one of png"):
        write_pages([Page(GREY)], tmp_path / "a.xyz")
    with pytest.raises(UsageError, match="the output: unknown format"):
        write_pages([Page(GREY)], io.BytesIO())


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(NnlabError, match="cannot write"):
        write_pages([Page(GREY)], tmp_path / "nowhere" / "a.png")
    with pytest.raises(DataError, match="as webp"):
        write_pages([Page(np.zeros((1, 20_000), np.uint8))], tmp_path / "a.webp")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", ["png", "tif", "pdf"])
def test_a_fault_in_making_a_page_is_not_told_as_one_of_the_format(suffix: str) -> None:
    def pages() -> Iterator[Page]:
        yield Page(GREY)
        raise ValueError("a fault of ours")

    with pytest.raises(ValueError, match="a fault of ours"):
        write_pages(pages(), io.BytesIO(), suffix)


def test_16_bits_become_8_where_the_format_has_no_more(tmp_path: Path) -> None:
    write_pages([Page(GREY.astype(np.uint16) * 257)], tmp_path / "x.bmp")
    assert np.array_equal(read_all(tmp_path / "x.bmp")[0].pixels, GREY)


def test_transparency_is_laid_on_white_where_the_format_has_none(tmp_path: Path) -> None:
    write_pages([Page(np.zeros_like(INK), 255 - INK)], tmp_path / "x.bmp")
    assert np.array_equal(read_all(tmp_path / "x.bmp")[0].pixels, INK)


@pytest.mark.parametrize("suffix", ["bmp", "png", "jpg", "tif"])
def test_no_resolution_is_stated_where_none_is_known(tmp_path: Path, suffix: str) -> None:
    write_pages([Page(np.full((4, 4), 200, np.uint8))], tmp_path / f"x.{suffix}")
    assert read_all(tmp_path / f"x.{suffix}")[0].dpi is None

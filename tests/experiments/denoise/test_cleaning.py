"""Files of several pages: bounded memory, and each file is written whole or not at all."""

import io
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nnlab.datasets.pages.files import Page, kind_and_count
from nnlab.errors import DataError, UsageError
from nnlab.experiments.denoise.cleaning import clean_pages, read_ahead
from nnlab.experiments.denoise.jobs import Job
from nnlab.experiments.denoise.writing import write_pages
from tests.inference.test_tiles import autoencoder
from tests.page_files import read_all

NETWORK = autoencoder()


def pages(count: int, side: int = 40) -> list[Page]:
    rng = np.random.default_rng(0)
    return [Page(rng.integers(0, 256, (side, side), np.uint8)) for _ in range(count)]


def test_each_page_is_cleaned_as_if_it_were_alone(tmp_path: Path) -> None:
    source, target = tmp_path / "in.tif", tmp_path / "out.tif"
    write_pages(pages(3), source)
    assert clean_pages(NETWORK, Job(source, target), target, 1.0) == 3
    for number, page in enumerate(pages(3)):
        write_pages([page], tmp_path / "one.png")
        alone = io.BytesIO()
        clean_pages(NETWORK, Job(tmp_path / "one.png", None), alone, 1.0)
        (expected,) = read_all(alone.getvalue())
        assert np.array_equal(read_all(target)[number].pixels, expected.pixels)


@pytest.mark.parametrize(("suffix", "strength"), [("png", 0.5), ("tif", 0.4), ("pbm", 0.5)])
def test_black_and_white_is_the_cleaned_page_cut_at_half_grey(
    tmp_path: Path, suffix: str, strength: float
) -> None:
    (page,) = pages(1)
    source = tmp_path / "in.png"
    write_pages([replace(page, dpi=(300, 300))], source)
    grey, cut = tmp_path / "grey.png", tmp_path / f"cut.{suffix}"
    clean_pages(NETWORK, Job(source, grey), grey, strength)
    clean_pages(NETWORK, Job(source, cut), cut, strength, binarize=True)
    (expected,), (made,) = read_all(grey), read_all(cut)
    assert made.pixels.dtype == np.bool_
    certain = abs(expected.pixels - 127.5) > 1  # grey is rounded before it is cut here
    assert 0.05 < made.pixels.mean() < 0.95
    np.testing.assert_array_equal(made.pixels[certain], (expected.pixels > 127)[certain])
    assert suffix == "pbm" or made.dpi == pytest.approx((300, 300), abs=1)


def test_black_and_white_in_a_stream_becomes_png(tmp_path: Path) -> None:
    source, stream = tmp_path / "in.jpg", io.BytesIO()
    write_pages(pages(1), source)
    clean_pages(NETWORK, Job(source, None), stream, 1.0, binarize=True)
    assert stream.getvalue().startswith(b"\x89PNG")


def test_a_format_without_single_bits_is_refused(tmp_path: Path) -> None:
    source, target = tmp_path / "in.png", tmp_path / "out.jpg"
    write_pages(pages(1), source)
    with pytest.raises(UsageError, match="jpg has no 1 bit per pixel"):
        clean_pages(NETWORK, Job(source, target), target, 1.0, binarize=True)
    assert not target.exists()


def test_memory_does_not_grow_with_the_number_of_pages(tmp_path: Path) -> None:
    source, target = tmp_path / "in.tif", tmp_path / "out.tif"
    side, peaks = 400, []
    for count in (3, 12):
        write_pages(pages(count, side), source)
        tracemalloc.start()
        clean_pages(NETWORK, Job(source, target), target, 1.0)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert (
        peaks[1] - peaks[0] < 2 * side**2
    )  # nine more pages, but less memory than two of them take


def test_a_damaged_page_leaves_no_file(tmp_path: Path) -> None:
    source, target = tmp_path / "in.tif", tmp_path / "out.tif"
    write_pages(pages(3), source)
    content = bytearray(source.read_bytes())
    _, count = kind_and_count(source, "in.tif")
    assert count == 3
    middle = len(content) // 2
    content[middle : middle + 400] = b"\0" * 400
    source.write_bytes(content)
    target.write_text("the old file")
    with pytest.raises(DataError, match=r"in\.tif: cannot read"):
        clean_pages(NETWORK, Job(source, target), target, 1.0)
    assert target.read_text() == "the old file"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.tif", "out.tif"]


def test_several_pages_are_refused_before_any_work_if_the_format_holds_one(tmp_path: Path) -> None:
    source, target = tmp_path / "in.tif", tmp_path / "out.png"
    write_pages(pages(2), source)
    with pytest.raises(UsageError, match="a png file cannot hold 2 pages"):
        clean_pages(NETWORK, Job(source, target), target, 1.0)


def test_reading_ahead_keeps_the_order_and_raises_errors_in_their_place() -> None:
    def items() -> Iterator[int]:
        yield from range(5)
        raise DataError("no more")

    came: list[int] = []
    with pytest.raises(DataError, match="no more"):
        came.extend(read_ahead(items()))
    assert came == list(range(5))
    assert list(read_ahead(iter(()))) == []

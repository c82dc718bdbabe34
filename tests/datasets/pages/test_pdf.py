"""Pages of PDF files: read at the resolution of the scan, written page after page."""

import io
import sys
from pathlib import Path

import numpy as np
import pytest

from nnlab.datasets.pages.files import Page, kind_and_count
from nnlab.datasets.pages.pdf import DPI
from nnlab.errors import DataError
from nnlab.experiments.denoise.writing import write_pages
from tests.page_files import read_all


def smooth(height: int, width: int, colours: int = 0) -> np.ndarray:
    """Return a page that JPEG hardly changes."""
    rows, columns = np.indices((height, width))
    grey = 128 + 100 * np.sin(rows / 9) * np.cos(columns / 7)
    if not colours:
        return grey.astype(np.uint8)
    return np.stack([grey * share for share in (1, 0.8, 0.6)], axis=-1).astype(np.uint8)


def test_scans_come_back_as_they_are_at_their_size_and_resolution(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    pages = [
        Page(smooth(90, 60), dpi=(150, 150)),
        Page(smooth(80, 120, colours=3), dpi=(300, 300)),
    ]
    write_pages(pages, path)
    assert kind_and_count(path, "scan.pdf") == ("pdf", 2)
    for page, found in zip(pages, read_all(path), strict=True):
        assert found.pixels.shape == page.pixels.shape
        assert found.dpi == pytest.approx(page.dpi, rel=0.01)
        assert abs(found.pixels.astype(int) - page.pixels).mean() < 3


def test_the_content_of_a_file_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    write_pages([Page(smooth(30, 40), dpi=(100, 100))], path)
    (page,) = read_all(path.read_bytes())
    assert page.pixels.shape == (30, 40)
    path.write_bytes(b"\n\n" + path.read_bytes())  # readers look for the signature further on
    (page,) = read_all(path)
    assert page.pixels.shape == (30, 40)


def test_black_and_white_is_kept_bit_by_bit(tmp_path: Path) -> None:
    path = tmp_path / "fax.pdf"
    bits = np.random.default_rng(1).random((48, 64)) < 0.5
    write_pages([Page(bits, dpi=(200, 200))], path)
    assert b"CCITTFaxDecode" in path.read_bytes()
    (page,) = read_all(path)
    np.testing.assert_array_equal(page.pixels, bits)


def test_a_page_that_is_no_scan_is_drawn_at_a_usual_resolution(tmp_path: Path) -> None:
    pypdfium2 = pytest.importorskip("pypdfium2")
    path = tmp_path / "empty.pdf"
    document = pypdfium2.PdfDocument.new()
    document.new_page(144, 72)  # points: 2 by 1 inches
    document.save(path)
    (page,) = read_all(path)
    assert page.pixels.shape == (DPI, 2 * DPI)
    assert page.pixels.min() == 255


def test_drawn_text_is_rendered(tmp_path: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(2, 1))
    figure.text(0.1, 0.4, "Tom Sawyer")
    figure.savefig(tmp_path / "text.pdf")
    (page,) = read_all(tmp_path / "text.pdf")
    assert page.pixels.shape == (DPI, 2 * DPI)
    assert 0.005 < (page.pixels < 128).mean() < 0.1


def test_a_scan_on_a_turned_page_is_turned(tmp_path: Path) -> None:
    pypdfium2 = pytest.importorskip("pypdfium2")
    path = tmp_path / "scan.pdf"
    write_pages([Page(smooth(90, 60), dpi=(DPI, DPI))], path)
    document = pypdfium2.PdfDocument(path)
    document[0].set_rotation(90)
    document.save(tmp_path / "turned.pdf")
    (page,) = read_all(tmp_path / "turned.pdf")
    assert page.pixels.shape == pytest.approx((60, 90), abs=1)


def test_what_fills_a_part_of_a_page_is_no_scan_of_it(tmp_path: Path) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(2, 2))
    axes = figure.add_axes((0.1, 0.1, 0.3, 0.3))
    axes.imshow(smooth(50, 50), cmap="gray")
    axes.set_axis_off()
    figure.savefig(tmp_path / "part.pdf")
    (page,) = read_all(tmp_path / "part.pdf")
    assert page.pixels.shape == (2 * DPI, 2 * DPI)


def dark(height: int, width: int) -> np.ndarray:
    """Return a page that is black in its upper half."""
    page = np.full((height, width), 255, np.uint8)
    page[: height // 2] = 0
    return page


def altered(tmp_path: Path, old: bytes, new: bytes) -> Page:
    """Return the page of a file of a black and white scan in which some bytes are replaced."""
    path = tmp_path / "scan.pdf"
    write_pages([Page(dark(100, 100) > 0, dpi=(100, 100))], path)
    content = path.read_bytes()
    assert old in content
    (page,) = read_all(content.replace(old, new))  # the table of objects is repaired by the reader
    return page


def test_a_cropped_page_stays_cropped(tmp_path: Path) -> None:
    page = altered(tmp_path, b"/Contents", b"/CropBox [0 0 36 36] /Contents")
    assert page.pixels.shape == pytest.approx((50, 50), abs=1)
    assert page.pixels.min() == 255  # the lower half, which is white


def test_a_stencil_is_no_negative(tmp_path: Path) -> None:
    page = altered(tmp_path, b"/ColorSpace /DeviceGray", b"/ImageMask true")
    upper, lower = page.grey[20, 50], page.grey[80, 50]
    assert upper < 20
    assert lower > 235


def test_a_stamp_over_a_scan_is_kept(tmp_path: Path) -> None:
    stamp = b"/Annots [<< /Type /Annot /Subtype /Square /Rect [5 5 60 30] /C [0 0 0] >>] /Contents"
    page = altered(tmp_path, b"/Contents", stamp)
    assert page.pixels.dtype == np.uint8  # drawn


def test_a_form_that_was_filled_in_is_kept() -> None:
    drawn = b"0 g 0 0 55 25 re f"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] >> >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] /Annots [4 0 R] >>",
        b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /F 4 /Rect [5 5 60 30]"
        b" /AP << /N 5 0 R >> >>",
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 55 25] /Length %d >>\nstream\n%b\nendstream"
        % (len(drawn), drawn),
    ]
    body = b"".join(b"%d 0 obj %b endobj\n" % numbered for numbered in enumerate(objects, 1))
    (page,) = read_all(b"%PDF-1.4\n" + body + b"trailer << /Root 1 0 R >>\n%%EOF\n")
    height, width = page.pixels.shape
    assert page.pixels[int(0.75 * height) : int(0.9 * height), width // 10 : width // 2].max() == 0
    assert page.pixels[: height // 2].min() == 255


def test_unequal_resolutions_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "fax.pdf"
    write_pages([Page(dark(98, 204) > 0, dpi=(204, 98))], path)
    (page,) = read_all(path)
    assert page.pixels.shape == (98, 204)
    assert page.dpi == pytest.approx((204, 98), rel=1e-3)


def test_files_grow_with_their_pages_and_not_faster(tmp_path: Path) -> None:
    sizes = []
    for count in (10, 40):
        stream = io.BytesIO()
        write_pages([Page(smooth(20, 20))] * count, stream, "pdf")
        sizes.append(len(stream.getvalue()))
    assert sizes[1] < 4.2 * sizes[0]


def test_reading_prints_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "scan.pdf"
    write_pages([Page(smooth(60, 60))] * 2, path)
    read_all(path)
    assert caplog.text == ""


@pytest.mark.parametrize("keep", [10, 400])
def test_a_damaged_file_is_refused(tmp_path: Path, keep: int) -> None:
    path = tmp_path / "scan.pdf"
    write_pages([Page(smooth(60, 60))], path)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(DataError, match=r"scan\.pdf: cannot be read as a PDF"):
        read_all(path)


def test_an_enormous_page_is_refused_before_it_is_drawn(tmp_path: Path) -> None:
    pypdfium2 = pytest.importorskip("pypdfium2")
    path = tmp_path / "poster.pdf"
    document = pypdfium2.PdfDocument.new()
    document.new_page(14_000, 14_000)
    document.save(path)
    with pytest.raises(DataError, match="at most 80,000,000"):
        kind_and_count(path, "poster.pdf")


def test_without_the_library_it_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "scan.pdf"
    write_pages([Page(smooth(20, 20))], path)
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    with pytest.raises(DataError, match=r"run pip install 'pypdfium2>="):
        read_all(path)

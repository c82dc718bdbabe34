from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin

from nnlab.datasets.images import picture_files as pictures
from nnlab.datasets.pages import files as page_files
from nnlab.datasets.pages.files import Page
from nnlab.datasets.samples.stained_pages import synthetic_page
from nnlab.errors import DataError
from nnlab.experiments.denoise.colour import cleaned
from nnlab.experiments.denoise.writing import write_pages
from tests.page_files import read_all

GREY = synthetic_page(3, (60, 80))[0]
INK = synthetic_page(1, (90, 120))[1]
LOSSLESS = ["png", "tif", "tiff", "bmp", "gif", "webp", "pgm", "ppm"]


def save(path: Path, image: Image.Image, **options: Any) -> Path:
    image.save(path, **options)
    return path


def identity(pages: Iterable[Page]) -> list[Page]:
    return [cleaned(page, page.grey) for page in pages]


def there_and_back(path: Path, target: Path) -> list[Page]:
    write_pages(identity(read_all(path)), target)
    return read_all(target)


def coloured(
    tint: tuple[int, int, int] = (255, 255, 255), ink: tuple[int, int, int] = (30, 40, 200)
) -> np.ndarray:
    """Return coloured ink on tinted paper: uint8 (90, 120, 3)."""
    share = INK[:, :, None] / 255
    printed: np.ndarray = share * np.array(tint) + (1 - share) * np.array(ink)
    return printed.round().astype(np.uint8)


@pytest.mark.parametrize("suffix", LOSSLESS)
def test_cleaning_nothing_leaves_a_grey_page_unchanged(tmp_path: Path, suffix: str) -> None:
    path = save(tmp_path / f"in.{suffix}", Image.fromarray(GREY), **lossless(suffix))
    (page,) = there_and_back(path, tmp_path / f"out.{suffix}")
    assert page.pixels.dtype == np.uint8
    assert np.array_equal(page.grey.round(), GREY)


def lossless(suffix: str) -> dict[str, bool]:
    return {"lossless": True} if suffix == "webp" else {}


@pytest.mark.parametrize("suffix", ["jpg", "jpeg"])
def test_cleaning_nothing_changes_a_jpeg_little(tmp_path: Path, suffix: str) -> None:
    soft = np.asarray(Image.fromarray(GREY).resize((160, 120), Image.Resampling.BICUBIC))
    path = save(tmp_path / f"in.{suffix}", Image.fromarray(soft), quality=95)
    (page,) = there_and_back(path, tmp_path / f"out.{suffix}")
    assert page.pixels.shape == soft.shape
    assert np.abs(page.grey - soft).mean() < 2


@pytest.mark.parametrize("suffix", ["png", "tif", "bmp", "webp", "ppm"])
def test_cleaning_nothing_leaves_colour_on_white_unchanged(tmp_path: Path, suffix: str) -> None:
    path = save(tmp_path / f"in.{suffix}", Image.fromarray(coloured()), **lossless(suffix))
    (page,) = there_and_back(path, tmp_path / f"out.{suffix}")
    assert np.abs(page.pixels.astype(int) - coloured()).max() <= 2


def test_the_tint_of_paper_is_removed_and_coloured_ink_kept() -> None:
    page = Page(coloured(tint=(240, 220, 170)))
    for darkness in (0.78, 1):
        grey = 255 - darkness * (255 - INK.astype(np.float32))
        back = cleaned(page, grey)
        assert (back.pixels[INK == 255] == 255).all()
        ink = back.pixels[INK < 40].mean(axis=0)
        assert ink[2] > ink[0] + 80
        assert np.abs(back.grey - grey).mean() < 2


def test_the_colour_of_a_stain_is_removed_with_it() -> None:
    stained = coloured(ink=(20, 20, 20))
    stained[20:70, 30:90] = stained[20:70, 30:90] * np.array([0.7, 0.5, 0.3])
    page = cleaned(Page(stained), INK)
    assert (page.pixels[INK == 255] == 255).all()
    ink = page.pixels[25:65, 35:85][INK[25:65, 35:85] < 128].astype(int)
    assert np.ptp(ink, axis=1).mean() < 15


def test_a_picture_without_paper_keeps_its_colours() -> None:
    photo = np.full((50, 70, 3), (40, 90, 180), np.uint8)
    photo[:, :10] = 255
    page = Page(photo)
    assert np.abs(cleaned(page, page.grey).pixels.astype(int) - photo).max() <= 1


@pytest.mark.parametrize("suffix", ["png", "gif", "tif"])
def test_palettes_are_read_as_colour_or_grey(tmp_path: Path, suffix: str) -> None:
    colour = save(tmp_path / f"c.{suffix}", Image.fromarray(coloured()).quantize(16))
    assert read_all(colour)[0].pixels.shape == (90, 120, 3)
    (page,) = there_and_back(colour, tmp_path / f"out.{suffix}")
    ink = page.pixels[INK < 40].mean(axis=0)
    assert ink[2] > ink[0] + 80
    grey = Image.fromarray(INK).convert("RGB").quantize(16)
    assert read_all(save(tmp_path / f"g.{suffix}", grey))[0].pixels.ndim == 2


@pytest.mark.parametrize("mode", ["CMYK", "YCbCr"])
def test_other_kinds_of_colour_are_read(tmp_path: Path, mode: str) -> None:
    image = Image.fromarray(coloured()).convert(mode)
    # compressed: YCbCr as it is, uncompressed, cannot be read by Pillow before 13
    path = save(tmp_path / "x.tif", image, compression="tiff_lzw")
    assert np.abs(read_all(path)[0].pixels.astype(int) - coloured()).max() <= 3


@pytest.mark.parametrize("suffix", ["png", "tif", "pgm"])
def test_16_bits_are_kept(tmp_path: Path, suffix: str) -> None:
    deep = GREY.astype(np.uint16) * 257 + np.arange(80, dtype=np.uint16) % 2
    path = save(tmp_path / f"in.{suffix}", Image.fromarray(deep))
    (page,) = there_and_back(path, tmp_path / f"out.{suffix}")
    assert page.pixels.dtype == np.uint16
    assert np.array_equal(page.pixels, deep)


@pytest.mark.parametrize("suffix", ["png", "tif", "bmp", "pbm", "gif"])
def test_one_bit_is_kept(tmp_path: Path, suffix: str) -> None:
    bits = Image.fromarray(INK > 127)
    path = save(tmp_path / f"in.{suffix}", bits)
    pages = read_all(path)
    softened = cleaned(pages[0], np.clip(pages[0].grey, 60, 180))
    write_pages([softened], tmp_path / f"out.{suffix}")
    with Image.open(tmp_path / f"out.{suffix}") as image:
        assert image.mode == ("1" if suffix != "gif" else image.mode)
        assert np.array_equal(np.array(image.convert("L")) > 127, INK > 127)


@pytest.mark.parametrize(("suffix", "mode"), [("png", "LA"), ("png", "RGBA"), ("tif", "RGBA")])
def test_transparency_is_kept(tmp_path: Path, suffix: str, mode: str) -> None:
    image = Image.fromarray(np.zeros_like(INK)).convert("RGB" if mode == "RGBA" else "L")
    image.putalpha(Image.fromarray(255 - INK))
    path = save(tmp_path / f"in.{suffix}", image)
    assert np.array_equal(read_all(path)[0].grey.round(), INK)
    (page,) = there_and_back(path, tmp_path / f"out.{suffix}")
    assert page.alpha is not None
    assert np.array_equal(page.alpha, 255 - INK)
    assert np.array_equal(page.pixels, np.asarray(image)[..., :-1].reshape(page.pixels.shape))


def test_a_transparent_palette_or_grey_colour_becomes_alpha(tmp_path: Path) -> None:
    palette = save(tmp_path / "p.png", Image.fromarray(INK).quantize(8), transparency=0)
    grey = save(tmp_path / "g.png", Image.fromarray(INK), transparency=int(INK.min()))
    for path in (palette, grey):
        (page,) = there_and_back(path, tmp_path / "out.png")
        assert page.alpha is not None
        assert set(np.unique(page.alpha)) == {0, 255}
        assert page.pixels.ndim == 2


def test_each_page_of_a_tiff_keeps_its_kind(tmp_path: Path) -> None:
    pages = [
        Page(GREY, dpi=(300, 300)),
        Page(coloured(), dpi=(150, 75)),
        Page(INK > 127),
        Page(GREY.astype(np.uint16) * 257),
        Page(INK, 255 - INK),
    ]
    write_pages(pages, tmp_path / "x.tif")
    back = there_and_back(tmp_path / "x.tif", tmp_path / "y.tif")
    assert [page.dpi for page in back[:2]] == [(300, 300), (150, 75)]
    for before, after in zip(pages, back, strict=True):
        assert before.pixels.dtype == after.pixels.dtype
        white = 255 if before.alpha is None else before.alpha
        visible = np.broadcast_to(np.asarray(white) > 0, before.pixels.shape[:2])
        assert np.abs(before.pixels[visible].astype(int) - after.pixels[visible]).max() <= 2


@pytest.mark.parametrize("suffix", ["png", "jpg", "tif", "bmp"])
def test_the_resolution_is_kept(tmp_path: Path, suffix: str) -> None:
    path = save(tmp_path / f"in.{suffix}", Image.fromarray(GREY), dpi=(300, 200))
    (page,) = there_and_back(path, tmp_path / f"out.{suffix}")
    assert page.dpi == pytest.approx((300, 200), abs=0.02)


def test_a_page_and_its_resolution_are_turned_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = Image.fromarray(np.rot90(GREY))
    path = save(tmp_path / "x.png", turned, exif=exif, dpi=(300, 200))
    (page,) = read_all(path)
    assert np.array_equal(page.pixels, GREY)
    assert page.dpi == pytest.approx((200, 300), abs=0.02)
    (again,) = there_and_back(path, tmp_path / "y.png")
    assert np.array_equal(again.pixels, GREY)


def test_a_colour_profile_is_kept_unless_it_is_for_printing_inks(tmp_path: Path) -> None:
    options = {"icc_profile": b"\0" * 128}
    colour = save(tmp_path / "c.png", Image.fromarray(coloured()), **options)
    assert there_and_back(colour, tmp_path / "d.png")[0].profile == b"\0" * 128
    inks = save(tmp_path / "i.tif", Image.fromarray(coloured()).convert("CMYK"), **options)
    assert read_all(inks)[0].profile == b""


def test_bytes_are_read_like_a_file(tmp_path: Path) -> None:
    path = save(tmp_path / "x.png", Image.fromarray(GREY))
    assert np.array_equal(read_all(path.read_bytes())[0].pixels, GREY)


def test_a_file_that_is_not_a_picture_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("not a picture")
    whole = save(tmp_path / "whole.png", Image.fromarray(GREY)).read_bytes()
    (tmp_path / "half.png").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "empty.png").touch()
    for name, reason in (
        ("text.png", "not an image"),
        ("empty.png", "not an image"),
        ("half.png", "cannot read"),
        ("missing.png", "does not exist"),
        ("", "no images found"),
    ):
        with pytest.raises(DataError, match=rf"{name}.*{reason}"):
            read_all(tmp_path / name)
    with pytest.raises(DataError, match="<stdin>: not an image; expected one of PNG, .*, PDF"):
        read_all(b"text", "<stdin>")


def test_a_truncated_tiff_is_an_error(tmp_path: Path) -> None:
    write_pages([Page(GREY)] * 3, tmp_path / "x.tif")
    whole = (tmp_path / "x.tif").read_bytes()
    with pytest.raises(DataError, match="cannot read"):
        read_all(whole[: len(whole) * 2 // 3], "x.tif")


def test_a_too_large_picture_is_refused_before_it_is_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = save(tmp_path / "x.png", Image.new("1", (10_000, 9_000)))
    with pytest.raises(DataError, match="90,000,000 pixels; at most 80,000,000"):
        read_all(path)
    write_pages([Page(GREY)] * 3, tmp_path / "x.tif")
    assert page_files.kind_and_count(tmp_path / "x.tif", "x.tif") == ("tif", 3)
    monkeypatch.setattr(pictures, "MAX_PIXELS", 4_000)
    with pytest.raises(DataError, match="4,800 pixels"):
        read_all(tmp_path / "x.tif")
    with pytest.raises(DataError, match="4,800 pixels"):
        page_files.kind_and_count(tmp_path / "x.tif", "x.tif")


def test_a_page_of_a4_is_accepted(tmp_path: Path) -> None:
    path = save(tmp_path / "a4.png", Image.new("L", (2480, 3508), 200))
    assert read_all(path)[0].pixels.shape == (3508, 2480)


@pytest.mark.parametrize("dpi", [(0, 0), (float("nan"), 5), "x", (3,)])
def test_an_impossible_resolution_is_ignored(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, dpi: str | tuple[float, ...]
) -> None:
    image = Image.fromarray(GREY)
    image.info["dpi"] = dpi
    assert page_files._dpi(image) is None
    image.info["dpi"] = (TiffImagePlugin.IFDRational(300, 1),) * 2
    assert page_files._dpi(image) == (300, 300)


@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_a_page_with_12_of_16_bits_keeps_its_range(tmp_path: Path, suffix: str) -> None:
    values = np.array([[0, 1000], [3000, 4000]], np.uint16)
    path = tmp_path / f"x.{suffix}"
    Image.fromarray(values).save(path)
    (page,) = read_all(path)
    assert page.white == 4095
    assert np.allclose(page.grey, values * (255 / 4095), atol=0.01)
    bright = cleaned(page, np.full((2, 2), 255.0))
    assert (bright.pixels == 4095).all()
    write_pages([bright], tmp_path / f"y.{suffix}")
    assert read_all(tmp_path / f"y.{suffix}")[0].white == 4095

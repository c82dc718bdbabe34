import contextlib
import errno
import io
import os
import struct
import threading
import zlib
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest
from PIL import Image

from nnlab.datasets.images.picture_files import MAX_PIXELS, picture_files, read_picture
from nnlab.datasets.pages.files import read_pages
from nnlab.errors import DataError

GREY = np.array([[0, 60, 120], [180, 230, 255]], np.uint8)


def save(path: Path, image: Image.Image, **options: Any) -> Path:
    image.save(path, **options)
    return path


@pytest.mark.parametrize("suffix", ["png", "tif", "bmp", "gif", "pgm"])
def test_lossless_formats_are_read_exactly(tmp_path: Path, suffix: str) -> None:
    path = save(tmp_path / f"x.{suffix}", Image.fromarray(GREY))
    picture = read_picture(path)
    assert picture.dtype == np.uint8
    assert np.array_equal(picture, GREY)


def test_jpeg_is_read_in_grey_and_in_colour(tmp_path: Path) -> None:
    ramp = np.broadcast_to(np.arange(64, dtype=np.uint8) * 4, (48, 64)).copy()
    for mode in ("L", "RGB", "CMYK"):
        path = save(tmp_path / f"{mode}.jpg", Image.fromarray(ramp).convert(mode), quality=95)
        assert np.abs(read_picture(path).astype(int) - ramp).max() <= 6


def test_one_bit_becomes_black_and_white(tmp_path: Path) -> None:
    path = save(tmp_path / "x.png", Image.fromarray(GREY).convert("1", dither=Image.Dither.NONE))
    assert read_picture(path).tolist() == [[0, 0, 0], [255, 255, 255]]


@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_16_bits_are_scaled_instead_of_clipped(tmp_path: Path, suffix: str) -> None:
    path = save(tmp_path / f"x.{suffix}", Image.fromarray(GREY.astype(np.uint16) * 257))
    assert np.array_equal(read_picture(path), GREY)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (GREY.astype(np.float32) / 255, GREY),
        (GREY.astype(np.float32), GREY),
        (GREY.astype(np.int32) * 257, GREY),
        (GREY.astype(np.int32) * 2_000_000 - 5, GREY),
        (np.array([[-1.0, np.nan, 1.0]], np.float32), [[0, 128, 255]]),
        (np.full((2, 2), 1e9, np.float32), [[0, 0], [0, 0]]),
    ],
)
def test_32_bits_are_scaled_by_their_range(
    tmp_path: Path, values: np.ndarray, expected: list[list[int]] | np.ndarray
) -> None:
    path = save(tmp_path / "x.tif", Image.fromarray(values))
    assert np.array_equal(read_picture(path), expected)


def test_colour_becomes_luminance(tmp_path: Path) -> None:
    path = save(tmp_path / "x.png", Image.new("RGB", (2, 2), (255, 0, 0)))
    assert read_picture(path)[0, 0] == 76
    palette = Image.new("RGB", (2, 2), (0, 255, 0)).convert("P")
    assert read_picture(save(tmp_path / "p.png", palette))[0, 0] == 150


@pytest.mark.parametrize(("ink", "background"), [(0, 255), (255, 0), (100, 255)])
@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_ink_on_a_transparent_background_never_vanishes(
    tmp_path: Path, mode: str, ink: int, background: int
) -> None:
    image = Image.new("RGBA", (9, 9), (ink, ink, ink, 0))
    image.paste((ink, ink, ink, 255), (3, 3, 6, 6))
    picture = read_picture(save(tmp_path / "x.png", image.convert(mode)))
    assert (picture[0, 0], picture[4, 4]) == (background, ink)


def test_a_transparent_palette_colour_is_background(tmp_path: Path) -> None:
    image = Image.fromarray(np.array([[0, 1], [1, 1]], np.uint8), "P")
    image.putpalette([0, 0, 0, 30, 30, 30])
    path = save(tmp_path / "x.png", image, transparency=0)
    assert read_picture(path).tolist() == [[255, 30], [30, 30]]


def test_an_opaque_alpha_channel_changes_nothing(tmp_path: Path) -> None:
    white = Image.new("RGBA", (4, 4), (250, 250, 250, 255))
    assert (read_picture(save(tmp_path / "x.png", white)) == 250).all()
    nothing = Image.new("RGBA", (4, 4), (0, 0, 0, 0))
    assert len(np.unique(read_picture(save(tmp_path / "n.png", nothing)))) == 1


def test_a_photo_is_turned_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # rotate clockwise to show it upright
    image = Image.fromarray(np.repeat(np.repeat(GREY, 16, 0), 16, 1))
    picture = read_picture(save(tmp_path / "x.jpg", image, exif=exif, quality=95))
    assert picture.shape == (48, 32)
    assert abs(int(picture[8, 8]) - 180) < 8


def test_only_the_first_page_is_read(tmp_path: Path) -> None:
    pages = [Image.fromarray(GREY), Image.new("L", (7, 7))]
    path = save(tmp_path / "x.tif", pages[0], save_all=True, append_images=pages[1:])
    assert np.array_equal(read_picture(path), GREY)


def test_a_file_that_is_not_an_image_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("hello")
    (tmp_path / "empty.png").write_bytes(b"")
    for path in (tmp_path / "text.png", tmp_path / "empty.png"):
        with pytest.raises(DataError, match=rf"{path.name}: not an image"):
            read_picture(path)
    with pytest.raises(DataError, match=r"none\.png does not exist"):
        read_picture(tmp_path / "none.png")
    with pytest.raises(DataError, match="no images found; expected PNG"):
        read_picture(tmp_path)


@pytest.mark.parametrize("suffix", ["png", "jpg", "tif", "bmp"])
def test_any_truncation_is_an_error(tmp_path: Path, suffix: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (40, 40)).astype(np.uint8)
    content = save(tmp_path / f"x.{suffix}", Image.fromarray(noise)).read_bytes()
    path = tmp_path / f"short.{suffix}"
    for length in range(0, len(content) * 9 // 10, 7):
        path.write_bytes(content[:length])
        with pytest.raises(DataError, match="short"):
            read_picture(path)


def test_random_damage_raises_no_other_error(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for suffix in ("png", "jpg", "tif", "gif", "bmp"):
        buffer = io.BytesIO()
        image = Image.fromarray(rng.integers(0, 256, (30, 30)).astype(np.uint8))
        image.save(buffer, {"jpg": "JPEG", "tif": "TIFF"}.get(suffix, suffix))
        for _ in range(40):
            content = np.frombuffer(buffer.getvalue(), np.uint8).copy()
            content[rng.integers(0, min(200, len(content)), 4)] = rng.integers(0, 256, 4)
            path = tmp_path / f"x.{suffix}"
            path.write_bytes(content.tobytes())
            with contextlib.suppress(DataError):
                assert read_picture(path).ndim == 2


@pytest.mark.parametrize("side", [9_500, 60_000])
def test_a_decompression_bomb_is_refused_before_decoding(tmp_path: Path, side: int) -> None:
    def chunk(kind: bytes, content: bytes) -> bytes:
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    path = tmp_path / "bomb.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"x"))
    with pytest.raises(DataError, match=rf"{side * side:,} pixels; at most {MAX_PIXELS:,}"):
        read_picture(path)


def test_a_folder_gives_the_images_inside(tmp_path: Path) -> None:
    for name in ("b.PNG", "a.jpg", "notes.txt"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "deeper").mkdir()
    assert picture_files(tmp_path) == [tmp_path / "a.jpg", tmp_path / "b.PNG"]
    assert picture_files(str(tmp_path / "a.jpg")) == [tmp_path / "a.jpg"]
    assert picture_files(tmp_path / "none.png") == [tmp_path / "none.png"]
    assert picture_files(tmp_path / "deeper") == [tmp_path / "deeper"]


def test_an_unusable_name_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DataError, match="the name is empty"):
        picture_files("")
    for read in (picture_files, lambda name: read_picture(tmp_path / name)):
        with pytest.raises(DataError, match="too long"):
            read("x" * 5000)
    with pytest.raises(DataError, match="too long") as caught:
        picture_files("x" * 100_000)
    assert len(str(caught.value)) < 300

    def denied(*_: object) -> NoReturn:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(tmp_path), "iterdir", denied)
    with pytest.raises(DataError, match="Permission denied"):
        picture_files(tmp_path)


def test_hidden_files_and_named_pipes_in_a_folder_are_skipped(tmp_path: Path) -> None:
    for name in ("a.png", "._a.png", ".hidden.jpg"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "folder.png").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "camera.png")
    assert picture_files(tmp_path) == [tmp_path / "a.png"]


def test_one_file_that_cannot_be_looked_at_does_not_hide_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.png", "b.png"):
        (tmp_path / name).touch()
    is_file = Path.is_file

    def refused(path: Path) -> bool:
        if path.name == "a.png":
            raise PermissionError(errno.EACCES, "Permission denied")
        return is_file(path)

    monkeypatch.setattr(Path, "is_file", refused)
    assert [path.name for path in picture_files(tmp_path)] == ["a.png", "b.png"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_named_pipe_given_by_name_is_read(tmp_path: Path) -> None:
    path = save(tmp_path / "x.png", Image.fromarray(GREY))
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes(path.read_bytes()))
    writer.start()
    assert np.array_equal(read_picture(pipe), GREY)
    writer.join()


@pytest.mark.parametrize("bits", [10, 12])
@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_10_or_12_bits_stored_in_16_are_scaled_by_their_range(
    tmp_path: Path, suffix: str, bits: int
) -> None:
    values = (GREY.astype(float) * (2**bits - 1) / 255).round().astype(np.uint16)
    assert np.array_equal(
        read_picture(save(tmp_path / f"x.{suffix}", Image.fromarray(values))), GREY
    )


def test_a_tiff_whose_0_is_white_is_no_negative(tmp_path: Path) -> None:
    values = np.array([[0, 65535], [65535, 40000]], np.uint16)
    path = tmp_path / "x.tif"
    Image.fromarray(values).save(path)
    black_is_0 = struct.pack("<HHIH", 262, 3, 1, 1)
    content = path.read_bytes()
    assert black_is_0 in content
    path.write_bytes(content.replace(black_is_0, struct.pack("<HHIH", 262, 3, 1, 0)))
    assert read_picture(path).tolist() == [[255, 0], [0, 99]]
    (page,) = read_pages(path)
    assert page.pixels.tolist() == [[65535, 0], [0, 25535]]


def test_the_range_stated_in_a_tiff_is_used(tmp_path: Path) -> None:
    values = GREY.astype(np.uint16) * 4
    path = save(tmp_path / "x.tif", Image.fromarray(values), tiffinfo={281: 4095})
    assert np.abs(read_picture(path) - GREY / 4).max() <= 1

import contextlib
import gzip
import os
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from nnlab.datasets.images.idx import read_idx, read_labelled_images
from nnlab.errors import DataError
from tests.idx_files import write_idx

ARRAYS = hnp.arrays(np.uint8, hnp.array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=6))
FAST = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@FAST
@given(array=ARRAYS, suffix=st.sampled_from(["", ".gz"]))
def test_what_was_written_is_read_back(tmp_path: Path, array: np.ndarray, suffix: str) -> None:
    path = tmp_path / f"array{suffix}"
    write_idx(path, array)
    read = read_idx(path)
    assert read.dtype == np.uint8
    assert read.shape == array.shape
    assert np.array_equal(read, array)


@FAST
@given(array=ARRAYS, packed=st.booleans(), data=st.data())
def test_any_truncation_is_an_error(
    tmp_path: Path, array: np.ndarray, packed: bool, data: st.DataObject
) -> None:
    path = tmp_path / ("array.gz" if packed else "array")
    write_idx(path, array)
    content = path.read_bytes()
    path.write_bytes(content[: data.draw(st.integers(0, len(content) - 1))])
    with pytest.raises(DataError, match="array"):
        read_idx(path)


@FAST
@given(array=ARRAYS, data=st.data())
def test_a_damaged_gzip_file_is_an_error_or_read_correctly(
    tmp_path: Path, array: np.ndarray, data: st.DataObject
) -> None:
    path = tmp_path / "array.gz"
    write_idx(path, array)
    content = bytearray(path.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    with contextlib.suppress(DataError):
        # if it can be read, only bytes without meaning were changed, such as the time
        assert np.array_equal(read_idx(path), array)


@FAST
@given(content=st.binary(max_size=40))
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bytes"
    path.write_bytes(content)
    try:
        array = read_idx(path)
    except DataError:
        return
    assert content == b"\0\0\x08" + bytes([array.ndim]) + content[4:]
    assert array.tobytes() == content[4 + 4 * array.ndim :]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"hello world", "not an idx file"),
        (b"\0\0\x08\0", "not an idx file"),
        (b"\0\0\x0d\x01" + struct.pack(">I", 1) + bytes(4), "uint8.*float32"),
        (b"\0\0\x42\x01" + struct.pack(">I", 1) + bytes(4), "uint8.*0x42"),
        (b"\0\0\x08\x03\0\0", "within the header"),
        (b"\0\0\x08\x01" + struct.pack(">I", 3) + b"ab", "truncated.*3 bytes"),
        (b"\0\0\x08\x01" + struct.pack(">I", 1) + b"ab", "surplus"),
        (gzip.compress(b"\0\0\x08\x01" + struct.pack(">I", 1) + b"ab", mtime=0), "surplus"),
        (gzip.compress(b"\0\0\x08\x01\0\0\0\1a", mtime=0) + b"tail", "damaged gzip"),
        (
            gzip.compress(b"\0\0\x08\x03" + struct.pack(">III", 2**32 - 1, 28, 28), mtime=0),
            "the header says",
        ),
        (b"\0\0\x08\x03" + struct.pack(">III", 2**32 - 1, 28, 28), "the header says"),
        (b"\0\0\x08\x01" + struct.pack(">I", 2**31) + bytes(9), "the header says"),
        (b"\0\0\x08\x04" + struct.pack(">4I", 0, 2**31, 2**31, 2**31), "the header says"),
    ],
)
def test_a_wrong_file_is_refused_by_name(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "x-idx"
    path.write_bytes(content)
    with pytest.raises(DataError, match=f"x-idx.*{message}"):
        read_idx(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(DataError, match=str(path)):
            read_idx(path)


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    images, labels = tmp_path / "images", tmp_path / "labels.gz"
    write_idx(images, np.arange(3 * 4 * 5, dtype=np.uint8).reshape(3, 4, 5))
    write_idx(labels, np.array([7, 0, 7], np.uint8))
    return images, labels


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes with names")
def test_a_pipe_and_an_impossible_name_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DataError, match="pipe: expected a regular file; save the data"):
        read_idx(tmp_path / "pipe")
    with pytest.raises(DataError, match="cannot read .*null"):
        read_idx(Path("a\0b"))


def test_images_and_labels_are_read_together(pair: tuple[Path, Path]) -> None:
    images, labels = read_labelled_images(*pair)
    assert images.shape == (3, 4, 5)
    assert labels.tolist() == [7, 0, 7]


def test_swapped_files_are_reported(pair: tuple[Path, Path]) -> None:
    with pytest.raises(DataError, match=r"labels\.gz.*swapped"):
        read_labelled_images(pair[1], pair[0])
    with pytest.raises(DataError, match="images: expected labels"):
        read_labelled_images(pair[0], pair[0])


def test_a_different_number_of_labels_names_both_files(pair: tuple[Path, Path]) -> None:
    write_idx(pair[1], np.zeros(4, np.uint8))
    with pytest.raises(DataError, match=r"images holds 3 images but .*labels\.gz holds 4 labels"):
        read_labelled_images(*pair)

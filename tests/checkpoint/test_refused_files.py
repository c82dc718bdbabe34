"""Files and headers that are damaged, or are not checkpoints, are refused."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from nnlab.checkpoint import open_checkpoint
from nnlab.errors import CheckpointError
from tests.checkpoint.files import EXPECTED, KERNEL, assert_refused, read, written


def test_too_large_a_file_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "best.h5")
    os.truncate(path, 2**31 + 1)  # sparse: takes no space
    assert_refused(path, "at most 2,147,483,648 bytes")


def test_a_missing_file_a_folder_and_a_pipe_are_refused(tmp_path: Path) -> None:
    assert_refused(tmp_path / "none.h5", "no such file or folder")
    assert_refused(tmp_path, "a folder")
    os.mkfifo(tmp_path / "pipe.h5")
    assert_refused(tmp_path / "pipe.h5", "a special file")


@pytest.mark.parametrize(
    "contents", [b"", b"\x89HDF", b"PK\x03\x04 a zip file", b"\x80\x04 pickle"]
)
def test_a_file_of_another_format_is_refused(contents: bytes, tmp_path: Path) -> None:
    (tmp_path / "bad.h5").write_bytes(contents)
    assert_refused(tmp_path / "bad.h5", "expected an HDF5 file")


def test_a_file_truncated_anywhere_is_refused(tmp_path: Path) -> None:
    whole = written(tmp_path / "best.h5").read_bytes()
    path = tmp_path / "bad.h5"
    for length in range(8, len(whole) - 1, 37):
        path.write_bytes(whole[:length])
        assert_refused(path, "truncated or damaged")


def test_a_damaged_byte_is_refused_or_harmless(tmp_path: Path) -> None:
    whole = written(tmp_path / "best.h5").read_bytes()
    path = tmp_path / "bad.h5"
    random = np.random.default_rng(0)
    for _ in range(300):
        damaged = bytearray(whole)
        damaged[random.integers(len(whole))] = random.integers(256)
        path.write_bytes(damaged)
        try:
            variables = read(path)
        except CheckpointError:
            continue
        assert {name: array.shape for name, array in variables.items()} == {
            name: variable.shape for name, variable in EXPECTED.items()
        }


def _bytes(text: bytes) -> np.ndarray:
    return np.frombuffer(text, np.uint8)


def _pretend_long(file: h5py.File) -> None:
    file.create_dataset("nnlab", (2**30,), "u1")


DAMAGED_HEADERS: dict[str, tuple[Callable[[h5py.File], object], str]] = {
    "number": (lambda file: file.create_dataset("nnlab", data=3), "header|1 to"),
    "text": (lambda file: file.create_dataset("nnlab", data="{}"), "1 to .* bytes"),
    "array of text": (lambda file: file.create_dataset("nnlab", data=["{}"]), "numbers in"),
    "wider numbers": (lambda file: file.create_dataset("nnlab", data=[123, 125]), "uint8"),
    "nothing": (lambda file: file.create_dataset("nnlab", data=_bytes(b"")), "1 to .* bytes"),
    "no JSON": (lambda file: file.create_dataset("nnlab", data=_bytes(b"{")), "valid JSON"),
    "no object": (lambda file: file.create_dataset("nnlab", data=_bytes(b"[1]")), "JSON object"),
    "no UTF-8": (lambda file: file.create_dataset("nnlab", data=_bytes(b"\xff")), "damaged"),
    "too long": (_pretend_long, "1 to 8,388,608 bytes"),
    "never written": (lambda file: file.create_dataset("nnlab", (99,), "u1"), "99 bytes stored"),
    "compressed": (
        lambda file: file.create_dataset("nnlab", data=_bytes(b"{}"), compression="gzip"),
        "plain contiguous",
    ),
    "a group": (lambda file: file.create_group("nnlab"), "expected a dataset"),
    "a link": (
        lambda file: file.update({"nnlab": h5py.ExternalLink("other.h5", "nnlab")}),
        "found a link",
    ),
}


@pytest.mark.parametrize("name", DAMAGED_HEADERS)
def test_a_damaged_header_is_refused(name: str, tmp_path: Path) -> None:
    craft, message = DAMAGED_HEADERS[name]
    with h5py.File(written(tmp_path / "bad.h5"), "r+") as file:
        del file["nnlab"]
        craft(file)
    assert_refused(tmp_path / "bad.h5", message)


def test_a_file_without_header_is_refused(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "bad.h5", "w") as file:
        file["model/hidden/kernel"] = KERNEL
    assert_refused(tmp_path / "bad.h5", "HDF5 file of another program")


def test_errors_of_the_code_that_reads_a_checkpoint_pass_unchanged(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), open_checkpoint(written(tmp_path / "best.h5")):
        _ = 1 / 0


def test_no_heavy_package_is_imported() -> None:
    script = (
        "import sys, nnlab.checkpoint, nnlab.inference;"
        "print(*{'tensorflow', 'keras', 'matplotlib', 'scipy', 'PIL'} & set(sys.modules))"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == ""

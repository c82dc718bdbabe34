"""Unexpected variables are refused, each in a crafted file."""

from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from nnlab import checkpoint
from nnlab.checkpoint import Variable, open_checkpoint
from nnlab.errors import CheckpointError
from tests.checkpoint.files import BIAS, KERNEL, assert_refused, emptied, header, read, written


def _soft_link(file: h5py.File) -> None:
    file["elsewhere"] = KERNEL
    file["model/hidden/kernel"] = h5py.SoftLink("/elsewhere")


def _external_link(file: h5py.File) -> None:
    written(Path(file.filename).with_name("other.h5"))
    file["model/hidden/kernel"] = h5py.ExternalLink("other.h5", "/model/hidden/kernel")


def _external_storage(file: h5py.File) -> None:
    raw = Path(file.filename).with_name("raw")
    raw.write_bytes(KERNEL.tobytes())
    file.create_dataset(
        "model/hidden/kernel", KERNEL.shape, "<f4", external=[(str(raw), 0, KERNEL.nbytes)]
    )


def _virtual(file: h5py.File) -> None:
    other = written(Path(file.filename).with_name("other.h5"))
    layout = h5py.VirtualLayout(KERNEL.shape, "<f4")
    layout[:] = h5py.VirtualSource(str(other), "model/hidden/kernel", KERNEL.shape)
    file.create_virtual_dataset("model/hidden/kernel", layout)


def _compact(file: h5py.File) -> None:
    storage = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    storage.set_layout(h5py.h5d.COMPACT)
    space = h5py.h5s.create_simple(KERNEL.shape)
    h5py.h5d.create(file.id, b"model/hidden/kernel", h5py.h5t.IEEE_F32LE, space, storage)


def _dataset(**options: object) -> Callable[[h5py.File], None]:
    def craft(file: h5py.File) -> None:
        file.create_dataset("model/hidden/kernel", **options)

    return craft


def _reference(file: h5py.File) -> None:
    file["model/hidden/kernel"] = np.full((4, 3), file["model"].ref, h5py.ref_dtype)


def _group(file: h5py.File) -> None:
    file.create_group("model/hidden/kernel")


def _named_type(file: h5py.File) -> None:
    file["model/hidden/kernel"] = np.dtype("float32")


def _itself(file: h5py.File) -> None:
    file["model/hidden/kernel"] = file["model"]


def _values(value: float) -> np.ndarray:
    kernel = KERNEL.copy()
    kernel[2, 1] = value
    return kernel


CRAFTED = {
    "soft link": (_soft_link, "itself in this file, found a link"),
    "external link": (_external_link, "itself in this file, found a link"),
    "external storage": (_external_storage, "plain contiguous .* external storage"),
    "virtual dataset": (_virtual, "plain contiguous .* virtual storage"),
    "compact storage": (_compact, "plain contiguous .* compact storage"),
    "chunked": (_dataset(data=KERNEL, chunks=(2, 3)), "chunked or compressed"),
    "compressed": (_dataset(data=KERNEL, compression="gzip"), "chunked or compressed"),
    "compression bomb": (
        _dataset(shape=(2**20, 2**20), dtype="f4", compression="gzip"),
        "chunked or compressed",
    ),
    "resizable": (_dataset(data=KERNEL, maxshape=(None, 3)), "chunked or compressed"),
    "text": (_dataset(data=[["a"] * 3] * 4), "numbers in"),
    "fixed text": (_dataset(data=np.full((4, 3), b"abcd")), "numbers in"),
    "object reference": (_reference, "numbers in"),
    "bool": (_dataset(data=KERNEL > 0), "numbers in"),
    "complex": (_dataset(data=KERNEL.astype("c8")), "numbers in|truncated or damaged"),
    "compound": (_dataset(shape=(4, 3), dtype=[("a", "f4")]), "numbers in"),
    "array type": (_dataset(shape=(4,), dtype=np.dtype("(3,)f4")), "numbers in"),
    "void": (_dataset(shape=(4, 3), dtype="V4"), "numbers in"),
    "empty": (_dataset(data=h5py.Empty("f4")), "shape|truncated or damaged"),
    "wrong type": (_dataset(data=KERNEL.astype("i4")), "expected float32 .* found int32"),
    "wider type": (_dataset(data=KERNEL.astype("f8")), "expected float32 .* found float64"),
    "wrong shape": (_dataset(data=KERNEL.T), r"shape \(4, 3\) .*\(3, 4\)"),
    "scalar": (_dataset(data=np.float32(1)), r"shape \(4, 3\) .*\(\)"),
    "huge shape": (_dataset(shape=(2**40, 2**20), dtype="f4"), r"shape \(4, 3\)"),
    "never written": (_dataset(shape=(4, 3), dtype="f4"), "48 bytes stored"),
    "NaN": (_dataset(data=_values(np.nan)), "finite numbers in 'model/hidden/kernel'"),
    "infinity": (_dataset(data=_values(-np.inf)), "finite numbers"),
    "a group": (_group, "expected a dataset"),
    "a named type": (_named_type, "expected a dataset"),
    "the group that holds it": (_itself, "expected a dataset"),
    "missing": (lambda file: None, "expected variable 'model/hidden/kernel'"),
}


@pytest.mark.parametrize("name", CRAFTED)
def test_a_crafted_variable_is_refused(name: str, tmp_path: Path) -> None:
    craft, message = CRAFTED[name]
    with emptied(tmp_path / "bad.h5") as file:
        craft(file)
    assert_refused(tmp_path / "bad.h5", message)


def test_all_variables_are_checked_before_any_is_read(tmp_path: Path) -> None:
    with emptied(tmp_path / "bad.h5") as file:
        del file["model/hidden/bias"]
        file["model/hidden/kernel"] = _values(np.nan)  # comes first, but only reading shows it
        file["model/hidden/bias"] = KERNEL
    assert_refused(tmp_path / "bad.h5", r"shape \(3,\)")


def test_a_surplus_variable_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    with h5py.File(written(tmp_path / "bad.h5"), "r+") as file:
        file["model/hidden/kernel_1"] = KERNEL
    assert_refused(
        tmp_path / "bad.h5", "'model/hidden/kernel_1' as well .nearest: .*hidden/kernel'"
    )


def test_a_misspelt_variable_is_named_with_the_missing_one(tmp_path: Path) -> None:
    with emptied(tmp_path / "bad.h5") as file:
        file["model/hidden/kernal"] = KERNEL
    assert_refused(
        tmp_path / "bad.h5", "variable 'model/hidden/kernel'.*nearest: 'model/hidden/kernal'"
    )


def test_names_from_the_file_are_shortened_and_escaped_in_errors(tmp_path: Path) -> None:
    with h5py.File(written(tmp_path / "bad.h5"), "r+") as file:
        file["model/\x1b[31m" + "x" * 10_000] = KERNEL
    with pytest.raises(CheckpointError, match="only the variables") as caught:
        read(tmp_path / "bad.h5")
    assert "\x1b" not in str(caught.value)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("link", [h5py.SoftLink("/other"), h5py.ExternalLink("o.h5", "/model")])
def test_a_group_behind_a_link_is_refused(
    link: h5py.SoftLink | h5py.ExternalLink, tmp_path: Path
) -> None:
    with h5py.File(written(tmp_path / "bad.h5"), "r+") as file:
        file.move("model", "other")
        file["model"] = link
    assert_refused(tmp_path / "bad.h5", "found a link")


def test_a_missing_group_is_refused(tmp_path: Path) -> None:
    with (
        open_checkpoint(written(tmp_path / "best.h5")) as file,
        pytest.raises(CheckpointError, match="a group 'optimizer'"),
    ):
        file.read("optimizer", {})


def test_too_many_expected_bytes_are_refused(tmp_path: Path) -> None:
    with (
        open_checkpoint(written(tmp_path / "best.h5")) as file,
        pytest.raises(CheckpointError, match="at most 2,147,483,648 bytes"),
    ):
        file.read("model", {"a/kernel": Variable((2**20, 2**12))})


def test_hard_links_to_one_dataset_are_accepted(tmp_path: Path) -> None:
    checkpoint.write(tmp_path / "best.h5", header(), {"model": {"a/bias": BIAS}})
    with h5py.File(tmp_path / "best.h5", "r+") as file:
        file["model/b/bias"] = file["model/a/bias"]
    with open_checkpoint(tmp_path / "best.h5") as opened:
        variables = opened.read("model", {"a/bias": Variable((3,)), "b/bias": Variable((3,))})
    np.testing.assert_array_equal(variables["b/bias"], BIAS)


def test_big_endian_numbers_are_accepted(tmp_path: Path) -> None:
    with emptied(tmp_path / "best.h5") as file:
        file["model/hidden/kernel"] = KERNEL.astype(">f4")
    np.testing.assert_array_equal(read(tmp_path / "best.h5")["hidden/kernel"], KERNEL)


def test_half_precision_is_not_accepted_for_integers(tmp_path: Path) -> None:
    checkpoint.write(tmp_path / "best.h5", header(), {"rng": {"step": np.ones(1, np.float16)}})
    with (
        open_checkpoint(tmp_path / "best.h5") as file,
        pytest.raises(CheckpointError, match="expected int64"),
    ):
        file.read("rng", {"step": Variable((1,), "int64")})

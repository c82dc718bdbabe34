import errno
import json
import os
import resource
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from nnlab import checkpoint
from nnlab.checkpoint import Variable, open_checkpoint
from nnlab.errors import CheckpointError, NnlabError
from tests.checkpoint.files import BIAS, KERNEL, header, read, written

names = st.from_regex(r"[a-z0-9_]{1,8}(/[a-z][a-z0-9_]{0,8}){1,2}", fullmatch=True)
dtypes = st.sampled_from(["float32", "float64", "int8", "int64", "uint8", "uint32"])
arrays = dtypes.flatmap(
    lambda dtype: npst.arrays(
        dtype,
        npst.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
        elements={"allow_nan": False, "allow_infinity": False} if dtype[0] == "f" else None,
    )
)


def disjoint(group: dict[str, np.ndarray]) -> bool:
    """No variable is a folder of another one."""
    return not any(other.startswith(f"{name}/") for name in group for other in group)


groups = st.dictionaries(
    st.sampled_from(["model", "optimizer", "rng"]),
    st.dictionaries(names, arrays, max_size=4).filter(disjoint),
)


@given(groups=groups)
def test_what_was_written_is_read_back(
    groups: dict[str, dict[str, np.ndarray]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "round-trip.h5"
    checkpoint.write(path, header(), groups)
    with open_checkpoint(path) as file:
        assert file.header == header()
        for group in {"model", "optimizer", "rng"} - groups.keys():
            with pytest.raises(CheckpointError, match="a group"):
                file.read(group, {})
        for group, variables in groups.items():
            expected = {
                name: Variable(array.shape, array.dtype.name) for name, array in variables.items()
            }
            for name, array in file.read(group, expected).items():
                assert array.dtype == variables[name].dtype
                np.testing.assert_array_equal(array, variables[name])


def test_half_precision_takes_half_the_space_and_reads_as_float32(tmp_path: Path) -> None:
    weights = np.random.default_rng(0).normal(size=(100, 100)).astype(np.float32)
    sizes = []
    for float16 in (False, True):
        path = tmp_path / f"{float16}.h5"
        checkpoint.write(path, header(), {"model": {"a/kernel": weights}}, float16=float16)
        with open_checkpoint(path) as file:
            came = file.read("model", {"a/kernel": Variable((100, 100))})["a/kernel"]
        assert came.dtype == np.float32
        np.testing.assert_allclose(came, weights, rtol=2**-11 if float16 else 0)
        sizes.append(path.stat().st_size)
    assert sizes[1] < 0.6 * sizes[0]


def test_the_same_contents_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = written(tmp_path / "1.h5"), written(tmp_path / "2.h5")
    assert first.read_bytes() == second.read_bytes()


def test_a_long_header_is_read_back(tmp_path: Path) -> None:
    facts = {"items": [f"item {number}" for number in range(50_000)]}
    checkpoint.write(tmp_path / "long.h5", header(facts=facts), {})
    with open_checkpoint(tmp_path / "long.h5") as file:
        assert file.header.facts == facts


def test_other_programs_can_read_the_datasets_and_the_json(tmp_path: Path) -> None:
    with h5py.File(written(tmp_path / "best.h5")) as file:
        assert json.loads(file["nnlab"][()].tobytes())["experiment"] == "classify"
        assert file["model/hidden/kernel"].dtype == np.dtype("<f4")
        assert file["model/hidden/kernel"].chunks is None
        np.testing.assert_array_equal(file["model/hidden/bias"], BIAS)


def _fail(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("call", ["os.fsync", "pathlib.Path.replace"])
@pytest.mark.parametrize(
    ("failure", "error"), [(_fail, NnlabError), (_interrupt, KeyboardInterrupt)]
)
def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    call: str,
    failure: Callable[..., None],
    error: type[BaseException],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = written(tmp_path / "best.h5")
    before = path.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(call, failure)
        with pytest.raises(error) as caught:
            checkpoint.write(path, header(seed=8), {"model": {"other/kernel": KERNEL}})
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
    if error is NnlabError:
        assert "best.h5" in str(caught.value)
        assert "No space left" in str(caught.value)


def test_a_disk_that_fills_up_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = written(tmp_path / "best.h5")
    before = path.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, hard))
    try:
        with pytest.raises(NnlabError, match="cannot write"):
            checkpoint.write(path, header(), {"model": {"a": np.zeros(2**20, np.float32)}})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
    assert read(path)["hidden/bias"].tolist() == BIAS.tolist()


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NnlabError, match=r"cannot write .*no/best\.h5"):
        written(tmp_path / "no" / "best.h5")


@pytest.mark.parametrize(
    ("values", "float16", "message"),
    [
        (np.array([1, np.nan], np.float32), False, "finite"),
        (np.array([1, np.inf], np.float32), False, "finite"),
        (np.array([1e5], np.float32), True, "float16"),
        (np.array(["text"]), False, "integers or floats"),
        (np.array([None]), False, "integers or floats"),
        (np.array([True]), False, "integers or floats"),
    ],
)
def test_a_variable_that_could_not_be_read_back_is_not_written(
    values: np.ndarray, float16: bool, message: str, tmp_path: Path
) -> None:
    with pytest.raises(CheckpointError, match=message):
        checkpoint.write(
            tmp_path / "best.h5", header(), {"model": {"a/b": values}}, float16=float16
        )
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["", "/a", "a/", "a//b", "..", "a/../b", "a b", "ä"])
def test_names_that_are_not_plain_paths_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected a name"):
        checkpoint.write(tmp_path / "best.h5", header(), {"model": {name: KERNEL}})

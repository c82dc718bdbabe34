import errno
import json
import os
from pathlib import Path
from typing import NoReturn

import pytest

from nnlab.errors import NnlabError
from nnlab.files import check_free, make_folder, replacing, write_json


def test_a_file_is_written_whole_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "scores.json"
    write_json(path, {"accuracy": 0.99})
    assert json.loads(path.read_text()) == {"accuracy": 0.99}
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_while_writing_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "scores.json"
    path.write_text("old")

    def interrupted() -> NoReturn:
        with replacing(path) as temporary:
            temporary.write_text("half of the ne")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_and_its_file_is_replaced(tmp_path: Path) -> None:
    path, link = tmp_path / "pages" / "scores.json", tmp_path / "scores.json"
    path.parent.mkdir()
    path.write_text("old")
    link.symlink_to(path)
    write_json(link, 1)
    assert link.is_symlink()
    assert path.read_text() == "1\n"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes with names")
def test_what_is_no_regular_file_is_never_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(NnlabError, match="not a regular file"):
        write_json(pipe, 1)
    with pytest.raises(NnlabError, match="not a regular file"):
        check_free(pipe, replace=True)
    assert pipe.is_fifo()


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NnlabError, match=r"scores\.json: there is no folder .*none; make it"):
        write_json(tmp_path / "none" / "scores.json", {})


def test_the_longest_name_of_a_file_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 255)
    write_json(path, 1)
    assert path.read_text() == "1\n"


@pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX's")
def test_a_file_that_is_replaced_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "secret.json"
    path.touch()
    path.chmod(0o600)
    write_json(path, 1)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_name_that_no_file_can_have_is_an_error(tmp_path: Path) -> None:
    too_long = tmp_path / ("x" * 300)
    with pytest.raises(NnlabError, match="cannot write .*too long"):
        check_free(too_long, False)
    with pytest.raises(NnlabError, match="cannot write .*too long"):
        write_json(too_long, 1)
    with pytest.raises(NnlabError, match="cannot create the folder .*too long"):
        make_folder(too_long)
    with pytest.raises(NnlabError, match="cannot write .*null"):
        check_free(Path("a\0b"), False)


def test_a_folder_that_nobody_may_look_into_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, **_: object) -> NoReturn:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "stat", refuse)
    secret = tmp_path / "a.json"
    with pytest.raises(NnlabError, match="Permission denied"):
        check_free(secret, False)
    with pytest.raises(NnlabError, match="Permission denied"):
        write_json(secret, 1)


def test_nan_is_refused_in_json(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Out of range"):
        write_json(tmp_path / "scores.json", {"accuracy": float("nan")})
    assert not (tmp_path / "scores.json").exists()

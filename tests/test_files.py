import json
import os
from pathlib import Path
from typing import NoReturn

import pytest

from nnlab.errors import NnlabError
from nnlab.files import check_free, replacing, write_json


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


def test_nan_is_refused_in_json(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Out of range"):
        write_json(tmp_path / "scores.json", {"accuracy": float("nan")})
    assert not (tmp_path / "scores.json").exists()

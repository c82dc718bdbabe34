import json
from pathlib import Path
from typing import NoReturn

import pytest

from nnlab.errors import NnlabError
from nnlab.files import replacing, write_json


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


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NnlabError, match=r"scores\.json: there is no folder .*none; make it"):
        write_json(tmp_path / "none" / "scores.json", {})


def test_nan_is_refused_in_json(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Out of range"):
        write_json(tmp_path / "scores.json", {"accuracy": float("nan")})
    assert not (tmp_path / "scores.json").exists()

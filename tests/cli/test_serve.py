"""`nnlab serve` as a command; tests/serving has what it serves."""

import dataclasses
import os
import re
import socket
from pathlib import Path

import pytest

from tests.annotations import Shell
from tests.serving.client import serving

pytest.importorskip("starlette")


def test_a_taken_port_is_an_error(shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = shell("serve", "--port", taken.getsockname()[1])
    assert result.returncode == 1
    assert "choose another --port" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("nothing",), 4, "nothing"),
        (("runs/add/1",), 4, "runs/add/1"),
        (("--port", "70000"), 2, "at most 65535"),
        (("--token", "short"), 2, "at least 8"),
        (("--token", "with spaces in it"), 2, "without spaces"),
        (("--host", "no.such.host.invalid"), 1, "cannot listen"),
        (("--host", ".example"), 1, "cannot listen"),
        (("--time-limit", "soon"), 2, "a time such as"),
        (("--queue", "0"), 2, "at least 1"),
    ],
)
def test_what_cannot_be_served_is_refused(
    shell: Shell, arguments: tuple[str, ...], code: int, words: str
) -> None:
    result = shell("serve", *arguments)
    assert result.returncode == code, result.stderr
    assert words in result.stderr
    assert "Traceback" not in result.stderr
    assert not result.stdout


def test_a_missing_extra_is_named(shell: Shell, tmp_path: Path) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "starlette.py").write_text("raise ImportError('hidden')\n")
    paths = os.pathsep.join([str(hidden), os.environ.get("PYTHONPATH", "")])
    result = shell("serve", "--port", "0", env={**os.environ, "PYTHONPATH": paths})
    assert result.returncode == 2
    assert "run pip install 'prometheus-client>=" in result.stderr
    assert "Traceback" not in result.stderr


def test_other_machines_need_a_token_which_is_printed_even_if_quiet(tmp_path: Path) -> None:
    with serving(tmp_path, "add", "--host", "0.0.0.0", "--quiet") as server:
        found = re.search(r"token=([\w-]{30,})$", server.page)
        assert found
        assert server.get("/api").status == 401
        assert server.get("/api", authorization=f"Bearer {found[1]}").status == 200
        assert server.get("/api", host="evil.example").status == 403


def test_a_checkpoint_elsewhere_on_the_disk_is_served_under_its_name_only(
    tmp_path: Path,
) -> None:
    from nnlab.runs.choosing import checkpoint_file

    (tmp_path / "own").mkdir()
    other = tmp_path / "mine.h5"
    other.write_bytes(checkpoint_file(Path("add.report")).read_bytes())
    with serving(tmp_path / "own", str(other), "add.modern") as server:
        networks = server.get("/api").json()["experiments"][0]["networks"]
        assert [one["id"] for one in networks] == ["mine.h5", "add.modern"]
        assert str(tmp_path) not in server.get("/api").body.decode()
        assert server.get("/api/networks/mine.h5").json()["checkpoint"] == "mine.h5"


def test_a_model_card_names_files_without_their_folders(tmp_path: Path) -> None:
    from nnlab.checkpoint import open_checkpoint, write
    from nnlab.runs.answering import load

    trained = load("classify.report")
    config = {**trained.header.config, "images": "/home/me/mine.gz"}
    dataset = {**trained.header.dataset, "files": ["/home/me/mine.gz"]}
    header = dataclasses.replace(trained.header, config=config, dataset=dataset)
    write(tmp_path / "own.h5", header, {"model": trained.weights})
    with open_checkpoint(tmp_path / "own.h5") as file:
        assert file.header.config["images"] == "/home/me/mine.gz"
    with serving(tmp_path, "own.h5") as server:
        found = server.get("/api/networks/own.h5")
        assert found.json()["config"]["images"] == "mine.gz"
        assert b"/home/me" not in found.body


def test_the_newest_finished_run_is_served_first(tmp_path: Path) -> None:
    from nnlab.runs.choosing import checkpoint_file

    folder = tmp_path / "runs" / "add" / "7"
    folder.mkdir(parents=True)
    (folder / "best.h5").write_bytes(checkpoint_file(Path("add.report")).read_bytes())
    (folder / "config.json").write_text('{"config": {"base": 10, "preset": "report"}}')
    (folder / "metrics.json").write_text("{}")
    broken = tmp_path / "runs" / "embed" / "1"
    broken.mkdir(parents=True)
    for name in ("best.h5", "config.json", "metrics.json"):
        (broken / name).write_text("{}")
    with serving(tmp_path) as server:
        served = {one["name"]: one["networks"] for one in server.get("/api").json()["experiments"]}
        first, second, *_ = served["add"]
        assert (first["id"], first["chosen"], first["flags"]) == (
            *("runs/add/7", "the newest finished run", ""),
        )
        assert (second["id"], second["flags"]) == ("add.modern", "--preset modern")
        assert [one["id"] for one in served["embed"]] == ["embed.modern", "embed.report"]
        assert "runs/embed/1 is left out" in server.log()

"""Trainings over HTTP: off by default, one at a time, and never lost."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import nnlab
from nnlab.datasets.store.registry import get_set
from nnlab.serving.described import training_arguments
from nnlab.training.settings import MOST_EPOCHS
from tests.annotations import Shell
from tests.serving.client import Server, serving, until

SMALL = {"model": "gru", "units": 8, "problems": 500, "test_problems": 50, "epochs": 1}
LONG = {**SMALL, "epochs": MOST_EPOCHS, "save_every": 0.5}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("training")


@pytest.fixture(scope="module")
def trainer(folder: Path) -> Iterator[Server]:
    """Serve with trainings allowed."""
    with serving(folder, "add.report", "--workers", "1", "--allow-training") as server:
        yield server


def start(server: Server, settings: dict[str, Any]) -> Any:
    found = server.post("/api/runs", {"experiment": "add", "settings": settings})
    assert found.status == 201, found.body
    return found.json()


def run(server: Server, wanted: str) -> Any:
    runs = server.get("/api/runs").json()["runs"]
    return next((one for one in runs if one["id"] == wanted), None)


def test_trainings_are_off_unless_they_are_allowed(server: Server) -> None:
    for path in ("/api/runs", "/api/runs/add/1/stop", "/api/runs/add/1/resume"):
        found = server.post(path, {"experiment": "add"})
        assert found.status == 403
        assert "--allow-training" in found.json()["error"]
    assert server.get("/api/runs").json() == {"runs": []}


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"experiment": "nothing"}, 404),
        ({"experiment": "add", "settings": {"epochs": 0}}, 400),
        ({"experiment": "add", "settings": {"epochs": "3"}}, 400),
        ({"experiment": "add", "settings": {"nothing": 1}}, 400),
        ({"experiment": "add", "settings": {"out": "/tmp/x"}}, 400),
        ({"experiment": "add", "settings": {"seed": 10**30}}, 400),
        ({"experiment": "add", "settings": {"seed": [10**30]}}, 400),
        ({"experiment": "add", "settings": []}, 400),
        ({"experiment": "add", "more": 1}, 400),
        ({"experiment": "recommend", "settings": {"baskets": "/etc/passwd"}}, 400),
        ({"experiment": "textgen", "settings": {"corpus": "my.txt"}}, 400),
        ({"experiment": "classify", "settings": {"images": "a", "labels": "b"}}, 400),
        ({}, 400),
        ([], 400),
    ],
)
def test_settings_are_checked_and_never_name_files(
    trainer: Server, asked: object, status: int
) -> None:
    found = trainer.post("/api/runs", asked)
    assert found.status == status, found.body
    assert not trainer.get("/api/runs").json()["runs"]


def test_settings_are_described_without_those_that_name_files(trainer: Server) -> None:
    found = trainer.get("/api/runs/settings/classify").json()
    names = {one["name"] for one in found}
    assert {"epochs", "model", "dataset"} <= names
    assert not {"images", "labels"} & names
    assert trainer.get("/api/runs/settings/nothing").status == 404


@pytest.mark.parametrize(
    ("name", "setting"), [("textgen", "corpus"), ("translate", "pairs"), ("recommend", "baskets")]
)
def test_data_sets_may_be_chosen_where_a_path_may_not_be_named(
    trainer: Server, name: str, setting: str
) -> None:
    found = trainer.get(f"/api/runs/settings/{name}").json()
    (choices,) = (one["choices"] for one in found if one["name"] == setting)
    assert "sample" in choices
    for one in choices:
        assert one == "sample" or get_set(one)
        assert training_arguments(name, {setting: one}) == [name, f"--{setting}", one]


def test_a_trained_network_answers(trainer: Server) -> None:
    begun = start(trainer, SMALL)
    assert begun["id"] == "add/1"
    assert begun["command"].startswith("nnlab add --model gru --units 8")
    events = trainer.get("/api/runs/add/1/events").body.decode().strip().split("\n\n")
    states = [json.loads(one.split("data: ")[1]).get("state") for one in events]
    assert states[0] in ("waiting", "running")
    assert states[-2:] == ["finished", None]
    finished = run(trainer, "add/1")
    assert (finished["epoch"], finished["epochs"], len(finished["history"])) == (1, 1, 2)
    assert "exact_match" in finished["scores"]
    answered = trainer.post("/api/add", {"inputs": ["1+1"]}).json()
    assert [answered["network"]] == finished["networks"] == ["runs/add/1"]
    assert trainer.get("/api/runs/add/1").json() == finished
    assert trainer.post("/api/add", {"inputs": ["1+1"], "preset": "report"}).status == 200


def test_runs_are_compared_with_what_is_there_and_never_made_into_paths(
    trainer: Server, folder: Path
) -> None:
    (folder / "secret").mkdir()
    (folder / "secret" / "config.json").write_text("{}")
    for wanted in ("../secret", "add/../../secret", "add/..", "add/", "add", "add/1/figures"):
        assert trainer.get(f"/api/runs/{wanted}/events").status == 404
        assert trainer.get(f"/api/runs/{wanted}").status == 404
        assert trainer.post(f"/api/runs/{wanted}/resume", {}).status == 404


def test_a_damaged_run_is_shown_as_one(trainer: Server, folder: Path) -> None:
    damaged = folder / "runs" / "add" / "damaged"
    damaged.mkdir(parents=True)
    (damaged / "config.json").write_text("{")
    found = run(trainer, "add/damaged")
    assert found["state"] == "failed"
    assert "expected a JSON file" in found["error"]
    (damaged / "config.json").write_text("{}")
    (damaged / "history.csv").write_text("epoch,loss\ninf,1\n")
    assert run(trainer, "add/damaged")["state"] == "failed"


def test_trainings_wait_stop_resume_and_survive_a_new_start_of_the_server(tmp_path: Path) -> None:
    with serving(tmp_path, "add", "--allow-training") as server:
        first, second = start(server, LONG)["id"], start(server, SMALL)["id"]
        until(lambda: run(server, first)["epoch"] > 0)
        assert run(server, second)["state"] == "waiting"
        assert server.post(f"/api/runs/{first}/resume", {}).status == 409
        gone = server.post(f"/api/runs/{second}/stop", {})
        assert (gone.status, gone.json()["state"]) == (200, "stopped")
        assert run(server, second) is None
        assert not (tmp_path / "runs" / second).exists()
    with serving(tmp_path, "add") as server:  # trainings are not allowed: it only tells
        stopped = run(server, first)
        assert stopped["state"] == "stopped"
    with serving(tmp_path, "add", "--allow-training") as server:
        assert run(server, first)["state"] in ("waiting", "running")
        until(lambda: run(server, first)["epoch"] > stopped["epoch"])
        assert server.post(f"/api/runs/{first}/stop", {}).status == 200
        until(lambda: run(server, first)["state"] == "stopped")
        assert server.post(f"/api/runs/{first}/stop", {}).status == 409
        resumed = server.post(f"/api/runs/{first}/resume", {}).json()
        assert resumed["command"] == f"nnlab resume runs/{first}"
        assert server.post(f"/api/runs/{first}/stop", {}).status == 200
        until(lambda: run(server, first)["state"] == "stopped")


def test_a_training_that_fails_says_why_and_can_be_tried_again(tmp_path: Path) -> None:
    with serving(tmp_path, "add", "--allow-training") as server:
        asked = {"experiment": "classify", "settings": {"dataset": "mnist"}}
        wanted = server.post("/api/runs", asked).json()["id"]
        until(lambda: run(server, wanted)["state"] == "failed")
        assert "mnist" in run(server, wanted)["error"]
        assert not (tmp_path / "runs" / wanted).exists()
        long = start(server, LONG)["id"]
        assert server.post(f"/api/runs/{wanted}/resume", {}).status == 200
        assert server.post(f"/api/runs/{wanted}/resume", {}).status == 409
        assert server.post(f"/api/runs/{wanted}/stop", {}).status == 200
        again = server.post("/api/runs", asked).json()["id"]
        assert again == wanted  # its folder was given up
        assert run(server, again)["state"] == "waiting"
        assert "error" not in run(server, again)
        assert server.post(f"/api/runs/{long}/stop", {}).status == 200
        until(lambda: run(server, again)["state"] == "failed")


def test_trainings_go_on_though_a_named_network_is_gone(tmp_path: Path) -> None:
    named = tmp_path / "mine.h5"
    shutil.copy(nnlab.load("add.report").path, named)
    with serving(tmp_path, str(named), "--allow-training") as server:
        named.unlink()
        first = start(server, SMALL)["id"]
        until(lambda: run(server, first)["state"] == "finished")
        answered = server.post("/api/add", {"inputs": ["1+1"]}).json()
        assert answered["network"] == f"runs/{first}"
        second = start(server, LONG)["id"]
        until(lambda: run(server, second)["state"] == "running")


def test_two_servers_do_not_train_in_one_folder(
    trainer: Server, folder: Path, shell: Shell
) -> None:
    result = shell("serve", "add", "--port", 0, "--allow-training", cwd=folder)
    assert result.returncode == 5
    assert "another nnlab server trains in runs" in result.stderr

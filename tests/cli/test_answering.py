"""How the shell prints answers: which network answers, columns, streams, notes, own inputs."""

import dataclasses
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

import pytest

import nnlab
from nnlab import experiments
from nnlab.cli.main import run
from nnlab.errors import CheckpointError, DataError
from nnlab.experiments.contract import Answer, Note, Remark
from nnlab.runs.choosing import choose_checkpoint, shipped_checkpoint
from tests.annotations import Shell
from tests.experiments.textgen.networks import write_untrained

Said = Answer | Remark | str


class Ask(Protocol):
    """Lets `add` say something, and returns exit code, stdout and stderr."""

    def __call__(
        self, said: Sequence[Said], *arguments: str, method: str = "answer"
    ) -> tuple[int, str, str]: ...


ADD = {"units": 3, "problems": 200, "test_problems": 50}


@pytest.fixture(scope="module")
def adders(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """Write one network for each of the bases 10, 2 and 16."""
    folder = tmp_path_factory.mktemp("adders")
    return {
        base: write_untrained(folder / f"{base}.h5", "add", base=base, **ADD)
        for base in (2, 10, 16)
    }


def put_run(number: int, checkpoint: Path, base: int, age: int, finished: bool = True) -> Path:
    folder = Path("runs", "add", str(number))
    folder.mkdir(parents=True)
    shutil.copy(checkpoint, folder / "best.h5")
    config = dict(nnlab.load(checkpoint).header.config)
    (folder / "config.json").write_text(json.dumps({"experiment": "add", "config": config}))
    assert config["base"] == base
    if finished:
        (folder / "metrics.json").write_text("{}")
        os.utime(folder / "metrics.json", (1e9 - age, 1e9 - age))
    return folder / "best.h5"


@pytest.fixture
def runs(adders: dict[int, Path]) -> dict[str, Path]:
    """Put runs under ./runs: one of base 10, and an old, a new and an unfinished one of base 16."""
    return {
        "old": put_run(1, adders[16], 16, age=500),
        "new": put_run(2, adders[16], 16, age=300),
        "ten": put_run(3, adders[10], 10, age=400),
        "unfinished": put_run(4, adders[16], 16, age=0, finished=False),
    }


@pytest.fixture
def shipped(adders: dict[int, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Ship networks of bases 10 and 16 with the package."""
    folder = tmp_path / "package" / "checkpoints"
    folder.mkdir(parents=True)
    shutil.copy(adders[10], folder / "add.report.h5")
    shutil.copy(adders[16], folder / "add.report.base-16.h5")
    monkeypatch.setattr("nnlab.runs.choosing.resources.files", lambda package: folder.parent)
    return folder


def chosen(base: int) -> tuple[Path, str]:
    return choose_checkpoint("add", None, Path("runs"), {"base": base})


def test_the_newest_finished_run_of_that_base_answers(runs: dict[str, Path]) -> None:
    assert chosen(16) == (runs["new"], "the newest finished run")
    assert chosen(10) == (runs["ten"], "the newest finished run")


def test_a_permuted_run_answers_for_a_permutation_test() -> None:
    for age, arm in enumerate(("identity", "permuted", "plain")):
        folder = Path("runs", "perm-test", "1", f"{arm}-1")
        folder.mkdir(parents=True)
        (folder / "config.json").write_text(json.dumps({"config": {"arm": arm}}))
        (folder / "best.h5").touch()
        (folder / "metrics.json").touch()
        os.utime(folder / "metrics.json", (1e9 - age, 1e9 - age))
    path, _ = choose_checkpoint("perm-test", None, Path("runs"), {})
    assert path.parent.name == "permuted-1"
    shutil.rmtree("runs/perm-test/1/permuted-1")
    path, _ = choose_checkpoint("perm-test", None, Path("runs"), {})
    assert path.parent.name == "identity-1"


def test_otherwise_the_shipped_checkpoint_answers(
    runs: dict[str, Path], shipped: Path, adders: dict[int, Path]
) -> None:
    assert chosen(16)[0] == runs["new"]
    shutil.rmtree("runs")
    assert chosen(16) == (shipped / "add.report.base-16.h5", "shipped with nnlab")
    assert chosen(10)[0] == shipped / "add.report.h5"
    assert shipped_checkpoint("add") == shipped / "add.report.h5"
    with pytest.raises(
        CheckpointError,
        match=r"no network for add --base 2: .*with these options under runs.*--base 2",
    ):
        chosen(2)


def test_the_shell_chooses_a_network_of_the_given_base(
    runs: dict[str, Path], shell: Shell, adders: dict[int, Path]
) -> None:
    result = shell("add", "f+1", "--base", 16)
    assert (result.returncode, result.stdout.count("\n")) == (0, 1)
    assert f"{runs['new']} (the newest finished run)" in result.stderr
    assert str(runs["ten"]) in shell("add", "9+1").stderr
    env = {**os.environ, "NNLAB_ADD_BASE": "16"}
    assert str(runs["new"]) in shell("add", "9+1", env=env).stderr


def test_a_checkpoint_of_another_base_is_refused(shell: Shell, adders: dict[int, Path]) -> None:
    result = shell("add", "1+1", "--base", 16, "--checkpoint", adders[10])
    assert (result.returncode, result.stdout) == (2, "")
    assert "10.h5 was trained with --base 10" in result.stderr
    assert shell("add", "1+1", "--base", 10, "--checkpoint", adders[10]).returncode == 0
    assert shell("add", "f+1", "--checkpoint", adders[16]).returncode == 0


@dataclasses.dataclass(frozen=True)
class Talker:
    """Replaces the answers of `add` by prepared ones."""

    said: Sequence[Said]

    def __call__(self, model: object, query: object, inputs: object) -> Iterator[Said]:
        yield from self.said


@pytest.fixture
def ask(
    monkeypatch: pytest.MonkeyPatch, adders: dict[int, Path], capsys: pytest.CaptureFixture[str]
) -> Ask:
    """Return a function that lets `add` give prepared answers, and returns code, stdout, stderr."""
    experiment = experiments.get("add")

    def program(
        said: Sequence[Said], *arguments: str, method: str = "answer"
    ) -> tuple[int, str, str]:
        monkeypatch.setattr(experiment, method, Talker(said), raising=False)
        code = run(["add", "1+1", "--checkpoint", str(adders[10]), "-q", *arguments])
        return code, *capsys.readouterr()

    return program


def test_a_note_is_a_warning_not_a_failure(ask: Ask) -> None:
    code, out, err = ask([Note("left out \x1b"), {"answer": "2"}])
    assert (code, out) == (0, "2\n")
    assert err == "warning: left out \\x1b\n"
    assert ask([Note("so"), {"answer": "2"}], "--json")[1] == '{"answer": "2"}\n'
    assert ask([DataError("no"), {"answer": "2"}])[::2] == (1, "error: no\n")


def test_columns_depend_on_the_query(ask: Ask) -> None:
    said = {"answer": "2", "verdict": "right", "expected": "2", "right": True}
    assert ask([said])[1] == "2\n"
    assert ask([said], "--check")[1] == "2\tright\t2\n"


def test_a_stream_is_printed_as_it_comes_with_control_characters_escaped(ask: Ask) -> None:
    said: list[Said] = ["a\tb", "\n", "c\x1b[31m", Note("so"), "d\n"]
    code, out, err = ask(said, method="stream")
    assert (code, out, err) == (0, "a\tb\nc\\x1b[31md\n", "warning: so\n")
    code, out, err = ask(["a\n", DataError("no"), "b\n"], method="stream")
    assert (code, out, err) == (1, "a\nb\n", "error: no\n")


def test_json_is_not_streamed(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(experiments.get("add"), "answer", Talker([{"answer": "2"}]))
    assert ask(["streamed"], "--json", method="stream")[1] == '{"answer": "2"}\n'


def test_an_option_can_replace_the_input(
    monkeypatch: pytest.MonkeyPatch, adders: dict[int, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    experiment = experiments.get("add")
    monkeypatch.setattr(experiment, "own_inputs", lambda query: ("1+2",) if query.check else ())
    asked: list[str] = []

    def answer(model: object, query: object, inputs: Iterable[str]) -> Iterator[Answer]:
        asked.extend(inputs)
        return iter(())

    monkeypatch.setattr(experiment, "answer", answer)
    checkpoint = ["--checkpoint", str(adders[10]), "-q"]
    assert run(["add", "--check", *checkpoint]) == 0
    assert run(["add", "5+5", "--check", *checkpoint]) == 2
    assert "--check cannot be used with an input" in capsys.readouterr().err
    assert asked == ["1+2"]
    assert run(["add", *checkpoint]) == 2
    assert "for answering, but there is no input" in capsys.readouterr().err

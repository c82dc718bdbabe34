"""The docs match the code: commands, options, files, and examples that work."""

import contextlib
import dataclasses
import inspect
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from house import FLOORS

import nnlab
from nnlab import experiments
from nnlab.checkpoint import Header
from nnlab.cli.main import nnlab as program
from nnlab.inference.kinds import KINDS
from nnlab.runs.choosing import shipped_checkpoint
from nnlab.runs.folder import RunFolder
from nnlab.runs.single import run
from tests.watching import make_workshop

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
EXAMPLE = DOCS / "adding-an-experiment.md"
TUTORIAL = DOCS / "tutorial.md"
TAUGHT = {EXAMPLE: "regress", TUTORIAL: "parity"}
"""The experiments that a reader adds by following these pages."""
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")),
    ROOT / "data" / "README.md",
    *sorted(DOCS.rglob("*.md")),
]

FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"^ {4}(.*)$", re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
SHELLS = ("", "sh", "bash", "console", "shell")


def python_code(page: Path, first_words: str = "") -> Iterator[str]:
    """Yield the Python blocks of a page that begin with these words."""
    for language, code in FENCED.findall(page.read_text()):
        if language == "python" and code.startswith(first_words):
            yield code


@pytest.fixture
def taught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], str]:
    """Return a function that adds the experiment of a page to the existing ones."""

    def add(page: Path) -> str:
        name = TAUGHT[page]
        code = next(code for code in python_code(page) if "EXPERIMENT = " in code)
        (tmp_path / f"{name}.py").write_text(code)
        monkeypatch.setattr(experiments, "__path__", [*experiments.__path__, str(tmp_path)])
        for module in (f"nnlab.experiments.{name}", "nnlab.cli.evaluate"):  # it knows them all
            monkeypatch.delitem(sys.modules, module, raising=False)
        assert name in experiments.names()
        return name

    return add


def page_name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub makes from the headings of a page."""
    headings = HEADING.findall(FENCED.sub("", page.read_text()))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def command_lines(text: str) -> Iterator[str]:
    """Yield the lines of code blocks that may be commands; if some begin with $, only those."""
    blocks = [code for language, code in FENCED.findall(text) if language in SHELLS]
    blocks.append("\n".join(INDENTED.findall(FENCED.sub("", text))))
    for block in blocks:
        lines = block.replace("\\\n", " ").splitlines()
        prompted = [line.strip()[2:] for line in lines if line.strip().startswith("$ ")]
        yield from prompted or lines


def nnlab_commands(text: str) -> Iterator[list[str]]:
    """Yield the arguments of each call of nnlab, also inside pipes and lists of commands."""
    for line in command_lines(text):
        if "nnlab" not in line:
            continue
        words = shlex.shlex(line, posix=True, punctuation_chars=True)
        words.whitespace_split = True
        command: list[str] = []
        for word in [*words, ";"]:
            if set(word) <= set("();<>|&"):
                if command[:1] == ["nnlab"]:
                    yield command[1:]
                command = []
            elif command or not re.match(r"[A-Z_]+=", word):  # settings of the environment
                command.append(word)


def parse(arguments: list[str]) -> None:
    """Parse a command line as nnlab would, without running it."""
    command: click.Command = program
    context = click.Context(command, info_name="nnlab", **command.context_settings)
    while isinstance(command, click.Group) and arguments and not arguments[0].startswith("-"):
        name, *arguments = arguments
        found = command.get_command(context, name)
        assert found is not None, f"no command {name!r}"
        command = found
        context = click.Context(command, context, info_name=name)
    with contextlib.suppress(click.exceptions.Exit):  # --help and --version
        command.parse_args(context, arguments)


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_links_lead_to_files_and_headings(page: Path) -> None:
    text = FENCED.sub("", page.read_text())
    for target in LINK.findall(text):
        if re.match(r"\w+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), f"{page_name(page)}: {target}"
        if anchor and file.suffix == ".md":
            assert anchor in anchors(file), f"{page_name(page)}: {target}"


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_commands_in_the_docs_parse(page: Path, taught: Callable[[Path], str]) -> None:
    if page in TAUGHT:
        taught(page)
    for arguments in nnlab_commands(page.read_text()):
        try:
            parse(arguments)
        except click.ClickException as error:
            pytest.fail(f"nnlab {shlex.join(arguments)}: {error.format_message()}")


def test_commands_are_found_in_pipes_and_after_variables() -> None:
    lines = "$ ls | nnlab classify - --json | jq .  # all\n$ A=1 nnlab show x\nnnlab 0.1.0\n"
    text = f"```console\n{lines}```\n"
    assert list(nnlab_commands(text)) == [["classify", "-", "--json"], ["show", "x"]]
    assert list(nnlab_commands("    nnlab data list > sets\n")) == [["data", "list"]]
    with pytest.raises(click.NoSuchOption):
        parse(["classify", "--modell", "cnn"])


def test_every_command_is_documented() -> None:
    text = (DOCS / "cli.md").read_text()

    def check(command: click.Command, path: str) -> None:
        assert f"\n### {path}\n" in text
        if isinstance(command, click.Group):
            context = click.Context(command)
            for name in command.list_commands(context):
                member = command.get_command(context, name)
                assert member is not None
                check(member, f"{path} {name}")

    check(program, "nnlab")
    for name in experiments.names():
        assert f"\n### nnlab {name}\n" in text


@pytest.mark.parametrize("page", ["docs/cli.md", "docs/design.md"])
def test_generated_parts_are_up_to_date(page: str) -> None:
    command = [sys.executable, "-m", "cogapp", "--check", "--diff", page]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, f"run make docs\n{result.stdout}{result.stderr}"


def test_the_checkpoint_page_names_every_layer_kind_setting_and_header_field() -> None:
    text = (DOCS / "checkpoint-format.md").read_text()
    rows = {row.split("`")[1]: row for row in text.splitlines() if row.startswith("| `")}
    for kind, layer in KINDS.items():
        for setting in dataclasses.fields(layer):  # type: ignore[arg-type]
            assert f"`{setting.name}`" in rows[kind]
    assert Header.__dataclass_fields__.keys() < rows.keys()


def test_the_design_page_lists_the_floors() -> None:
    rows = re.findall(r"^\| (\d+) \| (`.*?) \|", (DOCS / "design.md").read_text(), re.MULTILINE)
    floors = {int(number): set(re.findall(r"`(\w+)`", rooms)) for number, rooms in rows}
    assert floors == dict(enumerate(FLOORS))


def test_the_worked_example_trains_and_answers(
    tmp_path: Path, taught: Callable[[Path], str]
) -> None:
    experiment = experiments.get(taught(EXAMPLE))
    folder = RunFolder(tmp_path / "run")
    folder.path.mkdir()
    config = experiment.configure({"epochs": 20}, "test")
    metrics = run(experiment, config, folder, make_workshop())
    assert metrics.scores["rmse"] < metrics.baselines["straight line"]["rmse"]
    (answer,) = nnlab.load(folder.best).answer(["1.57"])
    assert answer["y"] == pytest.approx(1, abs=0.3)


def test_the_experiment_of_the_tutorial_passes_the_tests_of_the_tutorial(
    tmp_path: Path, taught: Callable[[Path], str]
) -> None:
    taught(TUTORIAL)
    (code,) = python_code(TUTORIAL, '"""Test what only parity does."""')
    names: dict[str, Any] = {}
    exec(compile(code, str(TUTORIAL), "exec"), names)
    tests = [name for name in names if name.startswith("test_")]
    assert len(tests) == 2
    for name in tests:
        wanted = inspect.signature(names[name]).parameters
        names[name](**{"tmp_path": tmp_path} if wanted else {})


def test_the_python_of_the_tutorial_works(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("runs/classify/1", "long", "whole"):  # stands in for the reader's own runs
        (tmp_path / name).mkdir(parents=True)
        shutil.copy(shipped_checkpoint("classify") or "", tmp_path / name / "best.h5")
    shutil.copytree(ROOT / "data" / "examples", tmp_path / "examples")
    for code in python_code(TUTORIAL, "import nnlab\n"):
        exec(compile(code, str(TUTORIAL), "exec"), {})
    first, last = capsys.readouterr().out.splitlines()
    assert "'label': '3'" in first
    assert last == "True"


def test_the_tutorial_shows_files_that_a_run_leaves() -> None:
    text = TUTORIAL.read_text()
    files = RunFolder(Path("run"))
    for path in (files.config, files.history, files.metrics, files.best, files.last):
        assert f"\n{path.name}\n" in text


def test_the_python_page_names_everything_public() -> None:
    text = (DOCS / "python.md").read_text()
    for name in set(nnlab.__all__) - {"Run", "Trained"}:
        assert name in text

"""Check what is about to be released: nothing is left out, and the installed wheel answers.

    python tools/check_dist.py dist

Every file that git tracks is looked for in the sdist, and those of the package in the wheel. Then
the wheel is installed with what it requires, without extras, in an environment of its own in a
temporary folder (2 GB), and every network that ships is asked one question from there.
"""

import argparse
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = "nnlab/"
FOR_GITHUB_ONLY = (".ci/", ".github/", ".gitignore")

QUESTIONS = {
    "add.modern": (["add", "123+456+1"], "580"),
    "add.modern.base-16": (["add", "--base", "16", "fffffffffffff+1"], "10000000000000"),
    "add.report": (["add", "--preset", "report", "123+456"], "579"),
    "add.report.base-16": (["add", "--preset", "report", "--base", "16", "ff+1"], "100"),
    "classify.modern": (["classify", "7.png"], "7.png\t7\t"),
    "classify.report": (["classify", "--preset", "report", "7.png"], "7.png\t7\t"),
    "denoise.modern": (["denoise", "noisy.png", "--output", "modern.png"], "modern.png"),
    "denoise.report": (
        ["denoise", "--preset", "report", "noisy.png", "--output", "report.png"],
        "report.png",
    ),
    "embed.modern": (["embed", "letter.png"], "letter.png\t"),
    "embed.report": (["embed", "--preset", "report", "letter.png"], "letter.png\t"),
    "recommend.modern": (["recommend", "soda, frankfurter"], "rolls/buns\t"),
    "recommend.report": (["recommend", "--preset", "report", "soda"], "canned beer\t"),
    "textgen.modern": (["textgen", "There was no ", "--length", "20"], "There was no "),
    "textgen.report": (
        ["textgen", "--preset", "report", "There was no ", "--length", "20"],
        "There was no ",
    ),
    "translate.modern": (["translate", "I am cold."], "Ik heb het koud."),
    "translate.report": (["translate", "--preset", "report", "I love you."], "Ik hou van je."),
}
"""For each network that ships, a question and what its answer holds."""


def left_out(tracked: Iterable[str], archived: Iterable[str]) -> list[str]:
    """Return the tracked files that an archive should hold and does not."""
    wanted = {name for name in tracked if not name.startswith(FOR_GITHUB_ONLY)}
    return sorted(wanted - set(archived))


def check_files(sdist: Path, wheel: Path) -> list[str]:
    """Return what is wrong with the contents of both archives."""
    command = ["git", "ls-files"]
    tracked = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    names = tracked.stdout.splitlines()
    with tarfile.open(sdist) as file:
        in_sdist = [name.partition("/")[2] for name in file.getnames()]
    in_wheel = zipfile.ZipFile(wheel).namelist()
    of_package = [name for name in names if name.startswith(PACKAGE)]
    wrong = [f"{sdist.name} lacks {name}" for name in left_out(names, in_sdist)]
    return wrong + [f"{wheel.name} lacks {name}" for name in left_out(of_package, in_wheel)]


def install(wheel: Path, folder: Path) -> Path:
    """Install the wheel and what it requires; return the environment's folder of programs."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    programs = folder / "bin"
    command = [f"{programs}/python", "-m", "pip", "install", "--quiet", str(wheel.resolve())]
    subprocess.run(command, check=True)
    return programs


def shipped(programs: Path, folder: Path) -> dict[str, Path]:
    """Return the checkpoints of the installed package by their names."""
    code = "from nnlab.runs.choosing import shipped_checkpoints as all; print(*all(), sep='\\n')"
    command = [f"{programs}/python", "-c", code]
    listed = subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE, text=True)
    return {path.stem: path for path in map(Path, listed.stdout.splitlines())}


def ask(program: Path, name: str, checkpoint: Path, folder: Path) -> str:
    """Ask a network its question; return what is wrong with the answer, or nothing."""
    question, expected = QUESTIONS[name]
    command = [str(program), *question, "--checkpoint", str(checkpoint)]
    came = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if came.returncode == 0 and expected in came.stdout:
        print(f"{name}: {came.stdout.strip().splitlines()[0]}", flush=True)
        return ""
    return f"{name}: expected {expected!r}, got {came.stdout!r} {came.stderr}"


def check_answers(wheel: Path) -> list[str]:
    """Return which of the networks in the wheel do not answer."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        for picture in (ROOT / "data" / "examples").glob("*.png"):
            (folder / picture.name).write_bytes(picture.read_bytes())
        programs = install(wheel, folder / "environment")
        networks = shipped(programs, folder)
        wrong = [
            f"expected {one} in the wheel" for one in sorted(QUESTIONS.keys() - networks.keys())
        ]
        for one, checkpoint in networks.items():
            if not checkpoint.is_relative_to(folder):
                wrong.append(f"{checkpoint} is not that of the wheel")
            wrong.append(ask(programs / "nnlab", one, checkpoint, folder))
    return [one for one in wrong if one]


def main() -> None:
    """Read the folder's name and check the one sdist and the one wheel in it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dist", type=Path, help="folder with one sdist and one wheel")
    folder = parser.parse_args().dist
    (sdist,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    wrong = check_files(sdist, wheel) or check_answers(wheel)
    if wrong:
        raise SystemExit("\n".join(wrong))


if __name__ == "__main__":
    main()

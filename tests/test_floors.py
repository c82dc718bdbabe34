"""Imports go down: a file imports only from lower floors; heavy packages only where they belong."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import nnlab

PACKAGE = Path(nnlab.__file__).parent

FLOORS = (
    {"errors"},
    {"console", "files", "interrupts", "machine", "options", "programs", "records", "versions"},
    {"datasets", "inference", "checkpoint", "metrics", "plots"},
    {"models", "results", "training"},
    {"contract"},
    {"experiments"},
    {"runs"},
    {"report"},
    {"doctor", "sweeps"},
    {"api", "reproduction"},
    {"cli"},
)
MODULES = sorted(
    path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE or path.stem[0] != "_"
)


BUILT_ON = {"perm_test": {"classify"}}
"""Experiments that vary others and may import them."""


def room_of(name: str) -> str:
    """Return the room of a module: its first folder; the contract is a room of its own."""
    first, *rest = name.split(".")[1:]
    return "contract" if first == "experiments" and rest[:1] == ["contract"] else first


def module_of(path: Path) -> str:
    return ".".join(["nnlab", *path.relative_to(PACKAGE).with_suffix("").parts])


def imports_of(path: Path) -> list[tuple[str, bool]]:
    """Return the imported names, and whether the import is outside of all functions."""
    tree = ast.parse(path.read_text())
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
    }
    checked_only = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.dump(block.test)
        for node in ast.walk(block)
    }
    found = []
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
            if node.module == "nnlab":
                names = [f"nnlab.{alias.name}" for alias in node.names]
        found += [(name, id(node) not in inside | checked_only) for name in names]
    return found


def floor_of(room: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if room in rooms)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_come_from_lower_floors(path: Path) -> None:
    room = room_of(module_of(path))
    for name, _ in imports_of(path):
        if name.startswith("nnlab."):
            other = room_of(name)
            assert other == room or floor_of(other) < floor_of(room), f"{path} imports {name}"


def test_experiments_do_not_import_one_another() -> None:
    for path in (PACKAGE / "experiments").rglob("*/*.py"):
        own = path.relative_to(PACKAGE / "experiments").parts[0]
        allowed = {own, "contract"} | BUILT_ON.get(own, set())
        for name, _ in imports_of(path):
            if name.startswith("nnlab.experiments."):
                assert name.split(".")[2] in allowed, f"{path} imports {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_heavy_packages_are_imported_inside_functions_of_their_rooms(path: Path) -> None:
    room = room_of(module_of(path))
    for name, at_top in imports_of(path):
        package = name.split(".")[0]
        if package in ("tensorflow", "keras"):
            assert not at_top
            assert room in ("models", "training", "experiments", "runs"), f"{path}: {name}"
        if package in ("matplotlib", "scipy", "rich", "PIL", "pooch", "sacrebleu", "jinja2", "ray"):
            assert not at_top, f"{path} imports {name} at its top"


def test_options_do_not_import_numpy() -> None:
    """Importing NumPy would slow down `--help`. The folders' own `__init__.py` are skipped.

    An experiment in one file has no `config.py`, and imports NumPy beside its options.
    """
    program = """
import importlib, sys, types
from pathlib import Path
from nnlab import experiments
folders = [path.parent for path in Path(experiments.__path__[0]).glob("*/config.py")]
assert folders
for folder in folders:
    package = types.ModuleType(f"{experiments.__name__}.{folder.name}")
    package.__path__ = [str(folder)]
    sys.modules[package.__name__] = package
for folder in folders:
    importlib.import_module(f"{experiments.__name__}.{folder.name}.config")
    assert "numpy" not in sys.modules, folder.name
"""
    subprocess.run([sys.executable, "-c", program], check=True)

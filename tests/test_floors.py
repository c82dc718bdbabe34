"""Imports go down: a file imports only from lower floors; heavy packages only where they belong."""

import subprocess
import sys
from pathlib import Path

import pytest
from house import FLOORS, MODULES, PACKAGE, imports_of, module_of, room_of

BUILT_ON = {"perm_test": {"classify"}}
"""Experiments that vary others and may import them."""


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

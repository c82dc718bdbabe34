"""Imports go down: a file imports only from lower floors; heavy packages only where they belong."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from house import FLOORS, MODULES, PACKAGE, imports_of, module_of, room_of

BUILT_ON = {"perm_test": {"classify"}}
"""Experiments that vary others and may import them."""

TRAINERS = ("tensorflow", "keras")
HEAVY = ("matplotlib", "scipy", "rich", "PIL", "pooch", "sacrebleu", "jinja2", "ray")


def floor_of(room: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if room in rooms)


def imports() -> Iterator[tuple[Path, str, str, bool]]:
    """Yield each import of the package: file, room, name, and whether it is at the top."""
    for path in MODULES:
        for name, at_top in imports_of(path):
            yield path, room_of(module_of(path)), name, at_top


def test_imports_come_from_lower_floors() -> None:
    upwards = [
        f"{path} imports {name}"
        for path, room, name, _ in imports()
        if name.startswith("nnlab.") and room_of(name) != room
        if floor_of(room_of(name)) >= floor_of(room)
    ]
    assert not upwards


def test_experiments_do_not_import_one_another() -> None:
    for path in (PACKAGE / "experiments").rglob("*/*.py"):
        own = path.relative_to(PACKAGE / "experiments").parts[0]
        allowed = {own, "contract"} | BUILT_ON.get(own, set())
        for name, _ in imports_of(path):
            if name.startswith("nnlab.experiments."):
                assert name.split(".")[2] in allowed, f"{path} imports {name}"


def test_heavy_packages_are_imported_inside_functions_of_their_rooms() -> None:
    for path, room, name, at_top in imports():
        package = name.split(".")[0]
        if package in TRAINERS:
            assert room in ("models", "training", "experiments", "runs"), f"{path}: {name}"
        if package in (*TRAINERS, *HEAVY):
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

"""One folder or file per experiment, found by its name; each defines `EXPERIMENT`."""

import importlib
import pkgutil
import re
from pathlib import Path
from typing import TYPE_CHECKING

from nnlab.errors import CheckpointError, nearest

if TYPE_CHECKING:
    from nnlab.experiments.contract import AnyExperiment

_SUMMARY = re.compile(r'^    summary: ClassVar\[str\] = "([^"\\]*)"$', re.MULTILINE)


def names() -> list[str]:
    """Return the names of all experiments, such as `perm-test`, in alphabetical order."""
    modules = {module.name for module in pkgutil.iter_modules(__path__)} - {"contract"}
    return sorted(name.replace("_", "-") for name in modules)


def get(name: str) -> "AnyExperiment":
    """Return the experiment called `name`.

    Raises:
        CheckpointError: There is none; names come from the package itself or from a checkpoint.
    """
    if name not in names():
        raise CheckpointError(f"there is no experiment {name!r}; {nearest(name, names())}")
    experiment: AnyExperiment = importlib.import_module(f"{__name__}.{_file(name)}").EXPERIMENT
    return experiment


def summary(name: str) -> str:
    """Return the one-line summary of the experiment called `name`.

    It is read from the source: to import all experiments for a list of commands would cost half a
    second. An experiment that writes it in another way is imported after all.
    """
    place = Path(__file__).parent / _file(name)
    file = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
    found = _SUMMARY.search(file.read_text(encoding="utf-8"))
    return found[1] if found else get(name).summary


def _file(name: str) -> str:
    return name.replace("-", "_")

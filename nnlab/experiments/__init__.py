"""One file per experiment, found by its file name; each defines `EXPERIMENT`."""

import importlib
import pkgutil
import re
from typing import TYPE_CHECKING

from nnlab.errors import CheckpointError, nearest

if TYPE_CHECKING:
    from nnlab.experiment import Experiment

_SUMMARY = re.compile(r'^    summary: ClassVar\[str\] = "([^"\\]*)"$', re.MULTILINE)


def names() -> list[str]:
    """Return the names of all experiments, such as `perm-test`, in alphabetical order."""
    return sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(__path__))


def get(name: str) -> "Experiment":
    """Return the experiment called `name`.

    Raises:
        CheckpointError: There is none; names come from the package itself or from a checkpoint.
    """
    if name not in names():
        raise CheckpointError(f"there is no experiment {name!r}; {nearest(name, names())}")
    experiment: Experiment = importlib.import_module(f"{__name__}.{_file(name)}").EXPERIMENT
    return experiment


def summary(name: str) -> str:
    """Return the one-line summary of the experiment called `name`.

    It is read from the source: to import all experiments for a list of commands would cost half a
    second. An experiment that writes it in another way is imported after all.
    """
    source = pkgutil.get_data(__name__, f"{_file(name)}.py") or b""
    found = _SUMMARY.search(source.decode())
    return found[1] if found else get(name).summary


def _file(name: str) -> str:
    return name.replace("-", "_")

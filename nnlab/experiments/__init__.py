"""One file per experiment, found by its file name; each defines `EXPERIMENT`."""

import importlib
import pkgutil

from nnlab.errors import CheckpointError, nearest
from nnlab.experiment import Experiment


def names() -> list[str]:
    """Return the names of all experiments, such as `perm-test`, in alphabetical order."""
    return sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(__path__))


def get(name: str) -> Experiment:
    """Return the experiment called `name`.

    Raises:
        CheckpointError: There is none; names come from the package itself or from a checkpoint.
    """
    if name not in names():
        raise CheckpointError(f"there is no experiment {name!r}; {nearest(name, names())}")
    module = importlib.import_module(f"{__name__}.{name.replace('-', '_')}")
    return module.EXPERIMENT

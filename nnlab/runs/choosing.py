"""Which checkpoint answers: the one that is named, that of the newest run, or one that ships."""

import functools
from collections.abc import Mapping
from importlib import resources
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any

from nnlab import experiments
from nnlab.checkpoint import open_checkpoint
from nnlab.errors import CheckpointError
from nnlab.options import flag_value
from nnlab.runs import folder as runs
from nnlab.runs.folder import RunFolder
from nnlab.training.settings import MODERN, REPORT

NOTHING: Mapping[str, Any] = MappingProxyType({})
SHOWN = 10
"""How many runs of a group an error names."""


def checkpoint_file(path: Path) -> Path:
    """Return the checkpoint that a name stands for.

    A run folder stands for its best weights, the name of an experiment for the network that comes
    with the package, unless there is a file or folder of that name. `add.report` is the network of
    the preset `report`.

    Raises:
        CheckpointError: It is a folder of several runs, or an experiment of which no network ships.
    """
    if not _exists(path):
        name = str(path)
        if experiments.exists(name):
            if shipped := shipped_checkpoint(name):
                return shipped
            raise CheckpointError(
                f"no network of {name} comes with nnlab; train one with nnlab {name}, then name "
                "its folder"
            )
        stem = _shipped() / f"{name}.h5"
        return stem if path.name == name and stem.is_file() else path
    if not path.is_dir():
        return path
    best = runs.RunFolder(path).best
    if not best.exists() and runs.RunFolder(path).is_run():
        raise CheckpointError(f"{path}: no best.h5 yet, because its first epoch has not ended")
    if not best.exists():
        below = chain(path.glob("*/best.h5"), path.glob("*/*/best.h5"))
        members = sorted(str(file.parent) for file in below)
        shown = ", ".join(members[:SHOWN]) + (", ..." if len(members) > SHOWN else "")
        raise CheckpointError(
            f"{path}: expected the folder of a single run, with a best.h5 in it; "
            + (f"name one below it: {shown}" if members else "there is none below it, either")
        )
    return best


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # the name is too long, say: whoever opens it says so
        return False


def shipped_checkpoint(experiment: str, wanted: Mapping[str, Any] | None = None) -> Path | None:
    """Return the checkpoint that comes with the package, if there is one: the modern one first.

    Files are named by experiment, preset and what else tells them apart: `add.report.base-16.h5`.

    Args:
        experiment: Name of the experiment.
        wanted: Settings that it must have been trained with.
    """
    for preset in (MODERN, REPORT):
        start = f"{experiment}.{preset}"
        others = sorted(_shipped().glob(f"{start}.*.h5"))
        for path in (_shipped() / f"{start}.h5", *others):
            if path.is_file() and (not wanted or _has(_config_in(path), wanted)):
                return path
    return None


def shipped_checkpoints() -> list[Path]:
    """Return all checkpoints that come with the package."""
    return sorted(_shipped().glob("*.h5"))


def _shipped() -> Path:
    return Path(str(resources.files("nnlab") / "checkpoints"))


@functools.cache
def _config_in(path: Path) -> Mapping[str, Any]:
    """Return the settings of a network that ships: its file does not change."""
    with open_checkpoint(path) as file:
        return file.header.config


def _has(config: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    known = {"preset": REPORT, **config}  # older checkpoints had no other
    return all(known.get(name) == value for name, value in wanted.items())


def newest_run(
    base: Path, experiment: str, wanted: Mapping[str, Any] = NOTHING
) -> RunFolder | None:
    """Return the run that finished last; of a group, rather one that is no control.

    Args:
        base: The folder of runs, usually `./runs`.
        experiment: Name of the experiment.
        wanted: Settings that it must have been trained with.
    """
    newest = runs.newest_finished(base, experiment, lambda run: _has(run.settings(), wanted))
    if newest is None or newest.path.parent == base / experiment:  # it stands alone
        return newest

    def suits(run: RunFolder) -> bool:
        settings = run.settings()
        same_group = run.path.parent == newest.path.parent
        return same_group and is_subject(experiment, settings) and _has(settings, wanted)

    return runs.newest_finished(base, experiment, suits) or newest


def is_subject(experiment: str, settings: Mapping[str, Any]) -> bool:
    """Tell by its settings whether a run of a group may answer, and is no control."""
    return _has(settings, experiments.get(experiment).subject)


def choose_checkpoint(
    experiment: str, given: Path | None, base: Path, wanted: Mapping[str, Any]
) -> tuple[Path, str]:
    """Decide which checkpoint answers.

    Args:
        experiment: Name of the experiment.
        given: What the user named: a checkpoint, or a run folder (then its best weights).
        base: The folder of runs, usually `./runs`.
        wanted: Settings that it must have been trained with, unless it is given.

    Returns:
        The file, and how it was chosen in words.

    Raises:
        CheckpointError: There is none.
    """
    if given is not None:
        return checkpoint_file(given), "as given"
    newest = newest_run(base, experiment, wanted)
    if newest:
        return newest.best, "the newest finished run"
    shipped = shipped_checkpoint(experiment, wanted)
    if shipped:
        return shipped, "shipped with nnlab"
    named = {name: value for name, value in wanted.items() if value is not False}
    options = "".join(f" {flag_value(name, value)}" for name, value in named.items())
    run = "finished run with these options" if options else "finished run"
    raise CheckpointError(
        f"no network for {experiment}{options}: there is no {run} under {base}, and none is "
        f"shipped; train one with `nnlab {experiment}{options}` or name a file with --checkpoint"
    )

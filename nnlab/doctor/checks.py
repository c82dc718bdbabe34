"""All checks, in dependency order."""

from collections.abc import Collection
from functools import partial
from pathlib import Path

from nnlab.datasets.store import Store
from nnlab.datasets.store.registry import all_sets
from nnlab.doctor import data, folders, machine, networks, software, surroundings
from nnlab.doctor.check import Check
from nnlab.runs.choosing import shipped_checkpoints


def all_checks(
    store: Store,
    runs: Path,
    *,
    quick: bool = False,
    variables: Collection[str] = (),
    commands: Collection[str] = (),
) -> list[Check]:
    """Return the checks of a machine, without running any.

    Args:
        store: Where data sets are looked for; nothing is downloaded.
        runs: The folder of runs, which need not exist.
        quick: Leave out the checks that start TensorFlow, and the answers of checkpoints.
        variables: Environment variables that the caller reads, besides those of experiments.
        commands: Names of the caller's commands, besides those of experiments.
    """
    shipped = shipped_checkpoints()
    return [
        Check("python", software.python),
        Check("packages", software.packages),
        Check("other packages", partial(software.other_packages, commands)),
        Check("processors", machine.processors),
        Check("memory", machine.memory),
        Check("terminal", surroundings.terminal),
        Check("environment", partial(surroundings.environment, variables)),
        Check("run folder", partial(folders.run_folder, runs)),
        Check("cache folder", partial(folders.cache_folder, store)),
        Check("data folders", partial(data.data_folders, store)),
        *(
            Check(f"data: {name}", partial(data.data_set, store, one))
            for name, one in all_sets().items()
        ),
        *(
            Check(f"checkpoint: {path.stem}", partial(networks.checkpoint, path, not quick))
            for path in shipped
        ),
        Check("engine", partial(networks.engine, shipped)),
        Check("figures", software.figures),
        Check("tesseract", software.text_recognition),
        *([] if quick else [Check("devices", networks.devices)]),
        *([] if quick else [Check("training", networks.training)]),
    ]

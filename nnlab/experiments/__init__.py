"""One folder or file per experiment, found by its name; each defines `EXPERIMENT`.

Other packages can bring experiments of their own: an entry point of the group
`nnlab.experiments`, whose name is the command's and whose value is the instance.
"""

import contextlib
import functools
import importlib
import pkgutil
import re
import reprlib
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from nnlab.errors import CheckpointError, nearest

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from nnlab.experiments.contract import AnyExperiment

GROUP = "nnlab.experiments"
_SUMMARY = re.compile(r'^    summary(?:: ClassVar\[str\])? = "([^"\\]*)"$', re.MULTILINE)


def names() -> list[str]:
    """Return the names of all experiments, such as `perm-test`, in alphabetical order."""
    return sorted({*_own(), *_installed()})


def exists(name: str) -> bool:
    """Tell whether there is an experiment of this name; other packages are asked last."""
    return name in _own() or name in _installed()


def get(name: str) -> "AnyExperiment":
    """Return the experiment called `name`.

    Raises:
        CheckpointError: There is none (names come from the package itself or from a checkpoint),
            or the package that brings it cannot be imported.
    """
    if name in _own():
        own: AnyExperiment = importlib.import_module(f"{__name__}.{_file(name)}").EXPERIMENT
        return own
    if name not in _installed():
        raise CheckpointError(f"there is no experiment {name!r}; {nearest(name, names())}")
    return _loaded(_installed()[name])


def of_other_packages() -> list[str]:
    """Return the names of the entry points that other packages bring, whether usable or not."""
    return sorted(_installed())


def is_own(name: str) -> bool:
    """Tell whether an experiment is part of nnlab itself."""
    return name in _own()


def usable() -> Iterator["AnyExperiment"]:
    """Yield our own experiments, then those of other packages that can be used."""
    for name in sorted(names(), key=lambda name: not is_own(name)):
        with contextlib.suppress(CheckpointError):
            yield get(name)


def summary(name: str) -> str:
    """Return the one-line summary of the experiment called `name`.

    It is read from the source: to import all experiments for a list of commands would cost half a
    second. An experiment that writes it in another way is imported after all, and so is one of
    another package; if that fails, the reason stands in place of the summary.
    """
    if name in _own():
        place = _own()[name]
        file = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
        found = _SUMMARY.search(file.read_text(encoding="utf-8"))
        return found[1] if found else get(name).summary
    try:
        return get(name).summary
    except CheckpointError as error:
        return str(error)


def _own() -> Mapping[str, Path]:
    """Return the path of each experiment of this package, without a suffix, by name."""
    return _modules(tuple(__path__))


@functools.cache
def _modules(folders: tuple[str, ...]) -> Mapping[str, Path]:
    return {
        module.name.replace("_", "-"): Path(folder, module.name)
        for folder in reversed(folders)
        for module in pkgutil.iter_modules([folder])
        if module.name != "contract"
    }


@functools.cache
def _installed() -> Mapping[str, "EntryPoint"]:
    """Return the entry points of other packages, by name. An experiment of our own comes first."""
    if not any(map(_mentions_group, sys.path)):
        return {}
    from importlib.metadata import entry_points

    return {point.name: point for point in entry_points(group=GROUP)}


def _mentions_group(folder: str) -> bool:
    """Tell whether a package installed in this folder has entry points of the group.

    `importlib.metadata` says it as well, but takes a third of the time of `nnlab --help`.
    """
    found = Path(folder).glob("*.*-info/entry_points.txt")
    return any(GROUP.encode() in file.read_bytes() for file in found)


def _loaded(point: "EntryPoint") -> "AnyExperiment":
    package = point.dist.name if point.dist else point.module
    try:
        experiment = point.load()
    except Exception as error:  # whatever a foreign module raises while it is imported
        raise CheckpointError(
            f"experiment {point.name!r} cannot be loaded: {type(error).__name__}: {error}; "
            f"update or uninstall {package}"
        ) from error
    try:
        fault = _fault(experiment, point.name)
    except Exception as error:  # it lacks what every experiment has
        fault = f"{type(error).__name__}: {error}"
    if fault:
        raise CheckpointError(f"experiment {point.name!r} ({point.value} of {package}): {fault}")
    ours: AnyExperiment = experiment
    return ours


def _fault(experiment: object, name: str) -> str:
    """Say why an experiment of another package cannot be used; nothing if it can."""
    from nnlab.experiments.contract import Experiment
    from nnlab.options import fields_without_option
    from nnlab.records import NAME
    from nnlab.training.settings import PRESETS, REPORT

    if not isinstance(experiment, Experiment):
        return f"expected an instance of Experiment, but it is {reprlib.repr(experiment)}"
    if experiment.name != name:
        return f"its name is {experiment.name!r}; the entry point must have the same"
    if not NAME.fullmatch(name):
        return f"expected a name of the form {NAME.pattern}"
    for kind in (experiment.Config, experiment.Query, experiment.Look):
        if wrong := fields_without_option(kind):
            return f"{kind.__name__}.{wrong[0]} is not made with nnlab.options.option"
    if unknown := sorted(experiment.presets.keys() - {*PRESETS}):
        return f"its preset {unknown[0]!r} is none of {', '.join(PRESETS)}"
    if REPORT not in experiment.presets:
        return f"expected a preset {REPORT!r}, whose values may be empty"
    return ""


def _file(name: str) -> str:
    return name.replace("-", "_")

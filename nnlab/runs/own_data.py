"""The data that a network was trained on, loaded again."""

from __future__ import annotations

import dataclasses
import os
import reprlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from nnlab.datasets.store import Store
from nnlab.errors import DataError
from nnlab.experiments.contract import Data, Warn
from nnlab.options import changed
from nnlab.runs.pinning import pinned
from nnlab.training.settings import TrainingSettings

if TYPE_CHECKING:
    from nnlab.runs.answering import Trained

WHOLE: Mapping[str, Any] = MappingProxyType({})


def own_data(trained: Trained, store: Store, warn: Warn, part: Mapping[str, Any] = WHOLE) -> Data:
    """Load the data that a network was trained on.

    Args:
        trained: The network.
        store: Finds data sets.
        warn: Receives warnings.
        part: Values of the experiment's `part_options`, for a part of them.

    Raises:
        DataError: They are missing, or have changed since.
    """
    experiment, source = trained.experiment, trained.source
    config = changed(pinned(experiment, trained.config(), source), "evaluate", **part)
    with starting_folder_hinted(config):
        data = experiment.load_for_evaluation(config, trained.header.facts, {}, store, warn)
    if data.source.sha256 != source.sha256:
        raise DataError(
            f"{trained.path} was trained on {source.name}, but {data.source.name} has changed "
            "since; restore it, or choose other data by an option"
        )
    check_fits(trained, data)
    return data


@contextmanager
def starting_folder_hinted(config: TrainingSettings) -> Iterator[None]:
    """Add to an error that a file is missing where a Config looks for it: from where it began."""
    try:
        yield
    except DataError as error:
        values = (
            getattr(config, field.name)
            for field in dataclasses.fields(config)
            if field.metadata["path"]
        )
        files = [Path(name) for name in values if name and {".", os.sep} & {*name}]
        missing = [path for path in files if not path.is_absolute() and not path.exists()]
        if not missing:
            raise
        raise DataError(
            f"{error} (the training found {missing[0]} from the folder in which it was started; "
            "run the command there)"
        ) from error


def check_fits(trained: Trained, data: Data) -> None:
    """Refuse data that a network cannot read.

    Raises:
        DataError: A fact that they must agree in differs.
    """
    for name in trained.experiment.data_facts:
        expected, came = trained.header.facts.get(name), data.facts.get(name)
        if expected != came:
            raise DataError(
                f"{trained.path} was trained for {name.replace('_', ' ')} "
                f"{reprlib.repr(expected)}, but {data.source.name} has {reprlib.repr(came)}"
            )

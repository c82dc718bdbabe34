"""Finished runs and groups, read with the types of their experiment."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nnlab import experiments
from nnlab.errors import CheckpointError, DataError
from nnlab.experiments.contract import AnyExperiment
from nnlab.results import RunMetrics, Summary
from nnlab.runs.folder import GroupFolder, RunFolder, read_json


def read_run(folder: RunFolder) -> tuple[AnyExperiment, RunMetrics[Any]]:
    """Return the experiment and the metrics of a finished run.

    Raises:
        DataError: metrics.json is missing or damaged, or of an unknown experiment.
    """
    experiment = _experiment(folder.metrics)
    return experiment, folder.read_metrics(experiment.Details)


def read_group(folder: GroupFolder) -> tuple[AnyExperiment, Summary[Any]]:
    """Return the experiment and the summary of a group.

    Raises:
        DataError: summary.json is missing or damaged, or of an unknown experiment.
    """
    experiment = _experiment(folder.summary)
    return experiment, folder.read_summary(experiment.GroupDetails)


def _experiment(file: Path) -> AnyExperiment:
    record = read_json(file)
    if not isinstance(record, Mapping):
        raise DataError(f"{file}: expected an object, got {type(record).__name__}")
    try:
        return experiments.get(str(record.get("experiment")))
    except CheckpointError as error:
        raise DataError(f"{file}: {error}") from error

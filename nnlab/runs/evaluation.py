"""Scoring a checkpoint apart from training."""

from collections.abc import Mapping
from typing import Any

from nnlab.datasets.store import Store
from nnlab.errors import DataError, UsageError, nearest
from nnlab.experiments.contract import Data, Warn
from nnlab.options import flag_name
from nnlab.runs.answering import Trained
from nnlab.runs.pinning import pinned
from nnlab.runs.single import score_record


def evaluate(
    trained: Trained, given: Mapping[str, Any], store: Store, warn: Warn
) -> dict[str, Any]:
    """Score a trained network on the test part of its own data, or of others.

    Args:
        trained: The network.
        given: Config fields that choose other data than it was trained on, such as
            `{"dataset": "mnist"}`; empty for its own.
        store: Finds data sets.
        warn: Receives warnings.

    Returns:
        What metrics.json holds of scores, baselines and details.

    Raises:
        UsageError: An option does not choose data.
        DataError: The data are missing, or the network cannot read them.
    """
    experiment = trained.experiment
    for name in given:
        if name not in experiment.data_options:
            hint = nearest(name, experiment.data_options)
            raise UsageError(
                f"{flag_name(name)} does not choose data for {experiment.name}; {hint}"
            )
    data = _load(trained, given, store, warn)
    own = data.source.sha256 == trained.header.dataset["sha256"]
    if own and given:  # by another name: what it was trained on is not for testing
        data = _load(trained, {}, store, warn)
    if not own and not given:
        raise DataError(
            f"{trained.path} was trained on {trained.header.dataset['name']}, but "
            f"{data.source.name} has changed since; restore it, or choose other data by an option"
        )
    for name in experiment.data_facts:
        expected, came = trained.header.facts.get(name), data.facts.get(name)
        if expected != came:
            raise DataError(
                f"{trained.path} was trained for {name.replace('_', ' ')} {expected}, "
                f"but {data.source.name} has {came}"
            )
    return {
        "experiment": experiment.name,
        **score_record(experiment.score(trained.model, data), data),
        "config": dict(trained.header.config),
    }


def _load(trained: Trained, given: Mapping[str, Any], store: Store, warn: Warn) -> Data:
    experiment, config = trained.experiment, trained.config()
    if not given:
        config = pinned(experiment, config, trained.header.dataset)
    return experiment.load_for_evaluation(config, trained.header.facts, given, store, warn)

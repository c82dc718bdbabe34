"""Scoring a checkpoint apart from training."""

from collections.abc import Mapping
from typing import Any

from nnlab.datasets.store import Store
from nnlab.errors import UsageError, nearest
from nnlab.experiments.contract import Data, Warn
from nnlab.options import flag_name
from nnlab.results import Metrics
from nnlab.runs.answering import Trained
from nnlab.runs.own_data import check_fits, own_data
from nnlab.runs.single import measured


def evaluate(trained: Trained, given: Mapping[str, Any], store: Store, warn: Warn) -> Metrics[Any]:
    """Score a trained network on the test set of its own data, or of others.

    Args:
        trained: The network.
        given: Config fields that choose other data than it was trained on, such as
            `{"dataset": "mnist"}`; empty for its own.
        store: Finds data sets.
        warn: Receives warnings.

    Raises:
        UsageError: An option does not choose data.
        DataError: The data are missing, or the network cannot read them.
    """
    experiment = trained.experiment
    for name in given:
        if name not in experiment.data_options:
            options = experiment.data_options
            hint = nearest(name, options) if options else "no option does"
            raise UsageError(
                f"{flag_name(name)} does not choose data for {experiment.name}; {hint}"
            )
    data = _others(trained, given, store, warn) if given else None
    if data is None:
        data = own_data(trained, store, warn)
    check_fits(trained, data)
    scores = experiment.score(trained.model, data)
    return measured(experiment, scores, data, trained.header.config)


def _others(trained: Trained, given: Mapping[str, Any], store: Store, warn: Warn) -> Data | None:
    """Load other data; None if they are those it was trained on, which are not for testing."""
    remarks: list[str] = []
    own = False
    try:
        data = trained.experiment.load_for_evaluation(
            trained.config(), trained.header.facts, given, store, remarks.append
        )
        own = data.source.sha256 == trained.header.dataset["sha256"]
    finally:
        for remark in () if own else remarks:
            warn(remark)
    return None if own else data

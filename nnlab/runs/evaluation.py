"""Scoring a checkpoint apart from training."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nnlab.datasets.store import Store
from nnlab.errors import OutputExistsError, UsageError, nearest
from nnlab.experiments.contract import Data, Warn
from nnlab.files import make_folder
from nnlab.options import flag_name
from nnlab.results import Metrics
from nnlab.runs.answering import Trained
from nnlab.runs.own_data import check_fits, own_data
from nnlab.runs.single import measured


def evaluate(
    trained: Trained,
    given: Mapping[str, Any],
    store: Store,
    warn: Warn,
    figures: Path | None = None,
) -> Metrics[Any]:
    """Score a trained network on the test set of its own data, or of others.

    Args:
        trained: The network.
        given: Config fields that choose other data than it was trained on, such as
            `{"dataset": "mnist"}`; empty for its own.
        store: Finds data sets.
        warn: Receives warnings.
        figures: A new or empty folder to draw the scores in; None: they are not drawn.

    Raises:
        UsageError: An option does not choose data.
        OutputExistsError: The folder for the figures is not empty.
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
    if figures is not None:
        make_folder(figures)
        if any(figures.iterdir()):
            raise OutputExistsError(f"{figures} is not empty; name a new or empty folder")
    part = {name: value for name, value in given.items() if name in experiment.part_options}
    data = _others(trained, given, store, warn) if given.keys() - part.keys() else None
    if data is None:
        data = own_data(trained, store, warn, part)
    check_fits(trained, data)
    scores = experiment.score(trained.model, data)
    metrics = measured(experiment, scores, data, trained.header.config)
    if figures is not None:
        from nnlab.runs.figures import draw_scores

        draw_scores(experiment, trained.network.graph, metrics, scores.evidence, figures)
    return metrics


def _others(trained: Trained, given: Mapping[str, Any], store: Store, warn: Warn) -> Data | None:
    """Load other data; None if they are those it was trained on, which are not for testing.

    Raises:
        UsageError: An option would read or split the network's own data in another way.
    """
    remarks: list[str] = []
    own = False
    config = trained.config()
    try:
        data = trained.experiment.load_for_evaluation(
            config, trained.header.facts, given, store, remarks.append
        )
        own = data.source.sha256 == trained.source.sha256
    finally:
        for remark in () if own else remarks:
            warn(remark)
    if not own:
        return data
    for name, value in given.items():
        if _is_view(trained, name) and value != getattr(config, name):
            raise UsageError(
                f"{flag_name(name)}: the network was trained on these data and is scored on what "
                f"was held out then; leave out {flag_name(name)}, or name other data"
            )
    return None


def _is_view(trained: Trained, name: str) -> bool:
    """Tell whether an option says how data are read or divided."""
    (option,) = (one for one in dataclasses.fields(trained.experiment.Config) if one.name == name)
    names_data = name == trained.experiment.dataset_option or option.metadata["path"]
    return not names_data and name not in trained.experiment.part_options

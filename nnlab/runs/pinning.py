"""Holding on to a data set that was found when nobody named one."""

from typing import Any

from nnlab.datasets.store.provenance import SAMPLE, Source
from nnlab.datasets.store.registry import all_sets
from nnlab.experiments.contract import AnyExperiment
from nnlab.options import changed
from nnlab.training.settings import TrainingSettings


def pinned(experiment: AnyExperiment, config: TrainingSettings, own: Source) -> Any:
    """Return the Config to load data with: the set `own` is named, if none was chosen.

    What was found once may be missing, or may be there, the next time; a run that goes on, the
    further runs of a group, and an evaluation want the same set again and no other in its place.

    Args:
        experiment: The experiment.
        config: Its Config.
        own: The data set that was found.
    """
    options = experiment.data_options
    chosen = any(getattr(config, name) not in (None, False) for name in options)
    known = own.sample or own.name in all_sets()
    if chosen or not known or experiment.dataset_option not in options:
        return config
    name = SAMPLE if own.sample else own.name
    return changed(config, experiment.name, **{experiment.dataset_option: name})

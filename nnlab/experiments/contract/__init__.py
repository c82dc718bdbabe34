"""The contract of an experiment: what a file in `experiments/` has to say.

Everything else, from the shell options to the exact resume, follows from these methods
(docs/adding-an-experiment.md).
"""

from nnlab.experiments.contract.answering import Answering, NoLook
from nnlab.experiments.contract.configuring import Configuring
from nnlab.experiments.contract.experiment import AnyExperiment, Experiment
from nnlab.experiments.contract.records import (
    Answer,
    Data,
    Evidence,
    Interface,
    Model,
    Note,
    Progress,
    Remark,
    Scores,
    Table,
    Warn,
)

__all__ = [
    "Answer",
    "Answering",
    "AnyExperiment",
    "Configuring",
    "Data",
    "Evidence",
    "Experiment",
    "Interface",
    "Model",
    "NoLook",
    "Note",
    "Progress",
    "Remark",
    "Scores",
    "Table",
    "Warn",
]

"""A short training on a tiny pair of idx files, and a folder for it."""

from pathlib import Path

import pytest

from nnlab.experiments.classify import EXPERIMENT as CLASSIFY
from nnlab.experiments.classify.config import ClassifyConfig
from nnlab.runs.folder import RunFolder


@pytest.fixture
def config(tiny_images: tuple[Path, Path]) -> ClassifyConfig:
    images, labels = map(str, tiny_images)
    given = {"images": images, "labels": labels, "epochs": 4, "batch_size": 10, "units": 8}
    given |= {"learning_rate": 0.01}
    return CLASSIFY.configure(given, "test")


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    path = tmp_path / "run"
    path.mkdir()
    return RunFolder(path)

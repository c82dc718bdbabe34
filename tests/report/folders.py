"""Finished run folders made by hand, small and quick."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.plots.style import new_figure, save
from nnlab.records import versioned
from nnlab.runs.folder import GroupFolder, RunFolder
from tests.annotations import Record

Change = Callable[[Record], object]
"""Changes the content of a JSON file in place."""

SOURCE = {"name": "mnist", "sha256": "0" * 64, "sample": False, "files": ["a.gz"]}
TRAINING = {"epochs": 2, "best_epoch": 2, "seconds": 1.5, "diverged": None}


def finished_run(
    path: Path,
    experiment: str,
    scores: Mapping[str, float],
    details: Record | None = None,
    evidence: Mapping[str, np.ndarray] | None = None,
    **more: Any,
) -> Path:
    """Write all files of a run but its networks; `more` may hold config, dataset, baselines."""
    path.mkdir(parents=True)
    folder = RunFolder(path)
    dataset = more.get("dataset", SOURCE)
    config = {"seed": 1, "units": 8, **more.get("config", {})}
    plan = {"experiment": experiment, "config": config, "dataset": dataset}
    folder.config.write_text(json.dumps(plan))
    rows = [{"epoch": n, "loss": 1 / (n + 1), "validation_loss": 0.5, "seconds": n} for n in (1, 2)]
    folder.write_history(rows)
    folder.write_evidence(evidence or {})
    metrics = {
        **plan,
        "scores": scores,
        "baselines": more.get("baselines", {}),
        "details": details or {},
        "training": {**TRAINING, "examples_per_second": 1234},
    }
    folder.metrics.write_text(json.dumps(metrics))
    folder.figures.mkdir()
    for name in more.get("figures", ("learning-curves",)):
        save(new_figure(1, 1), folder.figures / f"{name}.png")
    return path


def embed_run(
    path: Path, names: Sequence[str] = ("a", "b", "c"), thumbnails: int = 6, **more: Any
) -> Path:
    rng = np.random.default_rng(0)
    evidence = {
        "points": rng.normal(size=(12, 2)).astype(np.float32),
        "labels": (np.arange(12) % len(names)).astype(np.uint8),
    }
    if thumbnails:
        evidence["thumbnails"] = rng.integers(0, 256, (thumbnails, 4, 4)).astype(np.uint8)
    details = {"test_images": 12, "class_names": list(names)}
    baselines = {"principal components": {"nn_1": 0.25}}
    more = {"evidence": evidence, "details": details, "baselines": baselines, **more}
    return finished_run(path, "embed", {"nn_1": 0.5}, **more)


def classify_run(
    path: Path, names: Sequence[str] = ("0", "1", "2"), accuracy: float = 0.982, **more: Any
) -> Path:
    """Six images are misclassified: two of each class, each once as either other class."""
    labels = np.repeat(np.arange(3), 2)
    evidence = {
        "misclassified_images": np.arange(6 * 16).reshape(6, 4, 4).astype(np.uint8),
        "misclassified_labels": labels.astype(np.uint8),
        "misclassified_predictions": np.array([1, 2, 0, 2, 0, 1]),
        "misclassified_probabilities": np.linspace(0.5, 0.9, 6).astype(np.float32),
    }
    pairs = [{"label": 0, "prediction": 1, "count": 1}]
    each = [
        {"label": k, "count": 100, "correct": 98, "accuracy": 0.98, "low": 0.9, "high": 0.99}
        for k in range(3)
    ]
    details = {
        "class_names": list(names),
        "test_images": 1000,
        "misclassified": 18,
        "confusion_matrix": [[98, 1, 1], [1, 98, 1], [1, 1, 98]],
        "accuracy_interval": {"low": 0.97, "high": 0.99},
        "class_accuracy": each,
        "confused_pairs": pairs,
    }
    baselines = {"chance": {"accuracy": 0.1}, "logistic regression": {"accuracy": 0.925}}
    more = {"evidence": evidence, "details": details, "baselines": baselines, **more}
    return finished_run(path, "classify", {"accuracy": accuracy}, **more)


def denoise_run(path: Path, kind: str = "coffee", **more: Any) -> Path:
    page = np.full((20, 30), 200, np.uint8)
    evidence = {f"{name}_0": page - 40 * n for n, name in enumerate(("noisy", "cleaned", "true"))}
    by_kind = {"this network": {kind: {"rmse": 0.1}}}
    shown = [{"row": 0, "kind": kind, "before": 0.3, "after": 0.1}]
    details = {
        "test_pages": 2,
        "rmse_of_clean_pages": 0.01,
        "by_kind": by_kind,
        "shown": shown,
    }
    more = {"evidence": evidence, "details": details, **more}
    return finished_run(path, "denoise", {"rmse": 0.1}, **more)


def classify_group(
    path: Path, accuracies: Sequence[float] = (0.97, 0.98), unfinished: int = 0
) -> Path:
    """Write a group with its summary, as training leaves it."""
    from nnlab import experiments
    from nnlab.runs.group import summarise

    classify = experiments.get("classify")
    group = GroupFolder(path)
    path.mkdir(parents=True)
    results = {}
    for seed, accuracy in enumerate(accuracies, start=1):
        name = f"seed-{seed}"
        classify_run(path / name, accuracy=accuracy, config={"seed": seed, "threads": seed})
        results[name] = group.member(name).read_metrics(classify.Details)
    group.summary.write_text(json.dumps(versioned(summarise(classify, results))))
    names = [*results, *(f"seed-{len(results) + 1 + n}" for n in range(unfinished))]
    plan = {"experiment": "classify", "trials": {name: {} for name in names}}
    group.plan.write_text(json.dumps(plan))
    for name in names[len(results) :]:
        classify_run(path / name)
        group.member(name).metrics.unlink()
    group.figures.mkdir()
    return path


def edit_json(file: Path, change: Change) -> None:
    content = json.loads(file.read_text())
    change(content)
    file.write_text(json.dumps(content))

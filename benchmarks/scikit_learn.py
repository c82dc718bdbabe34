"""Our PCA, trustworthiness, silhouette and logistic regression beside scikit-learn's, on MNIST.

    python benchmarks/scikit_learn.py                    # on MNIST
    python benchmarks/scikit_learn.py --dataset sample

In processes of their own, because the peak of the memory is that of a process.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from figures import add_json_option, keep
from memory import peak_megabytes

from nnlab.datasets.images.labelled import LabelledImages, load_digits
from nnlab.datasets.store import Store

OURS, THEIRS = "ours", "scikit-learn"

Measures = dict[str, Callable[[], float]]


def ours(digits: LabelledImages) -> Measures:
    """Return what is measured of our own."""
    from nnlab.experiments.classify.baselines.logistic_regression import LogisticRegression
    from nnlab.experiments.embed.pca import PCA
    from nnlab.metrics import silhouette, trustworthiness

    images, labels = digits.train_images, digits.train_labels
    plane = PCA.fit(images).project(digits.test_images)

    def linear() -> float:
        fitted = LogisticRegression.fit(images, labels, 10)
        return float((fitted.predict(digits.test_images) == digits.test_labels).mean())

    return {
        "PCA": lambda: PCA.fit(images).explained,
        "trustworthiness": lambda: trustworthiness(flat(digits.test_images), plane),
        "silhouette": lambda: silhouette(plane, digits.test_labels) or 0.0,
        "logistic regression": linear,
    }


def scikit_learn(digits: LabelledImages) -> Measures:
    """Return the same of scikit-learn, on the points that ours draw."""
    from sklearn.decomposition import PCA
    from sklearn.linear_model import LogisticRegression
    from sklearn.manifold import trustworthiness
    from sklearn.metrics import silhouette_score

    images, labels = digits.train_images, digits.train_labels
    tested = flat(digits.test_images)
    plane = PCA(2, svd_solver="covariance_eigh").fit(flat(images)).transform(tested)
    near, apart = drawn(len(tested), 2000), drawn(len(tested), 5000)

    def components() -> float:
        fitted = PCA(2, svd_solver="covariance_eigh").fit(flat(images))
        return float(fitted.explained_variance_ratio_.sum())

    def linear() -> float:
        fitted = LogisticRegression(max_iter=100).fit(flat(images), labels)
        return float((fitted.predict(tested) == digits.test_labels).mean())

    return {
        "PCA": components,
        "trustworthiness": lambda: trustworthiness(tested[near], plane[near], n_neighbors=12),
        "silhouette": lambda: silhouette_score(plane[apart], digits.test_labels[apart]),
        "logistic regression": linear,
    }


def flat(images: np.ndarray) -> np.ndarray:
    """Return uint8 images as rows of float32 from 0 to 1."""
    return images.reshape(len(images), -1) / np.float32(255)


def drawn(count: int, sample: int) -> np.ndarray:
    """Return the rows that our metrics draw."""
    return np.sort(np.random.default_rng(0).choice(count, sample, replace=False))


def measure(whose: str, digits: LabelledImages) -> dict[str, float]:
    """Print the value of each, and return its seconds and the peak memory of this process."""
    measures = (ours if whose == OURS else scikit_learn)(digits)
    figures = {}
    for name, value in measures.items():
        begun = time.perf_counter()
        result = value()
        figures[f"{whose}, {name}, s"] = seconds = time.perf_counter() - begun
        print(f"{whose:14}{name:22}{seconds:8.2f} s  {result:.4f}", flush=True)
    peak = peak_megabytes()
    print(f"{whose:14}{'peak memory':22}{peak:8.0f} MB", flush=True)
    return {**figures, f"{whose}, peak memory, MB": peak}


def main() -> None:
    """Measure both, in turn."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dataset", default="mnist", choices=("mnist", "sample"))
    parser.add_argument("--only", choices=(OURS, THEIRS), help="in this process")
    add_json_option(parser)
    chosen = parser.parse_args()
    if chosen.only:
        digits = load_digits(Store(), chosen.dataset, None, 0, print)
        keep(chosen.json, measure(chosen.only, digits))
        return
    figures: dict[str, float] = {}
    for whose in (OURS, THEIRS):
        with tempfile.NamedTemporaryFile(suffix=".json") as kept:
            options = ["--dataset", chosen.dataset, "--only", whose, "--json", kept.name]
            subprocess.run([sys.executable, __file__, *options], check=True)
            figures |= json.loads(Path(kept.name).read_text())
    keep(chosen.json, figures)


if __name__ == "__main__":
    main()

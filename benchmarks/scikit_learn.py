"""Our PCA, trustworthiness, silhouette and logistic regression beside scikit-learn's, on MNIST.

    python benchmarks/scikit_learn.py ours; python benchmarks/scikit_learn.py scikit-learn

One after the other in processes of their own, because the peak of the memory is that of a process.
"""

import argparse
import resource
import time
from collections.abc import Callable

import numpy as np

from nnlab.datasets.images.labelled import LabelledImages, load_digits
from nnlab.datasets.store import Store

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


def main() -> None:
    """Print value, time and peak memory of each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("whose", choices=("ours", "scikit-learn"))
    whose = parser.parse_args().whose
    digits = load_digits(Store(), "mnist", None, 0, print)
    begun = time.perf_counter()
    measures = (ours if whose == "ours" else scikit_learn)(digits)
    print(f"{'imports and first PCA':24}{time.perf_counter() - begun:8.2f} s")
    for name, measure in measures.items():
        begun = time.perf_counter()
        value = measure()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"{name:24}{time.perf_counter() - begun:8.2f} s  {value:.4f}  peak {peak} MB")


if __name__ == "__main__":
    main()

"""Does one fixed pixel permutation, the same for every image, hurt? Report section 1.3.

Three arms per seed: the plain images; the permuted ones, trained from the same initial weights
in the same order, with a permutation of their own per seed; and, as a control, the identity
permutation with another training seed, which shows how far two trainings differ anyway. (With
the same seed the identity gives the plain run bit for bit; a test holds that.)
"""

from __future__ import annotations

import dataclasses
import reprlib
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.datasets.store import Store
from nnlab.errors import CheckpointError, UsageError
from nnlab.experiments.classify import ImageClassifier
from nnlab.experiments.classify.permutation import (
    checked_permutation,
    identity_permutation,
    permute,
    pixel_permutation,
)
from nnlab.experiments.classify.scoring import ClassifyDetails
from nnlab.experiments.contract import Data, Interface, Model, Scores, Table, Warn
from nnlab.experiments.perm_test import comparison, tables
from nnlab.experiments.perm_test.comparison import PermTestComparison
from nnlab.experiments.perm_test.config import ARMS, PermTestConfig, PermTestLook
from nnlab.inference import Network
from nnlab.training.examples import Examples

if TYPE_CHECKING:
    from nnlab.results import RunMetrics, Summary

EXAMPLES_SHOWN = 8


class PermTest(ImageClassifier[PermTestConfig]):
    """Train plain and permuted networks in pairs, and compare them."""

    name = "perm-test"
    summary = "Test whether a fixed pixel permutation hurts a network."
    description = (
        "With images: permute each as in training, and read the digit in it. Without: train on "
        "plain and on permuted images, with the same seeds, and report the paired difference in "
        "accuracy with its interval."
    )
    Config = PermTestConfig
    Look = PermTestLook
    GroupDetails = PermTestComparison
    captions = MappingProxyType(
        {
            **ImageClassifier.captions,
            "paired-differences": (
                "Paired differences",
                "The scores of each pair of runs, and their differences",
            ),
            "before-after": ("Before and after", "Images before and after the permutation"),
        }
    )
    averages = False
    default_runs = 3
    subject = MappingProxyType({"arm": comparison.PERMUTED})

    def trials(self, config: PermTestConfig, runs: int) -> dict[str, PermTestConfig]:
        """Return three runs per seed: plain, permuted, and the control; one more for each dose."""
        return comparison.trials(config, runs)

    def defaults(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return those of classify, without drawn digits: the published pairs had none."""
        return {key: value for key, value in super().defaults(given).items() if key != "drawn"}

    def load(self, config: PermTestConfig, store: Store, warn: Warn) -> Data:
        """Load labelled images and rearrange their pixels as the arm wants it.

        Raises:
            UsageError: The config names no single arm; that is `trials`' work.
        """
        if config.arm not in ARMS:
            raise UsageError(f"a run trains one arm of {', '.join(ARMS)}, not {config.arm!r}")
        data = super().load(config, store, warn)
        shape = tuple(data.facts["image_shape"])
        # Made for every arm, so that blocks that do not fit are told before the first training.
        order = pixel_permutation(shape, config.blocks, config.permutation_seed)
        identity = identity_permutation(shape)
        if np.array_equal(order, identity):
            raise UsageError(
                f"a block of {config.blocks} × {config.blocks} pixels is the whole image, so there "
                "is nothing to permute; choose smaller --blocks or --doses"
            )
        if config.arm != "permuted":
            order = identity
        moved = {name: permute(data.arrays[name], order) for name in ("images", "test_images")}
        examples = {"plain_examples": data.arrays["test_images"][:EXAMPLES_SHOWN]}
        permutation = {"seed": config.permutation_seed, "blocks": config.blocks}
        facts = {**data.facts, "permutation": {**permutation, "order": order.tolist()}}
        return Data({**data.arrays, **moved, **examples}, facts, data.source)

    def examples(self, config: PermTestConfig, data: Data) -> Examples:
        """Deform images as they are before the permutation: neighbours stay neighbours."""
        plain = super().examples(config, data)
        if plain.augment is None or config.arm != "permuted":
            return plain
        return dataclasses.replace(plain, augment=_permuted(plain.augment, self.order(data.facts)))

    def check_facts(self, facts: Mapping[str, Any], network: Network) -> None:
        """Refuse a permutation that does not fit the images."""
        super().check_facts(facts, network)
        permutation = facts.get("permutation")
        if not isinstance(permutation, dict):
            came = reprlib.repr(permutation)
            raise CheckpointError(f"expected a pixel permutation, but it has {came}")
        height, width = facts["image_shape"]
        checked_permutation(permutation.get("order"), (height, width))

    def load_for_evaluation(
        self,
        config: PermTestConfig,
        facts: Mapping[str, Any],
        given: Mapping[str, Any],
        store: Store,
        warn: Warn,
    ) -> Data:
        """Load a test set and send it through the network's own permutation."""
        data = super().load_for_evaluation(config, facts, given, store, warn)
        if "images" in data.arrays:  # came through `load`, permuted already
            return data
        plain = data.arrays["test_images"]
        moved = {
            "test_images": self.prepare(plain, facts),
            "plain_examples": plain[:EXAMPLES_SHOWN],
        }
        return Data({**data.arrays, **moved}, data.facts, data.source)

    def score(self, model: Model[PermTestConfig], data: Data) -> Scores[ClassifyDetails]:
        """Score as classify does, and keep a few images from before and after."""
        scores = super().score(model, data)
        pictures = {
            "plain_examples": data.arrays["plain_examples"],
            "permuted_examples": data.arrays["test_images"][:EXAMPLES_SHOWN],
        }
        return dataclasses.replace(scores, evidence={**scores.evidence, **pictures})

    def prepare(self, images: np.ndarray, facts: Mapping[str, Any]) -> np.ndarray:
        """Send new images through the permutation that the network was trained with."""
        return permute(images, self.order(facts))

    def order(self, facts: Mapping[str, Any]) -> np.ndarray:
        """Return the permutation that the network was trained with."""
        height, width = facts["image_shape"]
        return checked_permutation(facts["permutation"]["order"], (height, width))

    def interface(self, facts: Mapping[str, Any]) -> Interface:
        """Say how pixels are permuted before the network sees them."""
        plain = super().interface(facts)
        order = [str(place) for place in facts["permutation"]["order"]]
        words = "grey images, 0 to 255, light ink on black, whose pixel i is pixel permutation[i]"
        return Interface({**plain.tensors, "image": words}, {**plain.lists, "permutation": order})

    def summarise(self, results: Mapping[str, RunMetrics[ClassifyDetails]]) -> PermTestComparison:
        """Compare the arms pair by pair."""
        return comparison.compare(results)

    def summary_tables(self, summary: Summary[Any]) -> list[Table]:
        """Return accuracy by arm, and the paired differences."""
        return tables.summary_tables(summary.details)

    def draw_summary(
        self, summary: Summary[Any], evidence: Callable[[str], Mapping[str, np.ndarray]]
    ) -> dict[str, Any]:
        """Draw the pairs with their differences, and images before and after."""
        from nnlab.experiments.perm_test import figures

        return figures.draw_summary(summary, evidence)


def _permuted(deform: Callable[[Any, Any, Any], Any], order: np.ndarray) -> Any:
    """Return a function that deforms permuted images as `deform` does those in order."""
    back = np.argsort(order)

    def augment(images: Any, seed: Any, epoch: Any) -> Any:
        import tensorflow as tf

        def moved(x: Any, places: np.ndarray) -> Any:
            flat = tf.reshape(x, (tf.shape(x)[0], len(places)))
            return tf.reshape(tf.gather(flat, places, axis=1), tf.shape(x))

        straight = tf.ensure_shape(moved(images, back), images.shape)
        return moved(deform(straight, seed, epoch), order)

    return augment


EXPERIMENT = PermTest()

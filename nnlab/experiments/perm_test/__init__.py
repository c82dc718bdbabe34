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
from dataclasses import dataclass
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
from nnlab.experiments.classify.tables import percent
from nnlab.experiments.contract import Data, Interface, Model, Scores, Table, Warn
from nnlab.experiments.perm_test.config import ARMS, PermTestConfig, PermTestLook
from nnlab.inference import Network
from nnlab.metrics import Estimate, PairedDifference, mean_interval, paired_difference
from nnlab.options import changed

if TYPE_CHECKING:
    from nnlab.results import RunMetrics, RunOfGroup, Summary

CONTROL_SEEDS = 1000
"""What is added to a pair's seed for its control."""
EXAMPLES_SHOWN = 8


@dataclass(frozen=True)
class PermTestComparison:
    """The arms, and how they differ pair by pair; None where no pair is complete."""

    accuracy: dict[str, Estimate]
    permuted_minus_plain: PairedDifference | None = None
    identity_minus_plain: PairedDifference | None = None
    verdict: str = ""


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

    def trials(self, config: PermTestConfig, runs: int) -> dict[str, PermTestConfig]:
        """Return three runs per seed: plain, permuted, and the control."""
        arms = ARMS if config.arm == "all" else (config.arm,)
        return {
            f"{arm}-{config.seed + pair}": _trial(config, arm, pair)
            for pair in range(runs)
            for arm in arms
        }

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
        if config.arm != "permuted":
            order = identity_permutation(shape)
        moved = {name: permute(data.arrays[name], order) for name in ("images", "test_images")}
        examples = {"plain_examples": data.arrays["test_images"][:EXAMPLES_SHOWN]}
        permutation = {"seed": config.permutation_seed, "blocks": config.blocks}
        facts = {**data.facts, "permutation": {**permutation, "order": order.tolist()}}
        return Data({**data.arrays, **moved, **examples}, facts, data.source)

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
        accuracies = _accuracies_by_arm(results)
        permuted, identity = (_minus_plain(accuracies, arm) for arm in ARMS[1:])
        return PermTestComparison(
            {
                arm: mean_interval(list(runs.values()), share=True)
                for arm, runs in accuracies.items()
            },
            permuted,
            identity,
            verdict(permuted) if permuted else "",
        )

    def summary_tables(self, summary: Summary[Any]) -> list[Table]:
        """Return accuracy by arm, and the paired differences."""
        details: PermTestComparison = summary.details
        accuracy_rows = [
            (arm, percent(one.mean), _points_span(one, signed=False), str(one.n))
            for arm, one in details.accuracy.items()
        ]
        differences = {
            "permuted - plain": details.permuted_minus_plain,
            "identity - plain (control: other seeds)": details.identity_minus_plain,
        }
        difference_rows = [
            (
                title,
                f"{100 * one.mean:+.2f} points",
                _points_span(one),
                "" if one.p is None else f"{one.p:.2g}",
            )
            for title, one in differences.items()
            if one
        ]
        tables = [Table("Test accuracy", ("arm", "mean", "95 % interval", "runs"), accuracy_rows)]
        if difference_rows:
            columns = ("", "mean", "95 % interval", "p")
            tables.append(Table("Paired differences", columns, difference_rows, details.verdict))
        return tables

    def draw_summary(
        self, summary: Summary[Any], evidence: Callable[[str], Mapping[str, np.ndarray]]
    ) -> dict[str, Any]:
        """Draw the pairs with their differences, and images before and after."""
        from nnlab.experiments.perm_test.figures import before_after, paired_differences

        details: PermTestComparison = summary.details
        figures: dict[str, Any] = {}
        accuracies = _accuracies_by_arm(summary.runs)
        complete = [set(accuracies.get(arm, ())) for arm in ARMS]
        permuted, identity = details.permuted_minus_plain, details.identity_minus_plain
        if permuted and identity and complete[0] == complete[1] == complete[2]:
            figures["paired-differences"] = paired_differences(
                {arm: list(accuracies[arm].values()) for arm in ARMS},
                {"permuted": permuted, "identity": identity},
                footer=summary.footer,
            )
        moved = [name for name in summary.runs if name.startswith("permuted-")]
        if moved:
            arrays = evidence(moved[0])
            figures["before-after"] = before_after(
                arrays["plain_examples"], arrays["permuted_examples"], footer=summary.footer
            )
        return figures


def verdict(difference: PairedDifference) -> str:
    """Say in words what a paired difference of accuracies means for the report's claim."""
    if difference.n == 1:
        return "One pair alone cannot tell; give --runs 3 or more."
    if difference.low is None or difference.high is None:
        return "Every pair differs by the same amount, which gives no interval; give more --runs."
    low, high = 100 * difference.low, 100 * difference.high
    if high < 0:
        return (
            f"The permutation costs {-100 * difference.mean:.2f} points of accuracy (95 % "
            f"interval {-high:.2f} to {-low:.2f}): the report's 'no discernible effect' does not "
            "hold for this network."
        )
    if low > 0:
        return (
            f"The permutation gains {100 * difference.mean:.2f} points of accuracy (95 % "
            f"interval {low:.2f} to {high:.2f})."
        )
    return (
        "No effect is discernible, as the report says: the difference lies between "
        f"{low:+.2f} and {high:+.2f} points (95 % interval)."
    )


def _trial(config: PermTestConfig, arm: str, pair: int) -> PermTestConfig:
    seed = config.seed + pair
    return changed(
        config,
        "perm-test",
        arm=arm,
        seed=seed + CONTROL_SEEDS if arm == "identity" else seed,
        permutation_seed=config.permutation_seed + pair,
    )


def _accuracies_by_arm(
    results: Mapping[str, RunMetrics[ClassifyDetails]] | Mapping[str, RunOfGroup],
) -> dict[str, dict[int, float]]:
    """Return the accuracy of each run by arm and by the number of its pair."""
    arms: dict[str, dict[int, float]] = {}
    for name, metrics in results.items():
        arm, pair = name.rsplit("-", 1)
        arms.setdefault(arm, {})[int(pair)] = metrics.scores["accuracy"]
    return arms


def _minus_plain(
    accuracies: Mapping[str, Mapping[int, float]], arm: str
) -> PairedDifference | None:
    """Compare an arm with the plain one over the pairs that have both."""
    moved, plain = accuracies.get(arm, {}), accuracies.get("plain", {})
    pairs = sorted(moved.keys() & plain.keys())
    if not pairs:
        return None
    return paired_difference([moved[pair] for pair in pairs], [plain[pair] for pair in pairs])


def _points_span(estimate: Estimate | PairedDifference, *, signed: bool = True) -> str:
    if estimate.low is None or estimate.high is None:
        return ""
    sign = "+" if signed else ""
    return f"{100 * estimate.low:{sign}.2f} to {100 * estimate.high:{sign}.2f}"


EXPERIMENT = PermTest()

"""The runs of a permutation test: which there are, and what they say pair by pair."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nnlab.errors import UsageError
from nnlab.experiments.classify.scoring import ClassifyDetails
from nnlab.experiments.perm_test.config import ARMS, PermTestConfig
from nnlab.metrics import (
    Estimate,
    PairedDifference,
    has_effect,
    mean_interval,
    paired_difference,
)
from nnlab.options import changed

if TYPE_CHECKING:
    from nnlab.results import RunMetrics, RunOfGroup

CONTROL_SEEDS = 1000
"""What is added to a pair's seed for its control."""
PLAIN, PERMUTED, IDENTITY = ARMS
TOLERANCE = 0.0025
"""Differences of accuracy that nobody would discern."""
_BLOCKS = "blocks"
_SEPARATOR = ","


@dataclass(frozen=True)
class PermTestComparison:
    """The arms, and how they differ pair by pair; None where no pair is complete.

    Attributes:
        accuracy: Of each arm.
        permuted_minus_plain: What the permutation changes.
        identity_minus_plain: What another seed changes: the control.
        doses: With `--doses`, what permuted blocks change, by their side in pixels as text, in the
            order of the option.
        verdict: What the permutation changes, in words; of several doses, that of the smallest
            blocks.
    """

    accuracy: dict[str, Estimate]
    permuted_minus_plain: PairedDifference | None = None
    identity_minus_plain: PairedDifference | None = None
    verdict: str = ""
    doses: dict[str, PairedDifference] = field(default_factory=dict)


def trials(config: PermTestConfig, runs: int) -> dict[str, PermTestConfig]:
    """Return the runs by name: of each pair the arms asked for.

    Raises:
        UsageError: The doses are no list of numbers, or a single arm is asked for besides.
    """
    arms = _arms(config)
    return {
        f"{name}-{config.seed + pair}": _trial(config, arm, blocks, pair)
        for pair in range(runs)
        for name, (arm, blocks) in arms.items()
    }


def _arms(config: PermTestConfig) -> dict[str, tuple[str, int]]:
    """Return arm and size of the blocks of each kind of run, by name."""
    if config.doses is None:
        names = ARMS if config.arm == "all" else (config.arm,)
        return {name: (name, config.blocks) for name in names}
    given = {"--arm": config.arm != "all", "--blocks": config.blocks != 1}
    for option in (name for name, is_given in given.items() if is_given):
        raise UsageError(f"--doses and {option} cannot be used together; leave out one")
    doses = {arm_of(side): (PERMUTED, side) for side in _sides(config.doses)}
    return {PLAIN: (PLAIN, config.blocks), **doses, IDENTITY: (IDENTITY, config.blocks)}


def _sides(doses: str) -> list[int]:
    parts = [part.strip() for part in doses.split(_SEPARATOR)]
    if not all(re.fullmatch("[1-9][0-9]{0,4}", part) for part in parts):
        raise UsageError(f"--doses: expected sides of blocks such as 14,7,4,2,1, got {doses!r}")
    return list(dict.fromkeys(map(int, parts)))


def _trial(config: PermTestConfig, arm: str, blocks: int, pair: int) -> PermTestConfig:
    seed = config.seed + pair
    return changed(
        config,
        "perm-test",
        arm=arm,
        blocks=blocks,
        doses=None,
        seed=seed + CONTROL_SEEDS if arm == IDENTITY else seed,
        permutation_seed=config.permutation_seed + pair,
    )


def compare(results: Mapping[str, RunMetrics[ClassifyDetails]]) -> PermTestComparison:
    """Compare the arms pair by pair."""
    accuracies = accuracies_by_arm(results)
    doses = {
        str(side): difference
        for arm in accuracies
        if (side := side_of(arm)) and (difference := _minus_plain(accuracies, arm))
    }
    permuted, identity = (_minus_plain(accuracies, arm) for arm in (PERMUTED, IDENTITY))
    words = verdict(permuted) if permuted else ""
    if doses and not permuted:
        finest = min(doses, key=int)
        words = f"{dose_name(finest)} permuted: {verdict(doses[finest])}"
    return PermTestComparison(
        {arm: mean_interval(list(runs.values()), share=True) for arm, runs in accuracies.items()},
        permuted,
        identity,
        words,
        doses,
    )


def accuracies_by_arm(
    results: Mapping[str, RunMetrics[ClassifyDetails]] | Mapping[str, RunOfGroup],
) -> dict[str, dict[int, float]]:
    """Return the accuracy of each run by arm and by the number of its pair."""
    arms: dict[str, dict[int, float]] = {}
    for name, metrics in results.items():
        arm, pair = name.rsplit("-", 1)
        arms.setdefault(arm, {})[int(pair)] = metrics.scores["accuracy"]
    return arms


def arm_of(side: int | str) -> str:
    """Name the arm of `--doses` that permutes blocks of a side."""
    return f"{_BLOCKS}{side}"


def side_of(arm: str) -> int | None:
    """Return the side of the blocks that an arm permutes; None for an arm of no dose."""
    return int(arm.removeprefix(_BLOCKS)) if arm.startswith(_BLOCKS) else None


def dose_name(side: int | str) -> str:
    """Say what is permuted: "14×14", or "pixels"."""
    return "pixels" if int(side) == 1 else f"{side}×{side}"


def verdict(difference: PairedDifference) -> str:
    """Say in words what a paired difference of accuracies means for the report's claim."""
    if difference.n == 1:
        return "One pair alone cannot tell; give --runs 3 or more."
    if difference.low is None or difference.high is None:
        return "Every pair differs by the same amount, which gives no interval; give more --runs."
    effect = has_effect(difference.low, difference.high, TOLERANCE)
    low, high = 100 * difference.low, 100 * difference.high
    if effect is None:
        return (
            f"These pairs cannot tell: the difference lies between {low:+.2f} and {high:+.2f} "
            "points (95 % interval). Choose a larger --runs, and train a new group."
        )
    if effect and high < 0:
        return (
            f"The permutation costs {-100 * difference.mean:.2f} points of accuracy (95 % "
            f"interval {-high:.2f} to {-low:.2f}): the report's 'no discernible effect' does not "
            "hold for this network."
        )
    if effect:
        return (
            f"The permutation gains {100 * difference.mean:.2f} points of accuracy (95 % "
            f"interval {low:.2f} to {high:.2f})."
        )
    return (
        f"No effect beyond {100 * TOLERANCE:g} points, as the report says: the difference lies "
        f"between {low:+.2f} and {high:+.2f} points (95 % interval)."
    )


def _minus_plain(
    accuracies: Mapping[str, Mapping[int, float]], arm: str
) -> PairedDifference | None:
    """Compare an arm with the plain one over the pairs that have both."""
    moved, plain = accuracies.get(arm, {}), accuracies.get(PLAIN, {})
    pairs = sorted(moved.keys() & plain.keys())
    if not pairs:
        return None
    return paired_difference([moved[pair] for pair in pairs], [plain[pair] for pair in pairs])

"""Options of `perm-test`: how it trains, and how it answers."""

from dataclasses import dataclass

from nnlab.experiments.classify.config import (
    DRAWN_HELP,
    MOST_DRAWN,
    PERMUTATION_SEED,
    ClassifyConfig,
)
from nnlab.options import option

ARMS = ("plain", "permuted", "identity")


@dataclass(frozen=True, kw_only=True)
class PermTestConfig(ClassifyConfig):
    """Options of the permutation test: those of classify, and the permutation."""

    arm: str = option(
        "all",
        "images to train on: plain, permuted, permuted by the identity (a control), or all three",
        choices=("all", *ARMS),
    )
    drawn: float = option(0.0, DRAWN_HELP, low=0, high=MOST_DRAWN)
    blocks: int = option(1, "permute square blocks with this side, in pixels", low=1)
    doses: str | None = option(
        None,
        "permute blocks of several sides, such as 14,7,4,2,1, each in a run of its own",
        default_text="the one of --blocks",
    )
    permutation_seed: int = option(
        PERMUTATION_SEED,
        "seed of the permutation; each further run uses the next number",
        low=0,
        high=2**31 - 1,
    )


@dataclass(frozen=True, kw_only=True)
class PermTestLook:
    """Options of what leads to an answer."""

    permuted: bool = option(True, "permute the pixels as in training")

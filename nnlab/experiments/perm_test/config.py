"""Options of `perm-test`: how it trains, and how it answers."""

from dataclasses import dataclass

from nnlab.experiments.classify.config import ClassifyConfig
from nnlab.options import option

ARMS = ("plain", "permuted", "identity")


@dataclass(frozen=True, kw_only=True)
class PermTestConfig(ClassifyConfig):
    """Options of the permutation test: those of classify, and the permutation."""

    arm: str = option(
        "all",
        "train on plain images, on permuted ones, or on ones permuted by the identity (a control)",
        choices=("all", *ARMS),
    )
    blocks: int = option(1, "permute square blocks with this side, in pixels", low=1)
    permutation_seed: int = option(
        1, "seed of the permutation; each further run adds 1", low=0, high=2**31 - 1
    )

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
        "train one arm only: the images as they are, permuted, or 'permuted' by the identity",
        choices=("all", *ARMS),
    )
    blocks: int = option(1, "side of the square blocks that are moved, in pixels", low=1)
    permutation_seed: int = option(
        1, "the first pair's permutation; the others follow", low=0, high=2**31 - 1
    )

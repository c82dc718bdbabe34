"""Running networks in smaller tiles, of which a small page has several."""

import numpy as np
import pytest

from nnlab.inference import Network, tiles


def run_tiled(network: Network, page: np.ndarray, tile: int) -> np.ndarray:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tiles, "TILE", tile)
        return tiles.run_tiled(network, page)

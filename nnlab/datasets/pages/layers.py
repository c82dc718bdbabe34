"""What a stained page consists of, so that its stains can be laid under another text.

A page is taken for `ink + (paper - ink) * clean / 255`: where the clean page is white one sees the
stained paper, where it is black the ink, which creases make paler, and in between a mixture.
"""

import numpy as np

PAPER, INK = 250, 64  # of a clean page: lighter is paper alone, darker is mostly ink
GRAIN = 5  # pixels of the window that the grain of ink is smoothed in


def paper_and_ink(noisy: np.ndarray, clean: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Tell the stained paper of a page from its ink.

    Args:
        noisy: uint8 (height, width), a stained page.
        clean: uint8 (height, width), the same page without stains.

    Returns:
        The paper, continued below the print, and the ink, continued between the letters: both uint8
        (height, width). Without any paper it is white, and without any ink that is black.
    """
    from scipy.ndimage import uniform_filter

    paper = _continued(noisy, clean > PAPER, otherwise=255)
    share = np.minimum(clean, INK) / np.float32(255)
    without_paper = ((noisy - share * paper) / (1 - share)).clip(0, 255).astype(np.uint8)
    ink = _continued(without_paper, clean < INK, otherwise=0)
    return paper, uniform_filter(ink, GRAIN, mode="nearest")


def _continued(page: np.ndarray, known: np.ndarray, otherwise: int) -> np.ndarray:
    """Give each unknown pixel the grey of the nearest known one."""
    from scipy.ndimage import distance_transform_edt

    if not known.any():
        return np.full_like(page, otherwise)
    row, column = distance_transform_edt(~known, return_distances=False, return_indices=True)
    result: np.ndarray = page[row, column]
    return result

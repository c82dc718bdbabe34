"""Estimating a picture's background, smooth light on even paper, whatever is drawn on it."""

import numpy as np

FIT_SIDE = 64
"""Longer side in pixels of the reduced picture that the light is fitted to."""
BORDER_SHARE = 8
"""The border is one part in this many of each side."""
ROUNDS = 6
LEAST_RIDGE = 1e-6
"""Regularisation, so that pictures of fewer than six pixels have a surface too."""
LEAST_SPREAD = 3.0
"""Smallest assumed spread of the background around the fit, in grey levels."""


def background_of(picture: np.ndarray) -> np.ndarray:
    """Fit a quadratic surface to the background's grey levels.

    The fit starts with the border, where nobody writes, and is then repeated with all pixels that
    agree with the surface so far. A character in the middle therefore has no influence.

    Args:
        picture: float32 (height, width), 0 to 255.

    Returns:
        float32 (height, width), 0 to 255.
    """
    from PIL import Image

    step = -(-max(picture.shape) // FIT_SIDE)
    grey = np.asarray(Image.fromarray(picture).reduce(step) if step > 1 else picture)
    terms = _quadratic_terms(grey.shape)
    design = terms.reshape(len(terms), -1).T.astype(np.float64)
    values = grey.reshape(-1)
    counted = _border(grey.shape).reshape(-1)
    for _ in range(ROUNDS):
        rows = design[counted]
        normal = rows.T @ rows + LEAST_RIDGE * np.eye(len(terms))
        weights = np.linalg.solve(normal, rows.T @ values[counted])
        residual = np.abs(values - design @ weights)
        spread = 1.4826 * np.median(residual[counted])
        counted = residual <= 3 * max(spread, LEAST_SPREAD)
    surface = np.tensordot(weights.astype(np.float32), _quadratic_terms(picture.shape), 1)
    return np.clip(surface, 0, 255)


def _quadratic_terms(shape: tuple[int, ...]) -> np.ndarray:
    """Return 1, y, x, y², yx and x² over a picture whose corners are at ±1: (6, height, width)."""
    axes = [(np.arange(size, dtype=np.float32) + 0.5) * 2 / size - 1 for size in shape]
    y, x = axes[0][:, None], axes[1]
    ones = np.ones(shape, np.float32)
    return np.stack([ones, y * ones, x * ones, y * y * ones, y * x * ones, x * x * ones])


def _border(shape: tuple[int, ...]) -> np.ndarray:
    border = np.ones(shape, bool)
    height, width = (max(1, size // BORDER_SHARE) for size in shape)
    border[height:-height, width:-width] = False
    return border

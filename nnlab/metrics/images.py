"""How similar two images are: root mean square error, signal-to-noise ratio, structure.

Images are arrays (height, width) of floats from 0 (black) to 1 (white).
"""

import math
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.floating]

WINDOW = 11  # pixels of SSIM's Gaussian window
SIGMA = 1.5
STABILISERS = (0.01**2, 0.03**2)  # of means and of variances


def rmse(image: Image, truth: Image) -> float:
    """Root of the mean squared difference, 0 to 1.

    Raises:
        ValueError: if the images differ in shape, or have no pixels.
    """
    return pooled_rmse([(image, truth)])


def pooled_rmse(pairs: Iterable[tuple[Image, Image]]) -> float:
    """Root of the mean squared difference over the pixels of all images together.

    This is the score of Kaggle's "Denoising Dirty Documents" (2015): a large page counts more than
    a small one.

    Args:
        pairs: image and true image, of the same shape.

    Raises:
        ValueError: if the images of a pair differ in shape, or there are no pixels.
    """
    squares, pixels = 0.0, 0
    for image, truth in pairs:
        _check(image, truth)
        difference = image.astype(np.float64) - truth
        squares += float(np.vdot(difference, difference))
        pixels += difference.size
    if not pixels:
        raise ValueError("expected images with pixels, got none")
    return math.sqrt(squares / pixels)


def psnr(image: Image, truth: Image) -> float | None:
    """Peak signal-to-noise ratio in decibels, 20 log10(1 / rmse); None for identical images.

    Raises:
        ValueError: as `rmse` does.
    """
    error = rmse(image, truth)
    return -20 * math.log10(error) if error else None


def ssim(image: Image, truth: Image) -> float:
    """Structural similarity, -1 to 1; 1 for identical images.

    Wang, Bovik, Sheikh and Simoncelli, "Image quality assessment: from error visibility to
    structural similarity", IEEE Transactions on Image Processing 13 (2004): means, variances and
    covariance in a Gaussian window, averaged over all positions with the window inside the image.

    Raises:
        ValueError: if the images differ in shape, or are smaller than the 11x11 window.
    """
    _check(image, truth)
    if image.ndim != 2 or min(image.shape) < WINDOW:
        raise ValueError(f"expected images of at least {WINDOW}x{WINDOW}, got {image.shape}")
    x, y = image.astype(np.float64), truth.astype(np.float64)
    mean_x, mean_y = _blurred(x), _blurred(y)
    variances = _blurred(x * x) - mean_x**2 + _blurred(y * y) - mean_y**2
    covariance = _blurred(x * y) - mean_x * mean_y
    means, spreads = STABILISERS
    similarity = (2 * mean_x * mean_y + means) * (2 * covariance + spreads)
    similarity /= (mean_x**2 + mean_y**2 + means) * (variances + spreads)
    return float(similarity.mean())


def _blurred(image: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Weighted means in all windows inside the image."""
    from scipy.ndimage import correlate1d

    around = WINDOW // 2
    weights = np.exp(-0.5 * (np.arange(-around, around + 1) / SIGMA) ** 2)
    weights /= weights.sum()
    blurred = correlate1d(correlate1d(image, weights, axis=0), weights, axis=1)
    result: npt.NDArray[np.float64] = blurred[around:-around, around:-around]
    return result


def _check(image: Image, truth: Image) -> None:
    if image.shape != truth.shape:
        raise ValueError(f"expected images of the same shape, got {image.shape} and {truth.shape}")

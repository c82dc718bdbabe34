"""Adding a border to tightly cropped pictures, and enlarging tiny ones.

The edges of most pictures show background, but in a tight crop the character's strokes reach them.
Then ink and background are distinguished by shape: ink covers less of the picture than background
does, leaves the corners free, and cuts the background at the edges into pieces.
"""

from dataclasses import dataclass

import numpy as np

from nnlab.datasets.images.components import label_components
from nnlab.datasets.images.ink import smoothed

TINY_SIDE = 32
"""Longer side in pixels up to which a picture is not a photo, and all dark pixels are ink."""
ENLARGED_SIDE = 64
"""Longer side in pixels to which a tiny picture is enlarged at least."""
LEAST_STEP = 40.0
"""Grey levels between ink and background below which a picture is unchanged."""
EVEN = 0.08
"""Spread of even background, as a share of the step to the ink; photos with a shadow have more."""
SOFT_EDGES = 12
"""Edges of strokes are narrower than the longer side divided by this."""
LEAST_BARE = 0.03
"""Share of the picture away from the ink below which evenness is not measured."""
STEEP = 0.7
"""Share of a tiny picture's variance that a plane may explain; for a smooth ramp it is all."""
REACHING = 10
"""Ink reaches an edge if it is nearer to it than the longer side divided by this."""
LEAST_PART = 0.05
"""Parts with a smaller share of the largest part's area are specks."""
WEIGHTS = (1.0, 1.0, 2.0, 0.75)
"""Weights of area, corners, edge and parts as evidence for which side is ink.

Rounded from a logistic regression on crops of 1,500 of MNIST's training images.
"""


@dataclass(frozen=True, eq=False)
class _Sides:
    """A picture divided into ink and background, its light and dark sides.

    Attributes:
        ink: bool (height, width), where the ink is.
        paper: Grey level of the background: the quartile further from the ink, because the soft
            edges of strokes count as background here.
        step: Grey levels between the medians of ink and background.
        spread: Spread in grey levels of the background away from the ink; None if there is hardly
            any.
    """

    ink: np.ndarray
    paper: float
    step: float
    spread: float | None


@dataclass(frozen=True, eq=False)
class Bordered:
    """A picture with a border of background, or unchanged.

    Attributes:
        pixels: uint8 (height, width).
        times: Factor by which the original picture is enlarged.
        width: Width of the border in pixels of this picture.
    """

    pixels: np.ndarray
    times: int = 1
    width: int = 0


def bordered(picture: np.ndarray) -> Bordered:
    """Add a border of background to a picture whose character reaches the edges.

    Args:
        picture: uint8 (height, width).
    """
    tiny = max(picture.shape) <= TINY_SIDE
    enlarged = _enlarged(picture) if tiny else picture
    sides = _sides(enlarged)
    if sides is None or sides.step < LEAST_STEP:
        return Bordered(picture)
    if tiny or sides.spread is None:
        even = _steepness(picture) <= STEEP
    else:
        even = sides.spread <= EVEN * sides.step
    if not even or not (tiny or _fills(sides.ink)):
        return Bordered(picture)
    width = max(enlarged.shape) // 2
    pixels = np.pad(enlarged, width, constant_values=round(sides.paper))
    return Bordered(pixels, len(enlarged) // len(picture), width)


def _enlarged(picture: np.ndarray) -> np.ndarray:
    from PIL import Image

    height, width = picture.shape
    times = -(-ENLARGED_SIDE // max(height, width))
    image = Image.fromarray(picture).resize(
        (width * times, height * times), Image.Resampling.BICUBIC
    )
    return np.asarray(image)


def _steepness(picture: np.ndarray) -> float:
    """Return the share of the variance of grey levels that a plane explains, 0 to 1."""
    values = picture - picture.mean()
    explained = 0.0
    for axis, size in enumerate(picture.shape):
        places = np.arange(size) - (size - 1) / 2
        explained += (
            float(values.mean(axis=1 - axis) @ places) ** 2 / max(places @ places, 1e-9) / size
        )
    return explained / max(float(values.var()), 1e-9)


def _sides(picture: np.ndarray) -> _Sides | None:
    """Separate ink from background; return None for a picture of a single grey level."""
    if picture.min() == picture.max():
        return None
    light = picture > _threshold(picture)
    ink, paper = (light, ~light) if _evidence(light) < 0 else (~light, light)
    levels = picture[paper].astype(np.float32)
    middle = float(np.median(levels))
    darker = float(np.median(picture[ink])) < middle
    level = float(np.percentile(levels, 75 if darker else 25))
    step = abs(float(np.median(picture[ink])) - middle)
    bare = picture[paper & ~_near(ink)].astype(np.float32)
    spread = None
    if bare.size >= LEAST_BARE * picture.size:
        spread = 1.4826 * float(np.median(np.abs(bare - np.median(bare))))
    return _Sides(ink, level, step, spread)


def _near(ink: np.ndarray) -> np.ndarray:
    """Mark the ink, and pixels nearer to it than the width of strokes' soft edges."""
    radius = round(max(ink.shape) / SOFT_EDGES)
    return smoothed(ink.astype(np.float32), radius) > 1e-6


def _threshold(picture: np.ndarray) -> float:
    """Return the grey level that separates two classes best (Otsu 1979)."""
    counts = np.bincount(picture.reshape(-1), minlength=256).astype(np.float64)
    below = counts.cumsum()[:-1]
    sums = (counts * np.arange(256)).cumsum()
    above = picture.size - below
    apart = np.zeros(255)
    both = (below > 0) & (above > 0)
    apart[both] = (sums[-1] * below - picture.size * sums[:-1])[both] ** 2 / (below * above)[both]
    best = np.flatnonzero(apart >= apart.max())
    return float(best[0] + best[-1]) / 2


def _evidence(light: np.ndarray) -> float:
    """Return evidence for which side is ink: below 0 the light one, above 0 the dark one."""
    corner = max(1, round(min(light.shape) / 6))
    ends = (slice(corner), slice(-corner, None))
    shares = (
        light.mean(),
        np.mean([light[rows, columns].mean() for rows in ends for columns in ends]),
        np.concatenate([light[0], light[-1], light[1:-1, 0], light[1:-1, -1]]).mean(),
    )
    evidence = [share - 0.5 for share in shares] + [_parts(light) - _parts(~light)]
    return float(np.dot(WEIGHTS, evidence))


def _parts(mask: np.ndarray) -> int:
    """Count the parts at the edges, because strokes that reach them cut the background into parts.

    Parts away from the edges are no evidence: ink has them too, as in several characters.
    """
    labels, count = label_components(mask)
    areas = np.bincount(labels.reshape(-1), minlength=count + 1)
    edges = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    edges = edges[edges > 0]
    return int(np.count_nonzero(areas[edges] >= LEAST_PART * areas[1:].max(initial=0)))


def _fills(ink: np.ndarray) -> bool:
    """Return whether the ink's larger parts go from edge to edge, unlike a table or a shadow.

    A table beside the paper also reaches opposite edges, but covers a third one entirely.
    """
    labels, count = label_components(ink)
    areas = np.bincount(labels.reshape(-1), minlength=count + 1)
    areas[0] = 0
    kept = np.isin(labels, np.flatnonzero(areas >= LEAST_PART * areas.max()))
    room = max(ink.shape) / REACHING
    spans = []
    for axis in (0, 1):
        places = np.flatnonzero(kept.any(axis=1 - axis))
        spans.append(places[0] <= room and ink.shape[axis] - 1 - places[-1] <= room)
    covered = any(edge.all() for edge in (kept[0], kept[-1], kept[:, 0], kept[:, -1]))
    return all(spans) or (any(spans) and not covered)

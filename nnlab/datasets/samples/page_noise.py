"""Noise on paper: stains, creases, uneven light, dust.

Each kind returns the share of light that the paper reflects, about 1 where it is clean, to be
multiplied with the page.
"""

from collections.abc import Callable

import numpy as np

Noise = Callable[[tuple[int, int], np.random.Generator], np.ndarray]


def coffee(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Broken, uneven rings of cups, a puddle and drops: float32 (height, width)."""
    stain = np.zeros(shape, np.float32)
    for _ in range(rng.integers(1, 5)):
        stain = np.maximum(stain, rng.uniform(0.6, 1) * _ring(shape, rng))
    if rng.random() < 0.7:
        stain = np.maximum(stain, _puddle(shape, rng))
    for _ in range(rng.integers(0, 6)):
        stain = np.maximum(stain, _drop(shape, rng))
    cloud = 0.75 + 0.25 * smooth(shape, rng, 12) + 0.08 * smooth(shape, rng, 3)
    return 1 - np.float32(rng.uniform(0.35, 0.65)) * np.clip(stain * cloud, 0, 1)


def folds(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Straight creases, each with a light and a dark flank: float32 (height, width)."""
    light = np.ones(shape, np.float32)
    angle = rng.uniform(0, np.pi)
    for _ in range(rng.integers(3, 9)):
        across = _across(shape, rng, angle + rng.choice([0, np.pi / 2]) + rng.normal(0, 0.15))
        width = rng.uniform(0.8, 2.5)
        flank = np.clip(across / width, -4, 4) * np.exp(-np.abs(across) / width)
        ridge = np.exp(-((across / width) ** 2) / 2)
        light += np.float32(rng.uniform(-0.2, 0.2)) * flank + rng.uniform(0, 0.12) * ridge
        light += np.float32(rng.uniform(-0.03, 0.03)) * np.tanh(across / 6)
    return light


def wrinkles(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Crumpled paper under light from one side: float32 (height, width)."""
    height = np.zeros(shape, np.float32)
    for cell in (70, 38, 20):
        height += cell * np.abs(smooth(shape, rng, cell) + rng.normal(0, 0.3))
    y, x = np.gradient(height)
    angle = rng.uniform(0, 2 * np.pi)
    slope = np.cos(angle) * x + np.sin(angle) * y
    slope -= slope.mean()
    slope *= np.float32(rng.uniform(0.06, 0.12)) / max(float(slope.std()), 1e-6)
    result: np.ndarray = 1 + np.clip(slope, -0.42, 0.16)
    return result


def shadow(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Light that fades to one side, and the dark gutter of a book: float32 (height, width)."""
    reach = float(np.hypot(*shape))
    slope = _across(shape, rng, rng.uniform(0, 2 * np.pi)) / reach
    light = 0.85 + rng.uniform(0.15, 0.5) * slope + 0.05 * smooth(shape, rng, 120)
    if rng.random() < 0.6:
        edge = np.arange(shape[1], dtype=np.float32)[:: rng.choice([-1, 1])]
        light -= rng.uniform(0.25, 0.5) * np.exp(-edge / (shape[1] * rng.uniform(0.03, 0.12)))
    if rng.random() < 0.5:
        across = _across(shape, rng, rng.uniform(0, 2 * np.pi))
        light -= np.float32(rng.uniform(0.05, 0.15)) * (1 + np.tanh(across / rng.uniform(2, 25)))
    return np.clip(light, 0.3, 1.1)


def speckle(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Dark and light dust in grains of a few pixels, and grime: float32 (height, width)."""
    grains = smooth(shape, rng, 1.3) + 0.25 * smooth(shape, rng, 30)
    dark = np.clip(grains - rng.uniform(2.2, 2.9), 0, 1) * rng.uniform(0.3, 0.8)
    pale = np.clip(-grains - 2.6, 0, 1) * 0.15
    result: np.ndarray = 1 - dark + pale - 0.06 * np.clip(smooth(shape, rng, 50), 0, 2)
    return result


def smooth(shape: tuple[int, int], rng: np.random.Generator, cell: float) -> np.ndarray:
    """Draw a random surface whose hills are about `cell` pixels wide.

    Returns:
        float32 (height, width), of mean about 0 and standard deviation 1.
    """
    from PIL import Image

    coarse = tuple(int(side / cell) + 4 for side in shape)
    values = Image.fromarray(rng.standard_normal(coarse).astype(np.float32))
    shift = rng.uniform(0, 1, 2)
    box = (*shift, shift[0] + shape[1] / cell, shift[1] + shape[0] / cell)
    surface = np.asarray(values.resize(shape[::-1], Image.Resampling.BICUBIC, box))
    return surface / np.float32(0.72)


def _ring(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    distance, angle = _polar(shape, rng)
    oval = 1 + 0.03 * np.sin(2 * angle + rng.uniform(0, 6)) * rng.uniform(0, 1)
    radius = rng.uniform(0.12, 0.3) * max(shape) * oval
    width = rng.uniform(3, 18) * (1 + 0.6 * np.sin(angle + rng.uniform(0, 6)))
    out = (distance - radius) / width
    band = np.where(out > 0, np.exp(-((out * 2.5) ** 2)), np.exp(-np.abs(out) / 1.4))
    arc = np.sin(angle * rng.choice([1, 1, 2]) + rng.uniform(0, 6)) + rng.uniform(0.2, 1.2)
    inside = rng.uniform(0, 0.2) * (out < 0)
    result: np.ndarray = (np.clip(1.5 * arc, 0, 1) * band + inside).astype(np.float32)
    return result


def _puddle(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """A blot, darkest just inside its rim, where it dried last."""
    distance, _ = _polar(shape, rng)
    radius = rng.uniform(0.04, 0.14) * max(shape)
    depth = radius + 0.25 * radius * smooth(shape, rng, 40) - distance
    rim = np.exp(-np.abs(depth - 3) / 5)
    result: np.ndarray = (
        np.clip(depth / 3, 0, 1) * (0.35 + 0.5 * rim) * np.float32(rng.uniform(0.5, 1))
    )
    return result


def _drop(shape: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    distance, _ = _polar(shape, rng)
    return np.clip(rng.uniform(1, 6) - distance, 0, 1) * np.float32(rng.uniform(0.3, 0.9))


def _polar(shape: tuple[int, int], rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Distance and angle of each pixel from a random point on or beside the page."""
    y = np.arange(shape[0], dtype=np.float32)[:, None] - rng.uniform(0, 1) * shape[0]
    x = np.arange(shape[1], dtype=np.float32) - rng.uniform(0, 1) * shape[1]
    y, x = y.astype(np.float32), x.astype(np.float32)
    return np.hypot(y, x), np.arctan2(y, x)


def _across(shape: tuple[int, int], rng: np.random.Generator, angle: float) -> np.ndarray:
    """Signed distance of each pixel from a line through a random point: float32."""
    y = np.arange(shape[0], dtype=np.float32)[:, None] - rng.uniform(0.1, 0.9) * shape[0]
    x = np.arange(shape[1], dtype=np.float32) - rng.uniform(0.1, 0.9) * shape[1]
    result: np.ndarray = (np.cos(angle) * y + np.sin(angle) * x).astype(np.float32)
    return result

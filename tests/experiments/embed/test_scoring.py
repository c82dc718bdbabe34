"""What scoring a map keeps for the page."""

import numpy as np
import pytest

from nnlab.experiments.embed import scoring as plane


def evidence_of(
    monkeypatch: pytest.MonkeyPatch, count: int, side: int
) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    class Halves:
        def predict(self, places: np.ndarray) -> np.ndarray:
            return np.zeros((len(places), side * side), np.float32)

    monkeypatch.setattr(plane, "decoder", lambda network: Halves())
    rng = np.random.default_rng(1)
    points = rng.normal(size=(count, 2)).astype(np.float32)
    images = np.zeros((count, side, side), np.uint8)
    images[:, 0, 0], images[:, 0, 1] = np.arange(count) % 256, np.arange(count) // 256
    kept = plane._evidence(None, points, np.zeros(count, np.uint8), images, 1)  # type: ignore[arg-type]
    return points, images, kept


def test_images_of_the_first_points_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    points, images, kept = evidence_of(monkeypatch, 1000, 4)
    assert kept["thumbnails"].shape == (600, 4, 4)
    assert kept["thumbnails"].dtype == np.uint8
    for place, image in zip(kept["points"], kept["thumbnails"], strict=False):
        (row,) = np.flatnonzero((points == place).all(axis=1))
        np.testing.assert_array_equal(image, images[row])


def test_of_large_images_few_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    _, _, kept = evidence_of(monkeypatch, 40, 256)
    assert len(kept["thumbnails"]) == 16

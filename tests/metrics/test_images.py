import math
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab import metrics
from nnlab.errors import NnlabError
from nnlab.metrics import reading


def grey(value: float, *shape: int) -> np.ndarray:
    return np.full(shape or (12, 12), value, np.float32)


def test_rmse_by_hand() -> None:
    image, truth = np.array([[0.0, 1.0], [0.5, 0.5]]), np.array([[0.0, 0.0], [0.5, 1.0]])
    assert metrics.rmse(image, truth) == pytest.approx(math.sqrt(1.25 / 4))
    assert metrics.rmse(truth, truth) == 0


def test_pooled_rmse_weighs_pages_by_their_pixels() -> None:
    pairs = [(grey(0.5, 2, 2), grey(0.0, 2, 2)), (grey(0.0, 3, 4), grey(0.0, 3, 4))]
    assert metrics.pooled_rmse(pairs) == pytest.approx(math.sqrt(4 * 0.25 / 16))
    with pytest.raises(ValueError, match="got none"):
        metrics.pooled_rmse([])


def test_psnr_by_hand() -> None:
    assert metrics.psnr(grey(0.1), grey(0.0)) == pytest.approx(20, abs=1e-5)
    assert metrics.psnr(grey(1.0), grey(0.0)) == pytest.approx(0)
    assert metrics.psnr(grey(0.3), grey(0.3)) is None


def test_ssim_of_uniform_images_compares_their_means() -> None:
    expected = (2 * 0.4 * 0.6 + 1e-4) / (0.4**2 + 0.6**2 + 1e-4)
    assert metrics.ssim(grey(0.4), grey(0.6)) == pytest.approx(expected, abs=1e-6)


def ssim_of_one_window(x: np.ndarray, y: np.ndarray) -> float:
    """SSIM as in the paper, in a single window of 11x11 pixels."""
    places = np.arange(-5, 6)
    weights = np.exp(-(places[:, None] ** 2 + places**2) / (2 * 1.5**2))
    weights /= weights.sum()
    mean_x, mean_y = (weights * x).sum(), (weights * y).sum()
    variances = (weights * (x - mean_x) ** 2).sum() + (weights * (y - mean_y) ** 2).sum()
    covariance = (weights * (x - mean_x) * (y - mean_y)).sum()
    similar = (2 * mean_x * mean_y + 0.01**2) * (2 * covariance + 0.03**2)
    return float(similar / ((mean_x**2 + mean_y**2 + 0.01**2) * (variances + 0.03**2)))


def test_ssim_is_the_mean_over_all_windows_inside_the_image() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.random((14, 12)), rng.random((14, 12))
    windows = [
        ssim_of_one_window(x[i : i + 11, j : j + 11], y[i : i + 11, j : j + 11])
        for i in range(4)
        for j in range(2)
    ]
    assert metrics.ssim(x, y) == pytest.approx(np.mean(windows))
    assert metrics.ssim(x, x) == pytest.approx(1)
    assert metrics.ssim(x, 1 - x) < 0


def test_ssim_matches_scikit_image() -> None:
    """Scikit-image 0.26: gaussian_weights=True, sigma=1.5, use_sample_covariance=False."""
    y, x = np.mgrid[0:40, 0:50]
    truth = (np.sin(x / 3) * np.cos(y / 5) + 1) / 2
    image = np.clip(0.8 * truth + 0.1 * np.sin(x * y / 7), 0, 1)
    assert metrics.ssim(image, truth) == pytest.approx(0.7963017023287843, abs=1e-9)


def test_images_of_different_or_too_small_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match="the same shape"):
        metrics.rmse(grey(0, 2, 3), grey(0, 3, 2))
    with pytest.raises(ValueError, match="at least 11x11"):
        metrics.ssim(grey(0, 10, 30), grey(0, 10, 30))


@pytest.mark.parametrize(
    ("text", "reference", "edits"),
    [
        ("kitten", "sitting", 3),
        ("", "abc", 3),
        ("abc", "abc", 0),
        ("abcd", "abc", 1),
        ("xyz", "a", 3),
        ("flaw", "lawn", 2),
        ("Größe", "Grösse", 2),
    ],
)
def test_character_error_rate_by_hand(text: str, reference: str, edits: int) -> None:
    assert metrics.character_error_rate(text, reference) == pytest.approx(edits / len(reference))


def edits_by_recursion(one: str, other: str) -> int:
    if not one or not other:
        return len(one) + len(other)
    rest = edits_by_recursion(one[1:], other[1:])
    if one[0] == other[0]:
        return rest
    return 1 + min(rest, edits_by_recursion(one[1:], other), edits_by_recursion(one, other[1:]))


@given(st.text("ab ", max_size=6), st.text("ab ", min_size=1, max_size=6))
def test_character_error_rate_is_the_edit_distance(text: str, reference: str) -> None:
    expected = edits_by_recursion(text, reference) / len(reference)
    assert metrics.character_error_rate(text, reference) == pytest.approx(expected)


def test_an_empty_reference_is_refused() -> None:
    with pytest.raises(ValueError, match="got none"):
        metrics.character_error_rate("a", "")


def program(folder: Path, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Put a Python program on the path in place of the real one."""
    path = folder / reading.PROGRAM
    path.write_text(f"#!{sys.executable}\nimport sys, time\n{code}\n")
    path.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)


@pytest.mark.parametrize("image", [grey(0.5, 3, 4), np.zeros((3, 4), np.uint8)])
def test_ocr_passes_the_page_to_the_program_and_returns_its_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, image: np.ndarray
) -> None:
    code = "print(sys.stdin.buffer.read()[1:4].decode(), *sys.argv[1:])"
    program(tmp_path, monkeypatch, code)
    assert metrics.ocr(image) == "PNG stdin stdout -l eng\n"


def test_ocr_is_none_without_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert metrics.ocr(grey(1.0)) is None


def test_ocr_reports_what_went_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = "sys.stdin.buffer.read(); print('no such language', file=sys.stderr); sys.exit(3)"
    program(tmp_path, monkeypatch, code)
    with pytest.raises(NnlabError, match="exit code 3: no such language"):
        metrics.ocr(grey(1.0))
    program(tmp_path, monkeypatch, "time.sleep(5)")
    monkeypatch.setattr(reading, "SECONDS", 0.2)
    with pytest.raises(NnlabError, match="took more than"):
        metrics.ocr(grey(1.0))

"""Scores of a page cleaner: how far from the true page is the cleaned one?"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nnlab import programs
from nnlab.datasets.pages.pairs import unpacked
from nnlab.errors import NnlabError
from nnlab.experiments.contract import Data, Scores
from nnlab.experiments.denoise.baselines import (
    divided_by_background,
    fit_rescaling,
    sauvola,
    untouched,
)
from nnlab.inference import Network
from nnlab.inference.tiles import run_on_page
from nnlab.metrics import (
    FEWEST_UNITS,
    Interval,
    character_error_rate,
    ocr,
    psnr,
    resampled_interval,
    ssim,
)
from nnlab.metrics.images import WINDOW
from nnlab.metrics.reading import PROGRAM
from nnlab.results import THIS_NETWORK

UNTOUCHED = "untouched"


OPTIONAL = {"character_errors": PROGRAM}
"""Scores that need a program, and which."""


METHODS_READ = (THIS_NETWORK, UNTOUCHED)
"""Methods whose pages a program reads, which takes longer than all else: after and before."""


UNKNOWN_KIND = "noise"


Clean = Callable[[np.ndarray], np.ndarray]
"""A page, uint8 (height, width), to float32 (height, width) from 0 (black) to 1 (white)."""


@dataclass(frozen=True)
class _Reading:
    """Characters of the true page, and how many were misread."""

    misread: float
    characters: int


@dataclass(frozen=True)
class _Measured:
    """What was measured of one page; None where it cannot be."""

    kind: str
    pixels: int
    squares: float
    psnr: float | None
    ssim: float | None
    read: _Reading


@dataclass(frozen=True)
class ShownPage:
    """A page of the figures: its `row` in the test set, kind of noise, RMSE before and after."""

    row: int
    kind: str
    before: float
    after: float


@dataclass(frozen=True)
class DenoiseDetails:
    """Scores by kind of noise.

    Attributes:
        test_pages: How many there are.
        rmse_of_clean_pages: Of the true pages, cleaned as if they were noisy.
        by_kind: By method, kind of noise and score.
        shown: A page of each kind.
        rmse_interval: 95 % interval over the test pages; None of few, and in older files.
    """

    test_pages: int
    rmse_of_clean_pages: float
    by_kind: dict[str, dict[str, dict[str, float]]]
    shown: list[ShownPage]
    rmse_interval: Interval | None = None


def score(network: Network, data: Data) -> Scores[DenoiseDetails]:
    """Clean the test pages in full, and compare them with the true ones.

    Args:
        network: From grey pages, 0 to 255, to clean ones, 0 to 1.
        data: Arrays `test_noisy` and `test_clean`, as `packed` has them, with `test_shapes`,
            and `test_kinds`; `noisy` and `clean`, which begin with the pages of `training_shapes`.
    """
    methods: dict[str, Clean] = {
        THIS_NETWORK: lambda page: run_on_page(network, page).clip(0, 1),
        UNTOUCHED: untouched,
        "constant rescaling": fit_rescaling(_training_pages(data)),
        "background division": divided_by_background,
        "Sauvola threshold": sauvola,
    }
    measured: dict[str, list[_Measured]] = {name: [] for name in methods}
    spotless = []
    for noisy, truth, kind in _test_pages(data):
        spotless.append(_measure(methods[THIS_NETWORK](truth), truth, kind))
        cleaned = {name: clean(noisy) for name, clean in methods.items()}
        readings = _read(truth, [cleaned[name] for name in METHODS_READ])
        for name, page in cleaned.items():
            read = readings[METHODS_READ.index(name)] if readings and name in METHODS_READ else None
            measured[name].append(_measure(page, truth, kind, read))
    pooled = {name: _pooled(pages) for name, pages in measured.items()}
    own = pooled.pop(THIS_NETWORK)
    shown = _shown(measured)
    return Scores(
        scores=own,
        baselines=pooled,
        details=DenoiseDetails(
            test_pages=len(data.arrays["test_shapes"]),
            rmse_of_clean_pages=_pooled(spotless)["rmse"],
            by_kind={name: _by_kind(pages) for name, pages in measured.items()},
            shown=shown,
            rmse_interval=_rmse_interval(measured[THIS_NETWORK]),
        ),
        evidence=_evidence(methods[THIS_NETWORK], data, shown),
        unmeasured={score: _why_unread() for score in OPTIONAL if score not in own},
    )


def _training_pages(data: Data) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    shapes = data.arrays["training_shapes"]
    pages = (unpacked(data.arrays[name], shapes) for name in ("noisy", "clean"))
    yield from zip(*pages, strict=True)


def _test_pages(data: Data) -> Iterator[tuple[np.ndarray, np.ndarray, str]]:
    shapes = data.arrays["test_shapes"]
    pages = (unpacked(data.arrays[name], shapes) for name in ("test_noisy", "test_clean"))
    kinds = (str(kind) or UNKNOWN_KIND for kind in data.arrays["test_kinds"])
    yield from zip(*pages, kinds, strict=True)


def _read(truth: np.ndarray, pages: Sequence[np.ndarray]) -> list[_Reading]:
    """Let a program read pages; none where it is missing, fails, or finds nothing to read."""
    try:
        expected, *texts = (ocr(page) for page in (truth, *pages))
    except NnlabError:  # the training is not to be lost for it
        return []
    if expected is None or not expected.strip():
        return []
    errors = (len(expected) * character_error_rate(text or "", expected) for text in texts)
    return [_Reading(misread, len(expected)) for misread in errors]


def _why_unread() -> str:
    if programs.path_of(PROGRAM) is None:
        return programs.missing(PROGRAM)
    return f"{PROGRAM} read nothing on the true pages, or failed"


def _measure(
    cleaned: np.ndarray, page: np.ndarray, kind: str, read: _Reading | None = None
) -> _Measured:
    truth = page.astype(np.float32) / 255
    difference = cleaned.astype(np.float64) - truth
    return _Measured(
        kind=kind,
        pixels=page.size,
        squares=float(np.vdot(difference, difference)),
        psnr=psnr(cleaned, truth),
        ssim=ssim(cleaned, truth) if min(page.shape) >= WINDOW else None,
        read=read or _Reading(0, 0),
    )


def _pooled(pages: Sequence[_Measured]) -> dict[str, float]:
    """RMSE over all pixels, as Kaggle scored; means over pages; characters over all that is read.

    A score that no page has is left out.
    """
    scores = {"rmse": float(np.sqrt(sum(p.squares for p in pages) / sum(p.pixels for p in pages)))}
    for name in ("psnr", "ssim"):
        known = [value for page in pages if (value := getattr(page, name)) is not None]
        if known:
            scores[name] = float(np.mean(known))
    characters = sum(page.read.characters for page in pages)
    if characters:
        scores["character_errors"] = sum(page.read.misread for page in pages) / characters
    return scores


def _rmse_interval(pages: Sequence[_Measured]) -> Interval | None:
    if len(pages) < FEWEST_UNITS:
        return None
    statistics = np.array([(page.squares, page.pixels) for page in pages])
    return resampled_interval(statistics, lambda sums: np.sqrt(sums[:, 0] / sums[:, 1]))


def _by_kind(pages: Sequence[_Measured]) -> dict[str, dict[str, float]]:
    kinds = sorted({page.kind for page in pages})
    return {kind: _pooled([page for page in pages if page.kind == kind]) for kind in kinds}


def _shown(measured: Mapping[str, Sequence[_Measured]]) -> list[ShownPage]:
    """Choose the page of each kind that the network cleans middling well."""
    own = measured[THIS_NETWORK]
    error = [float(np.sqrt(page.squares / page.pixels)) for page in own]
    before = [float(np.sqrt(page.squares / page.pixels)) for page in measured[UNTOUCHED]]
    chosen = []
    for kind in sorted({page.kind for page in own}):
        rows = sorted(
            (row for row, page in enumerate(own) if page.kind == kind), key=error.__getitem__
        )
        row = rows[len(rows) // 2]
        chosen.append(ShownPage(row, kind, before[row], error[row]))
    return chosen


def _evidence(clean: Clean, data: Data, shown: Sequence[ShownPage]) -> dict[str, np.ndarray]:
    pages = list(_test_pages(data))
    evidence: dict[str, np.ndarray] = {}
    for number, one in enumerate(shown):
        noisy, truth, _ = pages[one.row]
        evidence[f"noisy_{number}"] = noisy
        evidence[f"cleaned_{number}"] = (clean(noisy) * 255).round().astype(np.uint8)
        evidence[f"true_{number}"] = truth
    return evidence

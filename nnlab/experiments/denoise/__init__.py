"""Stained pages cleaned: report section on denoising, figure 10."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.datasets.pages.loading import load_pages
from nnlab.datasets.pages.pairs import packed, places
from nnlab.datasets.store import Store
from nnlab.errors import NnlabError, UsageError
from nnlab.experiments.contract import (
    Answer,
    Data,
    Evidence,
    Experiment,
    Interface,
    Model,
    Progress,
    Remark,
    Scores,
    Table,
    Warn,
)
from nnlab.experiments.denoise import scoring
from nnlab.experiments.denoise.cleaning import clean_pages
from nnlab.experiments.denoise.config import LOSSES, PRESETS, DenoiseConfig, DenoiseQuery
from nnlab.experiments.denoise.jobs import STREAM, Job, plan
from nnlab.experiments.denoise.scoring import DenoiseDetails
from nnlab.inference import Network
from nnlab.inference.receptive import receptive_field
from nnlab.training.examples import Arrays, Batch, Examples

if TYPE_CHECKING:
    from nnlab.plots.explorers import Explorer
    from nnlab.results import Metrics

LARGEST = 4
"""Times that a square is enlarged at most: print that is four times as high."""


LIMITS = (
    "Specks remain where a stain is as dark as print.",
    "It handles only dark print on light paper.",
)
LIMITS_OF_AUTOENCODER = (
    "Letters taller than about 80 pixels turn grey inside, and solid areas fade.",
    *LIMITS,
)


class Denoise(Experiment[DenoiseConfig, DenoiseQuery, DenoiseDetails]):
    """Train a convolutional network on stained pages, and clean pages with it."""

    name = "denoise"
    summary = "Clean stained pages."
    description = (
        "With pages: write a clean copy of each, such as noisy.clean.png beside noisy.png. "
        "Without: train on NoisyOffice, or on --noisy and --clean, then measure the noise left on "
        "test pages and compare with simple filters."
    )
    presets = PRESETS
    options_of_models = MappingProxyType({"skip": ("levels",)})
    Config = DenoiseConfig
    Query = DenoiseQuery
    Details = DenoiseDetails
    inputs_help = "Image files, PDF files or folders; - reads one from stdin."
    reads_stdin = True
    reads_files = True
    example_inputs = ("data/examples/noisy.png",)
    answer_columns = ("page", "output")
    captions = MappingProxyType(
        {
            "pages": (
                "Pages before and after",
                "A noisy page, the cleaned page and the ground truth for each kind of noise",
            ),
            "by-noise": (
                "By kind of noise",
                "The error that remains after cleaning, by kind of noise and method",
            ),
        }
    )
    data_options = ("dataset", "noisy", "clean")
    optional_scores = scoring.OPTIONAL

    def load(self, config: DenoiseConfig, store: Store, warn: Warn) -> Data:
        """Load pages, and where to cut squares out of them."""
        _check_squares(config)
        loaded = load_pages(
            store,
            noisy=_path(config.noisy),
            clean=_path(config.clean),
            dataset=config.dataset,
            synthetic=config.synthetic,
            split_seed=config.split_seed,
            warn=warn,
        )
        pages = packed((*loaded.training, *loaded.validation), config.patch)
        first = len(loaded.training)
        training = places(pages["shapes"][:first], config.patch, config.stride)
        validation = places(pages["shapes"][first:], config.patch, config.patch)
        validation[:, 0] += pages["shapes"][:first].prod(axis=1).sum()
        test = packed(loaded.test)
        arrays = {
            "noisy": pages["noisy"],
            "clean": pages["clean"],
            "places": np.concatenate([training, validation]),
            "training_shapes": pages["shapes"][: first - config.synthetic],
            "training": np.arange(len(training)),
            "validation": np.arange(len(training), len(training) + len(validation)),
            **{f"test_{name}": array for name, array in test.items()},
            "test_kinds": np.array([page.kind for page in loaded.test]),
        }
        facts = {"model": config.model, "grid": _grid(config), **loaded.facts}
        return Data(arrays, facts, loaded.source)

    def load_for_evaluation(
        self,
        config: DenoiseConfig,
        facts: Mapping[str, Any],
        given: Mapping[str, Any],
        store: Store,
        warn: Warn,
    ) -> Data:
        """Load pages without generated ones, which no score depends on."""
        without = dataclasses.replace(config, synthetic=0)
        return super().load_for_evaluation(without, facts, given, store, warn)

    def check_facts(self, facts: Mapping[str, Any], network: Network) -> None:
        """Refuse a network that makes no page of a page of any size."""
        receptive_field(network.graph)

    def build(self, config: DenoiseConfig, facts: Mapping[str, Any]) -> Any:
        """Return the report's convolutional autoencoder, or the network with skip connections."""
        from nnlab.models.page_cleaner import page_cleaner
        from nnlab.models.page_corrector import page_corrector

        square = (config.patch, config.patch)
        if config.model == "autoencoder":
            return page_cleaner(square, (config.filters, 2 * config.filters))
        sizes = range(1, config.levels + 1)
        return page_corrector(square, [config.filters * size for size in sizes])

    def examples(self, config: DenoiseConfig, data: Data) -> Examples:
        """Cut squares out of pages that stay bytes; in training each is a little out of place."""
        around = np.arange(config.patch)

        def batch(arrays: Arrays, indices: Any, seed: Any) -> Batch:
            import tensorflow as tf

            chosen = tf.unstack(tf.gather(arrays["places"], indices), axis=1)
            first, width, top, left, lowest, rightmost = chosen
            if seed is not None:
                count = tf.shape(indices)[0]
                half = config.stride // 2
                down, across = tf.unstack(
                    tf.random.stateless_uniform([2, count], seed, -half, half + 1, tf.int64)
                )
                top = tf.clip_by_value(top + down, 0, lowest)
                left = tf.clip_by_value(left + across, 0, rightmost)
            corner = (first + top * width + left)[:, None, None]
            pixels = corner + width[:, None, None] * around[:, None] + around
            noisy, clean = (tf.gather(arrays[name], pixels) for name in ("noisy", "clean"))
            if seed is not None:
                spotless = tf.random.stateless_uniform([count, 1, 1], seed + 1) < config.spotless
                noisy = tf.where(spotless, clean, noisy)
            squares = tf.cast(tf.stack([noisy, clean], axis=-1), tf.float32)
            if seed is not None:
                squares = _enlarged(squares, config.enlarged, seed + 2)
            if seed is not None and config.faded:
                squares = _faded(squares, config.faded, seed + 3)
            if seed is not None and config.flip:
                squares = _flipped(squares, seed + 4)
            return squares[..., :1], squares[..., 1:] / 255, None

        return Examples(
            arrays={name: data.arrays[name] for name in ("noisy", "clean", "places")},
            training=data.arrays["training"],
            validation=data.arrays["validation"],
            batch=batch,
            loss=LOSSES[config.loss],
            measures={"squared_error": _squared_error},
            monitor="squared_error",
        )

    def score(self, model: Model[DenoiseConfig], data: Data) -> Scores[DenoiseDetails]:
        """Measure what is left of the noise on whole pages, beside simple ways of cleaning."""
        return scoring.score(model.network, data)

    def limits(self, facts: Mapping[str, Any]) -> Sequence[str]:
        """Return what its networks cannot do."""
        return LIMITS if facts.get("model") == "skip" else LIMITS_OF_AUTOENCODER

    def example(self, facts: Mapping[str, Any]) -> str:
        """Name the file that runs an exported network of a preset's sizes."""
        return "denoise_modern.py" if facts.get("model") == "skip" else "denoise.py"

    def interface(self, facts: Mapping[str, Any]) -> Interface:
        """Say how pages come."""
        tensors = {
            "page": "grey pages, 0 (black) to 255 (white); their sides are multiples of "
            f"{facts.get('grid', 4)}",
            "clean": "the clean pages, 0 (black) to 1 (white); below 0 is black too",
        }
        return Interface(tensors)

    def answer(
        self, model: Model[DenoiseConfig], query: DenoiseQuery, inputs: Iterable[str]
    ) -> Iterator[Answer | Remark]:
        """Clean picture files one by one; each result is written whole or not at all."""
        if query.output == STREAM:
            raise UsageError("-o - and --json cannot both write to stdout; name a file with -o")
        jobs = plan(inputs, query.output, query.force, binarize=query.binarize)
        failed = 0
        for number, job in enumerate(jobs):
            if isinstance(job, Job) and job.target:
                yield Progress(number, len(jobs), job.name)
                try:
                    pages = clean_pages(
                        model.network, job, job.target, query.strength, binarize=query.binarize
                    )
                except NnlabError as error:
                    failed += 1
                    yield error
                else:
                    yield {"page": job.name, "output": str(job.target), "pages": pages}
            elif isinstance(job, NnlabError):
                failed += 1
                yield job
        if failed and len(jobs) > 1:
            yield NnlabError(f"{failed} of {len(jobs)} files could not be cleaned; see above")

    def stream(
        self, model: Model[DenoiseConfig], query: DenoiseQuery, inputs: Iterable[str]
    ) -> Iterator[str | bytes | Remark] | None:
        """Yield the clean picture where it goes to stdout."""
        return _streamed(model.network, query, inputs) if query.output == STREAM else None

    def draw(self, evidence: Evidence[DenoiseDetails]) -> dict[str, Any]:
        """Draw pages before and after, and what is left of each kind of noise."""
        from nnlab.experiments.denoise import figures

        return figures.draw(evidence)

    def explore(self, evidence: Evidence[DenoiseDetails]) -> list[Explorer]:
        """Let the reader draw cleaned pages over noisy ones."""
        from nnlab.plots import explorers

        found = []
        for number, one in enumerate(evidence.metrics.details.shown):
            keys = ("noisy", "cleaned", "true")
            noisy, cleaned, true = (evidence.arrays[f"{key}_{number}"] for key in keys)
            note = f"RMSE {one.before:.3f} before, {one.after:.3f} after"
            found.append(explorers.pages(one.kind, noisy, cleaned, true, note))
        return found

    def tables(self, metrics: Metrics[DenoiseDetails]) -> list[Table]:
        """Return the scores beside the baselines, overall and by kind of noise."""
        from nnlab.experiments.denoise import tables

        return tables.tables(metrics)


def _enlarged(squares: Any, share: float, seed: Any) -> Any:
    """Show a part of some squares as large as the whole: large print, and scans of more dots."""
    import tensorflow as tf

    count, size = tf.shape(squares)[0], squares.shape[1]
    chance, side, top, left = tf.unstack(tf.random.stateless_uniform([4, count], seed))
    side = tf.where(chance < share, 1 / (1 + (LARGEST - 1) * side), 1.0)
    corner = tf.stack([top, left], axis=1) * (1 - side)[:, None]
    boxes = tf.concat([corner, corner + side[:, None]], axis=1)
    return tf.image.crop_and_resize(squares, boxes, tf.range(count), (size, size))


def _faded(squares: Any, share: float, seed: Any) -> Any:
    """Take contrast from some noisy squares: pale print, and paper down to half grey."""
    import tensorflow as tf

    chance, contrast, white = tf.unstack(
        tf.random.stateless_uniform([3, tf.shape(squares)[0], 1, 1], seed)
    )
    white = 255 * (1 - 0.5 * white)
    contrast = 0.4 + 0.6 * contrast
    noisy, clean = tf.unstack(squares, axis=-1)
    faded = white * (1 - contrast * (1 - noisy / 255))
    return tf.stack([tf.where(chance < share, faded, noisy), clean], axis=-1)


def _flipped(squares: Any, seed: Any) -> Any:
    """Mirror a half of the squares down, and a half of them across."""
    import tensorflow as tf

    chances = tf.random.stateless_uniform([2, tf.shape(squares)[0], 1, 1, 1], seed)
    for axis, chance in zip((1, 2), tf.unstack(chances), strict=True):
        squares = tf.where(chance < 0.5, tf.reverse(squares, [axis]), squares)
    return squares


def _streamed(
    network: Network, query: DenoiseQuery, inputs: Iterable[str]
) -> Iterator[bytes | NnlabError]:
    for job in plan(inputs, STREAM, query.force):
        if isinstance(job, NnlabError):
            yield job
            continue
        try:
            stream = io.BytesIO()
            clean_pages(network, job, stream, query.strength, binarize=query.binarize)
            yield stream.getvalue()
        except NnlabError as error:
            yield error


def _squared_error(targets: Any, outputs: Any) -> Any:
    import tensorflow as tf

    return tf.reduce_mean(tf.square(targets - outputs), (1, 2, 3))


def _grid(config: DenoiseConfig) -> int:
    """Return by what the sides of a square must be divisible."""
    return 4 if config.model == "autoencoder" else 1 << config.levels


def _check_squares(config: DenoiseConfig) -> None:
    grid = _grid(config)
    if config.patch % grid:
        raise UsageError(
            f"--patch must be a multiple of {grid}, not {config.patch}, because the network "
            f"halves a square {grid.bit_length() - 1} times"
        )


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None


EXPERIMENT = Denoise()

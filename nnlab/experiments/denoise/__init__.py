"""Stained pages cleaned: report section on denoising, figure 10."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

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
    Progress,
    Remark,
    Scores,
    Table,
    Warn,
)
from nnlab.experiments.denoise import scoring as scoring
from nnlab.experiments.denoise.cleaning import clean_to_bytes, clean_to_file
from nnlab.experiments.denoise.jobs import STREAM, Job, plan
from nnlab.inference.receptive import receptive_field
from nnlab.options import option
from nnlab.plots import explorers
from nnlab.plots.explorers import Explorer
from nnlab.training.examples import Arrays, Batch, Examples
from nnlab.training.settings import OPTIMIZERS, SCHEDULE_HELP, SCHEDULES, TrainingSettings

LARGEST = 4
"""Times that a square is enlarged at most: print that is four times as high."""
LOSSES = {"crossentropy": "binary_crossentropy", "mse": "mean_squared_error"}


@dataclass(frozen=True, kw_only=True)
class Config(TrainingSettings):
    """Options of training a network that cleans pages."""

    noisy: str | None = option(None, "folder of your own stained pages", path=True)
    clean: str | None = option(None, "folder of the same pages, clean", path=True)
    dataset: str | None = option(
        None,
        "data set: noisyoffice or sample",
        default_text="noisyoffice where it can be had, else sample",
    )
    synthetic: int = option(0, "add as many pages stained by code to the training part", low=0)
    split_seed: int = option(0, "which pages are held out; the same for every --seed", low=0)
    filters: int = option(
        32, "filters before the first pool, half of those after it", low=1, high=1024
    )
    loss: str = option("crossentropy", "what training makes small", choices=tuple(LOSSES))
    patch: int = option(64, "side in pixels of the squares to train on", low=8, high=1024)
    stride: int = option(24, "pixels from one square to the next", low=1, high=1024)
    spotless: float = option(
        0.1, "share of the squares that are clean already, to be left alone", low=0, high=1
    )
    enlarged: float = option(
        0.3, "share of the squares that are shown up to four times as large", low=0, high=1
    )
    epochs: int = option(10, "passes over the squares", low=1, high=10**6)
    batch_size: int = option(16, "examples in one step of the optimizer", low=1, high=2**24)
    optimizer: str = option("adam", "how the weights are changed", choices=OPTIMIZERS)
    learning_rate: float = option(0.002, "size of the optimizer's steps", above=0)
    schedule: str = option("cosine", SCHEDULE_HELP, choices=SCHEDULES)


@dataclass(frozen=True, kw_only=True)
class Query:
    """Options of answering."""

    output: str | None = option(
        None,
        "file, folder or - (stdout) for the clean pages",
        path=True,
        short="o",
        default_text="noisy.clean.png beside noisy.png",
    )
    strength: float = option(1.0, "0 leaves pages as they are, 1 cleans them", low=0, high=1)
    force: bool = option(False, "replace files that exist")


class Denoise(Experiment):
    """Train a convolutional autoencoder on stained pages, and clean pages with it."""

    name: ClassVar[str] = "denoise"
    summary: ClassVar[str] = "Clean stained pages with a convolutional autoencoder."
    description: ClassVar[str] = (
        "With pages: clean copies, noisy.clean.png of noisy.png, which is never changed. Without: "
        "train on NoisyOffice, or on --noisy and --clean, and measure what is left of the noise "
        "on other pages, next to simple ways of cleaning."
    )
    Config: ClassVar[type[TrainingSettings]] = Config
    Query: ClassVar[type] = Query
    inputs_help: ClassVar[str] = "Picture files or folders; - takes a picture from stdin."
    reads_stdin: ClassVar[bool] = True
    example_inputs: ClassVar[tuple[str, ...]] = ("data/examples/noisy.png",)
    answer_columns: ClassVar[tuple[str, ...]] = ("page", "output")
    captions: ClassVar[Mapping[str, tuple[str, str]]] = MappingProxyType(
        {
            "pages": (
                "Pages before and after",
                "A noisy, a cleaned and a true page of each kind of noise",
            ),
            "by-noise": (
                "By kind of noise",
                "The error that is left of each kind of noise, by method",
            ),
        }
    )
    data_options: ClassVar[tuple[str, ...]] = ("dataset", "noisy", "clean")
    optional_scores: ClassVar[Mapping[str, str]] = scoring.OPTIONAL

    def load(self, config: Any, store: Store, warn: Warn) -> Data:
        """Load pages, and where to cut squares out of them."""
        _check_squares(config.patch)
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
            "training_shapes": pages["shapes"][:first],
            "training": np.arange(len(training)),
            "validation": np.arange(len(training), len(training) + len(validation)),
            **{f"test_{name}": array for name, array in test.items()},
            "test_kinds": np.array([page.kind for page in loaded.test]),
        }
        return Data(arrays, {}, loaded.source)

    def check_facts(self, facts: Mapping[str, Any], network: Any) -> None:
        """Refuse a network that makes no page of a page of any size."""
        receptive_field(network.description)

    def build(self, config: Any, facts: Mapping[str, Any]) -> Any:
        """Return the report's convolutional autoencoder."""
        from nnlab.models.page_cleaner import page_cleaner

        return page_cleaner((config.patch, config.patch), (config.filters, 2 * config.filters))

    def examples(self, config: Any, data: Data) -> Examples:
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

    def score(self, config: Any, network: Any, data: Data) -> Scores:
        """Measure what is left of the noise on whole pages, beside simple ways of cleaning."""
        return scoring.score(network, data)

    def answer(
        self, network: Any, facts: Mapping[str, Any], query: Any, inputs: Iterable[str]
    ) -> Iterator[Answer | Remark]:
        """Clean picture files one by one; each result is written whole or not at all."""
        if query.output == STREAM:
            raise UsageError("stdout cannot take both the page and JSON; name a file with -o")
        jobs = plan(inputs, query.output, query.force)
        failed = 0
        for number, job in enumerate(jobs):
            if isinstance(job, Job) and job.target:
                yield Progress(number, len(jobs), job.name)
                try:
                    pages = clean_to_file(network, job, job.target, query.strength)
                except NnlabError as error:
                    failed += 1
                    yield error
                else:
                    yield {"page": job.name, "output": str(job.target), "pages": len(pages)}
            elif isinstance(job, NnlabError):
                failed += 1
                yield job
        if failed and len(jobs) > 1:
            yield NnlabError(f"{failed} of {len(jobs)} files could not be cleaned, see above")

    def stream(
        self, network: Any, facts: Mapping[str, Any], query: Any, inputs: Iterable[str]
    ) -> Iterator[str | bytes | Remark] | None:
        """Yield the clean picture where it goes to stdout."""
        return _streamed(network, query, inputs) if query.output == STREAM else None

    def draw(self, evidence: Evidence) -> dict[str, Any]:
        """Draw pages before and after, and what is left of each kind of noise."""
        return scoring.draw(evidence)

    def explore(self, evidence: Evidence) -> list[Explorer]:
        """Let the reader draw cleaned pages over noisy ones."""
        found = []
        for number, one in enumerate(evidence.metrics["details"]["shown"]):
            keys = ("noisy", "cleaned", "true")
            noisy, cleaned, true = (evidence.arrays[f"{key}_{number}"] for key in keys)
            note = f"RMSE {one['before']:.3f} before, {one['after']:.3f} after"
            found.append(explorers.pages(str(one["kind"]), noisy, cleaned, true, note))
        return found

    def tables(self, metrics: Mapping[str, Any]) -> list[Table]:
        """Return the scores beside the baselines, overall and by kind of noise."""
        return scoring.tables(metrics)


def _enlarged(squares: Any, share: float, seed: Any) -> Any:
    """Show a part of some squares as large as the whole: large print, and scans of more dots."""
    import tensorflow as tf

    count, size = tf.shape(squares)[0], squares.shape[1]
    chance, side, top, left = tf.unstack(tf.random.stateless_uniform([4, count], seed))
    side = tf.where(chance < share, 1 / (1 + (LARGEST - 1) * side), 1.0)
    corner = tf.stack([top, left], axis=1) * (1 - side)[:, None]
    boxes = tf.concat([corner, corner + side[:, None]], axis=1)
    return tf.image.crop_and_resize(squares, boxes, tf.range(count), (size, size))


def _streamed(network: Any, query: Any, inputs: Iterable[str]) -> Iterator[bytes | NnlabError]:
    for job in plan(inputs, STREAM, query.force):
        if isinstance(job, NnlabError):
            yield job
            continue
        try:
            yield clean_to_bytes(network, job, query.strength)
        except NnlabError as error:
            yield error


def _squared_error(targets: Any, outputs: Any) -> Any:
    import tensorflow as tf

    return tf.reduce_mean(tf.square(targets - outputs), (1, 2, 3))


def _check_squares(patch: int) -> None:
    if patch % 4:
        raise UsageError(f"--patch must be a multiple of 4, as there are two pools, not {patch}")


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None


EXPERIMENT = Denoise()

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
from nnlab.experiments.denoise.config import PRESETS, DenoiseConfig, DenoiseQuery
from nnlab.experiments.denoise.examples import SHOWN, examples
from nnlab.experiments.denoise.jobs import STREAM, Job, plan
from nnlab.experiments.denoise.scoring import DenoiseDetails
from nnlab.inference import Network
from nnlab.inference.receptive import receptive_field
from nnlab.training.examples import Examples
from nnlab.wording import part_scored

if TYPE_CHECKING:
    from nnlab.plots.explorers import Explorer
    from nnlab.results import Metrics


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

    def validated_by(self, config: DenoiseConfig) -> tuple[str, ...]:
        """Return also the side of the squares that validation pages are cut into."""
        return (*super().validated_by(config), "patch")

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
        shown = (*loaded.training, *loaded.validation)
        pages = packed(shown, config.patch, layers=config.restained > 0)
        first = len(loaded.training)
        training = places(pages["shapes"][:first], config.patch, config.stride)
        validation = places(pages["shapes"][first:], config.patch, config.patch)
        validation[:, 0] += pages["shapes"][:first].prod(axis=1).sum()
        test = packed(loaded.test)
        arrays = {
            **{name: pages[name] for name in SHOWN if name in pages},
            "places": np.concatenate([training, validation]),
            "training_shapes": pages["shapes"][: first - config.synthetic],
            "validation_shapes": pages["shapes"][first:],
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
        """Load pages without what only a training needs."""
        without = dataclasses.replace(config, synthetic=0, restained=0.0)
        data = super().load_for_evaluation(without, facts, given, store, warn)
        if given:
            scored = len(data.arrays["test_kinds"])
            learned = (len(data.arrays[f"{part}_shapes"]) for part in ("training", "validation"))
            every = scored + sum(learned)
            warn(part_scored(data.source.name, scored, every, "pages"))
        return data

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
        """Cut squares out of pages; those of training are changed a little every time."""
        return examples(config, data)

    def score(self, model: Model[DenoiseConfig], data: Data) -> Scores[DenoiseDetails]:
        """Measure what is left of the noise on whole pages, beside simple ways of cleaning."""
        return scoring.score(model.network, data)

    def limits(self, facts: Mapping[str, Any]) -> Sequence[str]:
        """Return what its networks cannot do."""
        return LIMITS if facts.get("model") == "skip" else LIMITS_OF_AUTOENCODER

    def example(self, facts: Mapping[str, Any]) -> str:
        """Name the file that runs an exported network; for other numbers of levels, none does."""
        if facts.get("model") != "skip":
            return "denoise.py"
        return "denoise_modern.py" if facts.get("grid") == 16 else ""

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

"""Letters in the plane: report section on visualisation, figures 8 and 9."""

from __future__ import annotations

import math
import reprlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.datasets.images.digit_form import has_characters
from nnlab.datasets.images.formed_pictures import in_form, several
from nnlab.datasets.images.idx_pairs import IdxFiles
from nnlab.datasets.images.letters import load_letters
from nnlab.datasets.store import Store
from nnlab.errors import CheckpointError, DataError, NnlabError
from nnlab.experiments.contract import (
    Answer,
    Data,
    Evidence,
    Experiment,
    Interface,
    Model,
    Note,
    Remark,
    Scores,
    Table,
    Warn,
)
from nnlab.experiments.embed import scoring
from nnlab.experiments.embed.config import PRESETS, EmbedConfig, EmbedLook, EmbedQuery
from nnlab.experiments.embed.inside import plane, shown
from nnlab.experiments.embed.scoring import EmbedDetails
from nnlab.inference import Network
from nnlab.training.contrast import cauchy_contrast, cosine_contrast
from nnlab.training.deformation import Deformation
from nnlab.training.examples import Arrays, Batch, Examples
from nnlab.wording import part_scored

if TYPE_CHECKING:
    from nnlab.plots.explorers import Explorer
    from nnlab.results import Metrics


CONTRASTIVE = "contrastive"
VIEWS = Deformation(
    rotation=0.3, scale=0.2, shear=0.35, shift=0.09, elastic=0.035, stroke=0.7, blur=0.8
)
"""How two views of one image differ. No label takes part, but who chose these deformations knew
that they turn no letter into another."""
INNER_LOSSES = {"features": cosine_contrast, "plane": cauchy_contrast}


LIMITS = (
    "Two coordinates are too few to tell all letters apart.",
    "It reads only upright letters, one per image, written like those it was trained on.",
)


class Embed(Experiment[EmbedConfig, EmbedQuery, EmbedDetails]):
    """Train a network that places images in the plane, and find the place of images."""

    name = "embed"
    summary = "Map letters to points in the plane."
    description = (
        "With images: print the coordinates and the nearest letters of each. Without: train on "
        "EMNIST letters (or MNIST, or any pair of idx files), then measure how well the classes "
        "are separated and compare with principal components."
    )
    presets = PRESETS
    options_of_models = MappingProxyType({"contrastive": ("deform",)})
    Config = EmbedConfig
    Query = EmbedQuery
    Look = EmbedLook
    Details = EmbedDetails
    inputs_help = "Image files or folders; - reads file names from stdin, one per line."
    reads_files = True
    example_inputs = ("data/examples/letter.png",)
    answer_columns = ("input", "x", "y", "nearest")
    shares = ("nn_1", "nn_5", "trustworthiness")
    captions = MappingProxyType(
        {
            "plane": ("The plane", "Test images as points in the plane, coloured by class"),
            "decoder": (
                "What the decoder draws",
                "The image that the decoder draws for each point of the plane",
            ),
        }
    )
    data_options = (
        "dataset",
        "letters",
        "images",
        "labels",
        "test_images",
        "test_labels",
    )
    part_options = ("letters",)
    instead_of_input = ("x", "y")
    data_facts = ("image_shape",)

    def validated_by(self, config: EmbedConfig) -> tuple[str, ...]:
        """Return also the kind of loss, and for a contrastive one the views and the batch."""
        contrastive = config.model == "contrastive"
        views = ("deform", "batch_size") if contrastive else ()
        return (*super().validated_by(config), "model", *views)

    def load(self, config: EmbedConfig, store: Store, warn: Warn) -> Data:
        """Load labelled images and hold out validation images from the training set."""
        loaded = load_letters(
            store,
            config.dataset,
            letters=config.letters,
            files=IdxFiles.of(config),
            split_seed=config.split_seed,
            warn=warn,
        )
        if math.prod(loaded.image_shape) < 2:
            raise DataError(f"{loaded.source.name}: expected images of 2 pixels or more, got 1x1")
        facts = {
            "class_names": list(loaded.class_names),
            "image_shape": loaded.image_shape,
            "characters": has_characters(loaded.train_images),
        }
        return Data(loaded.arrays(config.validation, config.split_seed), facts, loaded.source)

    def load_for_evaluation(
        self,
        config: EmbedConfig,
        facts: Mapping[str, Any],
        given: Mapping[str, Any],
        store: Store,
        warn: Warn,
    ) -> Data:
        """Load the network's own images, or others; of an idx pair, the test set is scored."""
        chosen = self.config_for_evaluation(config, given)
        data = self.load(chosen, store, warn)
        if given and chosen.images and not chosen.test_images:
            scored = len(data.arrays["test_images"])
            every = scored + len(data.arrays["images"])
            warn(part_scored(data.source.name, scored, every, "images"))
        return data

    def check_facts(self, facts: Mapping[str, Any], network: Network) -> None:
        """Refuse an image shape that is not the network's, or neighbours that are none."""
        shape, names = facts.get("image_shape"), facts.get("class_names")
        shapes = [list(size) for size in network.input_shapes.values()]
        if [shape] != shapes or len(shapes[0]) != 2 or network.shapes.get("plane") != (2,):
            raise CheckpointError(
                f"expected a network from {reprlib.repr(shape)} pixels by way of 'plane', two "
                f"numbers, but it has {reprlib.repr(network.shapes)}"
            )
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise CheckpointError(f"expected class names, but it has {reprlib.repr(names)}")
        if not isinstance(facts.get("characters"), bool):
            came = reprlib.repr(facts.get("characters"))
            raise CheckpointError(f"expected 'characters' to be true or false, not {came}")
        scoring.check_landmarks(facts)

    def build(self, config: EmbedConfig, facts: Mapping[str, Any]) -> Any:
        """Return the report's autoencoder, or the encoder for contrastive learning."""
        from nnlab.models.plane_autoencoder import plane_autoencoder
        from nnlab.models.plane_contrast import plane_contrast

        height, width = facts["image_shape"]
        make = plane_contrast if config.model == CONTRASTIVE else plane_autoencoder
        return make((height, width), config.units)

    def examples(self, config: EmbedConfig, data: Data) -> Examples:
        """Keep images as bytes on the device; the target of an image is the image, 0 to 1.

        For contrastive learning a batch holds two views of each image, of which the decoder learns
        to draw the image itself. Those of validation are the same in every epoch.
        """
        pixels = int(np.prod(data.facts["image_shape"]))
        contrastive = config.model == CONTRASTIVE
        deformed = VIEWS.times(config.deform)

        def batch(arrays: Arrays, indices: Any, seed: Any) -> Batch:
            import tensorflow as tf

            images = tf.cast(tf.gather(arrays["images"], indices), tf.float32)
            if contrastive:
                images = tf.concat([images, images], axis=0)
            targets = tf.reshape(images, (-1, pixels)) / 255
            if contrastive:
                always = tf.stack([indices[0], indices[-1]])
                images = deformed(
                    images,
                    always if seed is None else seed,
                    light_ink=data.facts["characters"],
                )
            return images, targets, None

        return Examples(
            arrays={"images": data.arrays["images"]},
            training=data.arrays["training"],
            validation=data.arrays["validation"],
            batch=batch,
            loss="binary_crossentropy",
            inner_losses=INNER_LOSSES if contrastive else {},
        )

    def score(self, model: Model[EmbedConfig], data: Data) -> Scores[EmbedDetails]:
        """Measure how well the classes lie apart in the plane, beside principal components."""
        return scoring.score(model.network, data)

    def limits(self, facts: Mapping[str, Any]) -> Sequence[str]:
        """Return what its networks cannot do."""
        return LIMITS

    def interface(self, facts: Mapping[str, Any]) -> Interface:
        """Name the classes, and say how images come."""
        tensors = {
            "image": "grey images, 0 to 255: light ink on black, upright",
            "plane": "the place of each image in the plane",
            "pixels": "the image that the decoder draws there, row by row, 0 to 1",
        }
        return Interface(tensors, {"class_names": facts["class_names"]})

    def parts(self, model: Model[EmbedConfig], *, step: bool) -> Mapping[str, Network]:
        """Return the network with the place in the plane as an output of its own."""
        (network,) = super().parts(model, step=step).values()
        return {"": network.part(network.input_shapes, ["plane", *network.output_shapes])}

    def answer(
        self, model: Model[EmbedConfig], query: EmbedQuery, inputs: Iterable[str]
    ) -> Iterator[Answer | Remark]:
        """Tell the place of each image, and the training images that lie nearest."""
        facts = model.facts
        height, width = facts["image_shape"]
        encoder = scoring.encoder(model.network)
        for found in in_form(inputs, (height, width), facts["characters"]):
            if isinstance(found, NnlabError):
                yield found
                continue
            path, form = found
            if len(form.characters) > 1:
                yield Note(several(path, form, "expected a picture of one"))
            place = encoder.answer(form.image[None])[0]
            yield {"input": str(path), **scoring.described(place, facts, query.top)}

    def exhibit(self, model: Model[EmbedConfig]) -> Answer:
        """Return the plane with the training images that the checkpoint names."""
        return plane(model)

    def inside(
        self,
        model: Model[EmbedConfig],
        query: EmbedQuery,
        look: EmbedLook,
        given: str,
        background: Any,
    ) -> Answer:
        """Return the place of an image, or a place given, with what the decoder draws there."""
        return shown(model, query, look, given)

    def draw(self, evidence: Evidence[EmbedDetails]) -> dict[str, Any]:
        """Draw the test images in the plane, and what the decoder makes of each place."""
        from nnlab.experiments.embed import figures

        return figures.draw(evidence)

    def explore(self, evidence: Evidence[EmbedDetails]) -> list[Explorer]:
        """Let the reader go about in the plane."""
        from nnlab.plots.explorers import plane

        arrays = evidence.arrays
        names = evidence.metrics.details.class_names
        return [plane(names, arrays["points"], arrays["labels"], arrays.get("thumbnails"))]

    def tables(self, metrics: Metrics[EmbedDetails]) -> list[Table]:
        """Return the scores beside those of principal components."""
        from nnlab.experiments.embed import tables

        return tables.tables(metrics)


EXPERIMENT = Embed()

"""Handwritten digits with an MLP or a CNN: report section 1, figures 1 and 2."""

from __future__ import annotations

import math
import reprlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from nnlab.datasets.images.formed_pictures import one_in_form, several
from nnlab.datasets.store import Store
from nnlab.errors import CheckpointError, UsageError
from nnlab.experiments.classify import scoring as classifier
from nnlab.experiments.classify.answers import answers
from nnlab.experiments.classify.config import (
    PERMUTATION_SEED,
    PRESETS,
    PRESETS_OF_MODELS,
    ClassifyConfig,
    ClassifyLook,
    ClassifyQuery,
    filter_counts,
)
from nnlab.experiments.classify.examples import examples
from nnlab.experiments.classify.fitting import fitted_facts
from nnlab.experiments.classify.inside import shown
from nnlab.experiments.classify.loading import load_images, load_test_pair
from nnlab.experiments.classify.permutation import permute, pixel_permutation
from nnlab.experiments.classify.reading import TEMPERATURE, Reader, typicality_of
from nnlab.experiments.classify.scoring import ClassifyDetails, ClassifySummary
from nnlab.experiments.classify.typicality import TYPICALITY
from nnlab.experiments.contract import (
    Answer,
    Data,
    Evidence,
    Experiment,
    Interface,
    Model,
    Remark,
    Scores,
    Table,
    Warn,
)
from nnlab.inference import Network
from nnlab.training.examples import Examples
from nnlab.training.settings import REPORT

if TYPE_CHECKING:
    from nnlab.plots.explorers import Explorer
    from nnlab.results import Metrics, RunMetrics, Summary

C = TypeVar("C", bound=ClassifyConfig)

WITHOUT_TEMPERATURE = (
    "ONNX and Keras files do not have the temperature by which nnlab divides the logarithms of the "
    "probabilities, so they name the same classes with other probabilities."
)
WITHOUT_TYPICALITY = (
    "`typicality` points out only some of the images that show none of its classes; ONNX and Keras "
    "files do not have it."
)
LIMITS = (
    "It names one of its classes for every image, even for one that shows none of them.",
    "A wrong answer can come with a probability near 1.",
)


class ImageClassifier(Experiment[C, ClassifyQuery, ClassifyDetails]):
    """Train a classifier of small grey images, and read images with it."""

    presets = PRESETS
    options_of_models = MappingProxyType({"mlp": ("layers",), "cnn": ("filters",)})
    Query = ClassifyQuery
    Look: type[Any] = ClassifyLook
    Details = ClassifyDetails
    GroupDetails: type[Any] = ClassifySummary
    inputs_help = "Image files or folders; - reads file names from stdin, one per line."
    reads_files = True
    example_inputs = ("data/examples/7.png",)
    answer_columns = ("input", "label", "probability")
    shares = ("accuracy",)
    captions = MappingProxyType(
        {
            "confusion": (
                "Confusion matrix",
                "How often each class was predicted for each true class",
            ),
            "class-accuracy": ("Accuracy by class", "The accuracy of each class with its interval"),
            "misclassified": (
                "Misclassified images",
                "Misclassified images, the most confident mistakes first",
            ),
        }
    )
    data_options = (
        "dataset",
        "images",
        "labels",
        "test_images",
        "test_labels",
        "transposed",
    )
    data_facts = ("class_names", "image_shape")

    def defaults(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the preset's settings for the model in question."""
        models = PRESETS_OF_MODELS.get(given.get("preset", REPORT), {})
        values = dict(models.get(given.get("model", "mlp"), {}))
        if not given.get("normalize"):  # the CNN of the report has filters of its own
            values.pop("filters", None)
        if not given.get("deform"):
            values["deform_fade"] = 0.0
        if given.get("images"):  # of which nobody knows that they are digits
            values.pop("drawn", None)
        return values

    def configure(self, given: Mapping[str, Any], where: str) -> C:
        """Make a Config; a fading needs something that fades."""
        config = super().configure(given, where)
        if given.get("deform_fade") and not config.deform:
            raise UsageError(f"{where}: --deform-fade needs --deform")
        return config

    def load(self, config: C, store: Store, warn: Warn) -> Data:
        """Load labelled images and hold out validation images from the training set."""
        return load_images(config, store, warn)

    def load_for_evaluation(
        self,
        config: C,
        facts: Mapping[str, Any],
        given: Mapping[str, Any],
        store: Store,
        warn: Warn,
    ) -> Data:
        """Load a test set; of an idx pair of the user's, all images are tested."""
        if set(given) <= {"dataset"}:
            return super().load_for_evaluation(config, facts, given, store, warn)
        return load_test_pair(config, facts, given, warn)

    def check_facts(self, facts: Mapping[str, Any], network: Network) -> None:
        """Refuse class names or an image shape that are not the network's."""
        names = facts.get("class_names")
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            came = reprlib.repr(names)
            raise CheckpointError(f"expected a list of class names, but it has {came}")
        shape = facts.get("image_shape")
        shapes = [list(size) for size in network.input_shapes.values()]
        outputs = list(network.output_shapes.values())
        if [shape] != shapes or len(shapes[0]) != 2 or outputs != [(len(names),)]:
            raise CheckpointError(
                f"expected a network from {reprlib.repr(shape)} pixels to {len(names)} classes, "
                f"but it goes from {reprlib.repr(shapes)} to {reprlib.repr(outputs)}"
            )
        if not isinstance(facts.get("characters"), bool):
            came = reprlib.repr(facts.get("characters"))
            raise CheckpointError(f"expected 'characters' to be true or false, not {came}")
        temperature = facts.get(TEMPERATURE, 1.0)
        if type(temperature) is not float or not 0 < temperature < math.inf:
            came = reprlib.repr(temperature)
            raise CheckpointError(f"expected a temperature above 0, not {came}")
        typicality_of(network, facts)

    def build(self, config: C, facts: Mapping[str, Any]) -> Any:
        """Return an MLP or a CNN: the report's, or with batch normalisation."""
        from nnlab.models.cnn import cnn
        from nnlab.models.mlp import mlp
        from nnlab.models.normalized import normalized_cnn, normalized_mlp

        height, width = facts["image_shape"]
        classes = len(facts["class_names"])
        if config.model == "cnn":
            if not config.normalize:
                return cnn((height, width), classes, dense_units=config.units)
            filters = filter_counts(config.filters)
            return normalized_cnn(
                (height, width), classes, dense_units=config.units, filters=filters
            )
        build = normalized_mlp if config.normalize else mlp
        return build((height, width), classes, hidden_units=(config.units,) * config.layers)

    def examples(self, config: C, data: Data) -> Examples:
        """Keep images as bytes on the device; a batch is cast, deformed, its labels one-hot."""
        return examples(config, data, self.prepare)

    def fitted_facts(self, model: Model[C], data: Data) -> Mapping[str, Any]:
        """Fit the temperature, and what typicality needs, on the held-out images."""
        return fitted_facts(model.network, data)

    def score(self, model: Model[C], data: Data) -> Scores[ClassifyDetails]:
        """Measure test accuracy, calibration, and how many images look unusual."""
        reader = Reader(model)
        return classifier.score(reader.read(data.arrays["test_images"]), data, reader.temperature)

    def limits(self, facts: Mapping[str, Any]) -> Sequence[str]:
        """Return what its networks cannot do."""
        lacking = {TEMPERATURE: WITHOUT_TEMPERATURE, TYPICALITY: WITHOUT_TYPICALITY}
        return (*LIMITS, *(text for fact, text in lacking.items() if fact in facts))

    def interface(self, facts: Mapping[str, Any]) -> Interface:
        """Name the classes, and say how images come."""
        tensors = {
            "image": "grey images, 0 to 255: light ink on black, as in MNIST",
            "probabilities": "of each class, in the order of class_names",
        }
        return Interface(tensors, {"class_names": facts["class_names"]})

    def answer(
        self, model: Model[C], query: ClassifyQuery, inputs: Iterable[str]
    ) -> Iterator[Answer | Remark]:
        """Read the class of each image; a folder stands for the images inside."""
        return answers(model, query, inputs, self.prepare)

    def exhibit(self, model: Model[C]) -> Answer:
        """Return the names of the classes."""
        return {"class_names": model.facts["class_names"]}

    def inside(
        self, model: Model[C], query: ClassifyQuery, look: Any, given: str, background: Any
    ) -> Answer:
        """Return the class of a picture, as the network sees it, with what led to it."""
        facts = model.facts
        height, width = facts["image_shape"]
        path, form = one_in_form(given, (height, width), facts["characters"])
        images = form.image[None]
        (image,) = permute(images, self.order(facts)) if look.permuted else images
        found = shown(model, image)
        if len(form.characters) > 1:
            found["remarks"].append(several(path, form, "read as one"))
        return {"input": str(path), **found}

    def prepare(self, images: np.ndarray, facts: Mapping[str, Any]) -> np.ndarray:
        """Return images (count, height, width) in the set's form as the network wants them."""
        return images

    def order(self, facts: Mapping[str, Any]) -> np.ndarray:
        """Return the permutation of pixels that `inside` can show: where each comes from."""
        height, width = facts["image_shape"]
        return pixel_permutation((height, width), 1, PERMUTATION_SEED)

    def draw(self, evidence: Evidence[ClassifyDetails]) -> dict[str, Any]:
        """Draw the confusion matrix, accuracy by class, and the misclassified images."""
        from nnlab.experiments.classify import figures

        return figures.draw(evidence)

    def explore(self, evidence: Evidence[ClassifyDetails]) -> list[Explorer]:
        """Let the reader choose among the misclassified images."""
        from nnlab.plots.explorers import misclassified

        names = evidence.metrics.details.class_names
        keys = ("images", "labels", "predictions", "probabilities")
        images, labels, read, sure = (evidence.arrays[f"misclassified_{key}"] for key in keys)
        return [misclassified(names, images, labels, read, sure)]

    def tables(self, metrics: Metrics[ClassifyDetails]) -> list[Table]:
        """Return accuracy beside the baselines, and the most misclassified classes."""
        from nnlab.experiments.classify import tables

        return tables.tables(metrics)

    def summarise(self, results: Mapping[str, RunMetrics[ClassifyDetails]]) -> Any:
        """Rank the classes by accuracy over all runs, and say how stable the ranking is."""
        return classifier.summarise(results)

    def summary_tables(self, summary: Summary[Any]) -> list[Table]:
        """Return which classes are misclassified most, and in how many of the runs."""
        from nnlab.experiments.classify import tables

        return tables.summary_tables(summary)


class Classify(ImageClassifier[ClassifyConfig]):
    """The images as they are."""

    name = "classify"
    summary = "Read handwritten digits with an MLP or a CNN."
    description = (
        "With images: read the digit in each. Without: train on MNIST (or any pair of idx files), "
        "then score on test images and compare with logistic regression."
    )
    Config = ClassifyConfig


EXPERIMENT = Classify()

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from nnlab import experiments
from nnlab.datasets.store.provenance import Source
from nnlab.experiments.classify import figures, tables
from nnlab.experiments.classify import scoring as classifier
from nnlab.experiments.classify.fitting import fitted_temperature
from nnlab.experiments.classify.reading import Reading
from nnlab.experiments.classify.scoring import ClassifyDetails
from nnlab.experiments.contract import Data, Scores
from nnlab.metrics import ConfusedPair, tempered
from nnlab.runs.group import summarise
from tests.made_metrics import metrics_of

SHAPES = {"images": (120, 4, 4), "labels": (120,)}
SOURCE = Source("made", "0" * 64, sample=False, files=())


def data(training: bool = True) -> Data:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 90).astype(np.uint8)
    images = rng.integers(0, 50, (90, 4, 4)).astype(np.uint8)
    images[np.arange(90), labels] += 200  # the row that is bright tells the class
    arrays: dict[str, np.ndarray] = {"test_images": images[60:], "test_labels": labels[60:]}
    if training:
        arrays |= {"images": images[:60], "labels": labels[:60], "training": np.arange(60)}
    return Data(arrays, {"class_names": ["a", "b", "c"]}, SOURCE)


def never_c(images: np.ndarray) -> np.ndarray:
    """Know the bright row, but take c for b."""
    rows = images.sum(axis=2).argmax(axis=1)
    probabilities: np.ndarray = np.eye(3)[np.minimum(rows, 1)]
    return probabilities


def scored(
    predict: Callable[[np.ndarray], np.ndarray],
    made: Data | None = None,
    temperature: float = 1.0,
    typicality: np.ndarray | None = None,
) -> Scores[ClassifyDetails]:
    made = made or data()
    raw = predict(made.arrays["test_images"])
    return classifier.score(Reading(raw, tempered(raw, temperature), typicality), made, temperature)


def test_scores_count_what_is_wrong() -> None:
    made = data()
    scores = scored(never_c, made)
    wrong = int((made.arrays["test_labels"] == 2).sum())
    assert scores.scores["accuracy"] == pytest.approx(1 - wrong / 30)
    assert scores.details.misclassified == wrong
    assert scores.details.confused_pairs[0] == ConfusedPair(2, 1, wrong)
    assert scores.details.class_accuracy[0].label == 2
    assert len(scores.evidence["misclassified_images"]) == wrong
    interval = scores.details.accuracy_interval
    assert interval.low < scores.scores["accuracy"] < interval.high


def test_naive_baselines_come_with_the_training_part_only() -> None:
    assert scored(never_c).baselines["logistic regression"]["accuracy"] > 0.9
    assert scored(never_c, data(training=False)).baselines == {}


def test_tables_name_the_worst_class_and_what_it_is_taken_for() -> None:
    _, worst, _ = tables.tables(metrics_of(scored(never_c)))
    assert worst.rows[0][0] == "c"
    assert worst.rows[0][1] == "0.00 %"
    assert worst.rows[0][-1].startswith("b (")


def test_every_class_is_mistaken_for_others_however_many_pairs_there_are() -> None:
    metrics = metrics_of(scored(never_c))
    details = dataclasses.replace(
        metrics.details, confusion_matrix=[[5, 2, 3], [0, 10, 0], [1, 4, 5]], confused_pairs=[]
    )
    _, worst, _ = tables.tables(dataclasses.replace(metrics, details=details))
    assert {row[0]: row[-1] for row in worst.rows} == {
        "a": "c (3), b (2)",
        "b": "",
        "c": "b (4), a (1)",
    }


def test_the_share_of_unusual_images_is_told_where_it_is_known() -> None:
    assert tables.tables(metrics_of(scored(never_c)))[0].note == ""
    typicality = np.linspace(0.001, 1, 30)
    typicality[:3] = 0.001, 0.0099, 0.01
    scores = scored(never_c, typicality=typicality)
    assert scores.details.unusual_share == pytest.approx(2 / 30)
    assert "6.67 %" in tables.tables(metrics_of(scores))[0].note


def test_several_runs_agree_on_the_worst_class() -> None:
    results = {f"seed-{n}": metrics_of(scored(never_c)) for n in (1, 2, 3)}
    summary = summarise(experiments.get("classify"), results)
    assert summary.details.classes[0]["class"] == "c"
    assert summary.details.classes[0]["among_worst_three"] == 3
    assert summary.details.rank_correlation == pytest.approx(1)
    ranking, probabilities = tables.summary_tables(summary)
    assert ranking.rows[0][-1] == "3 of 3"
    assert [row[0] for row in probabilities.rows] == ["before calibration", "after calibration"]
    one = results["seed-1"].details
    assert summary.details.calibration_error.mean == pytest.approx(one.calibration_error)


def test_runs_of_earlier_versions_have_no_calibration_error() -> None:
    known = metrics_of(scored(never_c))
    older = dataclasses.replace(
        known, details=dataclasses.replace(known.details, calibration_error=None)
    )
    summary = summarise(experiments.get("classify"), {"seed-1": known, "seed-2": older})
    assert summary.details.calibration_error is None
    assert summary.details.calibration_error_before is not None


def test_figures_are_drawn_when_nothing_is_wrong() -> None:
    from nnlab.experiments.contract import Evidence

    scores = scored(lambda images: np.eye(3)[images.sum(2).argmax(1)])
    drawn = figures.draw(Evidence(metrics_of(scores), scores.evidence, "made"))
    assert set(drawn) == {"confusion", "class-accuracy", "misclassified"}


def test_too_sure_a_network_is_calibrated_on_held_out_images() -> None:
    made = data()
    rng = np.random.default_rng(1)

    def sure(images: np.ndarray) -> np.ndarray:
        """Be right three times in four, and claim .98."""
        rows = images.sum(axis=2).argmax(axis=1)
        guesses = np.where(rng.random(len(rows)) < 0.75, rows, (rows + 1) % 3)
        return np.where(np.eye(3)[guesses] == 1, 0.98, 0.01)

    images, labels = (np.resize(made.arrays[name], shape) for name, shape in SHAPES.items())
    temperature = fitted_temperature(sure(images), labels)
    assert temperature > 1.5
    details = scored(sure, made, temperature).details
    assert details.calibration_error is not None
    assert details.calibration_error_before is not None
    assert details.calibration_error < details.calibration_error_before


def test_a_network_without_mistakes_does_not_become_surer() -> None:
    made = data()

    def right(images: np.ndarray) -> np.ndarray:
        probabilities: np.ndarray = np.eye(3)[images.sum(axis=2).argmax(axis=1)] * 0.4 + 0.2
        return probabilities

    probabilities = right(made.arrays["images"])
    assert fitted_temperature(probabilities, made.arrays["labels"]) == 1.0

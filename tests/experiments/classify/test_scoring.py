import numpy as np
import pytest

from nnlab import experiments
from nnlab.datasets.store.provenance import Source
from nnlab.experiments.classify import figures, tables
from nnlab.experiments.classify import scoring as classifier
from nnlab.experiments.contract import Data
from nnlab.metrics import ConfusedPair
from nnlab.runs.group import summarise
from tests.made_metrics import metrics_of

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


def test_scores_count_what_is_wrong() -> None:
    made = data()
    scores = classifier.score(never_c, made)
    wrong = int((made.arrays["test_labels"] == 2).sum())
    assert scores.scores["accuracy"] == pytest.approx(1 - wrong / 30)
    assert scores.details.misclassified == wrong
    assert scores.details.confused_pairs[0] == ConfusedPair(2, 1, wrong)
    assert scores.details.class_accuracy[0].label == 2
    assert len(scores.evidence["misclassified_images"]) == wrong
    interval = scores.details.accuracy_interval
    assert interval.low < scores.scores["accuracy"] < interval.high


def test_naive_baselines_come_with_the_training_part_only() -> None:
    assert classifier.score(never_c, data()).baselines["logistic regression"]["accuracy"] > 0.9
    assert classifier.score(never_c, data(training=False)).baselines == {}


def test_tables_name_the_worst_class_and_what_it_is_taken_for() -> None:
    _, worst = tables.tables(metrics_of(classifier.score(never_c, data())))
    assert worst.rows[0][0] == "c"
    assert worst.rows[0][1] == "0.00 %"
    assert worst.rows[0][-1].startswith("b (")


def test_several_runs_agree_on_the_worst_class() -> None:
    results = {f"seed-{n}": metrics_of(classifier.score(never_c, data())) for n in (1, 2, 3)}
    summary = summarise(experiments.get("classify"), results)
    assert summary.details.classes[0]["class"] == "c"
    assert summary.details.classes[0]["among_worst_three"] == 3
    assert summary.details.rank_correlation == pytest.approx(1)
    table = tables.summary_table(summary)
    assert table.rows[0][-1] == "3 of 3"


def test_figures_are_drawn_when_nothing_is_wrong() -> None:
    from nnlab.experiments.contract import Evidence

    scores = classifier.score(lambda images: np.eye(3)[images.sum(2).argmax(1)], data())
    drawn = figures.draw(Evidence(metrics_of(scores), scores.evidence, "made"))
    assert set(drawn) == {"confusion", "class-accuracy", "misclassified"}

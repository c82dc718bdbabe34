"""Reading digits: pictures in, answers out."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import nnlab
from nnlab import experiments
from nnlab.checkpoint import write
from nnlab.datasets.images.labelled import sample_digits
from nnlab.datasets.store import Store
from nnlab.errors import CheckpointError, NnlabError, UsageError
from nnlab.experiments.contract import Note
from nnlab.runs.answering import Trained
from nnlab.runs.evaluation import evaluate
from nnlab.runs.folder import RunFolder
from nnlab.runs.single import run
from nnlab.training.examples import Examples
from tests.annotations import Here, Shell
from tests.idx_files import write_idx
from tests.watching import make_workshop

CLASSIFY = experiments.get("classify")
PNG = str(Path(__file__).parents[3] / "data" / "examples" / "7.png")


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Train shortly on the embedded sample."""
    folder = RunFolder(tmp_path_factory.mktemp("run"))
    config = CLASSIFY.configure({"dataset": "sample", "epochs": 3}, "test")
    run(CLASSIFY, config, folder, make_workshop())
    return folder.best


@pytest.fixture
def trained(checkpoint: Path) -> Trained:
    return nnlab.load(checkpoint)


def test_the_models_have_the_presets_of_the_report() -> None:
    mlp, cnn = (CLASSIFY.configure({"model": model}, "test") for model in ("mlp", "cnn"))
    assert (mlp.units, mlp.epochs, mlp.optimizer, mlp.learning_rate) == (512, 20, "rmsprop", 0.001)
    assert (cnn.units, cnn.epochs, cnn.optimizer, cnn.learning_rate) == (128, 12, "adadelta", 1.0)
    assert mlp.batch_size == cnn.batch_size == 128
    assert CLASSIFY.configure({"model": "cnn", "epochs": 3}, "test").epochs == 3


@pytest.mark.parametrize(("model", "epochs"), [("mlp", 60), ("cnn", 24)])
def test_the_modern_networks_have_settings_of_their_own(model: str, epochs: int) -> None:
    config = CLASSIFY.configure({"preset": "modern", "model": model}, "test")
    assert (config.epochs, config.normalize, config.deform) == (epochs, True, 1.0)
    assert (config.deform_fade, config.choose_by) == (0.4, "loss")
    assert CLASSIFY.configure({"preset": "modern"}, "test").model == "cnn"


def test_an_optimizer_comes_with_a_rate_that_suits_it() -> None:
    def rate(**given: object) -> float:
        return float(CLASSIFY.configure(given, "test").learning_rate)

    assert rate(model="cnn", optimizer="adam") == 0.001
    assert rate(optimizer="adadelta") == 1.0
    assert rate(model="cnn", optimizer="adadelta") == 1.0
    assert rate(optimizer="adadelta", learning_rate=0.5) == 0.5
    assert rate(preset="modern") == 0.003
    assert rate(preset="modern", optimizer="sgd") == 0.01
    textgen = experiments.get("textgen")
    assert textgen.configure({"optimizer": "adam"}, "test").learning_rate == 0.001
    assert textgen.configure({"optimizer": "rmsprop"}, "test").learning_rate == 0.01


def test_fading_needs_something_that_fades() -> None:
    with pytest.raises(UsageError, match="--deform-fade needs --deform"):
        CLASSIFY.configure({"deform_fade": 0.4}, "test")
    assert CLASSIFY.configure({"preset": "modern", "deform": 0}, "test").deform_fade == 0


def test_the_best_epoch_has_the_highest_accuracy_or_the_lowest_loss() -> None:
    def chosen(preset: str) -> tuple[str, bool]:
        config = CLASSIFY.configure({"dataset": "sample", "preset": preset}, "test")
        examples = CLASSIFY.examples(config, CLASSIFY.load(config, Store(offline=True), print))
        return examples.monitor, examples.higher_is_better

    assert chosen("report") == ("accuracy", True)
    assert chosen("modern") == ("loss", False)


@pytest.mark.parametrize("filters", ["", "8", "8x9x10", "0x8", "8x-1", "8x9999", "axb", "8;9"])
def test_filters_are_two_numbers(filters: str) -> None:
    given = {"model": "cnn", "normalize": True, "filters": filters}
    with pytest.raises(UsageError, match="--filters: expected two numbers"):
        CLASSIFY.configure(given, "test")


def test_the_networks_of_the_report_have_fixed_filters() -> None:
    with pytest.raises(UsageError, match="--filters needs --normalize"):
        CLASSIFY.configure({"model": "cnn", "filters": "8x9"}, "test")
    with pytest.raises(UsageError, match="--filters needs --model cnn"):
        CLASSIFY.configure({"filters": "8x9"}, "test")
    with pytest.raises(UsageError, match="filters"):
        CLASSIFY.configure({"model": "cnn", "normalize": True, "filters": 8}, "test")
    assert CLASSIFY.configure({"preset": "modern", "normalize": False}, "test").model == "cnn"


def test_smoothed_targets_are_a_distribution() -> None:
    config = CLASSIFY.configure({"dataset": "sample", "label_smoothing": 0.2}, "test")
    examples = CLASSIFY.examples(config, CLASSIFY.load(config, Store(offline=True), print))
    _, targets, _ = examples.batch(examples.arrays, examples.training[:5], None)
    np.testing.assert_allclose(np.sort(targets)[:, -2:], [[0.02, 0.82]] * 5, rtol=1e-5)


def test_only_training_images_are_deformed() -> None:
    config = CLASSIFY.configure(
        {"preset": "modern", "dataset": "sample", "deform_fade": 0.4}, "test"
    )
    examples = CLASSIFY.examples(config, CLASSIFY.load(config, Store(offline=True), print))
    rows = examples.training[:5]
    plain = np.array(examples.batch(examples.arrays, rows, None)[0])
    np.testing.assert_array_equal(plain, examples.arrays["images"][rows])
    assert examples.augment is not None
    first, later, last = (
        abs(np.array(examples.augment(plain, (1, 2), epoch)) - plain).max(axis=(1, 2))
        for epoch in (0, 12, config.epochs - 1)
    )
    assert (first > 1).all()
    np.testing.assert_array_equal(first, later)
    assert (last < first).all()  # the deformation fades away
    report = CLASSIFY.configure({"dataset": "sample"}, "test")
    assert (
        CLASSIFY.examples(report, CLASSIFY.load(report, Store(offline=True), print)).augment is None
    )


def test_drawn_digits_are_added_to_the_training_images_alone() -> None:
    def examples(**given: object) -> Examples:
        config = CLASSIFY.configure({"dataset": "sample", **given}, "test")
        return CLASSIFY.examples(config, CLASSIFY.load(config, Store(offline=True), print))

    plain, more = examples(), examples(drawn=0.1)
    added = round(0.1 * len(plain.training))
    assert len(more.training) == len(plain.training) + added
    assert len(more.arrays["images"]) == len(plain.arrays["images"]) + added
    np.testing.assert_array_equal(more.validation, plain.validation)
    new = more.training[-added:]
    assert new.min() == len(plain.arrays["images"])
    assert np.bincount(more.arrays["labels"][new], minlength=10).min() >= added // 10


def test_the_preset_draws_digits_only_for_a_cnn_on_digits() -> None:
    def drawn(**given: object) -> float:
        return float(CLASSIFY.configure({"preset": "modern", **given}, "test").drawn)

    assert drawn() == drawn(dataset="sample") == 0.2
    assert drawn(model="mlp") == drawn(images="a", labels="b") == 0
    assert drawn(model="mlp", drawn=0.1) == drawn(images="a", labels="b", drawn=0.1) == 0.1


@pytest.mark.parametrize(("classes", "side"), [(9, 28), (10, 20)])
def test_digits_are_not_added_to_images_of_another_kind(
    tmp_path: Path, here: Here, classes: int, side: int
) -> None:
    images = np.zeros((100, side, side), np.uint8)
    images[:, 8:12, 8:12] = 200
    write_idx(tmp_path / "images", images)
    write_idx(tmp_path / "labels", (np.arange(100) % classes).astype(np.uint8))
    files = ("--images", tmp_path / "images", "--labels", tmp_path / "labels")
    result = here("classify", *files, "--drawn", 0.2, "--epochs", 1)
    assert result.returncode == 2
    assert "--drawn adds digits 0 to 9 of 28x28 pixels" in result.stderr
    assert f"{side}x{side} pixels" in result.stderr
    assert not (tmp_path / "runs").exists()


def test_a_temperature_changes_the_probabilities_and_not_the_answer(
    trained: Trained, tmp_path: Path
) -> None:
    found = []
    for temperature in (0.5, 4.0):
        facts = {**trained.header.facts, "temperature": temperature}
        header = dataclasses.replace(trained.header, facts=facts)
        write(tmp_path / f"{temperature}.h5", header, {"model": trained.weights})
        found += nnlab.load(tmp_path / f"{temperature}.h5").answer([PNG])
    sure, unsure = found
    assert sure["label"] == unsure["label"]
    assert sure["probability"] > unsure["probability"]
    assert sum(one["probability"] for one in unsure["top"]) < 1


def test_the_networks_are_those_of_the_report() -> None:
    from nnlab.models.describe import describe

    facts = {"image_shape": [28, 28], "class_names": list("0123456789")}
    kinds = {}
    for model in ("mlp", "cnn"):
        network = CLASSIFY.build(CLASSIFY.configure({"model": model}, "test"), facts)
        kinds[model] = [node["kind"] for node in describe(network)["nodes"]]
        assert network.count_params() == {"mlp": 669_706, "cnn": 1_199_882}[model]
    assert kinds["mlp"][1:] == ["flatten", "dense", "dropout", "dense", "dropout", "dense"]
    middle = [
        "conv2d",
        "conv2d",
        "max_pooling2d",
        "dropout",
        "flatten",
        "dense",
        "dropout",
        "dense",
    ]
    assert kinds["cnn"][2:] == middle


def test_a_folder_stands_for_its_images_and_bad_files_do_not_stop_the_rest(
    trained: Trained, tmp_path: Path
) -> None:
    good = Image.open(PNG)
    good.save(tmp_path / "a.png")
    (tmp_path / "b.png").write_text("no picture")
    Image.new("L", (40, 40), 255).save(tmp_path / "c.png")
    good.save(tmp_path / "d.png")
    answers = list(trained.answers([str(tmp_path), "missing.png"]))
    failed = [isinstance(answer, NnlabError) for answer in answers]
    assert failed == [False, True, True, False, True]
    assert isinstance(answers[0], dict)
    assert answers[0]["input"].endswith("a.png")
    assert "b.png" in str(answers[1])
    assert "no ink" in str(answers[2])


def test_an_answer_ranks_the_classes(trained: Trained) -> None:
    (answer,) = trained.answer([PNG], top=10)
    assert answer["digit"] == int(answer["label"]) == 7
    shares = [entry["probability"] for entry in answer["top"]]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(1, abs=1e-4)
    assert answer["probability"] == shares[0]


def test_from_python_an_input_without_answer_raises(trained: Trained) -> None:
    with pytest.raises(NnlabError, match=r"nowhere\.png"):
        trained.answer(["nowhere.png"])
    with pytest.raises(UsageError, match="did you mean 'top'"):
        trained.answer([PNG], topp=3)


def test_a_digit_reads_the_same_dark_on_light_and_larger(trained: Trained, tmp_path: Path) -> None:
    picture = Image.open(PNG)
    inverted = Image.fromarray(255 - np.asarray(picture)).resize((200, 200))
    inverted.save(tmp_path / "large.png")
    assert trained.answer([str(tmp_path / "large.png")])[0]["digit"] == 7


def two_digits(folder: Path) -> str:
    digit = 255 - np.asarray(Image.open(PNG))
    path = folder / "77.png"
    Image.fromarray(np.hstack([digit, digit])).resize((560, 280)).save(path)
    return str(path)


def test_several_digits_in_a_picture_are_pointed_out(trained: Trained, tmp_path: Path) -> None:
    remark, answer = trained.answers([two_digits(tmp_path)])
    assert isinstance(remark, Note)
    assert "2 characters" in remark.text
    assert isinstance(answer, dict)
    assert answer["characters"] == 2
    assert trained.answer([PNG])[0]["characters"] == 1


def test_they_are_read_from_left_to_right_on_demand(
    checkpoint: Path, trained: Trained, shell: Shell, tmp_path: Path
) -> None:
    path = two_digits(tmp_path)
    answers = trained.answer([path], split=True)
    assert [answer["digit"] for answer in answers] == [7, 7]
    assert [answer["position"] for answer in answers] == [1, 2]
    assert answers[0]["box"][2] <= 280 <= answers[1]["box"][0]
    result = shell("classify", "--split", path, "--checkpoint", checkpoint)
    assert [line.split("\t")[:2] for line in result.stdout.splitlines()] == [[path, "7"]] * 2
    assert "characters" not in result.stderr


def test_the_shell_answers_line_by_line_in_order(checkpoint: Path, shell: Shell) -> None:
    lines = f"{PNG}\nmissing.png\n{PNG}\n"
    result = shell("classify", "-", "--checkpoint", checkpoint, input=lines)
    assert result.returncode == 1
    rows = [line.split("\t") for line in result.stdout.splitlines()]
    assert [row[:2] for row in rows] == [[PNG, "7"], [""], [PNG, "7"]]
    assert "missing.png" in result.stderr
    assert "answering from" in result.stderr


def test_the_newest_finished_run_answers_and_is_named(
    here: Here, shell: Shell, tmp_path: Path
) -> None:
    for seed in (1, 2):
        here("classify", "--dataset", "sample", "--epochs", 1, "--seed", seed, "-q")
    result = shell("classify", PNG)
    said = "runs/classify/2/best.h5 (the newest finished run, trained on an embedded sample; "
    assert said in result.stderr
    shipped = shell("classify", PNG, "--checkpoint", "classify")
    assert "classify.modern.h5 (as given)" in shipped.stderr


def test_a_checkpoint_of_another_experiment_is_refused(checkpoint: Path, shell: Shell) -> None:
    result = shell("perm-test", PNG, "--checkpoint", checkpoint)
    assert result.returncode == 2
    assert "is a checkpoint of classify" in result.stderr


@pytest.mark.parametrize(
    "facts",
    [
        {"class_names": None},
        {"class_names": ["0", "1"]},
        {"class_names": list(range(10))},
        {"image_shape": [100_000, 100_000]},
        {"image_shape": "28"},
        {"image_shape": None},
        {"characters": 1},
        {"temperature": 0.0},
        {"temperature": "warm"},
    ],
)
def test_facts_that_do_not_fit_the_network_are_refused(
    checkpoint: Path, tmp_path: Path, facts: dict[str, object]
) -> None:
    trained = nnlab.load(checkpoint)
    header = dataclasses.replace(trained.header, facts={**trained.header.facts, **facts})
    write(tmp_path / "odd.h5", header, {"model": trained.weights})
    with pytest.raises(CheckpointError, match="odd.h5"):
        nnlab.load(tmp_path / "odd.h5")


def test_an_exported_copy_answers_the_same_at_half_the_size(
    checkpoint: Path, shell: Shell, tmp_path: Path
) -> None:
    assert shell("export", checkpoint, "-o", "small.h5", "--float16").returncode == 0
    small = tmp_path / "small.h5"
    assert small.stat().st_size < 0.6 * checkpoint.stat().st_size
    (one,), (other,) = (nnlab.load(path).answer([PNG]) for path in (checkpoint, small))
    assert one["label"] == other["label"]
    assert one["probability"] == pytest.approx(other["probability"], abs=0.01)
    assert shell("export", checkpoint, "-o", "small.h5").returncode == 5
    assert shell("export", "small.h5", "-o", "small.h5", "--force").returncode == 5


@pytest.mark.real_data
def test_the_shipped_checkpoint_has_the_accuracy_that_it_claims(shell: Shell) -> None:
    from nnlab.runs.choosing import shipped_checkpoint

    path = shipped_checkpoint("classify")
    assert path is not None
    trained = nnlab.load(path)
    metrics = evaluate(trained, {"dataset": "mnist"}, make_workshop().store, print)
    assert metrics.scores["accuracy"] >= 0.99
    claimed = trained.header.metrics["scores"]["accuracy"]
    assert metrics.scores["accuracy"] == pytest.approx(claimed, abs=0.0003)


def test_evaluation_turns_transposed_images_upright(trained: Trained, tmp_path: Path) -> None:
    digits = sample_digits()
    images, labels = str(tmp_path / "images"), str(tmp_path / "labels")
    turned = np.ascontiguousarray(digits.test_images[:200].swapaxes(1, 2))
    write_idx(Path(images), turned)
    write_idx(Path(labels), digits.test_labels[:200])
    given = {"images": images, "labels": labels}
    store = make_workshop().store
    upright = evaluate(trained, {**given, "transposed": True}, store, print)
    stored = evaluate(trained, given, store, print)
    assert upright.scores["accuracy"] > 0.8 > stored.scores["accuracy"]


def test_each_input_is_answered_before_the_next_one_is_asked_for() -> None:
    asked: list[int] = []

    def inputs() -> Iterator[str]:
        for number in range(3):
            asked.append(number)
            yield PNG

    answers = nnlab.load("classify").answers(inputs())
    for number in range(3):
        next(answers)
        assert asked[-1] == number

"""The model card, and the programs in it."""

import contextlib
import dataclasses
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import nnlab
from nnlab.checkpoint import write
from nnlab.datasets.store.provenance import Source
from nnlab.errors import CheckpointError, OutputExistsError, UsageError
from nnlab.exporting import export
from nnlab.exporting.card import model_card
from nnlab.exporting.formats import tensor_words
from nnlab.runs.answering import Trained
from nnlab.runs.card import card_of, licence
from nnlab.runs.choosing import shipped_checkpoints
from tests.annotations import Shell

ROOT = Path(__file__).parents[2]
SHIPPED = shipped_checkpoints()
STEPPING = ("textgen", "translate")
PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)

by_stem = pytest.mark.parametrize("path", SHIPPED, ids=lambda path: str(path.stem))


def printed(card: Path) -> str:
    """Run the program of a card in its folder, beside the example images."""
    (code,) = PYTHON.findall(card.read_text(encoding="utf-8"))
    for image in (ROOT / "data" / "examples").iterdir():
        shutil.copy(image, card.parent)
    command = [sys.executable, "-I", "-c", code]  # isolated: without the checkout on its path
    done = subprocess.run(command, cwd=card.parent, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.rstrip("\n")


def carded(path: Path, folder: Path) -> Trained:
    trained = nnlab.load(path)
    export(trained, folder / "net.onnx", step=trained.experiment.name in STEPPING, card=True)
    return trained


@by_stem
def test_a_card_says_what_the_network_is(path: Path, tmp_path: Path) -> None:
    trained = carded(path, tmp_path)
    text = (tmp_path / "README.md").read_text(encoding="utf-8")
    card = card_of(trained.header, trained.path)
    assert card.licence in text
    assert card.limits
    for words in (*card.limits, *card.interface.tensors.values()):
        assert words in text
    for table in card.tables:
        assert f"### {table.title}" in text
        assert all(row[0] in text for row in table.rows)
    assert "95 % interval" in text  # how sure the scores are


@pytest.mark.slow
@by_stem
def test_the_program_of_a_card_answers_as_nnlab_does(path: Path, tmp_path: Path) -> None:
    trained = carded(path, tmp_path)
    out = printed(tmp_path / "README.md")
    match trained.experiment.name:
        case "classify":
            (answer,) = trained.answer([str(tmp_path / "7.png")])
            assert out.split()[0] == answer["label"] == "7"
        case "embed":
            (answer,) = trained.answer([str(tmp_path / "letter.png")])
            assert [float(one) for one in out.strip("[]").split()] == pytest.approx(
                [answer["x"], answer["y"]], abs=1e-3
            )
        case "add":
            (answer,) = trained.answer(["1+1"])
            assert out.strip() == answer["answer"]
        case "translate":
            (answer,) = trained.answer(["I am cold."], beam=1)
            assert out == answer["translation"]
        case "textgen":
            from nnlab.experiments.textgen import DESIGNS
            from nnlab.experiments.textgen.sampling import Sampler

            facts = {**trained.header.facts}
            facts.pop("ngrams", None)  # an exported network is without them
            reader = DESIGNS["sequence" if "reads" in facts else "window"].readers(
                trained.network, facts, "carried"
            )()
            prompt = np.array([facts["characters"].index(one) for one in "there was no "])
            writing = reader.write(prompt, Sampler(0), np.random.default_rng(1))
            greedy = "".join(facts["characters"][next(writing).code] for _ in range(12))
            assert out[len("there was no ") :].startswith(greedy)
        case "recommend":
            items = trained.header.facts["items"][:2]
            named = [one["item"] for one in trained.answer([",".join(items)], top=5)]
            assert [line.rpartition(" ")[0] for line in out.splitlines()] == named
        case "denoise":
            trained.answer([str(tmp_path / "noisy.png")], output=str(tmp_path / "ours.png"))
            from PIL import Image

            ours, theirs = (
                np.asarray(Image.open(tmp_path / name).convert("L"), int)
                for name in ("ours.png", "clean.png")
            )
            assert np.abs(ours - theirs).max() <= 1


def test_if_the_example_does_not_fit_the_export_the_program_prints_its_tensors(
    tmp_path: Path,
) -> None:
    export(nnlab.load("textgen.report"), tmp_path / "whole.onnx", card=True)
    assert "window ['batch', 'window_axis_1', 51]" in printed(tmp_path / "README.md")


@pytest.mark.parametrize(
    ("name", "words"),
    [("net.keras", "keras.saving.load_model"), ("net.h5", "nnlab add INPUT --checkpoint net.h5")],
)
def test_other_formats_say_how_they_are_run(
    name: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = {kind: lambda *_: {"": b"not written here"} for kind in (".keras", ".h5")}
    monkeypatch.setattr("nnlab.exporting.FORMATS", written)
    export(nnlab.load("add"), tmp_path / name, card=True)
    assert words in (tmp_path / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("stem", ["net {x} {0}", "a'b", "😀"])
def test_a_card_names_the_files_whatever_they_are_called(stem: str, tmp_path: Path) -> None:
    export(nnlab.load("translate.modern"), tmp_path / f"{stem}.onnx", step=True, card=True)
    text = (tmp_path / "README.md").read_text(encoding="utf-8")
    for part in ("encoder", "decoder"):
        assert f"InferenceSession({f'{stem}.{part}.onnx'!r})" in text


def test_a_card_cannot_name_a_file_that_cannot_be_printed(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="choose a name that can be printed"):
        export(nnlab.load("add"), tmp_path / "a\nb.onnx", card=True)
    assert not list(tmp_path.iterdir())


def test_a_card_tells_that_the_training_diverged(tmp_path: Path) -> None:
    trained = nnlab.load("add")
    training = trained.header.metrics["training"] | {
        "diverged": {"epoch": 3, "what": "the loss climbed"}
    }
    header = dataclasses.replace(
        trained.header, metrics=trained.header.metrics | {"training": training}
    )
    write(tmp_path / "diverged.h5", header, {"model": trained.weights})
    export(nnlab.load(tmp_path / "diverged.h5"), tmp_path / "net.h5", card=True)
    assert "- diverged: the loss climbed" in (tmp_path / "README.md").read_text(encoding="utf-8")


def test_an_existing_readme_is_replaced_only_with_force(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    with pytest.raises(OutputExistsError, match=r"README\.md exists"):
        export(nnlab.load("add"), tmp_path / "net.onnx", card=True)
    assert [path.name for path in tmp_path.iterdir()] == ["README.md"]
    export(nnlab.load("add"), tmp_path / "net.onnx", card=True, force=True)
    assert (tmp_path / "README.md").read_text(encoding="utf-8").startswith("# net.onnx: add")


@by_stem
def test_show_prints_the_same_facts(path: Path, shell: Shell) -> None:
    shown = shell("show", path, "--json")
    record = json.loads(shown.stdout)
    card = card_of(nnlab.load(path).header, path)
    assert record["licence"] == card.licence
    assert record["limits"] == list(card.limits)
    assert record["tensors"] == dict(card.interface.tensors)
    words = " ".join(shell("show", path).stdout.split())
    assert all(table.title in words for table in card.tables)


def changed(path: Path, target: Path, **metrics: object) -> nnlab.Trained:
    """Write a checkpoint again with other metrics."""
    trained = nnlab.load(path)
    header = dataclasses.replace(trained.header, metrics={**trained.header.metrics, **metrics})
    write(target, header, {"model": trained.weights})
    return nnlab.load(target)


BY_EXPERIMENT = [path for path in SHIPPED if path.stem.endswith(".modern")]
ODD: list[dict[str, object]] = [
    {"scores": [1]},
    {"scores": None},
    {"scores": {"a": [1]}},
    {"baselines": [1]},
    {"baselines": {"b": 5}},
    {"details": None},
    {"details": 3},
    {"training": [1]},
    {"training": {"epochs": [1]}},
    {"training": {"epochs": "many", "best_epoch": 1, "seconds": 1}},
]


@pytest.mark.parametrize("odd", ODD, ids=str)
@pytest.mark.parametrize("path", BY_EXPERIMENT, ids=lambda path: str(path.stem))
def test_odd_metrics_of_a_crafted_checkpoint_are_refused_or_left_out(
    path: Path, odd: dict[str, object], tmp_path: Path
) -> None:
    trained = nnlab.load(path)
    header, weights = trained.header, trained.weights
    for metrics in ({**header.metrics, **odd}, odd):
        write(tmp_path / "odd.h5", dataclasses.replace(header, metrics=metrics), {"model": weights})
        with contextlib.suppress(CheckpointError):
            model_card(
                nnlab.load(tmp_path / "odd.h5"), tmp_path / "a.h5", {"": tmp_path / "a.h5"}, False
            )


def test_show_prints_what_it_can_of_an_odd_checkpoint(shell: Shell, tmp_path: Path) -> None:
    changed(Path("add"), tmp_path / "odd.h5", details={"tests": "many"})
    shown = shell("show", "odd.h5", "--json")
    assert shown.returncode == 0
    assert "odd.h5: " in shown.stderr
    assert "details" in shown.stderr
    assert json.loads(shown.stdout)["metrics"]["details"] == {"tests": "many"}


@pytest.mark.parametrize("name", ["digits.kreas", "README.md", "digits"])
def test_a_name_of_no_known_format_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"ends in \.h5 or \.keras or \.onnx"):
        export(nnlab.load("add"), tmp_path / name, card=True)
    assert not list(tmp_path.iterdir())


def test_a_card_keeps_the_paths_of_the_user_to_itself(tmp_path: Path) -> None:
    trained = nnlab.load("denoise")
    header = dataclasses.replace(
        trained.header, config={**trained.header.config, "noisy": "/home/ann/pages"}
    )
    write(tmp_path / "mine.h5", header, {"model": trained.weights})
    export(nnlab.load(tmp_path / "mine.h5"), tmp_path / "net.onnx", card=True)
    assert "/home/ann" not in (tmp_path / "README.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_program_for_permuted_pixels_reads_the_digit(
    tmp_path: Path,
) -> None:
    trained = nnlab.load("classify")
    order = list(range(28 * 28))
    facts = {**trained.header.facts, "permutation": {"seed": None, "order": order}}
    header = dataclasses.replace(trained.header, experiment="perm-test", facts=facts)
    write(tmp_path / "plain.h5", header, {"model": trained.weights})
    export(nnlab.load(tmp_path / "plain.h5"), tmp_path / "net.onnx", card=True)
    assert printed(tmp_path / "README.md").split()[0] == "7"


@by_stem
def test_every_tensor_of_every_part_is_described(path: Path) -> None:
    trained = nnlab.load(path)
    steps = [False, True] if trained.experiment.name in (*STEPPING, "add") else [False]
    for step in steps:
        for network in trained.experiment.parts(trained.model, step=step).values():
            tensors = len(network.input_shapes) + len(network.output_shapes)
            assert len(tensor_words(trained, network)) == tensors


def test_an_older_checkpoint_has_a_table_of_its_scores(tmp_path: Path) -> None:
    trained = nnlab.load("add.report")
    metrics = trained.header.metrics
    older = {name: metrics[name] for name in ("scores", "baselines", "training")}
    header = dataclasses.replace(trained.header, metrics=older)
    (table,) = card_of(header, trained.path).tables
    assert table.columns == ("", "exact match", "per character")
    assert [row[0] for row in table.rows] == ["this network", *metrics["baselines"]]


def test_details_that_do_not_fit_the_experiment_are_refused(tmp_path: Path) -> None:
    trained = changed(Path("add"), tmp_path / "odd.h5", details={"tests": "many"})
    with pytest.raises(CheckpointError, match=r"odd\.h5"):
        card_of(trained.header, trained.path)


def test_the_card_of_an_uninstalled_experiment_has_its_data_and_scores() -> None:
    header = dataclasses.replace(nnlab.load("add").header, experiment="multiply")
    card = card_of(header, Path("x.h5"))
    assert card.source.name == "sums in base 10"
    assert card.tables[0].title == "Test scores"


def test_the_licence_is_that_of_the_data() -> None:
    assert "CC BY-SA" in licence(source("mnist", "mnist/train-images-idx3-ubyte.gz"), "classify")
    assert "CC BY" in licence(source("noisyoffice", "noisyoffice"), "denoise")
    assert "own files" in licence(source("mnist", "m"), "classify")
    assert "nnlab itself" in licence(Source("sample", "0", sample=True, files=()), "embed")
    assert "own files" in licence(source("mine.txt", "mine.txt"), "textgen")
    assert "own files" in licence(source("mnist", "my/mnist"), "classify")
    generated = Source("points", "0", sample=False, files=())
    assert licence(generated, "of-another-package") == "unknown: made by of-another-package"


def source(name: str, *files: str) -> Source:
    return Source(name, "0", sample=False, files=files)


def test_the_example_for_pages_stands_only_where_its_multiple_is_right() -> None:
    denoise = nnlab.load("denoise.modern").experiment
    assert denoise.example({"model": "skip", "grid": 16}) == "denoise_modern.py"
    assert not denoise.example({"model": "skip", "grid": 32})

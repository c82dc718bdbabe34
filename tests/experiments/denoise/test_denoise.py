"""Cleaning pages: files in, files out."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest
from PIL import Image

import nnlab
from nnlab import experiments
from nnlab.datasets.pages.pairs import unpacked
from nnlab.datasets.samples.stained_pages import synthetic_page
from nnlab.datasets.store import Store
from nnlab.errors import CheckpointError, DataError, NnlabError, UsageError
from nnlab.experiments.contract import Data
from nnlab.experiments.denoise import EXPERIMENT as DENOISE
from nnlab.experiments.denoise.config import DenoiseConfig
from nnlab.experiments.denoise.writing import write_pages
from nnlab.runs.answering import Trained
from nnlab.runs.evaluation import evaluate
from nnlab.runs.folder import RunFolder
from nnlab.runs.single import run
from tests.annotations import Command, Shell
from tests.page_files import read_all
from tests.watching import make_workshop


def configured(**given: object) -> DenoiseConfig:
    values = {"dataset": "sample", "epochs": 2, "filters": 8, "stride": 64, **given}
    return DENOISE.configure(values, "test")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    folder = RunFolder(tmp_path_factory.mktemp("denoise"))
    run(DENOISE, configured(), folder, make_workshop())
    return folder


@pytest.fixture
def trained(folder: RunFolder) -> Trained:
    return nnlab.load(folder.best)


@pytest.fixture
def clean(shell: Shell, folder: RunFolder) -> Command:
    """Return a function that runs `nnlab denoise` with the network trained here."""
    return lambda *arguments, **how: shell(
        "denoise", *arguments, "--checkpoint", folder.best, "-q", **how
    )


def save(name: str, seed: int = 0, shape: tuple[int, int] = (60, 90)) -> str:
    Path(name).parent.mkdir(exist_ok=True)
    Image.fromarray(synthetic_page(seed, shape)[0]).save(name)
    return name


def pixels(name: str | io.BytesIO) -> np.ndarray:
    return np.asarray(Image.open(name))


def test_no_page_is_in_two_parts_and_squares_stay_on_their_pages() -> None:
    data = DENOISE.load(configured(), Store(offline=True), print)
    arrays = data.arrays
    first, _, top, left, lowest, rightmost = arrays["places"].T
    assert ((top >= 0) & (top <= lowest) & (left >= 0) & (left <= rightmost)).all()
    training, validation = (set(first[arrays[part]]) for part in ("training", "validation"))
    assert not training & validation
    assert len(training) == len(arrays["training_shapes"])
    known = {page.tobytes() for page in unpacked(arrays["clean"], np.full((30, 2), (192, 256)))}
    tested = {page.tobytes() for page in unpacked(arrays["test_clean"], arrays["test_shapes"])}
    assert not known & tested


def batch_of(config: DenoiseConfig, seed: np.ndarray | None) -> tuple[Data, np.ndarray, np.ndarray]:
    data = DENOISE.load(config, Store(offline=True), print)
    examples = DENOISE.examples(config, data)
    noisy, clean, _ = examples.batch(examples.arrays, examples.training[:200], seed)
    return data, noisy.numpy()[..., 0], clean.numpy()[..., 0]


def test_a_square_of_the_noisy_page_goes_with_that_of_the_clean_one() -> None:
    data, noisy, clean = batch_of(configured(), None)
    page = next(unpacked(data.arrays["noisy"], data.arrays["training_shapes"]))
    truth = next(unpacked(data.arrays["clean"], data.arrays["training_shapes"]))
    assert np.array_equal(noisy[0], page[:64, :64])
    assert np.array_equal(noisy[1], page[:64, 64:128])
    assert np.allclose(clean[1] * 255, truth[:64, 64:128])


def test_training_moves_squares_and_shows_some_that_are_clean() -> None:
    _, fixed, _ = batch_of(configured(), None)
    _, noisy, clean = batch_of(configured(spotless=0.3), np.array([1, 2], np.int32))
    assert (noisy != fixed).any(axis=(1, 2)).mean() > 0.9
    spotless = np.isclose(noisy, clean * 255).all(axis=(1, 2)).mean()
    assert 0.2 < spotless < 0.45


def test_the_preset_is_the_reports_network_and_ten_epochs() -> None:
    model = DENOISE.build(configured(filters=32), {})
    kinds = [type(layer).__name__ for layer in model.layers]
    assert kinds.count("MaxPooling2D") == kinds.count("UpSampling2D") == 2
    assert kinds.count("Conv2D") == 6
    assert model.layers[-1].activation.__name__ == "sigmoid"
    assert DENOISE.configure({}, "test").epochs == 10


def test_learning_makes_pages_cleaner_than_they_were(tmp_path: Path) -> None:
    config = configured(epochs=4, stride=24, learning_rate=0.005, loss="crossentropy")
    metrics = run(DENOISE, config, RunFolder(tmp_path), make_workshop())
    assert metrics.scores["rmse"] < metrics.baselines["untouched"]["rmse"]
    kinds = metrics.details.by_kind["this network"]
    assert set(kinds) == {"coffee", "folds", "wrinkles", "shadow", "show-through", "speckle"}


def test_a_reader_that_fails_does_not_lose_the_training(
    trained: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(page: object) -> NoReturn:
        raise NnlabError("tesseract failed")

    monkeypatch.setattr("nnlab.experiments.denoise.scoring.ocr", failing)
    data = DENOISE.load(configured(), Store(offline=True), print)
    scores = DENOISE.score(trained.model, data)
    assert set(scores.scores) == {"rmse", "psnr", "ssim"}


def test_what_is_read_before_and_after_is_counted(
    trained: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = iter(["abcd", "abcd", "ab"] * 8)
    monkeypatch.setattr("nnlab.experiments.denoise.scoring.ocr", lambda page: next(texts))
    data = DENOISE.load(configured(), Store(offline=True), print)
    scores = DENOISE.score(trained.model, data)
    assert scores.scores["character_errors"] == 0
    assert scores.baselines["untouched"]["character_errors"] == 0.5


def test_squares_are_enlarged_in_training() -> None:
    config = configured(enlarged=1, spotless=0)
    _, noisy, clean = batch_of(config, np.array([1, 2], np.int32))
    _, as_they_are, _ = batch_of(configured(enlarged=0, spotless=0), np.array([1, 2], np.int32))
    detail = [np.abs(np.diff(squares, axis=2)).mean() for squares in (noisy, as_they_are)]
    assert detail[0] < 0.8 * detail[1]
    assert noisy.shape == clean.shape == as_they_are.shape


def test_some_squares_lose_contrast_in_training() -> None:
    seed = np.array([1, 2], np.int32)
    _, noisy, truth = batch_of(configured(spotless=0, enlarged=0), seed)
    _, faded, same = batch_of(configured(spotless=0, enlarged=0, faded=1), seed)
    np.testing.assert_array_equal(same, truth)
    contrast = np.ptp(faded, axis=(1, 2)) / np.maximum(np.ptp(noisy, axis=(1, 2)), 1)
    assert 0.15 < contrast.min() < 0.5
    assert 0.7 < contrast.max() <= 1


def test_texts_are_laid_on_the_stains_of_others() -> None:
    seed = np.array([1, 2], np.int32)
    _, noisy, truth = batch_of(configured(spotless=0, enlarged=0), seed)
    _, other, same = batch_of(configured(spotless=0, enlarged=0, restained=0.6), seed)
    np.testing.assert_array_equal(same, truth)
    changed = (np.abs(other - noisy) > 1).any(axis=(1, 2))
    assert 0.45 < changed.mean() < 0.75
    black = truth[changed] < 0.02
    assert np.abs(other - noisy)[changed][black].mean() < 25  # the print stays where it was
    assert other[changed][black].mean() + 60 < other[changed][truth[changed] == 1].mean()
    assert other.min() >= 0
    assert other.max() <= 255


def test_squares_are_mirrored_both_ways_with_their_true_pages() -> None:
    seed = np.array([1, 2], np.int32)
    _, *plain = batch_of(configured(spotless=0, enlarged=0), seed)
    _, *mirrored = batch_of(configured(spotless=0, enlarged=0, flip=True), seed)
    ways: list[tuple[int, ...]] = [(), (0,), (1,), (0, 1)]
    both = zip(*plain, *mirrored, strict=True)
    found = np.array(
        [
            [
                np.array_equal(np.flip(noisy, way), other) and np.array_equal(np.flip(true, way), t)
                for way in ways
            ]
            for noisy, true, other, t in both
        ]
    )
    assert found.any(axis=1).all()
    assert found.any(axis=0).all()


@pytest.mark.parametrize(
    ("given", "grid"), [({"patch": 30}, 4), ({"model": "skip", "levels": 4, "patch": 40}, 16)]
)
def test_squares_must_be_halved_evenly(given: dict[str, object], grid: int) -> None:
    with pytest.raises(UsageError, match=f"multiple of {grid}, not {given['patch']}"):
        DENOISE.load(configured(**given), Store(offline=True), print)


def test_a_page_is_cleaned_into_a_file_of_its_own(clean: Command) -> None:
    before = Path(save("a.png")).read_bytes()
    result = clean("a.png")
    assert (result.returncode, result.stdout) == (0, "a.png\ta.clean.png\n")
    assert pixels("a.clean.png").shape == (60, 90)
    again = clean("a.png")
    assert again.returncode == 1
    assert "--force" in again.stderr
    assert clean("a.png", "--force").returncode == 0
    assert Path("a.png").read_bytes() == before


def test_a_pdf_becomes_a_pdf_of_as_many_pages(clean: Command) -> None:
    save("a.png")
    save("b.png", 1)
    Path("scans").mkdir()
    pages = [page for name in ("a.png", "b.png") for page in read_all(Path(name))]
    write_pages(pages, Path("scans/two.pdf"))
    result = clean("scans", "--json", "--binarize")
    assert json.loads(result.stdout)["output"] == "scans/two.clean.pdf"
    assert [page.pixels.shape for page in read_all(Path("scans/two.clean.pdf"))] == [(60, 90)] * 2


def test_a_bad_file_does_not_stop_the_rest(clean: Command) -> None:
    save("scans/a.png")
    save("scans/c.png", 1)
    Path("scans/b.png").write_text("no picture")
    result = clean("scans", "-o", "out/", "--json")
    assert result.returncode == 1
    assert [json.loads(line)["page"] for line in result.stdout.splitlines()] == [
        "scans/a.png",
        "scans/c.png",
    ]
    assert "scans/b.png: not an image" in result.stderr
    assert "1 of 3 files" in result.stderr
    assert sorted(path.name for path in Path("out").iterdir()) == ["a.png", "c.png"]


def test_pages_pass_through_pipes(clean: Command, folder: RunFolder) -> None:
    save("a.png")
    clean("a.png", "-o", "b.png")
    command = [sys.executable, "-m", "nnlab", "denoise", "-", "-o", "-", "-q"]
    command += ["--checkpoint", str(folder.best)]
    done = subprocess.run(
        command, input=Path("a.png").read_bytes(), capture_output=True, check=True
    )
    assert np.array_equal(pixels(io.BytesIO(done.stdout)), pixels("b.png"))


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["-"], 2, "-o -"),
        (["a.png", "-o", "-", "--json"], 2, "cannot both write"),
        (["a.png", "-o", "a.xyz"], 1, "unknown format 'xyz'"),
        (["a.png", "-o", "a.png", "--force"], 1, "is not replaced"),
        (["a.png", "--strength", "2"], 2, "at most 1"),
        (["none.png"], 1, "does not exist"),
    ],
)
def test_what_cannot_be_done_is_told(
    clean: Command, arguments: list[str], code: int, words: str
) -> None:
    save("a.png")
    result = clean(*arguments, input="")
    assert result.returncode == code
    assert words in result.stderr
    assert Path("a.png").exists()
    assert not result.stdout


def test_strength_mixes_the_page_with_the_cleaned_one(trained: Trained) -> None:
    save("a.png", shape=(31, 47))
    for name, strength in (("none", 0.0), ("half", 0.5), ("full", 1.0)):
        trained.answer(["a.png"], output=f"{name}.png", strength=strength)
    page, full = pixels("a.png").astype(float), pixels("full.png").astype(float)
    assert np.array_equal(pixels("none.png"), page)
    assert np.abs(pixels("half.png") - (page + full) / 2).max() <= 1


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (7, 3), (65, 130)])
def test_pages_of_any_size_are_cleaned(trained: Trained, shape: tuple[int, int]) -> None:
    Image.fromarray(np.full(shape, 200, np.uint8)).save("a.png")
    trained.answer(["a.png"])
    assert pixels("a.clean.png").shape == shape


def test_a_tiff_keeps_its_pages(trained: Trained) -> None:
    pages = [Image.fromarray(synthetic_page(seed, (40, 50))[0]) for seed in range(3)]
    pages[0].save("a.tif", save_all=True, append_images=pages[1:], dpi=(300, 300))
    assert trained.answer(["a.tif"]) == [{"page": "a.tif", "output": "a.clean.tif", "pages": 3}]
    with Image.open("a.clean.tif") as image:
        assert getattr(image, "n_frames", 1) == 3
        assert image.info["dpi"] == (300, 300)
    with pytest.raises(UsageError, match="a png file cannot hold 3 pages"):
        trained.answer(["a.tif"], output="a.png")


def test_an_enormous_picture_is_refused_with_its_size(trained: Trained) -> None:
    Image.new("1", (20_000, 20_000)).save("bomb.png")
    with pytest.raises(DataError, match="400,000,000 pixels"):
        trained.answer(["bomb.png"])


def test_a_full_disk_leaves_no_half_of_a_page(
    trained: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    save("a.png")

    def full(*_: object) -> NoReturn:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(NnlabError, match="No space left"):
        trained.answer(["a.png"])
    assert [path.name for path in Path().iterdir()] == ["a.png"]


def test_own_pages_are_scored_and_counted(trained: Trained, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for folder in ("noisy", "clean"):
        (tmp_path / folder).mkdir()
    for number in range(6):
        page = np.where(rng.random((64, 64)) < 0.2, 0, 255).astype(np.uint8)
        Image.fromarray(page).save(tmp_path / "clean" / f"{number}.png")
        Image.fromarray(page // 2 + 64).save(tmp_path / "noisy" / f"{number}.png")
    said: list[str] = []
    given = {"noisy": str(tmp_path / "noisy"), "clean": str(tmp_path / "clean")}
    metrics = evaluate(trained, given, Store(offline=True), said.append)
    assert 0 < metrics.scores["rmse"] < 1
    assert [text.split(": ")[1] for text in said] == ["1 of 6 pages are scored"]


def test_a_network_that_makes_no_pages_is_refused(trained: Trained) -> None:
    classifier = experiments.get("classify").build(
        experiments.get("classify").configure({}, "test"),
        {"image_shape": [28, 28], "class_names": ["a", "b"]},
    )
    from nnlab.inference import Network, checked_graph
    from nnlab.models.describe import describe, weights_of

    network = Network(checked_graph(describe(classifier)), weights_of(classifier))
    with pytest.raises(CheckpointError, match="expected"):
        DENOISE.check_facts({}, network)

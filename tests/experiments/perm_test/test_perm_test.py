"""The arms of the permutation test, on a tiny pair of idx files."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nnlab
from nnlab.datasets.images.idx import read_idx
from nnlab.datasets.store import Store
from nnlab.errors import UsageError
from nnlab.experiments.classify.config import PERMUTATION_SEED
from nnlab.experiments.classify.permutation import permute, pixel_permutation
from nnlab.experiments.perm_test import EXPERIMENT as PERM_TEST
from nnlab.experiments.perm_test.comparison import verdict
from nnlab.experiments.perm_test.config import PermTestConfig
from nnlab.metrics import PairedDifference
from nnlab.runs.folder import GroupFolder, RunFolder
from nnlab.runs.group import run_group
from nnlab.runs.single import run
from tests.h5 import same_variables
from tests.watching import make_workshop


@pytest.fixture
def config(tiny_images: tuple[Path, Path]) -> PermTestConfig:
    images, labels = map(str, tiny_images)
    given = {"images": images, "labels": labels, "epochs": 3, "batch_size": 10, "units": 8}
    return PERM_TEST.configure(given | {"learning_rate": 0.01}, "test")


def carry_out(
    given: Mapping[str, Any], config: PermTestConfig, tmp_path: Path, name: str
) -> RunFolder:
    folder = RunFolder(tmp_path / name)
    folder.path.mkdir()
    run(PERM_TEST, dataclasses.replace(config, **given), folder, make_workshop())
    return folder


def test_trials_pair_the_seeds_and_take_a_permutation_for_each_pair(config: PermTestConfig) -> None:
    trials = PERM_TEST.trials(config, 2)
    assert list(trials) == [
        f"{arm}-{n}" for n in (1, 2) for arm in ("plain", "permuted", "identity")
    ]
    assert trials["plain-2"].seed == trials["permuted-2"].seed == 2
    assert trials["identity-2"].seed not in (1, 2)
    assert [trials[f"permuted-{n}"].permutation_seed for n in (1, 2)] == [1, 2]


def test_one_arm_alone_can_be_trained(config: PermTestConfig) -> None:
    assert list(PERM_TEST.trials(dataclasses.replace(config, arm="permuted"), 2)) == [
        "permuted-1",
        "permuted-2",
    ]


def test_each_dose_is_an_arm_of_its_own(config: PermTestConfig) -> None:
    trials = PERM_TEST.trials(dataclasses.replace(config, doses="14, 1"), 2)
    assert list(trials) == [
        f"{arm}-{n}" for n in (1, 2) for arm in ("plain", "blocks14", "blocks1", "identity")
    ]
    assert [trials[f"blocks{side}-2"].blocks for side in (14, 1)] == [14, 1]
    assert trials["blocks14-2"].arm == "permuted"
    assert trials["blocks14-2"].permutation_seed == trials["blocks1-2"].permutation_seed == 2
    assert {one.doses for one in trials.values()} == {None}  # a run has one dose


@pytest.mark.parametrize(
    "doses", ["", "14,", "0", "a", "-1", "1.5", "\N{SUPERSCRIPT TWO}", "9" * 5000, "0" * 5000 + "7"]
)
def test_doses_that_are_no_sides_are_refused(config: PermTestConfig, doses: str) -> None:
    with pytest.raises(UsageError, match="sides of blocks"):
        PERM_TEST.trials(dataclasses.replace(config, doses=doses), 1)


def test_doses_are_no_single_arm(config: PermTestConfig) -> None:
    for other in ({"arm": "plain"}, {"blocks": 4}):
        with pytest.raises(UsageError, match="leave out one"):
            PERM_TEST.trials(dataclasses.replace(config, doses="1", **other), 1)


def test_a_dose_that_does_not_fit_is_told_before_anything_is_removed_or_trained(
    config: PermTestConfig, tmp_path: Path
) -> None:
    folder = GroupFolder(tmp_path / "group")
    folder.path.mkdir()
    config = dataclasses.replace(config, epochs=1)
    run_group(PERM_TEST, PERM_TEST.trials(config, 1), folder, make_workshop())
    before = {path: path.read_bytes() for path in folder.path.rglob("*.h5")}
    for doses, said in (("4,3", "blocks of 3 × 3 pixels do not tile"), ("8", "the whole image")):
        trials = PERM_TEST.trials(dataclasses.replace(config, doses=doses), 1)
        with pytest.raises(UsageError, match=said):
            run_group(PERM_TEST, trials, folder, make_workshop(), replace=True)
        assert {path: path.read_bytes() for path in folder.path.rglob("*.h5")} == before
        other = GroupFolder(tmp_path / doses)
        other.path.mkdir()
        with pytest.raises(UsageError, match=said):
            run_group(PERM_TEST, trials, other, make_workshop())
        assert not list(other.path.rglob("*.json"))
    with pytest.raises(UsageError, match="blocks of 3 × 3"):  # nor is the plan spoilt by it
        run_group(
            PERM_TEST,
            PERM_TEST.trials(dataclasses.replace(config, doses="4,3"), 1),
            folder,
            make_workshop(),
        )
    assert "blocks3" not in folder.plan.read_text()


def test_images_are_deformed_before_they_are_permuted(config: PermTestConfig) -> None:
    config = dataclasses.replace(config, deform=1.0)
    examples, data = {}, {}
    for arm in ("plain", "permuted"):
        chosen = dataclasses.replace(config, arm=arm)
        data[arm] = PERM_TEST.load(chosen, make_workshop().store, print)
        examples[arm] = PERM_TEST.examples(chosen, data[arm])
    deformed = {
        arm: np.array(one.augment(one.arrays["images"][:9].astype(np.float32), [3, 4], 0))
        for arm, one in examples.items()
        if one.augment
    }
    order = PERM_TEST.order(data["permuted"].facts)
    assert (deformed["plain"] != data["plain"].arrays["images"][:9]).any()
    np.testing.assert_array_equal(deformed["permuted"], permute(deformed["plain"], order))


def test_drawn_digits_are_permuted_too_and_come_only_when_asked() -> None:
    def images(arm: str) -> np.ndarray:
        config = PERM_TEST.configure({"dataset": "sample", "drawn": 0.02, "arm": arm}, "test")
        data = PERM_TEST.load(config, Store(offline=True), print)
        return np.asarray(PERM_TEST.examples(config, data).arrays["images"][-100:])

    order = pixel_permutation((28, 28), 1, PERMUTATION_SEED)
    np.testing.assert_array_equal(images("permuted"), permute(images("plain"), order))
    assert PERM_TEST.configure({"preset": "modern"}, "test").drawn == 0


def test_with_the_same_seed_the_identity_gives_the_plain_run_bit_for_bit(
    config: PermTestConfig, tmp_path: Path
) -> None:
    plain = carry_out({"arm": "plain"}, config, tmp_path, "plain")
    identity = carry_out({"arm": "identity"}, config, tmp_path, "identity")
    permuted = carry_out({"arm": "permuted"}, config, tmp_path, "permuted")
    assert same_variables(plain.last, identity.last)
    assert not same_variables(plain.last, permuted.last)


def test_a_permuted_network_reads_plain_pictures(
    config: PermTestConfig, tmp_path: Path, tiny_images: tuple[Path, Path]
) -> None:
    from PIL import Image

    folder = carry_out({"arm": "permuted"}, config, tmp_path, "permuted")
    images, labels = (read_idx(path) for path in tiny_images)
    for number in range(20):
        Image.fromarray(images[number]).save(tmp_path / f"{number:02}.png")
    trained = nnlab.load(folder.best)
    answers = trained.answer([str(tmp_path / f"{number:02}.png") for number in range(20)])
    read = np.array([int(answer["label"]) for answer in answers])
    assert (read == labels[:20]).mean() >= 0.9


def test_the_summary_compares_the_arms(config: PermTestConfig, tmp_path: Path) -> None:
    folder = GroupFolder(tmp_path / "group")
    folder.path.mkdir()
    summary = run_group(PERM_TEST, PERM_TEST.trials(config, 2), folder, make_workshop())
    details = summary.details
    runs = {name: member.scores["accuracy"] for name, member in summary.runs.items()}
    expected = [runs[f"permuted-{n}"] - runs[f"plain-{n}"] for n in (1, 2)]
    assert details.permuted_minus_plain.differences == pytest.approx(expected)
    assert details.identity_minus_plain.n == 2
    assert details.verdict
    figures = {path.name for path in folder.figures.iterdir()}
    assert figures == {"paired-differences.png", "before-after.png"}
    titles = [table.title for table in PERM_TEST.summary_tables(summary)]
    assert titles == ["Test accuracy", "Paired differences"]


def test_the_summary_compares_the_doses(config: PermTestConfig, tmp_path: Path) -> None:
    folder = GroupFolder(tmp_path / "group")
    folder.path.mkdir()
    config = dataclasses.replace(config, doses="4,1", epochs=1)
    summary = run_group(PERM_TEST, PERM_TEST.trials(config, 2), folder, make_workshop())
    runs = {name: member.scores["accuracy"] for name, member in summary.runs.items()}
    assert list(summary.details.doses) == ["4", "1"]
    for side, difference in summary.details.doses.items():
        expected = [runs[f"blocks{side}-{n}"] - runs[f"plain-{n}"] for n in (1, 2)]
        assert difference.differences == pytest.approx(expected)
    assert summary.details.permuted_minus_plain is None
    assert summary.details.verdict.startswith("pixels permuted: ")
    figures = {path.name for path in folder.figures.iterdir()}
    assert figures == {"paired-differences.png", "before-after.png"}
    rows = [row[0] for table in PERM_TEST.summary_tables(summary) for row in table.rows]
    assert {"4×4 permuted", "pixels permuted - plain"} <= set(rows)


def test_a_run_must_name_its_arm(config: PermTestConfig) -> None:
    with pytest.raises(UsageError, match="one arm"):
        PERM_TEST.load(config, make_workshop().store, print)


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (None, None, "cannot tell"),
        (-0.02, -0.01, "costs 1.50 points"),
        (0.01, 0.02, "gains 1.50 points"),
        (-0.001, 0.002, "No effect beyond 0.25 points"),
        (0.0002, 0.0019, "No effect beyond 0.25 points"),
        (-0.02, 0.01, "cannot tell"),
        (0.001, 0.003, "cannot tell"),
    ],
)
def test_the_verdict_follows_the_interval(low: float | None, high: float | None, said: str) -> None:
    mean = 0 if low is None or high is None else (low + high) / 2
    n = 1 if low is None else 3
    assert said in verdict(PairedDifference(mean, None, low, high, None, n, ()))

"""Completing baskets: text in, items and scores out."""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

import nnlab
from nnlab.datasets.baskets.parts import split_baskets
from nnlab.datasets.store import Store
from nnlab.errors import CheckpointError, DataError, UsageError
from nnlab.experiments.contract import Model, Note
from nnlab.experiments.recommend import EXPERIMENT as RECOMMEND
from nnlab.experiments.recommend.config import RecommendConfig
from nnlab.metrics import mean_interval
from nnlab.runs.answering import Trained
from nnlab.runs.evaluation import evaluate
from nnlab.runs.folder import GroupFolder, RunFolder
from nnlab.runs.group import run_group
from nnlab.runs.single import run
from tests.annotations import Here, Shell
from tests.watching import Watcher, make_workshop


def configured(**given: object) -> RecommendConfig:
    return RECOMMEND.configure({"baskets": "sample", "epochs": 3, **given}, "test")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    folder = RunFolder(tmp_path_factory.mktemp("recommend"))
    run(RECOMMEND, configured(), folder, make_workshop())
    return folder


@pytest.fixture
def trained(folder: RunFolder) -> Trained:
    return nnlab.load(folder.best)


def test_the_preset_is_the_reports_network() -> None:
    network = RECOMMEND.build(configured(), {"items": [str(n) for n in range(169)]})
    sizes = [169, 128, 64, 32, 16, 32, 64, 128, 169]
    assert network.count_params() == sum(
        (into + 1) * out for into, out in itertools.pairwise(sizes)
    )
    assert configured().dropout == 0.4


def test_what_is_hidden_is_in_no_input_and_no_basket_is_in_two_parts() -> None:
    data = RECOMMEND.load(configured(), Store(offline=True), print)
    arrays = data.arrays
    missing = arrays["baskets"].astype(int) - arrays["known"]
    held = np.concatenate([arrays["validation"], arrays["test"]])
    assert (missing[held].sum(axis=1) == 1).all()
    assert not missing[arrays["training"]].any()
    assert len(np.unique(np.concatenate([arrays["training"], held]))) == len(held) + len(
        arrays["training"]
    )


def test_an_answer_has_the_best_items_and_none_of_the_basket(trained: Trained) -> None:
    items = trained.header.facts["items"]
    basket = f"{items[0]}, {items[3]}"
    answers = trained.answer([basket], top=5)
    assert len(answers) == 5
    assert not {items[0], items[3]} & {answer["item"] for answer in answers}
    scores = [answer["score"] for answer in answers]
    assert scores == sorted(scores, reverse=True)
    assert trained.answer([basket], top=5) == answers
    assert len(trained.answer([", ".join(items[:-2])], top=50)) == 2


def test_it_is_scored_on_baskets_of_another_shop(trained: Trained, tmp_path: Path) -> None:
    known = trained.header.facts["items"]
    lines = [f"{known[n % 7]},{known[n % 11 + 7]},only here" for n in range(300)]
    (tmp_path / "shop.csv").write_text("\n".join(lines))
    warnings: list[str] = []
    given = {"baskets": str(tmp_path / "shop.csv")}
    found = evaluate(trained, given, Store(offline=True), warnings.append)
    assert found.details.test_baskets == 60
    assert 0 <= found.scores["recall_at_10"] <= 1
    assert warnings[0] == "shop.csv: left out 1 item that the network does not know"
    assert warnings[1].startswith("shop.csv: 60 of 300 baskets are scored")
    (tmp_path / "shop.csv").write_text("\n".join(["one,two,three"] * 60))
    with pytest.raises(DataError, match="knows none of these items"):
        evaluate(trained, given, Store(offline=True), warnings.append)


def test_intervals_allow_for_baskets_that_the_splits_share() -> None:
    values = [0.40, 0.42, 0.41, 0.43, 0.44]
    wide, narrow = RECOMMEND.estimate("recall_at_10", values), mean_interval(values)
    for found in (wide, narrow):
        assert found.low is not None
        assert found.high is not None
    factor = (wide.high - wide.low) / (narrow.high - narrow.low)  # type: ignore[operator]
    assert factor == pytest.approx(np.sqrt(1 + 5 / 4))


def test_items_with_the_same_score_count_half_in_choosing_too() -> None:
    config = RECOMMEND.configure({"baskets": "sample"}, "test")
    data = RECOMMEND.load(config, Store(offline=True), lambda _: None)
    measures = RECOMMEND.examples(config, data).measures
    targets = np.array([[2] + [0] * 20, [2] + [0] * 18 + [1, 1]], np.float32)
    outputs = np.zeros((2, 21), np.float32)
    ranks = 1 + np.array([20, 18]) / 2
    ndcg = np.asarray(measures["ndcg"](targets, outputs))
    np.testing.assert_allclose(ndcg, 1 / np.log2(1 + ranks), rtol=1e-5)
    recall = np.asarray(measures["recall_at_10"](targets, outputs), np.float32)
    assert recall.tolist() == [0, 1]  # ranks 11 and 10


def test_own_baskets_are_told_to_be_where_the_training_began(
    shell: Shell, here: Here, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    began, elsewhere = tmp_path / "began", tmp_path / "elsewhere"
    for folder in (began, elsewhere):
        folder.mkdir()
    (began / "shop.csv").write_text("milk,tea\nmilk,rum\ntea,rum\n" * 30)
    monkeypatch.chdir(began)
    begun = here("recommend", "--baskets", "shop.csv", "--epochs", 1, "--out", "run")
    assert begun.returncode == 0, begun.stderr
    assert shell("evaluate", "run", cwd=began).returncode == 0
    refused = shell("evaluate", began / "run", cwd=elsewhere)
    assert refused.returncode == 3
    assert "the training found shop.csv from the folder in which it was started" in refused.stderr


def test_a_split_without_a_basket_to_test_is_refused(tmp_path: Path) -> None:
    lines = ["a,b"] * 30 + ["c"] * 270
    (tmp_path / "my.csv").write_text("\n".join(lines))
    seed = next(
        seed for seed in range(10_000) if not (split_baskets(len(lines), seed)[1] < 30).any()
    )
    config = configured(baskets=str(tmp_path / "my.csv"), split_seed=seed)
    with pytest.raises(DataError, match="of those for validation none .* --split-seed"):
        RECOMMEND.load(config, Store(offline=True), print)


def test_an_empty_basket_gives_what_is_popular(trained: Trained) -> None:
    data = RECOMMEND.load(configured(), Store(offline=True), print)
    shares = data.arrays["baskets"][data.arrays["training"]].mean(axis=0)
    answers = trained.answer([""], top=3)
    assert [answer["score"] for answer in answers] == pytest.approx(np.sort(shares)[:-4:-1])
    (first,) = trained.answer(["no such thing"], top=1, ignore_unknown=True)
    assert first["item"] == answers[0]["item"]


def test_unknown_items_are_named_or_ignored(
    trained: Trained, folder: RunFolder, shell: Shell
) -> None:
    item = trained.header.facts["items"][0]
    with pytest.raises(UsageError, match=f"similar: .*{item}"):
        trained.answer([f"{item.upper()}x"])
    assert trained.answer([f"{item}, no such thing"], ignore_unknown=True) == [
        {**answer, "basket": f"{item}, no such thing"} for answer in trained.answer([item])
    ]
    result = shell(
        "recommend",
        "-",
        "--top",
        1,
        "--json",
        "--checkpoint",
        folder.best,
        "-q",
        input=f"\ufeff{item}\nno such thing\n\n",
    )
    assert result.returncode == 1
    first, second, third = map(json.loads, result.stdout.splitlines())
    assert (first["basket"], third["basket"]) == (item, "")
    assert "no such thing" in second["error"]
    assert result.stderr.count("\n") == 1


def test_what_is_ignored_is_said_and_an_empty_rest_too(trained: Trained) -> None:
    item = trained.header.facts["items"][0]
    query = RECOMMEND.Query(ignore_unknown=True, top=1)
    some, rest, none = (
        [one.text for one in trained.answers([given], query) if isinstance(one, Note)]
        for given in (f"{item}, no such thing", "no such thing", item)
    )
    assert some == [f"basket '{item}, no such thing': left out unknown 'no such thing'"]
    assert len(rest) == 1
    assert "nothing is left, so these are the items that most baskets have" in rest[0]
    assert none == []


def test_a_network_is_asked_as_its_file_was_written(tmp_path: Path) -> None:
    lines = ["Soda;whole milk", "beer;Soda;eggs"] * 40
    (tmp_path / "mine.csv").write_bytes("\r\n".join(lines).encode("utf-16"))
    folder = RunFolder(tmp_path / "run")
    folder.path.mkdir()
    run(RECOMMEND, configured(baskets="mine.csv", epochs=1), folder, make_workshop())
    trained = nnlab.load(folder.best)
    assert trained.header.facts["separator"] == ";"
    asked = [trained.answer([text])[0]["item"] for text in ("soda; beer", "Soda,beer")]
    assert asked[0] == asked[1]


def test_a_checkpoint_without_a_separator_is_asked_with_commas(trained: Trained) -> None:
    facts = {name: value for name, value in trained.header.facts.items() if name != "separator"}
    RECOMMEND.check_facts(facts, trained.network)
    given = ", ".join(facts["items"][:2])
    query = RECOMMEND.Query(top=2)
    model = Model(trained.network, facts, trained.config)
    assert list(RECOMMEND.answer(model, query, [given])) == trained.answer([given], top=2)
    with pytest.raises(CheckpointError, match="separator"):
        RECOMMEND.check_facts({**facts, "separator": "|"}, trained.network)


def test_a_run_says_what_was_understood_of_the_data(tmp_path: Path) -> None:
    class Listener(Watcher):
        def stage(self, text: str) -> None:
            stages.append(text)

    stages: list[str] = []
    (tmp_path / "mine.csv").write_text("so\u200bda,milk\nmilk,eggs\n" * 40)
    folder = RunFolder(tmp_path / "run")
    folder.path.mkdir()
    config = configured(baskets="mine.csv", epochs=1)
    run(RECOMMEND, config, folder, make_workshop(Listener()))
    assert stages[:2] == [
        "reading the data",
        "mine.csv: 80 baskets, 3 items, most frequent: "
        r"milk (100 %), eggs (50 %), so\u200bda (50 %)",
    ]


def test_a_run_of_before_the_options_of_layout_goes_on(folder: RunFolder) -> None:
    plan = json.loads(folder.config.read_text())
    for name in ("layout", "columns", "header", "keep_nan"):
        del plan["config"][name]
    folder.config.write_text(json.dumps(plan))
    assert run(RECOMMEND, configured(), folder, make_workshop()).scores


def test_the_network_learns_more_than_popularity(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    folder.path.mkdir()
    metrics = run(RECOMMEND, configured(epochs=60), folder, make_workshop())
    popularity = metrics.baselines["popularity"]
    assert metrics.scores["recall_at_5"] > popularity["recall_at_5"] + 0.05
    areas = metrics.details.auc_with_the_answer_in_the_input
    assert 0.5 < areas["popularity"] < areas["this network"]


def test_several_runs_are_splits_and_are_compared_pair_by_pair(tmp_path: Path) -> None:
    trials = RECOMMEND.trials(configured(epochs=1), 3)
    assert [config.split_seed for config in trials.values()] == [0, 1, 2]
    group = GroupFolder(tmp_path / "group")
    group.path.mkdir()
    summary = run_group(RECOMMEND, trials, group, make_workshop())
    runs = [json.loads(group.member(name).metrics.read_text()) for name in trials]
    own = [metrics["scores"]["recall_at_10"] for metrics in runs]
    others = [metrics["baselines"]["popularity"]["recall_at_10"] for metrics in runs]
    difference = summary.details.differences["popularity"]["recall_at_10"]
    assert difference.mean == pytest.approx(np.mean(own) - np.mean(others))
    assert summary.baselines["popularity"]["recall_at_10"] == pytest.approx(np.mean(others))
    (table,) = RECOMMEND.summary_tables(summary)
    assert len(table.rows) == 2 * len(summary.baselines)


def test_a_catalogue_that_memory_cannot_hold_is_refused(tmp_path: Path) -> None:
    lines = (f"item {n},item {n + 1},common" for n in range(6000))
    (tmp_path / "many.csv").write_text("\n".join(lines))
    with pytest.raises(DataError, match=r"many\.csv: 6,000 baskets with 6,002 .*--min-count"):
        RECOMMEND.load(configured(baskets="many.csv"), Store(offline=True), print)


@pytest.mark.parametrize("content", ["", "\n\n", "milk\n" * 40])
def test_too_few_baskets_are_an_error(tmp_path: Path, content: str) -> None:
    (tmp_path / "mine.csv").write_text(content)
    with pytest.raises(DataError, match=r"mine\.csv"):
        RECOMMEND.load(configured(baskets="mine.csv"), Store(offline=True), print)


def test_the_modern_network_finds_an_item_that_was_taken_out() -> None:
    config = RECOMMEND.configure({"preset": "modern", "baskets": "sample"}, "test")
    data = RECOMMEND.load(config, Store(offline=True), lambda _: None)
    examples = RECOMMEND.examples(config, data)
    sizes = data.arrays["baskets"][examples.training].sum(axis=1)
    assert sizes.min() > 1
    seed = np.array([1, 2], np.int32)
    given, targets, _ = examples.batch(examples.arrays, examples.training[:50], seed)
    given, targets = np.asarray(given), np.asarray(targets)
    assert ((targets == 2).sum(axis=1) == 1).all()
    assert (given[targets == 2] == 0).all()
    np.testing.assert_array_equal(given + (targets == 2), targets > 0)


def test_the_loss_looks_at_items_that_are_not_in_the_basket_only() -> None:
    config = RECOMMEND.configure({"preset": "modern", "baskets": "sample"}, "test")
    data = RECOMMEND.load(config, Store(offline=True), lambda _: None)
    loss = RECOMMEND.examples(config, data).loss
    targets = np.array([[1, 2, 0, 0]], np.float32)
    logits = np.array([[50, 1, 2, 3]], np.float32)
    free = np.exp([1.0, 2.0, 3.0])
    assert float(loss(targets, logits)[0]) == pytest.approx(-np.log(free[0] / free.sum()))


@pytest.mark.parametrize("preset", ["modern", "report"])
def test_an_explanation_is_what_the_score_loses_without_an_item(preset: str, shell: Shell) -> None:
    def score(basket: str, item: str) -> float:
        answers = nnlab.load(f"recommend.{preset}").answer([basket], top=169)
        return float(next(one["score"] for one in answers if one["item"] == item))

    trained = nnlab.load(f"recommend.{preset}")
    (answer,) = trained.answer(["soda, yogurt"], top=1, explain=True)
    adds = {one["item"]: one["adds"] for one in answer["reasons"]}
    assert adds["soda"] == pytest.approx(
        answer["score"] - score("yogurt", answer["item"]), abs=2e-6
    )
    assert list(adds.values()) == sorted(adds.values(), reverse=True)
    line = shell(
        "recommend", "soda, yogurt", "--top", 1, "--explain", "--preset", preset, "-q"
    ).stdout
    assert line.rstrip("\n").split("\t")[2] == answer["because"]
    (alone,) = trained.answer(["soda"], top=1, explain=True)
    assert [one["item"] for one in alone["reasons"]] == ["soda"]
    (nothing,) = trained.answer([""], top=1, explain=True)
    assert nothing["reasons"] == []


def test_scores_of_the_modern_network_are_probabilities_of_the_next_item() -> None:
    answers = nnlab.load("recommend.modern").answer(["soda, yogurt"], top=200)
    assert len(answers) == 167
    assert sum(one["score"] for one in answers) == pytest.approx(1, abs=1e-3)

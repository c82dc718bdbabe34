"""nnlab from Python."""

import random
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nnlab
from nnlab import Run
from nnlab.errors import DataError, NnlabError, UsageError
from nnlab.experiments.contract import Table
from tests.drawing import drawing
from tests.report.folders import classify_group
from tests.tiny_images import tiny_options

TINY: dict[str, Any] = {**tiny_options(), "units": 8, "epochs": 2}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Train a tiny classifier once."""
    with drawing():
        run = nnlab.train("classify", out=tmp_path_factory.mktemp("runs") / "one", **TINY)
    assert isinstance(run, Run)
    return run


def test_a_run_gives_all_its_results(trained: Run) -> None:
    assert set(trained.scores) == {"accuracy"}
    assert set(trained.baselines) == {"logistic regression", "most frequent class", "chance"}
    assert trained.history["epoch"] == [0, 1, 2]
    assert {"learning-curves", "network", "confusion"} <= set(trained.figures)
    assert all(path.is_file() for path in trained.figures.values())
    assert repr(trained).startswith("<run of classify in ")
    assert trained.scores == nnlab.open_run(trained.path).scores
    (trained.path / "metrics.json").rename(trained.path / "kept")
    with pytest.raises(DataError, match="is not finished; nnlab resume"):
        nnlab.open_run(trained.path)
    (trained.path / "kept").rename(trained.path / "metrics.json")


def test_a_run_answers(trained: Run, tmp_path: Path) -> None:
    from PIL import Image

    Image.new("L", (8, 8), 0).save(tmp_path / "x.png")
    picture = Image.new("L", (8, 8), 10)
    picture.paste(220, (0, 0, 4, 8))
    picture.save(tmp_path / "left.png")
    (answer,) = trained.answer([str(tmp_path / "left.png")], top=1)
    assert answer["label"] in {"3", "5"}
    assert len(answer["top"]) == 1


def test_results_show_themselves_in_a_notebook(trained: Run) -> None:
    shown = trained._repr_html_()
    assert trained.figures
    assert shown.count("<table>") == len(trained.tables())
    assert shown.count("data:image/png;base64,") == len(trained.figures)
    assert "logistic regression" in shown
    assert "logistic regression" in str(trained)


def test_table_cells_are_escaped() -> None:
    from nnlab.api.showing import _html

    assert "&lt;b&gt;" in _html(Table("<b>", ("<b>",), [("<b>",)], "<b>"))
    assert "<b>" not in _html(Table("<b>", ("<b>",), [("<b>",)], "<b>"))


def test_the_same_call_resumes_and_another_is_refused(trained: Run) -> None:
    again = nnlab.train("classify", out=trained.path, **TINY)
    assert isinstance(again, nnlab.Run)
    assert again.metrics == trained.metrics
    with pytest.raises(NnlabError, match="other settings"):
        nnlab.train("classify", out=trained.path, **{**TINY, "units": 9})


def test_a_network_is_evaluated_on_its_own_data(trained: Run) -> None:
    evaluated = nnlab.evaluate(trained)
    assert evaluated.scores == pytest.approx(trained.scores)
    assert nnlab.evaluate(trained.path).scores == evaluated.scores
    assert "logistic regression" in str(evaluated)
    assert repr(evaluated).startswith("<scores of classify: accuracy=")
    assert nnlab.load(trained.path).scores == trained.scores


def test_an_option_that_chooses_another_network_is_refused() -> None:
    with pytest.raises(UsageError, match="was trained with --base 10, not --base 16"):
        nnlab.load("add.modern").answer(["1+1"], base=16)
    assert nnlab.load("add.modern.base-16").answer(["f+1"], base=16)[0]["answer"] == "10"


def test_several_runs_are_a_group_and_compared_with_one(trained: Run, tmp_path: Path) -> None:
    group = nnlab.train("classify", runs=2, out=tmp_path / "two", loss="mse", **TINY)
    assert isinstance(group, nnlab.Group)
    assert list(group.runs) == ["seed-1", "seed-2"]
    assert group.scores["accuracy"].n == 2
    assert "Over all runs" in str(group)
    compared = nnlab.compare(trained, group)
    assert "mse" in str(compared)
    assert compared.figure().axes
    assert repr(compared).startswith("<comparison of ")
    assert nnlab.open_group(group.path).scores == group.scores
    with pytest.raises(DataError, match="group of runs; open it with nnlab.open_group"):
        nnlab.open_run(group.path)
    with pytest.raises(DataError, match="single run; open it with nnlab.open_run"):
        nnlab.open_group(trained.path)
    assert compared._repr_html_().count("data:image/png;base64,") == 1
    with pytest.raises(UsageError, match="is a group of runs; give it one of them, such as seed-1"):
        nnlab.evaluate(group)  # type: ignore[arg-type]


def test_the_callers_random_numbers_go_on_as_if_nothing_had_been_trained() -> None:
    def drawn() -> tuple[float, float]:
        return random.random(), float(np.random.rand())

    random.seed(5)
    np.random.seed(5)
    drawn()
    expected = drawn()
    random.seed(5)
    np.random.seed(5)
    drawn()
    nnlab.train("classify", **{**TINY, "epochs": 1})
    assert drawn() == expected


def test_a_group_that_was_grown_and_not_finished_says_so(tmp_path: Path) -> None:
    whole = classify_group(tmp_path / "whole", (0.97, 0.98))
    grown = classify_group(tmp_path / "grown", (0.97, 0.98), unfinished=2)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert list(nnlab.open_group(whole).runs) == ["seed-1", "seed-2"]
    with pytest.warns(UserWarning, match="grown: without seed-3, seed-4: diverged or unfinished"):
        assert list(nnlab.open_group(grown).runs) == ["seed-1", "seed-2"]


def test_a_new_folder_is_below_runs(tmp_path: Path) -> None:
    run = nnlab.train("classify", **{**TINY, "epochs": 1})
    assert run.path == Path("runs/classify/1")


def test_mistakes_are_refused_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="did you mean 'epochs'"):
        nnlab.train("classify", epoch=3)
    with pytest.raises(UsageError, match="did you mean 'classify'"):
        nnlab.train("clasify")
    with pytest.raises(UsageError, match="at least one run, got 0"):
        nnlab.train("classify", runs=0)
    for opened in (nnlab.open_run, nnlab.open_group):
        with pytest.raises(DataError, match="expected the folder of a training"):
            opened(tmp_path / "none")
    with pytest.raises(UsageError, match="expected runs to compare"):
        nnlab.compare()
    assert not (tmp_path / "runs").exists()


def test_no_folder_is_left_if_no_run_began(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    with pytest.raises(NnlabError, match="holds files but no run"):
        nnlab.train("classify", out="mine", **TINY)
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]
    for out, progress in ((None, False), ("new", True)):
        with pytest.raises(DataError):
            nnlab.train("classify", out=out, images="none", labels="none", progress=progress)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_options_that_choose_no_data_are_refused(trained: Run) -> None:
    with pytest.raises(UsageError, match="--units does not choose data for classify"):
        nnlab.evaluate(trained, units=3)


def test_warnings_are_python_warnings_and_nothing_is_printed(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        nnlab.train("add", out="a", units=8, problems=200, test_problems=50, epochs=1, base=2)
    said = capfd.readouterr()
    assert (said.out, said.err) == ("", "")
    assert any("different problems" in str(one.message) for one in caught)


def test_a_bar_shows_the_epochs_and_wipes_itself_out(capfd: pytest.CaptureFixture[str]) -> None:
    nnlab.train("classify", out="bar", progress=True, **TINY)
    shown = capfd.readouterr().err
    assert "0/2" in shown
    assert shown.endswith(" \r")


def test_importing_nnlab_and_loading_do_not_import_tensorflow() -> None:
    program = (
        "import sys, nnlab; assert 'numpy' not in sys.modules; nnlab.load; nnlab.train; "
        "assert 'tensorflow' not in sys.modules and 'matplotlib' not in sys.modules; "
        "assert {'train', 'load', 'errors'} <= {*dir(nnlab)}; "
        "assert nnlab.errors.UsageError and nnlab.__version__"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_one_input_may_stand_alone_and_a_file_may_be_a_path() -> None:
    adder, reader = nnlab.load("add"), nnlab.load("classify")
    seven = Path(__file__).parents[1] / "data" / "examples" / "7.png"
    assert [one["answer"] for one in adder.answer("12+34")] == ["46"]
    assert reader.answer(seven) == reader.answer([str(seven)])
    with pytest.raises(UsageError, match="expected texts or paths as inputs, got 7"):
        adder.answer([7])  # type: ignore[list-item]


def test_a_prefix_is_no_digit() -> None:
    trained = nnlab.load("add.report.base-16")  # of at most three digits
    assert trained.answer(["0xfff+1"], base=16, check=True)[0]["right"]
    with pytest.raises(UsageError, match="has 4 digits"):
        trained.answer(["0xffff+1"], base=16)

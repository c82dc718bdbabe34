"""The report's figures from the runs of a reproduction made by hand."""

from pathlib import Path

from nnlab.plots.style import new_figure, save
from nnlab.report.page import write_page
from nnlab.reproduction.claims import load_claims, load_figures
from nnlab.reproduction.figures import draw_figures
from tests.report.folders import classify_group, embed_run
from tests.report.reading import Page


def test_every_figure_is_drawn_from_plans_that_exist() -> None:
    names = {plan.name for plan in load_claims()[0]}
    assert {plan for figure in load_figures() for plan in figure.plans} <= names
    assert [figure.number for figure in load_figures()] == [7, 9, 10]


def test_figures_are_drawn_from_what_is_finished_and_stand_on_the_page(tmp_path: Path) -> None:
    plans = {
        "add-decimal": classify_group(tmp_path / "add-decimal", (0.9, 0.91)),
        "add-hexadecimal": classify_group(tmp_path / "add-hexadecimal", (0.8, 0.81)),
        "embed-a-i": embed_run(tmp_path / "embed-a-i", figures=("learning-curves", "plane")),
    }
    (section,) = draw_figures(plans, tmp_path / "figures")
    assert [picture.caption[:9] for picture in section.pictures] == ["Figure 7:", "Figure 9:"]
    files = sorted(path.name for path in (tmp_path / "figures").iterdir())
    assert files == ["figure-7.png", "figure-9.png"]
    target = tmp_path / "page.html"
    write_page(plans.values(), target, sections=[section])
    alts = [attributes["alt"] for attributes, _ in Page(target.read_text()).all("img")]
    assert all(picture.alt in alts for picture in section.pictures)


def test_a_figure_waits_for_all_its_plans_and_for_its_run(tmp_path: Path) -> None:
    plans = {
        "add-decimal": classify_group(tmp_path / "add-decimal", (0.9, 0.91)),
        "embed-a-i": embed_run(tmp_path / "embed-a-i"),  # without a figure of the plane
    }
    assert draw_figures(plans, tmp_path / "figures") == []
    assert not (tmp_path / "figures").exists()


def test_a_figure_that_is_there_is_drawn_again(tmp_path: Path) -> None:
    plans = {"embed-a-i": embed_run(tmp_path / "embed-a-i", figures=("plane",))}
    draw_figures(plans, tmp_path / "figures")
    save(new_figure(2, 1), tmp_path / "embed-a-i" / "figures" / "plane.png")
    (section,) = draw_figures(plans, tmp_path / "figures")
    assert (section.pictures[0].width, section.pictures[0].height) == (200, 100)

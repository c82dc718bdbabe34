"""The page in a real browser; skipped where there is no Chromium or no Playwright."""

import itertools
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nnlab.report.page import write_page
from tests.report.folders import classify_run, denoise_run, embed_run

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

pytestmark = pytest.mark.slow  # it starts one


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    if not CHROMIUM:
        pytest.skip("needs Chromium")
    with playwright.sync_playwright() as running:
        try:
            started = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        except playwright.Error as error:
            pytest.skip(f"Chromium does not start: {error}")
        yield started
        started.close()


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    baselines = {name: {"accuracy": value} for name, value in {"a": 1e-1, "b": 0.09}.items()}
    kinds = ("plane", "misclassified", "pages")
    figures = {kind: ("learning-curves", kind) for kind in kinds}
    runs = [
        embed_run(folder / "letters", figures=figures["plane"]),
        classify_run(folder / "digits", baselines=baselines, figures=figures["misclassified"]),
        denoise_run(folder / "pages", figures=figures["pages"]),
    ]
    write_page(runs, folder / "page.html")
    return folder / "page.html"


@pytest.fixture
def page(browser: "Browser", target: Path) -> Iterator["Page"]:
    """Open the page; whatever it asks of the network or complains about fails the test."""
    page = browser.new_page(color_scheme="light")
    trouble = []
    page.on("console", lambda message: trouble.append(message.text))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on(
        "request",
        lambda request: (
            None if request.url.startswith(("file:", "data:")) else trouble.append(request.url)
        ),
    )
    page.goto(target.as_uri())
    yield page
    page.close()
    assert trouble == []


def first_cells(table: "Locator") -> list[str]:
    return [row.inner_text() for row in table.locator("tbody th").all()]


def test_tables_are_sorted_by_their_numbers(page: "Page") -> None:
    table = page.get_by_role("table", name="Accuracy on")
    assert first_cells(table) == ["this network", "a", "b"]
    head = table.get_by_role("columnheader", name="accuracy")
    head.get_by_role("button").focus()
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "ascending"
    assert first_cells(table) == ["b", "a", "this network"]  # 9.00 %, 10.00 %, 98.20 %
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    assert first_cells(table) == ["this network", "a", "b"]
    table.get_by_role("button", name="95 % interval").click()
    assert first_cells(table)[0] == "this network"  # empty cells stay at the end


def test_numbers_are_read_as_people_write_them(page: "Page") -> None:
    order = page.evaluate(
        """() => {
          const known = document.querySelector("main table[aria-label^='Accuracy on']");
          const cells = ["1,234", "-0.3", "98.2 %", "0.95 (0.9 to 1)", "12"];
          [...known.tBodies[0].rows].forEach((row) => row.remove());
          for (const cell of cells) {
            const row = known.tBodies[0].insertRow();
            row.insertCell().textContent = "x";
            row.insertCell().textContent = cell;
          }
          known.tHead.rows[0].cells[1].querySelector("button").click();
          return [...known.tBodies[0].rows].map((row) => row.cells[1].textContent);
        }"""
    )
    assert order == ["-0.3", "0.95 (0.9 to 1)", "12", "98.2 %", "1,234"]


def test_the_keyboard_moves_over_the_plane_and_shows_letters_with_their_images(
    page: "Page",
) -> None:
    plane = page.locator(".plane")
    canvas = plane.get_by_role("application")
    assert plane.locator(".answer").inner_text() == "No image chosen yet."
    canvas.focus()
    seen = set()
    for key in ("Home", "ArrowLeft", "ArrowUp", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
        seen.add(plane.locator(".answer").inner_text())
    assert len(seen) > 1
    assert {text[:5] for text in seen} <= {"a at ", "b at ", "c at "}
    assert plane.locator(".thumbnail").is_visible()
    drawn = "c => new Set(c.getContext('2d').getImageData(0, 0, 4, 4).data).size"
    assert plane.locator(".thumbnail").evaluate(drawn) > 4


def test_the_legend_takes_classes_away(page: "Page") -> None:
    plane = page.locator(".plane")
    for name in "ab":
        button = plane.get_by_role("button", name=name, exact=True)
        assert button.get_attribute("aria-pressed") == "true"
        button.click()
        assert button.get_attribute("aria-pressed") == "false"
    plane.get_by_role("application").focus()
    for key in ("ArrowLeft", "ArrowUp"):
        page.keyboard.press(key)
        assert plane.locator(".answer").inner_text().startswith("c at ")
    plane.get_by_role("button", name="None").click()
    assert plane.locator(".answer").inner_text() == "No image chosen yet."


def test_the_pointer_shows_the_image_under_it(page: "Page") -> None:
    canvas = page.locator(".plane .map")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    answer = page.locator(".plane .answer")
    lines = range(0, int(box["width"]), 12), range(0, int(box["height"]), 24)
    places = list(itertools.product(*lines))
    random.Random(0).shuffle(places)
    found = False
    for x, y in places:
        page.mouse.move(box["x"] + x, box["y"] + y)
        found = " at (" in answer.inner_text()
        if found:
            break
    assert found


def test_misclassified_images_are_filtered_by_both_classes(page: "Page") -> None:
    explorer = page.locator(".misclassified")
    images = explorer.locator(".grid li")
    assert images.count() == 6
    explorer.get_by_label("True class").select_option("1")
    assert sorted(text[:5] for text in images.all_inner_texts()) == ["1 → 0", "1 → 2"]
    explorer.get_by_label("Read as").select_option("2")
    assert images.count() == 1
    assert explorer.locator(".count").inner_text() == "1 image"
    explorer.get_by_label("True class").select_option("")
    assert sorted(text[:5] for text in images.all_inner_texts()) == ["0 → 2", "1 → 2"]


def test_the_slider_uncovers_the_cleaned_page(page: "Page") -> None:
    pages = page.locator(".pages")
    slider = pages.get_by_role("slider")
    slider.focus()
    page.keyboard.press("End")
    clip = "e => getComputedStyle(e).clipPath"
    assert pages.locator(".noisy").evaluate(clip) == "inset(0px 0px 0px 100%)"
    page.keyboard.press("ArrowLeft")
    assert pages.locator(".noisy").evaluate(clip) == "inset(0px 0px 0px 99%)"
    truth = pages.locator("img.true")
    assert not truth.is_visible()
    pages.get_by_role("button", name="Show the ground truth").click()
    assert truth.is_visible()


def test_the_theme_is_toggled_and_remembered(page: "Page") -> None:
    ground = "() => getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    button = page.get_by_role("button", name="Dark")
    button.click()
    dark = page.evaluate(ground)
    assert dark != light
    page.reload()
    assert page.evaluate(ground) == dark
    assert button.get_attribute("aria-pressed") == "true"
    button.click()
    assert page.evaluate(ground) == light


@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_is_wider_than_its_window(page: "Page", width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", ["plane", "misclassified", "pages"])
def test_a_figure_stands_in_on_paper_for_what_is_explored_on_a_screen(
    page: "Page", name: str
) -> None:
    figure, explorer = page.locator(f"figure[data-name={name}]"), page.locator(f".{name}")
    assert (explorer.is_visible(), figure.is_visible()) == (True, False)
    page.emulate_media(media="print")
    assert (explorer.is_visible(), figure.is_visible()) == (False, True)


def test_without_scripts_tables_and_images_are_there(browser: "Browser", target: Path) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(target.as_uri())
    assert page.get_by_role("table", name="Accuracy on").is_visible()
    assert page.get_by_role("img", name="Loss and measure").first.is_visible()
    for name in ("noisy", "cleaned", "true"):
        assert page.locator(f".pages img.{name}").is_visible()
    for hidden in ("#theme", ".plane", ".misclassified", ".pages .controls"):
        assert not page.locator(hidden).is_visible()
    for name in ("plane", "misclassified", "pages"):
        assert page.locator(f"figure[data-name={name}]").is_visible()
    page.close()

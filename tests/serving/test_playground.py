"""The playground in a real browser; skipped where there is no Chromium or no Playwright.

It is also checked for accessibility where `npm install axe-core` was run:

    NNLAB_AXE=folder pytest tests/serving/test_playground.py
"""

import itertools
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.waiting import wait_for

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, Route

pytest.importorskip("starlette")
playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
EXAMPLES = Path(__file__).parents[2] / "data" / "examples"
AXE = Path(os.environ.get("NNLAB_AXE", ""), "node_modules", "axe-core", "axe.min.js")
NAMES = ("classify", "textgen", "add", "translate", "embed", "recommend", "denoise", "runs")
PANELS = (*NAMES, "networks")
PATIENCE = 60_000
"""Milliseconds: the server starts its workers, and other tests may run."""

pytestmark = pytest.mark.slow  # it starts a server and a browser


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    if not CHROMIUM:
        pytest.skip("needs Chromium")
    with playwright.sync_playwright() as running:
        try:
            started = running.chromium.launch(
                executable_path=CHROMIUM,
                args=["--no-sandbox", "--disable-background-networking"],
            )
        except playwright.Error as error:
            pytest.skip(f"Chromium does not start: {error}")
        yield started
        started.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a server in an empty folder."""
    command = [sys.executable, "-m", "nnlab", "serve", "--port", "0", "--allow-training"]
    folder = tmp_path_factory.mktemp("site")
    environment = {name: value for name, value in os.environ.items() if name != "NNLAB_DATA"}
    environment |= {"XDG_CACHE_HOME": str(folder / "no-cache"), "NNLAB_OFFLINE": "1"}
    log = folder / "log.txt"
    with log.open("w") as errors:
        server = subprocess.Popen(command, cwd=folder, env=environment, stderr=errors)
    wait_for(lambda: "http" in log.read_text() or server.poll() is not None)
    found = re.search(r"http://\S+", log.read_text())
    assert found, log.read_text()
    yield found[0]
    server.send_signal(signal.SIGINT)
    server.wait(timeout=60)
    assert len(log.read_text().splitlines()) == 1, log.read_text()


class Trouble:
    """What a page may not do: complain, or ask another server."""

    def __init__(self, page: "Page", address: str) -> None:
        self.seen: list[str] = []
        self._address = address
        page.on("console", self._message)
        page.on("pageerror", lambda error: self.seen.append(str(error)))
        page.on("request", self._request)

    def _message(self, message: "ConsoleMessage") -> None:
        self.seen.append(message.text)

    def _request(self, request: "Request") -> None:
        if not request.url.startswith((self._address, "blob:", "data:")):
            self.seen.append(request.url)


@pytest.fixture
def page(browser: "Browser", address: str) -> Iterator["Page"]:
    """Give a page; whatever it complains about or asks of others fails the test."""
    page = browser.new_page(color_scheme="light", viewport={"width": 1200, "height": 900})
    page.set_default_timeout(PATIENCE)
    trouble = Trouble(page, address)
    yield page
    page.close()
    assert trouble.seen == []


@pytest.fixture
def failing(browser: "Browser") -> Iterator["Page"]:
    """Give a page in which requests may fail: browsers complain about that by themselves."""
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    yield page
    page.close()


def opened(page: "Page", address: str, name: str) -> "Locator":
    """Open a panel."""
    page.goto(f"{address}#{name}")
    panel = page.locator(f"#panel-{name}")
    panel.get_by_role("heading", level=2).wait_for()
    return panel


def pixels(canvas: "Locator") -> str:
    url: str = canvas.evaluate("canvas => canvas.toDataURL()")
    return url


def stroke(page: "Page", canvas: "Locator", points: list[tuple[float, float]]) -> None:
    """Draw with the mouse; places from 0 to 1."""
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=8)
    page.mouse.up()


def test_a_seven_that_is_drawn_is_read(page: "Page", address: str) -> None:
    panel = opened(page, address, "classify")
    answer = panel.locator(".answer strong")
    answer.filter(has_text="7").wait_for()  # the example
    sheet = panel.get_by_role("application")
    panel.get_by_label("Example").select_option("1")
    answer.filter(has_text="1").wait_for()
    panel.get_by_role("button", name="Clear").click()
    answer.filter(has_text="–").wait_for()
    stroke(page, sheet, [(0.25, 0.22), (0.73, 0.2), (0.45, 0.85)])
    answer.filter(has_text="7").wait_for()
    bars = panel.get_by_role("list", name="Probability of each class").get_by_role("listitem")
    assert [bar.locator(".name").inner_text() for bar in bars.all()] == list("0123456789")
    assert panel.locator(".maps canvas").count() >= 16


def test_pixels_can_be_shuffled(page: "Page", address: str) -> None:
    panel = opened(page, address, "classify")
    panel.locator(".answer strong").filter(has_text="7").wait_for()
    given = panel.get_by_role("img", name="The image as the network gets it")
    before = pixels(given)
    with page.expect_response("**/inside"):
        panel.get_by_label("Shuffle the pixels").check()
    page.wait_for_function(
        "([canvas, before]) => canvas.toDataURL() !== before", arg=[given.element_handle(), before]
    )


def test_the_keyboard_draws(page: "Page", address: str) -> None:
    panel = opened(page, address, "classify")
    answer = panel.locator(".answer strong")
    answer.filter(has_text="7").wait_for()
    sheet = panel.get_by_role("application")
    sheet.focus()
    page.keyboard.press("Delete")
    answer.filter(has_text="–").wait_for()
    for key, times in {"ArrowUp": 9, " ": 1, "ArrowDown": 18}.items():
        for _ in range(times):
            page.keyboard.press(key)
    answer.filter(has_text="1").wait_for()


def test_a_picture_can_be_opened(page: "Page", address: str) -> None:
    panel = opened(page, address, "classify")
    panel.locator(".answer strong").filter(has_text="7").wait_for()
    panel.get_by_label("Open a picture").set_input_files(EXAMPLES / "3.png")
    panel.locator(".answer strong").filter(has_text="3").wait_for()
    command = panel.get_by_label("command line", exact=True)
    assert command.inner_text() == "nnlab classify 3.png"


def test_the_link_that_skips_leads_to_the_panel_that_is_shown(page: "Page", address: str) -> None:
    opened(page, address, "add")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_function("location.hash === '#main'")
    assert page.locator("#panel-add").is_visible()
    assert not page.locator("#panel-classify").is_visible()


def test_the_way_back_leads_to_the_panel_before(page: "Page", address: str) -> None:
    page.goto(address)
    page.get_by_role("link", name="Sums").click()
    page.locator("#panel-add").wait_for()
    page.go_back()
    page.locator("#panel-classify").wait_for()
    page.locator("#panel-add").wait_for(state="hidden")


def test_what_only_the_server_shows_has_no_command_line(page: "Page", address: str) -> None:
    panel = opened(page, address, "classify")
    panel.locator(".answer strong").filter(has_text="7").wait_for()
    panel.get_by_label("Shuffle the pixels").check()
    panel.get_by_label("command line", exact=True).wait_for(state="hidden")
    curl = panel.get_by_label("with curl", exact=True).inner_text()
    assert "permuted=true" in curl
    assert curl.endswith("/api/classify/inside")


def test_a_picture_that_may_be_no_digit_is_remarked_on(page: "Page", address: str) -> None:
    panel = opened(page, address, "classify")
    panel.locator(".answer strong").filter(has_text="7").wait_for()
    assert panel.locator(".doubt").inner_text() == ""
    panel.get_by_label("Open a picture").set_input_files(EXAMPLES / "letter.png")
    panel.locator(".doubt").filter(has_text="may be none of the classes").wait_for()
    panel.get_by_role("button", name="Clear").click()
    panel.locator(".answer strong").filter(has_text="–").wait_for()
    assert panel.locator(".doubt").inner_text() == ""


def test_text_streams_with_the_probability_of_each_character(page: "Page", address: str) -> None:
    panel = opened(page, address, "textgen")
    panel.get_by_role("status").filter(has_text="Done: 300 characters").wait_for()
    characters = panel.locator(".written span[title]")
    assert characters.count() == 300
    assert "%" in (characters.first.get_attribute("title") or "")


def test_text_can_be_stopped(page: "Page", address: str) -> None:
    panel = opened(page, address, "textgen")
    panel.get_by_role("status").filter(has_text="Done").wait_for()
    panel.get_by_label("Length").fill("1000")
    # the page itself presses Stop: a fast network has written all before the test could
    panel.locator(".pages").evaluate(
        """(pages) => {
          const buttons = [...document.querySelectorAll("#panel-textgen button")];
          const stop = buttons.find((one) => one.textContent === "Stop");
          new MutationObserver((_, watcher) => {
            if (pages.querySelectorAll(".written span[title]").length < 20) return;
            watcher.disconnect();
            stop.click();
          }).observe(pages, { childList: true, subtree: true });
        }"""
    )
    panel.get_by_role("button", name="Write").click()
    told = panel.get_by_role("status").filter(has_text="Stopped").inner_text()
    found = re.search(r"(\d+) characters", told)
    assert found
    assert int(found[1]) < 1000


def test_three_temperatures_stand_side_by_side(page: "Page", address: str) -> None:
    panel = opened(page, address, "textgen")
    panel.get_by_role("status").filter(has_text="Done").wait_for()
    panel.get_by_text("three temperatures").click()
    panel.get_by_role("button", name="Write").click()
    done = panel.get_by_role("status").filter(has_text="Done")
    done.nth(2).wait_for()
    texts = [text.inner_text() for text in panel.locator(".written").all()]
    assert len(set(texts)) == 3


def test_a_sum_is_added_place_by_place(page: "Page", address: str) -> None:
    panel = opened(page, address, "add")
    panel.get_by_label("Sum", exact=True).fill("99+1")
    panel.get_by_text("99 + 1 = 100: right").wait_for()
    carries = panel.get_by_role("row", name="carry").get_by_role("cell").all_inner_texts()
    assert carries == ["", "1", "1", ""]
    panel.get_by_text("hexadecimal").click()
    panel.get_by_text("bee + c0d = 17fb: right").wait_for()
    command = panel.get_by_label("command line", exact=True).inner_text()
    assert command == "nnlab add --base 16 bee+c0d"
    curl = panel.get_by_label("with curl", exact=True).inner_text()
    assert '"network":"add.modern.base-16"' in curl
    panel.get_by_label("Sum", exact=True).fill("1+2+")  # it is still being typed
    panel.get_by_text("Type numbers with + between them.").wait_for()
    assert not panel.get_by_role("alert").is_visible()
    assert panel.get_by_role("button", name="Very long sum").is_visible()
    panel.get_by_label("Network that answers").select_option("add.report.base-16")
    panel.get_by_role("button", name="Very long sum").wait_for(state="hidden")


def test_a_translation_shows_where_the_network_looked(page: "Page", address: str) -> None:
    panel = opened(page, address, "translate")
    panel.get_by_label("Sentence").fill("How deep is this river?")
    panel.get_by_text("Hoe diep is deze rivier?").wait_for()
    heat = panel.get_by_role("table", name="Attention in percent")
    assert heat.get_by_role("columnheader", name="river").count() == 1
    panel.get_by_label("Network that answers").select_option("translate.report")
    panel.get_by_text("This network has no attention").wait_for()
    panel.get_by_label("Sentence").fill("日本")
    panel.get_by_text("ignored characters that no training sentence has").wait_for()


def test_a_point_in_the_plane_can_be_moved(page: "Page", address: str) -> None:
    panel = opened(page, address, "embed")
    told = panel.get_by_role("status").filter(has_text="nearest training images")
    told.wait_for()
    drawn = panel.get_by_role("img", name="What the decoder draws there")
    seen = {pixels(drawn)}
    panel.get_by_role("application", name="Plane").focus()
    for key in ("ArrowUp", "ArrowLeft"):
        before = told.inner_text()
        page.keyboard.press(f"Shift+{key}")
        page.wait_for_function(
            "([told, before]) => told.innerText !== before", arg=[told.element_handle(), before]
        )
        seen.add(pixels(drawn))
    assert len(seen) == 3


def test_a_basket_changes_what_is_recommended(page: "Page", address: str) -> None:
    panel = opened(page, address, "recommend")
    own = panel.get_by_role("list", name="this network").locator(".name")
    own.first.wait_for()
    before = own.all_inner_texts()
    field = panel.get_by_label("Put something in")
    field.fill("whole milk")
    with page.expect_response("**/inside"):
        page.keyboard.press("Enter")
    panel.get_by_role("button", name="Take out whole milk").wait_for()
    page.wait_for_function(
        "before => document.querySelector('#panel-recommend .own .bars').innerText !== before",
        arg="\n".join(before),
    )
    assert own.all_inner_texts() != before
    assert panel.get_by_role("list", name="popularity").count() == 1
    assert panel.get_by_text("because of").count()


def test_a_page_is_cleaned_compared_and_saved(page: "Page", address: str) -> None:
    panel = opened(page, address, "denoise")
    panel.get_by_text("noisy.png: cleaned in").wait_for()  # the example
    content = (EXAMPLES / "noisy.png").read_bytes()
    panel.get_by_label("Choose a file").set_input_files(
        {"name": "my, page.png", "mimeType": "image/png", "buffer": content}
    )
    panel.get_by_label("How much of the page shows clean").focus()
    page.keyboard.press("End")
    slider = panel.get_by_label("How much of the page shows clean")
    assert slider.get_attribute("aria-valuetext") == "100 % of the width shows the clean page"
    save = panel.get_by_role("button", name="Download the clean page")
    panel.get_by_text("my, page.png: cleaned in").wait_for()
    with page.expect_download() as download:
        save.click()
    assert download.value.suggested_filename == "my, page.clean.png"
    curl = panel.get_by_label("with curl", exact=True).inner_text()
    assert """-F 'file=@"my, page.png"'""" in curl


def test_a_network_is_trained_and_then_answers(page: "Page", address: str) -> None:
    panel = opened(page, address, "runs")
    panel.get_by_label("Experiment").select_option("recommend")
    panel.get_by_label("Epochs").fill("2")
    panel.get_by_role("button", name="Start").click()
    ask = panel.get_by_role("link", name="Ask it").first
    ask.wait_for(timeout=4 * PATIENCE)
    assert panel.locator(".chart svg").count()
    run = panel.locator("li.run h3").first.inner_text()
    assert ask.get_attribute("href") == f"#recommend/runs%2F{run.replace('/', '%2F')}"
    ask.click()
    recommend = page.locator("#panel-recommend")
    recommend.get_by_label("Network that answers").wait_for()
    page.wait_for_function(
        "() => document.querySelector('#panel-recommend select').value.startsWith('runs/')"
    )


def test_a_new_network_leaves_the_text_alone(failing: "Page", address: str) -> None:
    page = failing  # the server does not know the new network
    panel = opened(page, address, "translate")
    panel.get_by_label("Sentence").fill("How deep is this river?")
    panel.get_by_text("Hoe diep is deze rivier?").wait_for()

    def with_one_more(route: "Route") -> None:
        service = route.fetch().json()
        (served,) = (one for one in service["experiments"] if one["name"] == "translate")
        served["networks"].insert(0, {**served["networks"][0], "id": "runs/translate/1"})
        route.fulfill(json=service)

    page.route("**/api", with_one_more)
    page.evaluate("dispatchEvent(new Event('trained'))")
    option = panel.get_by_role("option", name="runs/translate/1")
    option.wait_for(state="attached")
    assert panel.get_by_label("Sentence").input_value() == "How deep is this river?"
    panel.get_by_label("Network that answers").select_option("translate.report")
    assert panel.get_by_label("Sentence").input_value() == "How deep is this river?"


def test_a_key_keeps_the_focus_where_its_button_goes(page: "Page", address: str) -> None:
    panel = opened(page, address, "recommend")
    put = panel.locator(".basket .controls button").first
    item = put.inner_text().removeprefix("+ ")
    put.focus()
    page.keyboard.press("Enter")
    panel.get_by_role("button", name=f"Take out {item}").wait_for()
    assert panel.get_by_label("Put something in").evaluate("one => one === document.activeElement")


def test_commands_are_quoted_for_a_shell(page: "Page", address: str) -> None:
    opened(page, address, "add")
    words = ["plain-1.png", "it's", "$(rm x)", "", "-n", "a b"]
    quoted = page.evaluate(
        "async words => (await import('/playground/shell.js'))"
        ".nnlabCommand({name: 'add'}, {flags: ''}, {inputs: words})",
        words,
    )
    echoed = subprocess.run(
        ["sh", "-c", quoted.replace("nnlab add", "printf '%s\\n'")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert echoed.stdout.split("\n")[:-1] == ["--", *words]


def test_what_cannot_be_answered_is_told_in_the_panel(failing: "Page", address: str) -> None:
    panel = opened(failing, address, "add")
    panel.get_by_text(": right").wait_for()
    panel.get_by_label("Sum", exact=True).fill("12+x")
    panel.get_by_role("alert").filter(has_text="12+x").wait_for()
    panel.get_by_label("Sum", exact=True).fill("12+5")
    panel.get_by_text("12 + 5 = 17: right").wait_for()
    assert panel.get_by_role("alert").count() == 0


def test_a_server_that_went_away_is_told(failing: "Page", address: str) -> None:
    panel = opened(failing, address, "add")
    panel.get_by_text(": right").wait_for()
    failing.route(re.compile("/(api|healthz)"), lambda route: route.abort())
    panel.get_by_label("Sum", exact=True).fill("1+1")
    gone = failing.locator("#gone")
    gone.wait_for()
    failing.unroute(re.compile("/(api|healthz)"))
    gone.wait_for(state="hidden")


def test_the_theme_is_kept(page: "Page", address: str) -> None:
    opened(page, address, "networks")
    ground = "() => getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_role("button", name="Dark").click()
    dark = page.evaluate(ground)
    assert dark != light
    page.reload()
    assert page.evaluate(ground) == dark


@pytest.mark.parametrize("name", PANELS)
def test_a_phone_shows_all_of_it(browser: "Browser", address: str, name: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740})
    trouble = Trouble(page, address)
    panel = opened(page, address, name)
    panel.locator("select, table").first.wait_for()
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.close()
    assert trouble.seen == []


@pytest.mark.skipif(not AXE.is_file(), reason="needs NNLAB_AXE=FOLDER")
@pytest.mark.parametrize(("name", "theme"), list(itertools.product(PANELS, ("light", "dark"))))
def test_it_is_accessible(browser: "Browser", address: str, name: str, theme: str) -> None:
    page = browser.new_context(bypass_csp=True).new_page()
    page.add_init_script(f"localStorage.setItem('nnlab-theme', '{theme}')")
    panel = opened(page, address, name)
    panel.locator("select, table").first.wait_for()
    page.wait_for_load_state("networkidle")
    page.add_script_tag(path=AXE)
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    page.close()
    grave = [one for one in found["violations"] if one["impact"] in ("serious", "critical")]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in grave] == []

"""The page of docs/exporting.md in a real browser.

It needs Chromium, Playwright, and a folder where `npm install onnxruntime-web` was run:

    NNLAB_ONNXRUNTIME_WEB=folder pytest tests/exporting/test_javascript.py
"""

import functools
import os
import re
import shutil
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import nnlab
from nnlab.exporting import export

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
INSTALLED = os.environ.get("NNLAB_ONNXRUNTIME_WEB")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not INSTALLED, reason="needs NNLAB_ONNXRUNTIME_WEB=FOLDER"),
    pytest.mark.skipif(not CHROMIUM, reason="needs Chromium"),
]


class Quiet(SimpleHTTPRequestHandler):
    """Serves files, with the type that browsers want of a module."""

    def guess_type(self, path: str | os.PathLike[str]) -> str:
        return "text/javascript" if str(path).endswith(".mjs") else super().guess_type(path)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Serve the page, the network and the image."""
    page = (ROOT / "docs" / "exporting.md").read_text(encoding="utf-8")
    (html,) = re.findall(r"```html\n(.*?)```", page, re.DOTALL)
    (tmp_path / "index.html").write_text(html, encoding="utf-8")
    (tmp_path / "node_modules").symlink_to(Path(str(INSTALLED), "node_modules").resolve())
    shutil.copy(ROOT / "data" / "examples" / "7.png", tmp_path)
    export(nnlab.load("classify"), tmp_path / "network.onnx")
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(tmp_path))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


def test_a_browser_reads_the_digit(address: str) -> None:
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        trouble: list[str] = []
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.goto(address)
        answer = page.locator("#answer")
        answer.filter(has_text=re.compile(r"^\d ")).wait_for(timeout=60_000)
        label, probability = answer.inner_text().split()
        browser.close()
    assert not trouble
    ours = nnlab.load("classify").answer([str(ROOT / "data" / "examples" / "7.png")])[0]
    assert label == ours["label"] == "7"
    assert float(probability) == pytest.approx(ours["probability"], abs=1e-5)

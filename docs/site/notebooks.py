"""Notebooks, executed: each docs/notebooks/*.py becomes a page with what its cells showed.

Jupytext reads the files, in which `# %%` begins a cell. They run without a network in a folder that
is removed afterwards, with the project's examples in it. A cell that fails, fails the build.
"""

import html
import os
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jupytext
from nbclient import NotebookClient
from traitlets.config import Config

ROOT = Path(__file__).parents[2]
NOTEBOOKS = ROOT / "docs" / "notebooks"
AT_ONCE = 2
ONE_CORE = dict.fromkeys(
    ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"),
    "1",
)
"""Notebooks that run side by side are done sooner with a core each."""
SECONDS = 300
"""How long a cell may take before the build fails."""


def pages() -> Iterator[tuple[str, str]]:
    """Yield the place and the text of each page."""
    paths = sorted(NOTEBOOKS.glob("*.py"))
    with ThreadPoolExecutor(AT_ONCE) as threads:
        for path, text in zip(paths, threads.map(_page, paths), strict=True):
            yield f"notebooks/{path.stem}.md", text


def _page(path: Path) -> str:
    notebook = jupytext.read(path)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "data").symlink_to(ROOT / "data")
        # Sockets in files: a free TCP port may be taken before the kernel opens it.
        sockets = Config(
            ConnectionFileMixin={"transport": "ipc", "connection_file": f"{folder}/.kernel.json"}
        )
        environment = {**os.environ, **ONE_CORE, "NNLAB_OFFLINE": "1", "PYTHONPATH": str(ROOT)}
        client = NotebookClient(
            notebook,
            config=sockets,
            timeout=SECONDS,
            coalesce_streams=True,
            resources={"metadata": {"path": folder}},
            extra_arguments=["--log-level=ERROR"],  # it warns of its own way to talk to us
        )
        client.execute(env=environment)
    return "\n\n".join(text for cell in notebook.cells for text in _cell(cell)) + "\n"


def _cell(cell: Any) -> Iterator[str]:
    if cell.cell_type == "markdown":
        yield cell.source
        return
    yield f"```python\n{cell.source}\n```"
    shown = [text for output in cell.outputs if (text := _output(output))]
    if shown:
        yield "\n".join(['<div class="output">', *shown, "</div>"])


def _output(output: Any) -> str:
    """Return what a cell showed, as HTML.

    Raises:
        ValueError: It wrote to stderr, such as a warning, and has not wiped it out again.
    """
    if output.output_type == "stream":
        text = "\n".join(line.rpartition("\r")[2].rstrip() for line in output.text.split("\n"))
        if output.name == "stderr" and text.strip():
            raise ValueError(f"on stderr: {text}")
        return _preformatted(text.strip())
    if "text/html" in output.data:
        return str(output.data["text/html"])
    if "image/png" in output.data:
        return f'<img alt="" src="data:image/png;base64,{output.data["image/png"].strip()}">'
    return _preformatted(output.data["text/plain"])


def _preformatted(text: str) -> str:
    return f"<pre>{html.escape(text)}</pre>" if text else ""

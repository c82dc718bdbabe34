"""The page: all runs in one HTML file that needs nothing besides itself."""

import base64
import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from nnlab.console import visible
from nnlab.errors import UsageError
from nnlab.experiments.contract import Warn
from nnlab.files import check_free, replacing
from nnlab.report.chapters import Chapter, read_chapters
from nnlab.report.page_tables import overview, page_table
from nnlab.report.sections import Section
from nnlab.versions import own

TITLE = "nnlab report"
ENDINGS = (".html", ".htm")
SCRIPTS = ("tables.js", "sprite.js", "plane.js", "misclassified.js", "pages.js", "print.js")
# A browser looks for the end of a script before it looks at strings inside.
_IN_SCRIPT = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def write_page(
    folders: Iterable[Path],
    target: Path,
    *,
    title: str = TITLE,
    sections: Sequence[Section] = (),
    replace: bool = False,
    warn: Warn = lambda _: None,
) -> None:
    """Write one self-contained HTML page about finished runs and groups of runs.

    Args:
        folders: Run folders and group folders, of any experiments.
        target: The file to write, .html; whole or not at all.
        title: The heading of the page.
        sections: Tables and pictures of the caller's own, shown above the runs.
        replace: Whether an existing file is replaced.
        warn: Is told of runs that are not finished and therefore left out.

    Raises:
        CheckpointError: A folder holds no run.
        DataError: A file is damaged, or no run is finished.
        OutputExistsError: `target` is there already.
        UsageError: A folder was named twice, or `target` is not called .html.
        NnlabError: `target` cannot be written.
    """
    _check_target(target, replace)
    text = render(read_chapters(list(folders), warn), title, sections)
    with replacing(target) as temporary:
        temporary.write_bytes(text.encode("utf-8", "backslashreplace"))


def _check_target(target: Path, replace: bool) -> None:
    if target.suffix.lower() not in ENDINGS:
        raise UsageError(f"{target}: expected a name that ends in {' or '.join(ENDINGS)}")
    check_free(target, replace)


def render(chapters: Sequence[Chapter], title: str, sections: Sequence[Section] = ()) -> str:
    """Return the page as HTML."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("nnlab.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_visible,
    )
    environment.filters["in_script"] = lambda data: Markup(in_script(data))
    style, theme = (Markup(_source(environment, name)) for name in ("page.css", "theme.js"))
    script = Markup("\n".join(_source(environment, name) for name in SCRIPTS))
    entries = [entry for chapter in chapters for entry in chapter.entries]
    anchors = {chapter.path: chapter.anchor for chapter in chapters}
    return environment.get_template("page.html").render(
        title=title,
        version=own(),
        style=style,
        theme=theme,
        script=script,
        policy=_policy(style, (theme, script)),
        sections=[
            (one, one.table and page_table(one.table, verdicts=one.verdicts)) for one in sections
        ],
        overview=list(overview(entries, anchors)),
        chapters=chapters,
    )


def in_script(data: Any) -> str:
    """Return JSON that can stand inside a script element: no character of it ends or opens one.

    Raises:
        ValueError: `data` has NaN or infinity inside, which no browser reads.
    """
    return json.dumps(data, allow_nan=False, separators=(",", ":")).translate(_IN_SCRIPT)


def _visible(value: Any) -> Any:
    """Show control characters, and marks that turn text around, as what they are."""
    return value if hasattr(value, "__html__") else visible(str(value))


def _source(environment: Any, name: str) -> str:
    return str(environment.loader.get_source(environment, name)[0])


def _policy(style: str, scripts: Sequence[str]) -> str:
    """Return a policy that lets run what is in the page, and nothing reach the network."""
    hashes = " ".join(_hash(script) for script in scripts)
    return (
        f"default-src 'none'; img-src data:; style-src {_hash(style)}; script-src {hashes}; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"

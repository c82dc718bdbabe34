"""`nnlab report`: one self-contained HTML page about any runs; no TensorFlow."""

from pathlib import Path

import click

from nnlab.cli.options import (
    QUIET,
    VERBOSE,
    SectionedCommand,
    SectionedOption,
    make_console,
    with_options,
)
from nnlab.cli.streams import write

OUT = SectionedOption(
    ["-o", "--out"],
    type=click.Path(path_type=Path),
    default=Path("report.html"),
    help="The file to write.  [default: report.html]",
)
TITLE = SectionedOption(["--title"], help="The heading of the page.  [default: nnlab report]")
FORCE = SectionedOption(["--force"], is_flag=True, help="Replace the file if it exists.")


@with_options(OUT, TITLE, FORCE, QUIET, VERBOSE)
@click.command(cls=SectionedCommand)
@click.argument("runs", metavar="RUN...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.pass_context
def report(
    ctx: click.Context, /, runs: tuple[Path, ...], out: Path, title: str | None, **_: object
) -> None:
    """Write an HTML page about runs, with images to explore.

    RUN is the folder of a finished run such as runs/classify/1, or of a group of runs; they may
    belong to different experiments. The page is a single file that loads nothing else.
    """
    from nnlab.report import page

    console = make_console(ctx)
    replace = ctx.params["force"]
    title = page.TITLE if title is None else title
    page.write_page(runs, out, title=title, replace=replace, warn=console.warn)
    console.say(f"wrote {out.stat().st_size / 1e6:.1f} MB; open it in any browser:")
    write(f"{out}\n")

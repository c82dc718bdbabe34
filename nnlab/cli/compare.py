"""`nnlab compare`: a table of runs, and their learning curves in one figure; no TensorFlow.

The figure is drawn only with `--out`: a default file name would either be overwritten unasked or
be refused the second time.
"""

import shlex
from pathlib import Path

import click

from nnlab.cli.options import (
    PRINTING,
    SectionedCommand,
    SectionedOption,
    make_console,
    print_json,
    with_options,
)
from nnlab.errors import UsageError
from nnlab.files import check_free

MEASURE = SectionedOption(
    ["--measure"],
    help="Measure to draw, such as loss or training_accuracy.  [default: the first measure of the "
    "runs, on validation examples if all runs have them]",
)
OUT = SectionedOption(
    ["-o", "--out"],
    type=click.Path(path_type=Path),
    help="Draw the curves into this file: .png, .svg or .pdf.",
)
FORCE = SectionedOption(["--force"], is_flag=True, help="Replace the file if it exists.")


@with_options(MEASURE, OUT, FORCE, *PRINTING)
@click.command(cls=SectionedCommand)
@click.argument("runs", metavar="RUN...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.pass_context
def compare(
    ctx: click.Context,
    /,
    runs: tuple[Path, ...],
    measure: str | None,
    out: Path | None,
    **_: object,
) -> None:
    """Compare the settings, scores and learning curves of runs.

    RUN is a run folder such as runs/classify/1, finished or not, or the folder of a group of
    runs. A group is drawn as its mean, with a band from the lowest to the highest run. Runs of a
    group that differ in more than their seeds are compared separately.
    """
    from nnlab.cli.training import print_tables
    from nnlab.plots.comparison import save_as
    from nnlab.report.comparison import compare as compare_runs
    from nnlab.report.comparison import draw
    from nnlab.report.comparison_table import as_dict, remarks, tables

    if out is not None:
        _check_output(out, ctx.params["force"])
    comparison = compare_runs(runs, measure)
    console = make_console(ctx)
    for remark in remarks(comparison):
        console.warn(remark)
    if out is not None:
        save_as(draw(comparison), out)
    if ctx.params["as_json"]:
        print_json({**as_dict(comparison), "figure": str(out) if out else None})
        return
    print_tables(console, tables(comparison))
    if comparison.column:
        console.say(f"{comparison.measure} drawn in {out}" if out else _how_to_draw(runs))


def _check_output(out: Path, force: bool) -> None:
    from nnlab.plots.comparison import FORMATS

    if out.suffix.lower() not in FORMATS:
        raise UsageError(f"--out {out}: expected a name ending in {', '.join(FORMATS)}")
    check_free(out, force, "--out")


def _how_to_draw(runs: tuple[Path, ...]) -> str:
    words = shlex.join(map(str, runs)) if len(runs) <= 4 else "RUN..."
    return f"to draw the curves: nnlab compare {words} -o comparison.png"

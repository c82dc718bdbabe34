"""`nnlab doctor`: what works on this machine, what does not, and what to do about it."""

import dataclasses
import traceback
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click

from nnlab.cli.options import (
    PRINTING,
    STORE,
    SectionedCommand,
    SectionedOption,
    make_console,
    make_store,
    print_json,
    with_options,
)
from nnlab.console import Console
from nnlab.options import variable_name
from nnlab.wording import counted

if TYPE_CHECKING:
    from nnlab.doctor import Check, Finding

QUICK = SectionedOption(
    ["--quick"],
    is_flag=True,
    help="Skip TensorFlow and the training, and only load the checkpoints.",
)
MARKS = {"ok": "ok", "warning": "warning", "failed": "FAILED"}
STYLES = {"ok": "green", "warning": "yellow", "FAILED": "bold red"}


@with_options(QUICK, *STORE, *PRINTING)
@click.command(cls=SectionedCommand)
@click.pass_context
def doctor(ctx: click.Context, /, quick: bool, as_json: bool, verbose: int, **_: object) -> int:
    """Check that nnlab works on this machine, including a short training.

    Checks packages, devices, memory, disk, data sets and the checkpoints shipped with nnlab.
    Downloads nothing and leaves no files behind. The exit code is 1 if a check fails; a warning,
    such as a missing data set that a sample replaces, is not a failure.
    """
    from nnlab.cli import main
    from nnlab.doctor import all_checks
    from nnlab.runs.folder import RUNS
    from nnlab.serving.settings import ServeSettings

    console = make_console(ctx)
    serving = [variable_name("serve", field.name) for field in dataclasses.fields(ServeSettings)]
    store, commands = make_store(ctx), main.VERBS
    checks = all_checks(store, RUNS, quick=quick, variables=serving, commands=commands)
    findings = _run_checks(checks, console)
    if verbose:
        _print_tracebacks(findings)
    if as_json:
        _print_object(findings)
    else:
        _print_tables(findings, console)
    return 1 if any(finding.state == "failed" for finding in findings) else 0


def _run_checks(checks: Iterable["Check"], console: Console) -> list["Finding"]:
    findings = []
    try:
        for check in checks:
            console.status(f"checking {check.name}")
            findings.append(check.carry_out())
    finally:
        console.status("")
    return findings


def _print_tracebacks(findings: Sequence["Finding"]) -> None:
    for finding in findings:
        if finding.error is not None:
            traceback.print_exception(finding.error)


def _print_object(findings: Sequence["Finding"]) -> None:
    keys = ("name", "state", "text", "advice")
    checks = [{key: getattr(finding, key) for key in keys} for finding in findings]
    print_json({"ok": all(finding.state != "failed" for finding in findings), "checks": checks})


def _print_tables(findings: Sequence["Finding"], console: Console) -> None:
    rows = [(MARKS[finding.state], finding.name, finding.text) for finding in findings]
    console.table("This machine", ("", "check", "result"), rows, styles=STYLES)
    advice = [(finding.name, finding.advice) for finding in findings if finding.advice]
    if advice:
        console.table("What to do", ("check", "advice"), advice)
    counts = Counter(finding.state for finding in findings)
    console.say(
        f"{counted(len(findings), 'check')}: {counts['ok']} ok, "
        f"{counted(counts['warning'], 'warning')}, {counts['failed']} failed"
    )

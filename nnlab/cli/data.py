"""`nnlab data`: list, download, verify and locate the data sets."""

from collections.abc import Iterable
from pathlib import Path

import click

from nnlab.cli.names import DATA_SETS
from nnlab.cli.options import (
    JSON,
    QUIET,
    STORE,
    VERBOSE,
    SectionedCommand,
    make_console,
    make_store,
    print_json,
    with_options,
)
from nnlab.cli.streams import write
from nnlab.datasets.store import MANY, FileStatus
from nnlab.datasets.store.registry import all_sets, get_set
from nnlab.errors import DataError
from nnlab.wording import counted

shared = with_options(*STORE, JSON, QUIET, VERBOSE)


@click.group()
def data() -> None:
    """List, download, verify and locate the data sets."""


@shared
@data.command("list", cls=SectionedCommand)
@click.pass_context
def list_(ctx: click.Context, /, as_json: bool, **_: object) -> None:
    """List the data sets and whether they are on this machine."""
    store = make_store(ctx)
    records = []
    for name, data_set in all_sets().items():
        states = store.status(data_set)
        records.append(
            {
                "name": name,
                "state": _state(states),
                "megabytes": round(sum(status.file.bytes for status in states) / 1e6, 1),
                "what": data_set.what,
                "licence": data_set.licence,
            }
        )
    if as_json:
        for record in records:
            print_json(record)
        return
    columns = ("name", "state", "MB", "what")
    rows = [(str(r["name"]), str(r["state"]), str(r["megabytes"]), str(r["what"])) for r in records]
    make_console(ctx).table("Data sets", columns, rows)


@shared
@data.command(cls=SectionedCommand, short_help="Download missing data sets.")
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=DATA_SETS)
@click.pass_context
def fetch(ctx: click.Context, /, names: tuple[str, ...], as_json: bool, **_: object) -> None:
    """Download missing data sets; without NAME, all of them."""
    store = make_store(ctx)
    for name in names or all_sets():
        _print_paths(name, store.fetch(get_set(name)), as_json)


@shared
@data.command(cls=SectionedCommand, short_help="Print the paths of data files.")
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=DATA_SETS)
@click.pass_context
def path(ctx: click.Context, /, names: tuple[str, ...], as_json: bool, **_: object) -> None:
    """Print the paths of data files, without downloading anything; without NAME, all of them."""
    store = make_store(ctx)
    for name in names or all_sets():
        found = store.find(get_set(name))
        if found is None:
            places = ", ".join(map(str, store.folders()))
            raise DataError(
                f"data set {name!r} was not found in {places}; get it with: nnlab data fetch {name}"
            )
        _print_paths(name, found, as_json)


@shared
@data.command(cls=SectionedCommand, short_help="Check data files for damage.")
@click.argument("names", nargs=-1, metavar="[NAME]...", shell_complete=DATA_SETS)
@click.pass_context
def verify(ctx: click.Context, /, names: tuple[str, ...], as_json: bool, **_: object) -> int:
    """Check the size and sha256 of data files; without NAME, all of them.

    The exit code is 3 if a file is missing or damaged.
    """
    store = make_store(ctx)
    whole = True
    for name in names or all_sets():
        states = store.status(get_set(name))
        whole = whole and all(status.state == "found" for status in states)
        if as_json:
            _print_records(name, states)
        else:
            write("\n".join(_lines(name, states)) + "\n")
    return 0 if whole else DataError.exit_code


def _state(states: list[FileStatus]) -> str:
    """Return the worst state among the files of a set."""
    found = {status.state for status in states}
    return next(state for state in ("damaged", "missing", "found") if state in found)


def _print_records(name: str, states: list[FileStatus]) -> None:
    for status in states:
        where = str(status.path) if status.path else None
        print_json({"set": name, "file": status.file.path, "state": status.state, "path": where})


def _lines(name: str, states: list[FileStatus]) -> list[str]:
    """Return one line per file; for a large set, one per damaged file and totals for the rest."""
    if len(states) < MANY:
        return [
            f"{status.state}\t{status.problem or status.path or status.file.path}"
            for status in states
        ]
    lines = [f"damaged\t{status.problem}" for status in states if status.state == "damaged"]
    here = [status.path for status in states if status.path and status.state == "found"]
    if here:
        folders = ", ".join(map(str, _folders(here)))
        lines.append(f"found\t{counted(len(here), 'file')} of {name} in {folders}")
    missing = [status.file.path for status in states if status.state == "missing"]
    if missing:
        lines.append(f"missing\t{counted(len(missing), 'file')} of {name}, such as {missing[0]}")
    return lines


def _folders(paths: Iterable[Path]) -> list[Path]:
    return sorted({path.parent for path in paths})


def _print_paths(name: str, paths: dict[str, Path], as_json: bool) -> None:
    if as_json:
        print_json({"set": name, "files": {role: str(path) for role, path in paths.items()}})
        return
    many = len(paths) >= MANY
    for place in _folders(paths.values()) if many else paths.values():
        write(f"{place}\n")

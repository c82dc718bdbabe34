"""`nnlab show`: what a checkpoint, a group of runs or a sweep holds; no TensorFlow."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nnlab.cli.names import NETWORKS
from nnlab.cli.options import PRINTING, SectionedCommand, make_console, print_json, with_options
from nnlab.console import Console
from nnlab.datasets.store.provenance import Source
from nnlab.errors import CheckpointError, DataError
from nnlab.records import plain, versioned

if TYPE_CHECKING:
    from nnlab.experiments.contract import Table


@with_options(*PRINTING)
@click.command(cls=SectionedCommand)
@click.argument(
    "checkpoint",
    metavar="CHECKPOINT",
    type=click.Path(path_type=Path),
    shell_complete=NETWORKS,
)
@click.pass_context
def show(ctx: click.Context, /, checkpoint: Path, **_: object) -> None:
    """Show what a checkpoint contains: network, settings, data, licence, scores, limits.

    CHECKPOINT is a file such as runs/classify/1/best.h5, a run folder, or the name of an
    experiment, for the network that comes with nnlab (the modern
    one if there is one; add.report names another). For the folder of a
    group of runs or of a sweep, the summary of its runs is shown.
    """
    from nnlab.runs.folder import GroupFolder
    from nnlab.sweeps.plan import plan_file

    if GroupFolder(checkpoint).summary.is_file() and GroupFolder(checkpoint).is_group():
        _group(ctx, checkpoint)
    elif plan_file(checkpoint).is_file():
        _sweep(ctx, checkpoint)
    else:
        _checkpoint(ctx, checkpoint)


def _group(ctx: click.Context, folder: Path) -> None:
    from nnlab.runs.folder import GroupFolder, expecting
    from nnlab.runs.reading import read_group
    from nnlab.runs.tables import summary_tables

    experiment, summary = read_group(GroupFolder(folder))
    with expecting("the summary of a group", GroupFolder(folder).summary):
        tables = summary_tables(experiment, summary)
    _print(ctx, {"run": str(folder), **versioned(summary)}, tables)


def _sweep(ctx: click.Context, folder: Path) -> None:
    from nnlab.sweeps.plan import read_plan, resume_command
    from nnlab.sweeps.sweep import read_summary, summary_file
    from nnlab.sweeps.tables import summary_table

    file = summary_file(folder)
    if not file.is_file():
        command = resume_command(read_plan(folder), folder)
        raise DataError(f"{folder} is an unfinished sweep; resume it with: {command}")
    summary = read_summary(folder)
    _print(ctx, {"sweep": str(folder), **versioned(summary)}, [summary_table(summary)])


def _print(ctx: click.Context, record: Mapping[str, Any], tables: "list[Table]") -> None:
    from nnlab.cli.training import print_tables

    if ctx.params["as_json"]:
        print_json(record)
    else:
        print_tables(make_console(ctx), tables)


def _checkpoint(ctx: click.Context, named: Path) -> None:
    from nnlab.checkpoint import open_checkpoint
    from nnlab.experiments.contract import Interface
    from nnlab.runs.card import Card, card_of, record_of
    from nnlab.runs.choosing import checkpoint_file

    path = checkpoint_file(named)
    with open_checkpoint(path) as file:
        header = file.header
    console = make_console(ctx)
    try:
        card = card_of(header, path)
    except CheckpointError as error:  # the rest may show what is wrong
        console.warn(str(error))
        card = Card(Source.from_dict(header.dataset), "unknown", Interface({}), [])
    if ctx.params["as_json"]:
        print_json(record_of(header, card, str(path)))
        return
    data = {"data set": card.source.name, "licence of the data": card.licence}
    _table(console, f"{path}: {header.experiment}", data)
    _network(console, header.network)
    _table(console, "Inputs and outputs", card.interface.tensors)
    _table(console, "Settings", header.config)
    _table(console, "Versions", header.versions)
    for table in card.tables:
        console.table(table.title, table.columns, table.rows, table.note)
    _table(console, "Training", _flat(plain(card.training)) if card.training else {})
    if header.state:
        progress = {key: header.state.get(key) for key in ("epoch", "step", "finished")}
        _table(console, "Progress of the training", progress)
    _table(console, "What it cannot do", {str(n): one for n, one in enumerate(card.limits, 1)})


def _network(console: Console, description: Mapping[str, Any]) -> None:
    from nnlab.inference import checked_graph

    graph = checked_graph(description)
    rows = [
        (
            node.name,
            node.kind,
            " × ".join(map(str, graph.shapes[node.name])),
            f"{node.weight_count:,}",
            _words(node.settings),
        )
        for node in graph.nodes.values()
    ]
    total = f"{graph.weight_count:,} weights in total"
    console.table("Network", ("layer", "kind", "output", "weights", "settings"), rows, total)


def _words(settings: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {json.dumps(value)}" for name, value in settings.items())


def _flat(nested: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in nested.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{name}, ")
        else:
            flat[prefix + name] = value
    return flat


def _table(console: Console, title: str, values: Mapping[str, Any]) -> None:
    rows = [
        (str(name), f"{value:.6g}" if isinstance(value, float) else str(value))
        for name, value in values.items()
        if value is not None
    ]
    if rows:
        console.table(title, ("", ""), rows)

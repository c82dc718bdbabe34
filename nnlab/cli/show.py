"""`nnlab show`: what is in a checkpoint; no TensorFlow."""

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from nnlab.cli.options import SPEECH, SectionedCommand, make_console, print_json, with_options
from nnlab.console import Console
from nnlab.datasets.source import Source


@with_options(*SPEECH)
@click.command(cls=SectionedCommand)
@click.argument("checkpoint", type=click.Path(path_type=Path))
@click.pass_context
def show(ctx: click.Context, checkpoint: Path, **_: object) -> None:
    """Show what is in a checkpoint: network, settings, data, scores.

    CHECKPOINT is a file such as runs/classify/1/best.h5, or a run folder.
    """
    from nnlab.answering import checkpoint_file
    from nnlab.checkpoint import open_checkpoint

    path = checkpoint_file(checkpoint)
    with open_checkpoint(path) as file:
        header = file.header
    if ctx.params["as_json"]:
        print_json({"checkpoint": str(path), **dataclasses.asdict(header)})
        return
    console = make_console(ctx)
    _table(
        console, f"{path}: {header.experiment}", {"data set": Source.from_dict(header.dataset).name}
    )
    _network(console, header.network)
    _table(console, "Settings", header.config)
    _table(console, "Versions", header.versions)
    if header.metrics:
        _table(console, "Scores on the test part, and the training", _flat(header.metrics))
    if header.state:
        progress = {key: header.state.get(key) for key in ("epoch", "step", "finished")}
        _table(console, "Where the training stands", progress)


def _network(console: Console, description: Mapping[str, Any]) -> None:
    from nnlab.inference import output_shapes, weight_counts

    shapes, counts = output_shapes(description), weight_counts(description)
    rows = [
        (
            node["name"],
            node["kind"],
            " × ".join(map(str, shapes[node["name"]])),
            f"{counts.get(node.get('layer', node['name']), 0):,}",
            _words(node["settings"]),
        )
        for node in description["nodes"]
    ]
    total = f"{sum(counts.values()):,} weights in all"
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
    console.table(title, ("", ""), rows)

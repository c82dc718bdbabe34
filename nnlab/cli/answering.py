"""Answering from the shell: which network answers, and how its answers are printed."""

import dataclasses
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nnlab.cli.options import (
    PRESET,
    RUN_FLAGS,
    effective_values,
    environment_values,
    given_values,
    is_given,
    make_console,
    print_json,
)
from nnlab.cli.streams import Line, lines, write
from nnlab.console import Console, visible
from nnlab.errors import NnlabError, UsageError
from nnlab.experiments.contract import Answer, AnyExperiment, Note, Progress, Remark
from nnlab.options import flag_name, from_mapping

if TYPE_CHECKING:
    from nnlab.runs.answering import Trained

_BETWEEN_LAYOUT = re.compile(r"[^\n\t]+")  # line feeds and tabs are safe on a terminal


def make_query(ctx: click.Context, experiment: AnyExperiment) -> Any:
    """Return the Query: the shell overrides the environment.

    Raises:
        UsageError: A value is not allowed.
    """
    values = effective_values(ctx, experiment.Query)
    query: Any = from_mapping(experiment.Query, values, f"nnlab {experiment.name}")
    for field in () if ctx.params["as_json"] else dataclasses.fields(experiment.Query):
        if field.metadata["json_only"] and is_given(ctx, field.name):
            raise UsageError(f"{flag_name(field.name)} shows in JSON only; add --json")
    return query


def answer_inputs(ctx: click.Context, experiment: AnyExperiment, inputs: Sequence[str]) -> int:
    """Answer inputs with the network that the options choose, and return the exit code."""
    training = given_values(ctx, experiment.Config)
    training |= {name: None for name in RUN_FLAGS if is_given(ctx, name)}
    for name in (*(field.name for field in dataclasses.fields(experiment.Query)), PRESET):
        training.pop(name, None)
    if training:
        flag = flag_name(next(iter(training)))
        raise UsageError(
            f"{flag} is an option for training, but there is an input; leave out the input to "
            f"train, or {flag} to get an answer (--checkpoint or --preset chooses the network)"
        )
    console = make_console(ctx)
    query = make_query(ctx, experiment)
    trained = _chosen(ctx, experiment, query, console)
    given = inputs if experiment.reads_stdin else _inputs(inputs, ctx.command_path)
    pieces = None if ctx.params["as_json"] else trained.stream(given, query)
    if pieces is not None:
        return _print_pieces(pieces, console)
    answers = trained.answers(given, query)
    columns = None if ctx.params["as_json"] else experiment.columns(query)
    try:
        return _print_answers(answers, columns, console)
    finally:
        console.status("")


def _chosen(
    ctx: click.Context, experiment: AnyExperiment, query: Any, console: Console
) -> "Trained":
    """Load the checkpoint to answer with, and say which one it is."""
    from nnlab.runs.answering import load
    from nnlab.runs.choosing import choose_checkpoint, shipped_checkpoint
    from nnlab.runs.folder import RUNS

    wanted = {name: getattr(query, name) for name in experiment.network_options}
    asked = effective_values(ctx, experiment.Query)
    if preset := _preset(ctx, experiment):
        experiment.check_preset(preset, ctx.command_path)
        wanted[PRESET] = asked[PRESET] = preset
    given: Path | None = ctx.params["checkpoint"]
    path, reason = choose_checkpoint(experiment.name, given, RUNS, wanted)
    trained = load(path, engine=ctx.params["engine"])
    if trained.experiment.name != experiment.name:
        raise UsageError(
            f"{path} is a checkpoint of {trained.experiment.name}, not {experiment.name}; "
            f"use nnlab {trained.experiment.name}"
        )
    trained.check_chosen({name: value for name, value in wanted.items() if name in asked})
    if given is None and trained.source.sample and shipped_checkpoint(experiment.name):
        reason += (
            ", trained on an embedded sample; "
            f"--checkpoint {experiment.name} names the network that ships with nnlab"
        )
    console.say(f"answering from {path} ({reason})")
    return trained


def _preset(ctx: click.Context, experiment: AnyExperiment) -> str | None:
    """Return the preset that the shell, or else the environment, names."""
    given: str | None = ctx.params[PRESET]
    options = [one for one in ctx.command.params if one.name == PRESET]
    return given or environment_values(experiment.Config, options).get(PRESET)


def _inputs(given: Iterable[str], command: str) -> Iterator[str]:
    """Yield the inputs, reading `-` as the lines of stdin."""
    for text in given:
        if text == "-":
            yield from lines(command)
        else:
            yield text


def _print_answers(
    answers: Iterable[Answer | Remark], columns: Sequence[str] | None, console: Console
) -> int:
    """Print each answer as it comes, as columns or as JSON; errors do not stop the rest.

    With JSON, an input that cannot be answered yields an error. Without, a line of stdin yields an
    empty line, so that output lines pair with input lines.
    """
    failed = False
    for answer in answers:
        _show_progress(answer, console)
        if isinstance(answer, Note | NnlabError):
            failed |= _report_remark(answer, console)
        if isinstance(answer, NnlabError):
            if columns is None and answer.given is not None:
                print_json({"input": answer.given, "error": str(answer)})
            elif columns is not None and isinstance(answer.given, Line):
                write("\n")
        elif isinstance(answer, dict) and columns is None:
            print_json(answer)
        elif isinstance(answer, dict):
            write("\t".join(_cell(answer[column]) for column in columns or ()) + "\n")
    return 1 if failed else 0


def _print_pieces(pieces: Iterable[str | bytes | Remark], console: Console) -> int:
    """Print text as it comes, with control characters escaped; write bytes to no terminal."""
    failed = False
    for piece in pieces:
        _show_progress(piece, console)
        if isinstance(piece, str):
            write(_BETWEEN_LAYOUT.sub(lambda found: visible(found[0]), piece))
        elif isinstance(piece, bytes):
            if sys.stdout.isatty():
                raise UsageError("-o - would write a picture to the terminal; add > FILE")
            click.echo(piece, nl=False)
        elif isinstance(piece, Note | NnlabError):
            failed |= _report_remark(piece, console)
    return 1 if failed else 0


def _show_progress(piece: Any, console: Console) -> None:
    """Show the progress on a terminal, until something else is printed."""
    working = isinstance(piece, Progress)
    console.status(f"{piece.done + 1} of {piece.total}: {piece.text}" if working else "")


def _report_remark(remark: Note | NnlabError, console: Console) -> bool:
    """Print a note or an error in one line on stderr, and return whether it is an error."""
    if isinstance(remark, Note):
        console.warn(visible(remark.text))
        return False
    line = f"line {remark.given.number}: " if isinstance(remark.given, Line) else ""
    console.error(visible(f"{line}{remark}"))
    return True


def _cell(value: Any) -> str:
    return f"{value:.4f}" if isinstance(value, float) else visible(str(value))

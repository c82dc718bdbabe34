"""One command per experiment: with inputs it answers them, without it trains."""

import dataclasses
import sys
from pathlib import Path
from typing import Any

import click

from nnlab.cli.answering import answer_inputs
from nnlab.cli.options import (
    ANSWERING,
    ENGINE,
    PRESET,
    PRINTING,
    RUN_FLAGS,
    STORE,
    TRAINING,
    SectionedCommand,
    SectionedOption,
    effective_values,
    given_values,
    is_given,
    make_console,
    options_of,
    read_settings,
)
from nnlab.console import waiting_bytes
from nnlab.errors import UsageError
from nnlab.experiments.contract import AnyExperiment
from nnlab.options import flag_name, from_mapping


def experiment_command(experiment: AnyExperiment) -> click.Command:
    """Build the command of an experiment from its Config and its Query."""

    def callback(**params: Any) -> int | None:
        ctx = click.get_current_context()
        where = f"nnlab {experiment.name}"
        asked: Any = from_mapping(experiment.Query, given_values(ctx, experiment.Query), where)
        inputs = experiment.inputs_of(params["inputs"], asked)
        if inputs:
            return answer_inputs(ctx, experiment, inputs)
        _train(ctx, experiment)
        return None

    return SectionedCommand(
        experiment.name,
        callback=callback,
        params=[
            # The type is for completion only: an input need not be a file, and an unreadable
            # file must not stop the others.
            click.Argument(
                ["inputs"], nargs=-1, metavar="[INPUT]...", type=click.Path(readable=False)
            ),
            *options_of(experiment.Config, TRAINING, experiment.name, presets=experiment.presets),
            *_run_options(experiment),
            *_answering_options(experiment),
            _checkpoint_option(),
            ENGINE,
            *STORE,
            *PRINTING,
        ],
        help=f"{experiment.summary}\n\n{experiment.description}\n\nINPUT: {experiment.inputs_help}",
        short_help=experiment.summary,
    )


def _answering_options(experiment: AnyExperiment) -> list[click.Option]:
    """Return the options of the Query, except those that training has too."""
    options = options_of(experiment.Query, ANSWERING, experiment.name)
    return [option for option in options if option.name not in _training_names(experiment)]


def _training_names(experiment: AnyExperiment) -> set[str]:
    return {field.name for field in dataclasses.fields(experiment.Config)} | set(RUN_FLAGS)


def _run_options(experiment: AnyExperiment) -> list[click.Option]:
    replaced = "the run in --out"
    if "force" in {field.name for field in dataclasses.fields(experiment.Query)}:
        replaced += " or, when answering, existing files"
    return [
        SectionedOption(
            ["--runs"],
            type=int,
            default=experiment.default_runs,
            show_default=True,
            callback=_at_least_one,
            help="Number of repetitions, each with its own seed or split, for means and intervals.",
            section=TRAINING,
        ),
        SectionedOption(
            ["--out"],
            type=click.Path(path_type=Path),
            help="Folder for the run; the same command with the same folder resumes it.  "
            f"[default: runs/{experiment.name}/<number>]",
            section=TRAINING,
        ),
        SectionedOption(["--force"], is_flag=True, help=f"Replace {replaced}.", section=TRAINING),
        SectionedOption(
            ["--config"],
            type=click.Path(path_type=Path),
            help="JSON or TOML file of training options, such as the config.json of a run.",
            section=TRAINING,
        ),
    ]


def _at_least_one(ctx: click.Context, parameter: click.Parameter, value: int) -> int:
    if value < 1:
        raise UsageError(f"--runs must be at least 1, not {value}")
    return value


def _checkpoint_option() -> click.Option:
    return SectionedOption(
        ["--checkpoint"],
        type=click.Path(path_type=Path),
        help="Trained network to answer with: a checkpoint, a run folder, or the name of a "
        "network that ships with nnlab, such as add or add.report.  [default: the newest "
        "finished run under ./runs, otherwise the network that ships with nnlab, if there is one]",
        section=ANSWERING,
    )


def _train(ctx: click.Context, experiment: AnyExperiment) -> None:
    training = _training_names(experiment)
    answering = [name for name in given_values(ctx, experiment.Query) if name not in training]
    answering += [name for name in ("checkpoint", "engine") if ctx.params[name] is not None]
    if answering:
        raise UsageError(
            f"{flag_name(answering[0])} is an option for answering, but there is no input; "
            f"see INPUT in {ctx.command_path} --help"
        )
    from nnlab.cli.training import train

    if waiting_bytes(sys.stdin):
        remark = "training does not read stdin; to answer its lines, give - as input"
        if not any(is_given(ctx, name) for name in training):
            raise UsageError(
                f"{remark}; to train, give a training option such as --epochs, or add < /dev/null"
            )
        make_console(ctx).warn(remark)
    train(ctx, experiment, make_config(ctx, experiment))


def make_config(ctx: click.Context, experiment: AnyExperiment) -> Any:
    """Return the Config: the shell overrides the environment, which overrides --config.

    Raises:
        UsageError: A value is not allowed.
    """
    path = ctx.params["config"]
    settings = dict(read_settings(path, experiment.name)) if path else {}
    where = f"nnlab {experiment.name}" + (f" --config {path}" if path else "")
    given = effective_values(ctx, experiment.Config)
    if PRESET in given and settings.get(PRESET, given[PRESET]) != given[PRESET]:
        raise UsageError(
            f"{where}: --preset {given[PRESET]} would change nothing, because the file has the "
            "values of another preset; leave out one of the two"
        )
    return experiment.configure({**settings, **given}, where)

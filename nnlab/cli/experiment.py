"""One command per experiment: inputs are answered; without any, it trains."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from nnlab.cli.options import (
    ANSWERING,
    SPEECH,
    STORE,
    TRAINING,
    SectionedCommand,
    SectionedOption,
    effective_values,
    given_values,
    make_console,
    options_of,
    print_json,
    read_settings,
)
from nnlab.console import Console, visible
from nnlab.errors import NnlabError, UsageError
from nnlab.experiment import Experiment
from nnlab.options import flag_name, from_mapping

RUN_FLAGS = ("out", "runs", "config", "force")


def experiment_command(experiment: Experiment) -> click.Command:
    """Build the command of an experiment from its Config and its Query."""

    def callback(**params: Any) -> int | None:
        ctx = click.get_current_context()
        if params["inputs"]:
            return _answer(ctx, experiment)
        _train(ctx, experiment)
        return None

    prefix = f"NNLAB_{experiment.name.replace('-', '_')}"
    return SectionedCommand(
        experiment.name,
        callback=callback,
        params=[
            # The type is for completion: an input need not be a file, and one that cannot be
            # read must not stop the others.
            click.Argument(
                ["inputs"], nargs=-1, metavar="[INPUT]...", type=click.Path(readable=False)
            ),
            *options_of(experiment.Config, TRAINING, prefix),
            *_run_options(experiment),
            *options_of(experiment.Query, ANSWERING, prefix),
            _checkpoint_option(),
            *STORE,
            *SPEECH,
        ],
        help=f"{experiment.summary}\n\n{experiment.description}\n\nINPUT: {experiment.inputs_help}",
        short_help=experiment.summary,
    )


def _run_options(experiment: Experiment) -> list[click.Option]:
    return [
        SectionedOption(
            ["--runs"],
            type=int,
            default=experiment.default_runs,
            show_default=True,
            callback=_at_least_one,
            help="Repeat with as many seeds, and give means and intervals.",
            section=TRAINING,
        ),
        SectionedOption(
            ["--out"],
            type=click.Path(path_type=Path),
            help="Run folder; the same command again goes on with it.  [default: runs/"
            f"{experiment.name}/<number>]",
            section=TRAINING,
        ),
        SectionedOption(
            ["--force"], is_flag=True, help="Replace the run in --out.", section=TRAINING
        ),
        SectionedOption(
            ["--config"],
            type=click.Path(path_type=Path),
            help="JSON or TOML file of options, such as a run's config.json.",
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
        help="Answer from this file or run folder.  [default: the newest finished run under "
        "./runs, else the one shipped with nnlab]",
        section=ANSWERING,
    )


def _train(ctx: click.Context, experiment: Experiment) -> None:
    answering = [*given_values(ctx, experiment.Query)]
    if ctx.params["checkpoint"] is not None:
        answering.append("checkpoint")
    if answering:
        raise UsageError(
            f"{flag_name(answering[0])} is for answering, but there is no input; "
            f"{ctx.command_path} --help tells what an input is"
        )
    from nnlab.cli.training import train

    train(ctx, experiment, make_config(ctx, experiment))


def make_config(ctx: click.Context, experiment: Experiment) -> Any:
    """Return the Config: the shell goes before the environment, then --config, then the preset.

    Raises:
        UsageError: A value is not allowed.
    """
    path = ctx.params["config"]
    settings = dict(read_settings(path, experiment.name)) if path else {}
    where = f"nnlab {experiment.name}" + (f" with {path}" if path else "")
    return experiment.configure({**settings, **effective_values(ctx, experiment.Config)}, where)


def _answer(ctx: click.Context, experiment: Experiment) -> int:
    from nnlab.answering import choose_checkpoint, load

    training = given_values(ctx, experiment.Config)
    training |= {
        name: None
        for name in RUN_FLAGS
        if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }
    if training:
        flag = flag_name(next(iter(training)))
        raise UsageError(f"{flag} is for training, but inputs are given; leave out one of the two")
    console = make_console(ctx)
    query: Any = from_mapping(
        experiment.Query, effective_values(ctx, experiment.Query), f"nnlab {experiment.name}"
    )
    path, reason = choose_checkpoint(experiment.name, ctx.params["checkpoint"], Path("runs"))
    trained = load(path)
    if trained.experiment.name != experiment.name:
        raise UsageError(
            f"{path} was trained by {trained.experiment.name}, not {experiment.name}; "
            f"use nnlab {trained.experiment.name}"
        )
    console.say(f"answering from {path} ({reason})")
    answers = trained.answers(_inputs(ctx.params["inputs"]), query)
    return _print_answers(answers, experiment, ctx.params["as_json"], console)


def _inputs(given: Iterable[str]) -> Iterator[str]:
    """Yield the inputs; `-` stands for the lines of stdin."""
    for text in given:
        if text == "-":
            yield from (line.rstrip("\r\n") for line in sys.stdin)
        else:
            yield text


def _print_answers(
    answers: Iterable[Any], experiment: Experiment, as_json: bool, console: Console
) -> int:
    """Print each answer as it comes; errors go to stderr and do not stop the rest."""
    failed = False
    for answer in answers:
        if isinstance(answer, NnlabError):
            failed = True
            console.error(visible(str(answer)))  # one line, whatever the input is called
        elif as_json:
            print_json(answer)
        else:
            click.echo("\t".join(_cell(answer[column]) for column in experiment.answer_columns))
    return 1 if failed else 0


def _cell(value: Any) -> str:
    return f"{value:.4f}" if isinstance(value, float) else visible(str(value))

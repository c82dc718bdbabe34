"""The `nnlab` command, and the messages and exit codes that exceptions become."""

import contextlib
import errno
import importlib
import itertools
import os
import re
import sys
import traceback
from collections.abc import Iterator, Sequence
from typing import Any

import click
from click.shell_completion import CompletionItem

from nnlab import experiments
from nnlab.cli import streams
from nnlab.console import Console
from nnlab.errors import InterruptedRun, NnlabError, near, nearest

CLOSED_PIPE = 128 + 13
"""The exit code that a shell reports for a program killed by SIGPIPE."""

_VERBOSE = re.compile(r"-q*v[qv]*|--verbose")


class _ClosedPipe(Exception):  # noqa: N818 (nobody made a mistake)
    """A BrokenPipeError that click does not recognise: click would exit with 1."""


@contextlib.contextmanager
def _broken_pipe_hidden() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError as error:
        raise _ClosedPipe from error


VERBS = {
    "sweep": "Train an experiment with many settings, several runs at once.",
    "resume": "Resume a run exactly where it stopped.",
    "evaluate": "Score a trained network on test data.",
    "show": "Show what a checkpoint contains: network, settings, data, licence, scores, limits.",
    "compare": "Compare the settings, scores and learning curves of runs.",
    "report": "Write an HTML page about runs, with images to explore.",
    "reproduce": "Check every claim of the 2018 report by experiment.",
    "export": "Export a network for other programs, or as a smaller checkpoint.",
    "serve": "Serve networks over HTTP, with a page to play with them.",
    "data": "List, download, verify and locate the data sets.",
    "doctor": "Check that nnlab works on this machine, including a short training.",
    "completion": "Print a completion script for your shell.",
}
"""The commands besides the experiments: modules of `nnlab.cli`, imported on first use."""


class NnlabGroup(click.Group):
    """The experiments, found by their files, then the commands that work on any run."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Parse the arguments; `--help` already prints here."""
        with _broken_pipe_hidden():
            return super().make_context(*args, **kwargs)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read `nnlab help classify` as `nnlab classify --help`."""
        return super().parse_args(ctx, [*args[1:], "--help"] if args[:1] == ["help"] else args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        with _broken_pipe_hidden():
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return all command names."""
        return [*_experiments(), *VERBS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command called `cmd_name`, or None if there is none."""
        if cmd_name not in VERBS and experiments.exists(cmd_name):
            from nnlab.cli.experiment import experiment_command

            return experiment_command(experiments.get(cmd_name))
        if cmd_name in VERBS:
            command: click.Command = getattr(
                importlib.import_module(f"nnlab.cli.{cmd_name}"), cmd_name
            )
            return command
        return None

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete the name of a command without importing all commands."""
        names = [name for name in self.list_commands(ctx) if name.startswith(incomplete)]
        items = [CompletionItem(name, help=_summary(name)) for name in names]
        return items + click.Command.shell_complete(self, ctx, incomplete)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or suggest similar names."""
        known = not args or args[0].startswith("-") or args[0] in VERBS
        if not known and not experiments.exists(args[0]):
            hint = nearest(args[0], self.list_commands(ctx))
            raise click.UsageError(f"no command {args[0]!r}; {hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the experiments first, then the other commands."""
        names = {"Experiments": _experiments(), "Runs, checkpoints and data": list(VERBS)}
        for title, group in names.items():
            with formatter.section(title):
                formatter.write_dl([(name, _summary(name)) for name in group])


def _experiments() -> list[str]:
    return [name for name in experiments.names() if name not in VERBS]


def _summary(name: str) -> str:
    """Return the one-line summary of a command without importing it."""
    return VERBS.get(name) or experiments.summary(name)


def _print_versions(ctx: click.Context, parameter: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        from nnlab import versions

        streams.write(f"nnlab {versions.own()}\n")
        for name, version in versions.installed().items():
            streams.write(f"{name} {version}\n")
        ctx.exit()


@click.group(cls=NnlabGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_versions,
    help="Show the versions of nnlab, Python and the main libraries.",
)
def nnlab() -> None:
    """Classic neural-network experiments, with baselines and confidence intervals.

    Give an experiment inputs and it answers; give it none and it trains:

    \b
        nnlab classify data/examples/7.png
        nnlab classify --model cnn --loss mse
    """


def run(arguments: list[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    streams.prepare()
    console = Console()
    verbose = _is_verbose(sys.argv[1:] if arguments is None else arguments)
    try:
        result: Any = nnlab.main(arguments, prog_name="nnlab", standalone_mode=False)
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return error.exit_code
    except click.UsageError as error:
        return _usage_error(console, error)
    except click.ClickException as error:
        console.error(error.format_message())
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        console.error("interrupted")
        return InterruptedRun.exit_code
    except (BrokenPipeError, _ClosedPipe):
        _drop_unwritable()
        return CLOSED_PIPE
    except NnlabError as error:
        if verbose:
            traceback.print_exception(error)
        console.error(str(error))
        return error.exit_code
    except OSError as error:
        if verbose:
            traceback.print_exception(error)
        full = error.errno == errno.ENOSPC and not error.filename  # a stream has no name
        console.error(f"cannot write the output: {error.strerror}" if full else str(error))
        _drop_unwritable()
        return 1


def _flags(ctx: click.Context | None) -> list[str]:
    options = ctx.command.get_params(ctx) if ctx else []
    names = [one.opts + one.secondary_opts for one in options if isinstance(one, click.Option)]
    return sorted(itertools.chain.from_iterable(names))


def _is_verbose(words: Sequence[str]) -> bool:
    options = itertools.takewhile(lambda word: word != "--", words)
    return any(_VERBOSE.fullmatch(word) for word in options)


def _drop_unwritable() -> None:
    """Redirect unwritable streams to the null device: Python would fail to flush them at exit."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _usage_error(console: Console, error: click.UsageError) -> int:
    hint = f" (see {error.ctx.command_path} --help)" if error.ctx is not None else ""
    message = " ".join(error.format_message().split()).rstrip(".")  # click lists choices in lines
    if isinstance(error, click.NoSuchOption):
        close = near(error.option_name, _flags(error.ctx))
        message = f"no option {error.option_name}"
        if close:
            message += f"; did you mean {' or '.join(close)}?"
        elif error.ctx and any(one.name == "inputs" for one in error.ctx.command.params):
            message += "; put -- before an input that begins with a hyphen"
    console.error(message + hint)
    return error.exit_code

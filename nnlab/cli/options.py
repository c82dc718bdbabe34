"""Click options from dataclass fields, and the options that commands share."""

import dataclasses
import inspect
import json
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from nnlab.console import Console
from nnlab.datasets.store import Store
from nnlab.errors import UsageError
from nnlab.options import flag_name, value_type

TRAINING = "Options for training"
ANSWERING = "Options for answering"
GENERAL = "General options"


class SectionedOption(click.Option):
    """An option that knows under which heading of `--help` it belongs."""

    def __init__(self, *args: Any, section: str = GENERAL, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.section = section


class SectionedCommand(click.Command):
    """A command whose `--help` lists its options under headings."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options section by section."""
        sections: dict[str, list[tuple[str, str]]] = {TRAINING: [], ANSWERING: []}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record and isinstance(parameter, click.Option):
                section = getattr(parameter, "section", GENERAL)
                sections.setdefault(section, []).append(record)
        for title, records in sections.items():
            if records:
                with formatter.section(title):
                    formatter.write_dl(records, col_max=26)


def options_of(cls: type, section: str, prefix: str = "") -> list[click.Option]:
    """Return a click option for each field of a dataclass made with `nnlab.options.option`.

    The class's own options come first, those that it inherits behind them.

    Args:
        cls: The dataclass.
        section: The heading of `--help` to list them under.
        prefix: What the names of their environment variables begin with; empty for none.
    """
    fields = {field.name: field for field in dataclasses.fields(cls)}
    names = dict.fromkeys(name for base in cls.__mro__ for name in inspect.get_annotations(base))
    return [_option(cls, fields[name], section, prefix) for name in names]


def _option(cls: type, field: dataclasses.Field[Any], section: str, prefix: str) -> click.Option:
    kind, _ = value_type(cls, field)
    metadata = field.metadata
    flag = flag_name(field.name)
    click_type: Any = kind
    if metadata["choices"]:
        click_type = click.Choice(metadata["choices"])
    elif metadata["path"]:
        click_type = click.Path()
    elif metadata["duration"]:
        click_type = str
    default = metadata["default_text"] or field.default
    shown = "" if default is None else f"  [default: {default}]"
    text = metadata["help"]
    return SectionedOption(
        [f"{flag}/--no-{flag[2:]}" if kind is bool else flag],
        type=None if kind is bool else click_type,
        default=None,
        envvar=f"{prefix}_{field.name}".upper() if prefix else None,
        help=f"{text[0].upper()}{text[1:]}.{shown}",
        metavar="SECONDS" if metadata["duration"] else None,
        section=section,
    )


def given_values(
    ctx: click.Context, cls: type, sources: Sequence[ParameterSource]
) -> dict[str, Any]:
    """Return the values of a dataclass's options that came from one of `sources`."""
    return {
        field.name: ctx.params[field.name]
        for field in dataclasses.fields(cls)
        if ctx.get_parameter_source(field.name) in sources
    }


def read_settings(path: Path, experiment: str) -> Mapping[str, Any]:
    """Read settings from a JSON or TOML file, such as the config.json of a run.

    Raises:
        UsageError: The file cannot be read, or belongs to another experiment.
    """
    try:
        text = path.read_text(encoding="utf-8")
        content = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except (OSError, ValueError) as error:
        raise UsageError(f"--config {path}: expected a JSON or TOML file, but {error}") from error
    if not isinstance(content, dict):
        raise UsageError(f"--config {path}: expected an object of options, not {content!r}")
    if isinstance(content.get("config"), dict):
        if content.get("experiment", experiment) != experiment:
            raise UsageError(
                f"--config {path} is a run of {content['experiment']}, not {experiment}"
            )
        content = content["config"]
    return {name.replace("-", "_"): value for name, value in content.items()}


JSON = SectionedOption(["--json", "as_json"], is_flag=True, help="Print JSON on stdout.")
QUIET = SectionedOption(["-q", "--quiet"], is_flag=True, help="No progress, only warnings.")
VERBOSE = SectionedOption(
    ["-v", "--verbose"],
    count=True,
    help="Show tracebacks of errors; twice: TensorFlow's messages too.",
)
DATA_DIR = SectionedOption(
    ["--data-dir"],
    type=click.Path(path_type=Path),
    help="Look for data sets here first, and download to here.",
)
OFFLINE = SectionedOption(["--offline"], is_flag=True, help="Never download; also NNLAB_OFFLINE=1.")
STORE = [DATA_DIR, OFFLINE]
SPEECH = [JSON, QUIET, VERBOSE]


def add(command: click.Command, options: Sequence[click.Parameter]) -> click.Command:
    """Add parameters to a command, behind its own."""
    command.params.extend(options)
    return command


def with_options(*options: click.Parameter) -> Any:
    """Decorate a command with shared options."""
    return lambda command: add(command, options)


def make_store(ctx: click.Context) -> Store:
    """Return the store that `--data-dir`, `--offline` and `--quiet` describe."""
    params = ctx.params
    progress = sys.stderr.isatty() and not params["quiet"]
    return Store(params["data_dir"], offline=params["offline"], progress=progress)


def make_console(ctx: click.Context) -> Console:
    """Return the console that `--quiet` describes."""
    return Console(ctx.params["quiet"])


def print_json(value: Any) -> None:
    """Write one line of JSON on stdout."""
    click.echo(json.dumps(value, ensure_ascii=False, allow_nan=False))

"""Click options made from dataclass fields, and options that several commands share."""

import dataclasses
import inspect
import json
import os
import re
import reprlib
import sys
from collections.abc import Callable, Container, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from nnlab.cli.settings_file import read_json_or_toml
from nnlab.cli.streams import can_write, write
from nnlab.console import Console
from nnlab.datasets.store import Store
from nnlab.errors import UsageError
from nnlab.options import check_value, flag_name, value_type, variable_name
from nnlab.training.settings import REPORT

TRAINING = "Options for training"
ANSWERING = "Options for answering"
GENERAL = "General options"
PRESET = "preset"
RUN_FLAGS = ("out", "runs", "config", "force")
"""Options of a training that are no settings of it."""

# Control characters, which terminals obey, and lone surrogates, which stand for the bytes of a file
# name that is not UTF-8 and cannot be encoded. In JSON both occur only inside strings.
_TO_ESCAPE = re.compile("[\x7f-\x9f\ud800-\udfff]")


class SectionedOption(click.Option):
    """An option that knows its heading in `--help`.

    Attributes:
        section: The heading.
        variable: The environment variable that sets the option; empty for none. It is hidden from
            click, which would refuse a bad value even where the option is not used.
    """

    def __init__(
        self, *args: Any, section: str = GENERAL, variable: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.section = section
        self.variable = variable


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


def options_of(
    cls: type,
    section: str,
    command: str = "",
    *,
    show_defaults: bool = True,
    presets: Mapping[str, Mapping[str, Any]] | None = None,
) -> list[click.Option]:
    """Return a click option for each field of a dataclass made with `nnlab.options.option`.

    The class's own options come first, inherited ones last.

    Args:
        cls: The dataclass.
        section: The heading of `--help` to list them under.
        command: The command in the names of environment variables; empty for no variables.
        show_defaults: Whether the help texts name the default values.
        presets: Other defaults by field, by the name of a preset.
    """
    fields = {field.name: field for field in dataclasses.fields(cls)}
    names = dict.fromkeys(name for base in cls.__mro__ for name in inspect.get_annotations(base))
    options = []
    for name in names:
        default = _defaults(fields[name], presets or {}) if show_defaults else ""
        options.append(_option(cls, fields[name], section, command, default))
    return options


def _defaults(field: dataclasses.Field[Any], presets: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the default of an option in words, and those of the presets that have another."""
    default = field.metadata["default_text"] or _in_words(field, field.default)
    others = {
        preset: _in_words(field, values[field.name])
        for preset, values in presets.items()
        if field.name in values and values[field.name] != field.default
    }
    words = [] if default is None else [f"default: {default}"]
    words += [f"with --preset {preset}: {value}" for preset, value in others.items()]
    return f"  [{'; '.join(words)}]" if words else ""


def _in_words(field: dataclasses.Field[Any], value: Any) -> str | None:
    if isinstance(value, bool):
        flag = flag_name(field.name)
        return flag if value else f"--no-{flag[2:]}"
    return None if value is None else str(value)


def _option(
    cls: type, field: dataclasses.Field[Any], section: str, command: str, shown: str
) -> click.Option:
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
    text = metadata["help"]
    names = [f"{flag}/--no-{flag[2:]}" if kind is bool else flag]
    if metadata["short"]:
        names.insert(0, f"-{metadata['short']}")
    return SectionedOption(
        names,
        type=None if kind is bool else click_type,
        default=None,
        variable=variable_name(command, field.name) if command else "",
        help=f"{text[0].upper()}{text[1:]}.{shown}",
        metavar="SECONDS" if metadata["duration"] else None,
        section=section,
    )


def given_values(ctx: click.Context, cls: type) -> dict[str, Any]:
    """Return the values of a dataclass's options that were given on the command line."""
    return {
        field.name: ctx.params[field.name]
        for field in dataclasses.fields(cls)
        if is_given(ctx, field.name)
    }


def effective_values(ctx: click.Context, cls: type) -> dict[str, Any]:
    """Return the values given on the command line, or else in the environment.

    Raises:
        UsageError: A variable has a value that is not allowed.
    """
    given = given_values(ctx, cls)
    return {**environment_values(cls, ctx.command.params, given), **given}


def environment_values(
    cls: type, options: Sequence[click.Parameter], given: Container[str] = ()
) -> dict[str, Any]:
    """Return the values that the environment gives to options of a dataclass.

    Args:
        cls: The dataclass.
        options: Options that may have a variable; those of other classes are skipped.
        given: Names of options whose variables are ignored.

    Raises:
        UsageError: A variable has a value that is not allowed.
    """
    fields = {field.name: field for field in dataclasses.fields(cls)}
    texts = {
        one: os.environ.get(one.variable)
        for one in options
        if isinstance(one, SectionedOption) and one.name in fields and one.name not in given
    }
    return {
        str(one.name): value_of_text(cls, one, text, one.variable)
        for one, text in texts.items()
        if text
    }


def value_of_text(cls: type, option: click.Parameter, text: str, where: str) -> Any:
    """Return the value that a text stands for, checked against an option made by `options_of`.

    Raises:
        UsageError: The text is not a valid value; `where` says where it was given.
    """
    field = next(one for one in dataclasses.fields(cls) if one.name == option.name)
    try:
        value = option.type(text, option, None)
    except click.BadParameter as error:
        raise UsageError(f"{where}: {error.message.rstrip('.')}") from error
    return check_value(cls, field, value, where)


def read_settings(path: Path, experiment: str) -> Mapping[str, Any]:
    """Read settings from a JSON or TOML file, such as the config.json of a run.

    Raises:
        UsageError: The file cannot be read, or belongs to another experiment.
    """
    content = read_json_or_toml(path, "--config")
    if not isinstance(content, dict):
        raise UsageError(
            f"--config {path}: expected an object of options, not {reprlib.repr(content)}"
        )
    if isinstance(content.get("config"), dict):
        if content.get("experiment", experiment) != experiment:
            other = str(content["experiment"])[:100]
            raise UsageError(f"--config {path} is from a run of {other}, not {experiment}")
        content = {"preset": REPORT, **content["config"]}  # older runs do not name it
    settings: dict[str, Any] = {}
    for name, value in content.items():
        field = name.replace("-", "_")
        if field in settings:
            raise UsageError(f"--config {path}: {name} is given twice; leave out one of the two")
        settings[field] = value
    return settings


JSON = SectionedOption(["--json", "as_json"], is_flag=True, help="Print JSON on stdout.")
QUIET = SectionedOption(["-q", "--quiet"], is_flag=True, help="Hide progress, keep warnings.")
VERBOSE = SectionedOption(
    ["-v", "--verbose"],
    count=True,
    help="Show the traceback of an error; with -vv also TensorFlow's messages.",
)
DATA_DIR = SectionedOption(
    ["--data-dir"],
    type=click.Path(path_type=Path),
    help="Folder of data sets: it is searched first, and downloads go there.",
)
OFFLINE = SectionedOption(
    ["--offline"], is_flag=True, help="Never download, as with NNLAB_OFFLINE=1."
)
ENGINE = SectionedOption(
    ["--engine"],
    type=click.Choice(["numpy", "onnx"]),
    help="Engine that runs a trained network: NumPy or ONNX Runtime.  [default: chosen by size]",
)
STORE = [DATA_DIR, OFFLINE]
STORE_OPTIONS = [option.name for option in STORE]
PRINTING = [JSON, QUIET, VERBOSE]


C = TypeVar("C", bound=click.Command)


def add(command: C, options: Sequence[click.Parameter]) -> C:
    """Add parameters to a command, after its own."""
    command.params.extend(options)
    return command


def with_options(*options: click.Parameter) -> Callable[[C], C]:
    """Decorate a command with shared options."""
    return lambda command: add(command, options)


def is_given(ctx: click.Context, name: str) -> bool:
    """Tell whether the command line gave an option."""
    return ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE


def given_again(ctx: click.Context, names: Container[str]) -> list[str]:
    """Return those of some options that the command line gave, for a command that goes on."""
    words = []
    for option in ctx.command.params:
        if option.name in names and is_given(ctx, option.name):
            value = ctx.params[option.name]
            words += option.opts[-1:] if value is True else [option.opts[-1], str(value)]
    return words


def make_store(ctx: click.Context) -> Store:
    """Return the store of data sets that `--data-dir`, `--offline` and `--quiet` describe."""
    params = ctx.params
    progress = sys.stderr.isatty() and not params["quiet"]
    return Store(params["data_dir"], offline=params["offline"], progress=progress)


def make_console(ctx: click.Context) -> Console:
    """Return the console that `--quiet` describes."""
    return Console(ctx.params["quiet"])


def print_json(value: Any) -> None:
    """Write one line of JSON on stdout."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    text = _TO_ESCAPE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    write((text if can_write(text) else json.dumps(value, allow_nan=False)) + "\n")

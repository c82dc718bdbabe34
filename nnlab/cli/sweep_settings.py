"""The settings of a sweep from the shell: `--grid`, `--set` and `--list`."""

import dataclasses
import itertools
import reprlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from nnlab.cli.options import TRAINING, environment_values, make_console, options_of, value_of_text
from nnlab.cli.settings_file import read_json_or_toml
from nnlab.errors import UsageError, nearest
from nnlab.experiments.contract import AnyExperiment
from nnlab.machine import cores
from nnlab.options import check_value
from nnlab.sweeps import plan as plans
from nnlab.sweeps.plan import Plan

LIST_KEY = "settings"
"""Name of the list in a TOML file, which cannot be a list itself."""


def make_plan(ctx: click.Context, experiment: AnyExperiment) -> Plan:
    """Return the plan that the options describe or, without any, the plan in `--out`.

    Raises:
        UsageError: An option of the experiment is unknown, or a value is not allowed.
        CheckpointError: The plan in `--out` is damaged.
    """
    params = ctx.params
    grid, listed, assignments = (params[name] for name in ("grid", "listed", "assignments"))
    if grid and listed:
        raise UsageError("--list replaces --grid; leave out one of the two")
    out: Path | None = params["out"]
    known = plans.read_plan(out) if out is not None and plans.plan_file(out).is_file() else None
    if known and known.experiment.name == experiment.name and not (grid or listed or assignments):
        return dataclasses.replace(known, runs=max(known.runs, params["runs"] or 1))
    common = common_values(experiment, assignments)
    points = listed_points(experiment, listed) if listed else grid_points(experiment, grid)
    both = [name for name in points[0] if name in common] if grid else []
    if both:
        raise UsageError(
            f"{both[0]} has a --grid, but also one value for all runs, by --set or the "
            "environment; leave out one of the two"
        )
    common.setdefault("threads", known.threads if known else _threads(params["jobs"]))
    for values in (common, *points):
        if values.get("threads") == 0:  # all cores: another machine may have more, or fewer
            values["threads"] = cores()
    plan = plans.make_plan(experiment, points, common, params["runs"] or 1)
    if len(plan.settings) < len(points):
        make_console(ctx).say(
            f"only {len(plan.settings)} of the {len(points)} settings differ; "
            "equal ones are trained once"
        )
    return plan


def _threads(jobs: int | None) -> int:
    """Return the default for the cores of a run: enough for all jobs to fill the machine."""
    return max(cores() // jobs, 1) if jobs else 1


def common_values(experiment: AnyExperiment, assignments: Sequence[str]) -> dict[str, Any]:
    """Return the values of `--set NAME=VALUE`, which override those of the environment.

    Raises:
        UsageError: A name is unknown or given twice, or a value is not allowed.
    """
    values: dict[str, Any] = {}
    for assignment in assignments:
        where = f"--set {assignment}"
        name, text = _name_and_text(experiment, assignment, where)
        if name in values:
            raise UsageError(f"{where}: {name} is set already; for several values use --grid")
        values[name] = _value(experiment, name, text, where)
    options = options_of(experiment.Config, TRAINING, experiment.name)
    return {**environment_values(experiment.Config, options, values), **values}


def grid_points(experiment: AnyExperiment, axes: Sequence[str]) -> list[dict[str, Any]]:
    """Return every combination of the values of `--grid NAME=VALUE,VALUE`, the last one's fastest.

    Raises:
        UsageError: A name is unknown or given twice, or a value is not allowed.
    """
    values: dict[str, list[Any]] = {}
    for axis in axes:
        where = f"--grid {axis}"
        name, texts = _name_and_text(experiment, axis, where)
        if name in values:
            raise UsageError(f"{where}: {name} has a grid already; give all its values at once")
        values[name] = [_value(experiment, name, text, where) for text in texts.split(",")]
    return [dict(zip(values, one, strict=True)) for one in itertools.product(*values.values())]


def listed_points(experiment: AnyExperiment, path: Path) -> list[dict[str, Any]]:
    """Return the settings in a file: a JSON list of objects, or `[[settings]]` in TOML.

    Raises:
        UsageError: The file holds no such list, or an unknown option, or a bad value.
    """
    content = read_json_or_toml(path, "--list")
    points = content.get(LIST_KEY) if isinstance(content, dict) else content
    if not isinstance(points, list) or not all(isinstance(point, dict) for point in points):
        came = reprlib.repr(content)
        raise UsageError(
            f'--list {path}: expected a list of objects such as [{{"units": 64}}], '
            f"or tables [[{LIST_KEY}]] in TOML, got {came}"
        )
    return [
        _checked(experiment, point, f"--list {path}, setting {number}")
        for number, point in enumerate(points, 1)
    ]


def _checked(experiment: AnyExperiment, point: dict[str, Any], where: str) -> dict[str, Any]:
    fields = {field.name: field for field in dataclasses.fields(experiment.Config)}
    values = {_known(experiment, name, where): value for name, value in point.items()}
    return {
        name: check_value(experiment.Config, fields[name], value, where)
        for name, value in values.items()
    }


def _name_and_text(experiment: AnyExperiment, words: str, where: str) -> tuple[str, str]:
    name, equals, text = words.partition("=")
    if not equals or not name:
        raise UsageError(f"{where}: expected NAME=VALUE, such as epochs=3")
    return _known(experiment, name.strip(), where), text.strip()


def _known(experiment: AnyExperiment, name: str, where: str) -> str:
    """Return the field that a name stands for: `batch-size` is `batch_size`."""
    fields = [field.name for field in dataclasses.fields(experiment.Config)]
    field = name.removeprefix("--").replace("-", "_")
    if field not in fields:
        hint = nearest(field[:100], fields)
        raise UsageError(f"{where}: {experiment.name} has no option {reprlib.repr(name)}; {hint}")
    return field


def _value(experiment: AnyExperiment, name: str, text: str, where: str) -> Any:
    options = {option.name: option for option in options_of(experiment.Config, TRAINING)}
    return value_of_text(experiment.Config, options[name], text.strip(), where)

"""What a sweep is to train: settings, each a group of runs, in the order they were given."""

import hashlib
import json
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnlab import experiments
from nnlab.errors import CheckpointError, OutputExistsError, UsageError
from nnlab.experiments.contract import AnyExperiment
from nnlab.files import write_json
from nnlab.options import alike
from nnlab.runs import folder as runs
from nnlab.runs.folder import GroupFolder
from nnlab.runs.group import Trials

Values = Mapping[str, Any]
"""Values of options by the names of their fields."""

_LONGEST_NAME = 100


@dataclass(frozen=True)
class Setting:
    """One setting of a sweep.

    Attributes:
        name: What its folder is called, such as `model=cnn,loss=mse`.
        given: The values that were given, those that all settings share included.
        config: The Config that they make.
    """

    name: str
    given: Values
    config: Any


@dataclass(frozen=True)
class Plan:
    """All settings of a sweep.

    Attributes:
        experiment: What to train.
        settings: No two alike.
        runs: How many runs of each; what they are is the experiment's own.
    """

    experiment: AnyExperiment
    settings: tuple[Setting, ...]
    runs: int = 1

    @property
    def threads(self) -> int:
        """The most cores that a run takes."""
        return int(max(setting.config.threads for setting in self.settings))

    def trials(self, setting: Setting) -> Trials:
        """Return the Configs of a setting's runs by their names."""
        return self.experiment.trials(setting.config, self.runs)


def make_plan(
    experiment: AnyExperiment, points: Sequence[Values], common: Values, runs: int = 1
) -> Plan:
    """Check all settings, and leave out those that are the same as an earlier one.

    Args:
        experiment: What to train.
        points: The values that make each setting what it is.
        common: Values for all settings; a point's own go before them.
        runs: How many runs of each setting.

    Raises:
        UsageError: An option is unknown, its value is not allowed, or there is no setting.
    """
    if not points:
        raise UsageError("a sweep needs at least one setting, but the list is empty")
    settings: list[Setting] = []
    for number, point in enumerate(points, 1):
        where = f"nnlab sweep {experiment.name}"
        if len(points) > 1:
            where += f", setting {number} of {len(points)}"
        given = {**common, **point}
        setting = Setting(_name(point or common), given, experiment.configure(given, where))
        if all(setting.config != known.config for known in settings):
            settings.append(setting)
    plan = Plan(experiment, tuple(settings), runs)
    for setting in settings:
        plan.trials(setting)  # a seed may be too large for so many runs
    return plan


def plan_file(folder: Path) -> Path:
    """Return the file that makes a folder a sweep."""
    return folder / "sweep.json"


def resume_command(plan: Plan, folder: Path, options: Sequence[str] = ()) -> str:
    """Return the command that goes on with a sweep, whose settings are in its folder."""
    return shlex.join(["nnlab", "sweep", plan.experiment.name, "--out", str(folder), *options])


def read_plan(folder: Path) -> Plan:
    """Return the plan of the sweep in `folder`.

    Raises:
        CheckpointError: sweep.json is damaged.
    """
    path = plan_file(folder)
    content = runs.read_json(path)
    try:
        if not isinstance(content, dict) or not isinstance(content.get("settings"), dict):
            raise CheckpointError("expected an object with 'settings' inside")
        count, settings = content.get("runs"), content["settings"]
        if type(count) is not int or count < 1 or not settings:
            raise CheckpointError("expected settings, and a number of runs")
        if not all(map(_is_folder_name, settings)):
            raise CheckpointError("expected names of settings")
        experiment = experiments.get(str(content.get("experiment")))
        return Plan(
            experiment,
            tuple(
                Setting(name, given, experiment.configure(given, name))
                for name, given in settings.items()
                if _check_values(given)
            ),
            count,
        )
    except (CheckpointError, UsageError) as error:
        raise CheckpointError(f"{path} is not the plan of a sweep: {error}") from error


def joined(known: Plan, plan: Plan, folder: Path) -> Plan:
    """Return what the sweep in `folder` holds already together with what is to be added.

    Raises:
        OutputExistsError: The two do not go together.
    """
    settings = {setting.name: setting for setting in known.settings}
    changed = [
        setting.name
        for setting in plan.settings
        if setting.name in settings and not alike(settings[setting.name].config, setting.config)
    ]
    if known.experiment.name != plan.experiment.name or changed:
        raise OutputExistsError(
            f"{folder} holds a sweep with other settings; name another folder with --out, or go "
            f"on with that one: {resume_command(known, folder)}"
        )
    configs = [setting.config for setting in known.settings]
    added = [
        setting
        for setting in plan.settings
        if not any(alike(setting.config, config) for config in configs)
    ]
    return Plan(plan.experiment, (*known.settings, *added), max(known.runs, plan.runs))


def write_plan(plan: Plan, folder: Path) -> None:
    """Write sweep.json."""
    settings = {setting.name: dict(setting.given) for setting in plan.settings}
    record = {"experiment": plan.experiment.name, "runs": plan.runs, "settings": settings}
    write_json(plan_file(folder), record)


def group_folder(folder: Path, setting: Setting) -> GroupFolder:
    """Return where the runs of a setting are."""
    return GroupFolder(folder / setting.name)


def _name(values: Values) -> str:
    """Spell values as the name of a folder: where that takes changes, a digest tells it apart."""
    spelt = ",".join(f"{name}={_text(value)}" for name, value in values.items())
    name = re.sub(r"[^A-Za-z0-9_=,.+-]+", "-", spelt)[:_LONGEST_NAME]
    if name == spelt:
        return name or "default"
    digest = hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()
    return f"{name}-{digest[:8]}"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        short = f"{value:.12g}"
        return short if float(short) == value else repr(value)
    return str(value)


def _is_folder_name(name: str) -> bool:
    return re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_=,.+-]*", name) is not None


def _check_values(given: Any) -> bool:
    if not isinstance(given, dict):
        raise CheckpointError("expected the options of every setting")
    return True

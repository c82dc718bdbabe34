"""Options of experiments as clients see them, and the settings of trainings."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from nnlab import experiments
from nnlab.errors import UsageError
from nnlab.experiments.contract import AnyExperiment
from nnlab.options import flag_value, value_type
from nnlab.serving.catalogue import Option

TYPES = {int: "integer", float: "number", bool: "boolean", str: "string"}
"""What JSON calls the types of options."""


def options_of(kind: type) -> list[Option]:
    """Return the options of a dataclass that may come from outside: no paths, nothing local.

    An option that takes a file or a data set offers only the data sets.
    """
    return [
        _option(kind, field)
        for field in dataclasses.fields(kind)
        if (field.metadata["sets"] or not field.metadata["path"]) and not field.metadata["local"]
    ]


def is_local(kind: type) -> bool:
    """Tell whether some options mean something only where the files are: answers are files."""
    return any(field.metadata["local"] for field in dataclasses.fields(kind))


def _option(kind: type, field: dataclasses.Field[Any]) -> Option:
    expected, optional = value_type(kind, field)
    known = field.metadata
    return Option(
        name=field.name,
        type=TYPES[expected],
        optional=optional,
        default=field.default,
        help=known["help"],
        choices=list(known["choices"] or known["sets"]),
        low=known["low"],
        high=known["high"],
        above=known["above"],
    )


def settings_of(name: str) -> list[Option]:
    """Return the settings of a training of an experiment.

    Raises:
        CheckpointError: There is no such experiment.
    """
    return options_of(experiments.get(name).Config)


def training_arguments(name: str, settings: Mapping[str, Any]) -> list[str]:
    """Return the arguments of `nnlab` that train with some settings.

    Raises:
        CheckpointError: There is no such experiment.
        UsageError: A setting is unknown, names a file, or has a value that is not allowed.
    """
    experiment: AnyExperiment = experiments.get(name)
    fields = {field.name: field for field in dataclasses.fields(experiment.Config)}
    for setting, value in settings.items():
        if setting not in fields or not fields[setting].metadata["path"]:
            continue
        sets = fields[setting].metadata["sets"]
        if value is not None and value not in sets:
            known = f": {', '.join(sets)}" if sets else ""
            raise UsageError(
                f"{name}: {setting} names a file; a server trains on data sets only{known}"
            )
    config = experiment.configure(settings, name)
    given = {one: getattr(config, one) for one in settings}
    flags = [
        flag_value(one, value).split(" ", 1) for one, value in given.items() if value is not None
    ]
    return [name, *(word for words in flags for word in words)]

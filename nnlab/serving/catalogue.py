"""Which networks are served, and which of them answers a request.

A worker makes the catalogue (see `listing`); the server only looks things up in it, so that it
needs neither NumPy nor the experiments.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from nnlab.errors import UsageError, nearest
from nnlab.options import TYPE_WORDS, flag_value

TAKES_PICTURES, TAKES_PAGES, TAKES_TEXTS = "picture", "page", "text"
"""What the inputs of an experiment are. A page becomes a page, which takes long."""


class OptionTypeError(UsageError):
    """An option has a value of a type that it never has."""


class Option(msgspec.Struct, frozen=True):
    """An option, as a client needs it.

    Attributes:
        name: Its name in JSON, forms and query strings.
        type: integer, number, boolean or string.
        optional: Whether it may be null.
        default: Its value if none is given.
        help: What it does.
        choices: The allowed words, if only a few are.
        low: The smallest allowed number.
        high: The largest allowed number.
        above: A number that the value must exceed.
    """

    name: str
    type: str
    optional: bool
    default: Any
    help: str
    choices: list[str]
    low: int | float | None
    high: int | float | None
    above: int | float | None


class Network(msgspec.Struct, frozen=True):
    """A network that answers.

    Attributes:
        id: What clients call it.
        path: Its checkpoint, on this machine.
        preset: The preset that its settings started from.
        chosen: Why it is served, in words.
        flags: What `nnlab EXPERIMENT` needs to answer with it.
        dataset: What it was trained on.
        weights: How many it has.
        scores: How well it does on test data.
        baselines: The same numbers of naive methods, by method.
        settings: Its values of the options by which an experiment chooses among its networks.
    """

    id: str
    path: str
    preset: str
    chosen: str
    flags: str
    dataset: str
    weights: int
    scores: dict[str, float]
    baselines: dict[str, dict[str, float]]
    settings: dict[str, Any]


class Served(msgspec.Struct, frozen=True):
    """An experiment and its networks.

    Attributes:
        name: Its name.
        summary: One line about it.
        takes: What its inputs are: one of `TAKES_PICTURES`, `TAKES_PAGES` and `TAKES_TEXTS`.
        inside: Whether it shows how an answer came about.
        streams: Whether it can answer piece by piece.
        options: Options of an answer.
        look: Further options of the inside.
        instead_of_input: Those of them that can take the place of an input.
        networks: Those that answer, the first by default.
    """

    name: str
    summary: str
    takes: str
    inside: bool
    streams: bool
    options: list[Option]
    look: list[Option]
    instead_of_input: list[str]
    networks: list[Network]


class Catalogue(msgspec.Struct, frozen=True):
    """All that is served."""

    experiments: list[Served]

    def experiment(self, name: str) -> Served | None:
        """Return what is served of an experiment."""
        return next((one for one in self.experiments if one.name == name), None)

    def network(self, wanted: str) -> Network | None:
        """Return the network with an id."""
        return next((one for one in self.networks() if one.id == wanted), None)

    def networks(self) -> Iterator[Network]:
        """Yield all networks."""
        for one in self.experiments:
            yield from one.networks


def choose(
    served: Served, wanted: str | None, preset: str | None, options: Mapping[str, Any]
) -> Network:
    """Return the network that answers, as the command line would choose it.

    Args:
        served: The experiment.
        wanted: The id of a network; None for any.
        preset: The preset that it must come from; None for any.
        options: The options given; some, such as `base`, choose among networks.

    Raises:
        OptionTypeError: An option has a value of another type.
        UsageError: There is no such network.
    """
    choosing = {name for one in served.networks for name in one.settings}
    given = {name: value for name, value in options.items() if name in choosing}
    for name, value in given.items():
        kinds = {type(one.settings[name]) for one in served.networks if name in one.settings}
        if type(value) not in kinds:
            wanted = " or ".join(sorted(TYPE_WORDS[kind] for kind in kinds))
            raise OptionTypeError(f"{name}: expected {wanted}, got {json.dumps(value)[:100]}")
    defaults = {one.name: one.default for one in served.options if one.name in choosing}
    if wanted is not None:
        networks = [one for one in served.networks if one.id == wanted]
        if not networks:
            hint = nearest(wanted[:100], [one.id for one in served.networks])
            raise UsageError(f"there is no network {wanted[:100]!r} of {served.name}; {hint}")
    else:
        networks, given = served.networks, {**defaults, **given}
    for one in networks:
        if preset in (None, one.preset) and all(one.settings[key] == given[key] for key in given):
            return one
    asked = {**({"preset": preset} if preset else {}), **given}
    words = " ".join(flag_value(name, value) for name, value in asked.items())
    raise UsageError(
        f"no network for {served.name} {words} is served; "
        f"there are: {', '.join(one.id for one in networks)}"
    )

"""Making the catalogue: finding networks, and describing what they answer and how well they do."""

import dataclasses
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnlab import experiments
from nnlab.checkpoint import Header, open_checkpoint
from nnlab.datasets.store.provenance import Source
from nnlab.errors import CheckpointError, NnlabError
from nnlab.experiments.contract import AnyExperiment, Experiment
from nnlab.inference import checked_graph
from nnlab.options import flag_value
from nnlab.runs.choosing import (
    checkpoint_file,
    choose_checkpoint,
    is_subject,
    newest_run,
    shipped_checkpoints,
)
from nnlab.runs.folder import RUNS
from nnlab.serving.catalogue import (
    TAKES_PAGES,
    TAKES_PICTURES,
    TAKES_TEXTS,
    Catalogue,
    Network,
    Served,
)
from nnlab.serving.described import is_local, options_of
from nnlab.serving.json_values import as_object, numbers_in
from nnlab.training.settings import PRESETS

GIVEN, TRAINED, NEWEST, SHIPPED = (
    "as given",
    "trained by this server",
    "the newest finished run",
    "shipped with nnlab",
)
"""Why a network is served."""


@dataclass(frozen=True)
class _Found:
    path: Path
    name: str
    chosen: str


def catalogue(names: Sequence[str] | None, trained: Sequence[str]) -> tuple[Catalogue, list[str]]:
    """Return all that is served, and warnings about what had to be left out.

    Args:
        names: Networks named on the command line: those only; None for all there are.
        trained: Run folders to put in front.

    Raises:
        NnlabError: A network that was named cannot be served. Once networks were trained, it is
            left out instead: the server goes on.
    """
    warnings: list[str] = []
    networks: dict[str, dict[str, Network]] = {}
    controls: set[str] = set()
    wanted = [_Found(Path(name), name, TRAINED) for name in trained]
    wanted += _all() if names is None else [_Found(Path(name), name, GIVEN) for name in names]
    for found in wanted:
        try:
            one = found if found.chosen in (NEWEST, SHIPPED) else _resolved(found)
            header = _header(one.path)
            network = _network(one, header)
        except NnlabError as error:
            if found.chosen == GIVEN and not trained:
                raise
            warnings.append(f"{found.name} is left out: {error}")
            continue
        if one.chosen == TRAINED and not is_subject(header.experiment, header.config):
            controls.add(network.id)
        networks.setdefault(header.experiment, {}).setdefault(network.id, network)
    known = (experiments.get(name) for name in networks)
    served = [
        _served(one, sorted(networks[one.name].values(), key=lambda one: one.id in controls))
        for one in known
    ]
    return Catalogue(sorted(served, key=lambda one: one.name)), warnings


def _all() -> Iterator[_Found]:
    """Yield the newest finished run of each experiment, then all networks that ship."""
    for name in experiments.names():
        newest = newest_run(RUNS, name)
        if newest:
            yield _Found(newest.best, str(newest.path), NEWEST)
    order = {preset: number for number, preset in enumerate(reversed(PRESETS))}
    for path in sorted(shipped_checkpoints(), key=lambda one: _rank(one.stem, order)):
        yield _Found(path, path.stem, SHIPPED)


def _rank(stem: str, order: dict[str, int]) -> tuple[Any, ...]:
    """Sort networks with other settings last, and modern ones first."""
    _, preset, *others = stem.split(".")
    return (len(others), order[preset], stem)


def _resolved(found: _Found) -> _Found:
    """Find the checkpoint of a name; clients are not told where it is on this disk."""
    path = checkpoint_file(found.path)
    if not found.path.exists():
        return _Found(path, path.stem, found.chosen)
    place, here = found.path.resolve(), Path.cwd().resolve()
    shown = place.relative_to(here) if place.is_relative_to(here) else Path(place.name)
    return _Found(path, shown.as_posix(), found.chosen)


def _header(path: Path) -> Header:
    with open_checkpoint(path) as file:
        return file.header


def _network(found: _Found, header: Header) -> Network:
    experiment = experiments.get(header.experiment)
    settings = {name: header.config.get(name) for name in experiment.network_options}
    return Network(
        id=found.name,
        path=str(found.path),
        preset=header.preset,
        chosen=found.chosen,
        flags=_flags(found, header.preset, experiment, settings),
        dataset=Source.from_dict(header.dataset).name,
        weights=checked_graph(header.network).weight_count,
        scores=numbers_in(header.metrics.get("scores")),
        baselines={
            str(method): numbers_in(values)
            for method, values in as_object(header.metrics.get("baselines")).items()
        },
        settings=settings,
    )


def _flags(found: _Found, preset: str, experiment: AnyExperiment, settings: dict[str, Any]) -> str:
    """Return what `nnlab EXPERIMENT` needs to answer with a network."""
    defaults = {one.name: one.default for one in dataclasses.fields(experiment.Query)}
    others = [
        flag_value(name, value) for name, value in settings.items() if value != defaults[name]
    ]
    for words, wanted in (
        (others, settings),
        ([f"--preset {preset}", *others], {"preset": preset, **settings}),
    ):
        try:
            chosen, _ = choose_checkpoint(experiment.name, None, RUNS, wanted)
        except CheckpointError:
            continue
        if chosen == found.path:
            return " ".join(words)
    return f"--checkpoint {shlex.quote(found.name)}"


def _served(experiment: AnyExperiment, networks: list[Network]) -> Served:
    kind = type(experiment)
    files = TAKES_PAGES if is_local(experiment.Query) else TAKES_PICTURES
    return Served(
        name=experiment.name,
        summary=experiment.summary,
        takes=files if experiment.reads_files else TAKES_TEXTS,
        inside=kind.inside is not Experiment.inside,
        streams=kind.events is not Experiment.events,
        options=options_of(experiment.Query),
        look=options_of(experiment.Look),
        instead_of_input=list(experiment.instead_of_input),
        networks=networks,
    )

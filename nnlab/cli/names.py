"""Names that the shell completes: of experiments, networks and data sets."""

from collections.abc import Callable, Iterable
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from nnlab import experiments
from nnlab.datasets.store.registry import all_sets

Completion = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def _completion(names: Callable[[], Iterable[str]]) -> Completion:
    def complete(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem]:
        return [CompletionItem(name) for name in names() if name.startswith(begun)]

    return complete


def _networks(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem]:
    """Return networks that ship, and files beside them; files alone where no name begins so."""
    from nnlab.runs.choosing import shipped_checkpoints  # imports NumPy, which a server does not

    stems = [path.stem for path in shipped_checkpoints()]
    known = {*stems, *(stem.partition(".")[0] for stem in stems)}
    found = sorted(name for name in known if begun and name.startswith(begun))
    if not found:
        return [CompletionItem(begun, type="file")]
    return [CompletionItem(name) for name in sorted({*found, *map(str, Path().glob(f"{begun}*"))})]


EXPERIMENTS = _completion(experiments.names)
NETWORKS: Completion = _networks
DATA_SETS = _completion(all_sets)

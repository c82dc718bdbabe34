"""Names that the shell completes: of experiments, networks and data sets."""

from collections.abc import Callable, Iterable

import click
from click.shell_completion import CompletionItem

from nnlab import experiments
from nnlab.datasets.store.registry import all_sets
from nnlab.runs.choosing import shipped_checkpoints

Completion = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def _completion(names: Callable[[], Iterable[str]], *, files: bool = False) -> Completion:
    """Return what completes names, and files where no name begins so."""

    def complete(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem]:
        found = [CompletionItem(name) for name in names() if name.startswith(begun)]
        if files and not (begun and found):
            return [CompletionItem(begun, type="file")]
        return found

    return complete


def _networks() -> Iterable[str]:
    return [*experiments.names(), *(path.stem for path in shipped_checkpoints())]


EXPERIMENTS = _completion(experiments.names)
NETWORKS = _completion(_networks, files=True)
DATA_SETS = _completion(all_sets)

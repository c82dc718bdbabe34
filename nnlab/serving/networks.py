"""The networks that a worker has loaded."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from nnlab.checkpoint import open_checkpoint
from nnlab.datasets.store import Store
from nnlab.errors import CheckpointError
from nnlab.experiments.contract import Answer
from nnlab.runs.answering import Trained
from nnlab.runs.card import card_of, record_of

MANY = 10_000
"""Examples that a served network is expected to answer: so an engine's start-up counts little."""


@dataclass
class Loaded:
    """A network, and what was computed once with it.

    Attributes:
        trained: The network.
        changed: When its checkpoint was written last.
    """

    trained: Trained
    changed: int
    _kept: dict[str, Any] = field(default_factory=dict)

    def exhibit(self) -> Answer:
        """Return what a page shows of it before anyone asks."""
        found: Answer = self._once("exhibit", self.trained.exhibit)
        return found

    def background(self) -> Any:
        """Return what its answers are compared with; None if its data are not on this machine."""
        return self._once("background", lambda: self.trained.background(Store(offline=True)))

    def _once(self, name: str, compute: Callable[[], Any]) -> Any:
        if name not in self._kept:
            self._kept[name] = compute()
        return self._kept[name]


class Networks:
    """Checkpoints, loaded when they are first asked, and again when they have changed."""

    def __init__(self) -> None:
        self._loaded: dict[str, Loaded] = {}

    def get(self, path: str) -> Loaded:
        """Return the network of a checkpoint.

        Raises:
            CheckpointError: The file is missing or damaged.
        """
        changed = _changed(path)
        known = self._loaded.get(path)
        if known is None or known.changed != changed:
            known = self._loaded[path] = Loaded(Trained(path, expected=MANY), changed)
        return known


def card(path: str, name: str) -> bytes:
    """Return the JSON of `nnlab show --json` of a checkpoint, under the name that clients know.

    Of files that it was trained on, only the names are told, not where they are.
    """
    with open_checkpoint(Path(path)) as file:
        header = file.header
    record = record_of(header, card_of(header, Path(path)), name)
    record["config"] = {key: _without_folder(value) for key, value in header.config.items()}
    files = [_without_folder(one) for one in header.dataset["files"]]
    record["dataset"] = {**header.dataset, "files": files}
    return msgspec.json.encode(record)


def _without_folder(value: Any) -> Any:
    return Path(value).name if isinstance(value, str) and Path(value).is_absolute() else value


def _changed(path: str) -> int:
    try:
        return Path(path).stat().st_mtime_ns
    except OSError as error:
        raise CheckpointError(
            f"{path} cannot be read: {error.strerror}; start the server again without it"
        ) from error

"""The run folder: what a training leaves on disk, and how to find it again.

runs/classify/1/            a run: config.json, history.csv, best.h5, last.h5,
                            metrics.json (once finished), evidence.npz, figures/
runs/classify/2/            a group of runs: group.json, summary.json, figures/
runs/classify/2/seed-1/     one of its runs
"""

from __future__ import annotations

import contextlib
import csv
import json
import math
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nnlab.errors import DataError
from nnlab.files import make_folder, refused, replacing
from nnlab.records import DetailsT, structured

if TYPE_CHECKING:
    import numpy as np

    from nnlab.results import RunMetrics, Summary

RUNS = Path("runs")
"""Where trainings go unless another folder is named."""
MOST_EVIDENCE = 2**30  # bytes, unpacked: a small file may pretend to hold a great deal


@dataclass(frozen=True)
class RunFolder:
    """The files of one run, by their names."""

    path: Path

    @property
    def config(self) -> Path:
        """The settings, written before training starts: what makes a folder a run."""
        return self.path / "config.json"

    @property
    def best(self) -> Path:
        """The best weights, for answering."""
        return self.path / "best.h5"

    @property
    def last(self) -> Path:
        """The latest complete state, for resuming."""
        return self.path / "last.h5"

    @property
    def history(self) -> Path:
        """A line per epoch."""
        return self.path / "history.csv"

    @property
    def metrics(self) -> Path:
        """The scores, written last: what makes a run finished."""
        return self.path / "metrics.json"

    @property
    def evidence(self) -> Path:
        """Arrays that the figures are drawn from."""
        return self.path / "evidence.npz"

    @property
    def figures(self) -> Path:
        """The folder of the drawn figures."""
        return self.path / "figures"

    def is_run(self) -> bool:
        """Tell whether a run was started here."""
        return self.config.is_file()

    def is_finished(self) -> bool:
        """Tell whether the run has been scored."""
        return self.is_run() and self.metrics.is_file()

    def write_history(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write the rows of all epochs; missing values are empty cells."""
        columns = list(dict.fromkeys(name for row in rows for name in row))
        with (
            replacing(self.history) as temporary,
            temporary.open("w", newline="", encoding="utf-8") as handle,
        ):
            writer = csv.DictWriter(handle, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)

    def read_history(self) -> dict[str, list[float | None]]:
        """Return the history's columns; empty cells are None."""
        if not self.history.is_file():
            return {}
        with self.history.open(newline="", encoding="utf-8") as handle:
            reader = csv.DictReader(handle)
            columns: dict[str, list[float | None]] = {name: [] for name in reader.fieldnames or ()}
            for row in reader:
                for name, column in columns.items():
                    column.append(float(row[name]) if row[name] else None)
        return columns

    def settings(self) -> Mapping[str, Any]:
        """Return what config.json says; empty if it is damaged, so that other runs can answer."""
        try:
            plan = read_json(self.config)
        except DataError:
            return {}
        config = plan.get("config") if isinstance(plan, dict) else None
        return config if isinstance(config, dict) else {}

    def read_metrics(self, details: type[DetailsT]) -> RunMetrics[DetailsT]:
        """Return what the run came to.

        Args:
            details: The experiment's `Details`.

        Raises:
            DataError: The file is missing or damaged.
        """
        from nnlab.results import RunMetrics

        return structured(RunMetrics[details], read_json(self.metrics), self.metrics)  # type: ignore[valid-type]

    def write_evidence(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Write the arrays for the figures."""
        import numpy as np

        with replacing(self.evidence) as temporary, temporary.open("wb") as handle:
            np.savez_compressed(handle, **arrays)  # type: ignore[arg-type]

    def read_evidence(self) -> dict[str, np.ndarray]:
        """Return the arrays for the figures; none where there is no file.

        Raises:
            DataError: The file is damaged, or unpacks to more than evidence ever is.
        """
        import numpy as np

        if not self.evidence.is_file():
            return {}
        try:
            with zipfile.ZipFile(self.evidence) as archive:
                size = sum(member.file_size for member in archive.infolist())
            if size > MOST_EVIDENCE:
                raise ValueError(f"it unpacks to {size:,} bytes, more than {MOST_EVIDENCE:,}")
            with np.load(self.evidence, allow_pickle=False) as file:
                return dict(file)
        except Exception as error:  # zipfile, zlib and NumPy raise a dozen kinds
            raise DataError(
                f"{self.evidence}: expected the arrays of a run, but {error}"
            ) from error


@dataclass(frozen=True)
class GroupFolder:
    """The files of several runs that belong together."""

    path: Path

    @property
    def plan(self) -> Path:
        """Which runs belong to the group: what makes a folder a group."""
        return self.path / "group.json"

    @property
    def summary(self) -> Path:
        """Means and intervals over the runs."""
        return self.path / "summary.json"

    @property
    def figures(self) -> Path:
        """The folder of the drawn figures."""
        return self.path / "figures"

    def is_group(self) -> bool:
        """Tell whether a group was started here."""
        return self.plan.is_file()

    def read_summary(self, details: type[DetailsT]) -> Summary[DetailsT]:
        """Return what the runs say together.

        Args:
            details: The experiment's `GroupDetails`.

        Raises:
            DataError: The file is missing or damaged.
        """
        from nnlab.results import Summary

        return structured(Summary[details], read_json(self.summary), self.summary)  # type: ignore[valid-type]

    def member(self, name: str) -> RunFolder:
        """Return the folder of one run."""
        return RunFolder(self.path / name)


def new_folder(base: Path, experiment: str) -> Path:
    """Create the next free numbered folder, `base/experiment/<number>`."""
    parent = base / experiment
    make_folder(parent)
    number = max((int(path.name) for path in _numbered(parent)), default=0) + 1
    while True:
        try:
            (parent / str(number)).mkdir()
            return parent / str(number)
        except FileExistsError:  # another process was faster
            number += 1
        except OSError as error:
            raise refused(parent, error) from error


def newest_finished(
    base: Path, experiment: str, suits: Callable[[RunFolder], bool] = lambda _: True
) -> RunFolder | None:
    """Return the run of `experiment` below `base` that finished last, members of groups too.

    Args:
        base: The folder of runs.
        experiment: Name of the experiment.
        suits: Tells whether a run will do.
    """
    return next((run for run in _newest_first(base / experiment) if suits(run)), None)


def _newest_first(parent: Path) -> list[RunFolder]:
    """Return the finished runs in a folder; none if it cannot be read, as if it was not there."""
    finished = []
    with contextlib.suppress(OSError):
        for path in [*parent.glob("*/metrics.json"), *parent.glob("*/*/metrics.json")]:
            run = RunFolder(path.parent)
            with contextlib.suppress(OSError):  # another process has just removed it, say
                if run.best.exists():
                    finished.append((run.metrics.stat().st_mtime, run))
    return [run for _, run in sorted(finished, key=lambda one: one[0], reverse=True)]


def read_json(path: Path) -> Any:
    """Read a JSON file of a run.

    Raises:
        DataError: It is missing or damaged.
    """
    try:
        text = path.read_text(encoding="utf-8")
        return json.loads(text, parse_float=_finite, parse_constant=_finite)
    except OSError as error:
        raise DataError(f"{path}: expected a JSON file of a run: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path}: expected a JSON file of a run, but {error}") from error


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(f"the number {digits[:40]} is not finite")
    return number


@contextlib.contextmanager
def expecting(what: str, path: Path) -> Iterator[None]:
    """Tell of a damaged file: what cannot be made of its contents, whatever is raised then.

    Args:
        what: Such as `the scores of classify`.
        path: The file.

    Raises:
        DataError: Its contents are not that.
    """
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        reason = f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
        raise DataError(f"{path}: expected {what}, but {reason}") from error


def _numbered(parent: Path) -> list[Path]:
    return [path for path in parent.iterdir() if re.fullmatch(r"\d{1,9}", path.name)]


def is_name(name: str) -> bool:
    """Tell whether a run of a group may be called so: nothing that leads out of its folder."""
    return re.fullmatch(r"[A-Za-z0-9_=,-]+", name) is not None

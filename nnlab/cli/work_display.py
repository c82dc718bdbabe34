"""Progress of several runs: a progress bar on a terminal, otherwise one line per finished run."""

import os
import sys
import time
from collections.abc import Iterator, Mapping
from typing import Any

from nnlab.console import Console, scores_in_words, visible
from nnlab.results import RunMetrics
from nnlab.sweeps.task import Outcome, Task
from nnlab.sweeps.work import Standing
from nnlab.wording import counted

REFRESHES_PER_SECOND = 2
READABLE = os.name == "posix"
"""Whether a file may be read while another process replaces it: Windows forbids that."""

FILE_CLOCK = 0.02
"""Seconds that the clock for times of files may lag behind."""


class WorkDisplay:
    """Shows the progress of several runs; a context manager that closes the bar.

    The progress is read from the folders of the runs, wherever they are trained.

    Args:
        console: Prints the lines; if it is quiet, only warnings.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live: Any = None
        self._bar: Any = None
        self._task: Any = None
        self._tasks: dict[str, Task] = {}
        self._opened = 0.0
        self._failures: dict[str, str] = {}

    def __enter__(self) -> "WorkDisplay":
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._tasks.clear()
            self._live.stop()
            self._live = None

    def begun(self, tasks: Mapping[str, Task], standing: Standing) -> None:
        """Open the bar, if there is a terminal and something to do."""
        self._tasks = dict(tasks)
        if tasks and sys.stderr.isatty() and not self._console.quiet:
            self._open(standing)
        if standing.done:
            self._say(f"already finished: {standing.done} of {counted(standing.total, 'run')}")

    def ended(self, name: str, outcome: Outcome, standing: Standing) -> None:
        """Report the end of a run; a failure is reported even if the console is quiet."""
        self._tasks.pop(name, None)
        if self._live is not None:
            done = standing.done + standing.failed
            self._bar.update(self._task, completed=done, description=_in_words(standing))
        if outcome.state in ("failed", "diverged"):
            same = self._failures.setdefault(outcome.error, name)
            why = f"same error as {same}" if same != name else outcome.error
            self.warn(f"{name} {outcome.state}: {why}")
        elif outcome.metrics:
            before = "" if self._live is not None else f"{_in_words(standing)}: "
            self._say(f"{before}{name}  {_result(outcome.metrics)}")

    def stopping(self, running: int) -> None:
        """Say that the first Ctrl-C arrived."""
        self._say(f"stopping; {counted(running, 'run')} to be saved; Ctrl-C again stops at once")

    def warn(self, text: str) -> None:
        """Print a warning, above the bar if there is one."""
        if self._live is None:
            self._console.warn(text)
            return
        from rich.text import Text

        lines = "\n".join(map(visible, text.split("\n")))  # a list of missing files has several
        words = Text.assemble(("warning:", "bold yellow"), " ", lines)
        self._live.console.print(words, soft_wrap=True)

    def _say(self, text: str) -> None:
        if self._live is None:
            self._console.say(text)
        else:
            self._live.console.print(visible(text), markup=False, highlight=False)

    def _open(self, standing: Standing) -> None:
        """Open the bar, unless the terminal cannot draw one."""
        from rich.console import Console as RichConsole
        from rich.live import Live
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        terminal = RichConsole(stderr=True)
        if not terminal.is_interactive:
            return
        self._opened = time.time() - FILE_CLOCK
        self._bar = Progress(BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        self._task = self._bar.add_task(
            _in_words(standing), total=standing.total, completed=standing.done
        )
        self._live = Live(
            console=terminal,
            get_renderable=self.view,
            refresh_per_second=REFRESHES_PER_SECOND,
            transient=True,
        )
        self._live.start()

    def view(self) -> Any:
        """Return the bar and, if there is room, one line per run in progress."""
        from rich.console import Group
        from rich.text import Text

        rows = [(visible(name), *words) for name, *words in self._in_progress()]
        widths = [max(map(len, column)) for column in list(zip(*rows, strict=True))[:2]]
        lines = Text(no_wrap=True, overflow="ellipsis", end="")
        for name, stage, scores in rows:
            lines.append(name.ljust(widths[0])).append(f"  {stage:{widths[1]}}  {scores}\n", "dim")
        return Group(self._bar, lines)

    def _in_progress(self) -> Iterator[tuple[str, str, str]]:
        """Yield name, stage and last scores of each run that began after the bar was opened."""
        for name, task in list(self._tasks.items()):
            try:
                if task.folder.config.stat().st_mtime < self._opened:
                    continue
                history = task.folder.read_history() if READABLE else {}
            except (OSError, ValueError):  # not begun yet, or removed
                continue
            yield name, *_last_epoch(history, task.config.epochs)


def _last_epoch(history: Mapping[str, list[float | None]], epochs: int) -> tuple[str, str]:
    done = int((history.get("epoch") or [0])[-1] or 0)
    last = {name: values[-1] for name, values in history.items() if values}
    shown = {name: last[name] for name in last if name.startswith("validation_")} or last
    scores = {name: value for name, value in shown.items() if name not in ("epoch", "seconds")}
    stage = f"epoch {done + 1} of {epochs}" if done < epochs else "scoring"
    return stage, scores_in_words(scores)


def _in_words(standing: Standing) -> str:
    words = f"{standing.done} of {counted(standing.total, 'run')}"
    words += f", {standing.running} running" if standing.running else ""
    return words + (f", {standing.failed} failed" if standing.failed else "")


def _result(metrics: RunMetrics[Any]) -> str:
    return f"{scores_in_words(metrics.scores)}  {metrics.training.seconds:.1f} s"

"""What a sweep shows while it goes on: a bar on a terminal, a line a finished run elsewhere."""

import sys
from collections.abc import Mapping
from typing import Any

from nnlab.console import Console, visible
from nnlab.sweeping.sweep import Standing
from nnlab.sweeping.task import Outcome


class SweepDisplay:
    """Shows how far a sweep has come; a context, in which the bar is open.

    Args:
        console: Where lines go; a quiet one is given warnings only.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bar: Any = None
        self._task: Any = None
        self._failures: dict[str, str] = {}

    def __enter__(self) -> "SweepDisplay":
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def standing(self, standing: Standing) -> None:
        """Open the bar, where there is a terminal and something to do."""
        if standing.running and sys.stderr.isatty() and not self._console.quiet:
            self._open(standing)
        if standing.done:
            self._say(f"{standing.done} of {standing.total} runs are finished already")

    def ended(self, name: str, outcome: Outcome, standing: Standing) -> None:
        """Tell of a run that has ended; failures are told in any case."""
        if self._bar is not None:
            text = _in_words(standing)
            done = standing.done + standing.failed
            self._bar.update(self._task, completed=done, description=text)
        if outcome["state"] in ("failed", "diverged"):
            same = self._failures.setdefault(outcome["error"], name)
            why = f"the same as {same}" if same != name else outcome["error"]
            self.warn(f"{name} {outcome['state']}: {why}")
        elif self._bar is None and outcome["metrics"]:
            self._say(f"{_in_words(standing)}: {name}  {_result(outcome['metrics'])}")

    def stopping(self, running: int) -> None:
        """Say that a Ctrl-C was heard."""
        self._say(f"stopping: {running} runs save what they have; Ctrl-C again leaves at once")

    def warn(self, text: str) -> None:
        """Write a warning, above the bar if there is one."""
        if self._bar is None:
            self._console.warn(text)
            return
        from rich.text import Text

        lines = "\n".join(map(visible, text.split("\n")))  # a list of missing files has several
        words = Text.assemble(("warning:", "bold yellow"), " ", lines)
        self._bar.console.print(words, soft_wrap=True)

    def _say(self, text: str) -> None:
        if self._bar is None:
            self._console.say(text)
        else:
            self._bar.console.print(visible(text), markup=False, highlight=False)

    def _open(self, standing: Standing) -> None:
        """Open the bar, unless the terminal is too dumb to draw one."""
        from rich.console import Console as RichConsole
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        terminal = RichConsole(stderr=True)
        if not terminal.is_interactive:
            return
        self._bar = Progress(
            BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=terminal
        )
        self._task = self._bar.add_task(
            _in_words(standing), total=standing.total, completed=standing.done
        )
        self._bar.start()


def _in_words(standing: Standing) -> str:
    words = f"{standing.done} of {standing.total} runs"
    words += f", {standing.running} running" if standing.running else ""
    return words + (f", {standing.failed} failed" if standing.failed else "")


def _result(metrics: Mapping[str, Any]) -> str:
    scores = [f"{name.replace('_', ' ')} {score:.4f}" for name, score in metrics["scores"].items()]
    return "  ".join([*scores, f"{metrics['training']['seconds']:.1f} s"])

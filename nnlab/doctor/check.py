"""A check and what it found."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from nnlab.errors import InterruptedRun, NnlabError

State = Literal["ok", "warning", "failed"]


@dataclass(frozen=True)
class Result:
    """What a check found.

    Attributes:
        state: "warning" if nnlab still works, such as with a sample instead of missing data.
        text: One line.
        advice: What to do about it; empty if all is well.
    """

    state: State
    text: str
    advice: str = ""


@dataclass(frozen=True)
class Finding(Result):
    """The result of a check, with its name.

    Attributes:
        name: The check's name.
        error: The exception that ended the check, if one did.
    """

    name: str = ""
    error: Exception | None = None


@dataclass(frozen=True)
class Check:
    """One thing to check.

    Attributes:
        name: What is checked, in a word or two.
        look: Checks it and returns the result.
    """

    name: str
    look: Callable[[], Result]

    def carry_out(self) -> Finding:
        """Run the check; an exception fails this check and does not stop the others.

        Raises:
            InterruptedRun: Ctrl-C, which stops all checks.
        """
        try:
            result = self.look()
        except InterruptedRun:
            raise
        except NnlabError as error:  # its message already says what to do
            return Finding("failed", _one_line(str(error)), "", self.name, error)
        except Exception as error:
            text = _one_line(f"{type(error).__name__}: {error}")
            advice = "nnlab doctor -v shows where it happened; reinstalling nnlab may help"
            return Finding("failed", text, advice, self.name, error)
        return Finding(result.state, _one_line(result.text), result.advice, self.name)


def _one_line(text: str) -> str:
    return " ".join(text.split())

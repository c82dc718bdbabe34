"""A check and what it found."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from nnlab.errors import InterruptedRun, NnlabError

State = Literal["ok", "warning", "failed"]


@dataclass(frozen=True)
class Result:
    """What a look at one thing showed.

    Attributes:
        state: A warning is what one can live with, such as data that a sample stands in for.
        text: One line.
        advice: What to do about it; empty if all is well.
    """

    state: State
    text: str
    advice: str = ""


@dataclass(frozen=True)
class Finding(Result):
    """The result of a check that has been carried out.

    Attributes:
        name: The check's name.
        error: The exception that ended the check, if one did.
    """

    name: str = ""
    error: Exception | None = None


@dataclass(frozen=True)
class Check:
    """One thing to look at.

    Attributes:
        name: What is looked at, in a word or two.
        look: Looks, and says what it saw.
    """

    name: str
    look: Callable[[], Result]

    def carry_out(self) -> Finding:
        """Look; an exception is a failure of this check and does not stop the others.

        Raises:
            InterruptedRun: Ctrl-C, which is meant for the whole examination.
        """
        try:
            result = self.look()
        except InterruptedRun:
            raise
        except NnlabError as error:  # says what to do by itself
            return Finding("failed", _one_line(str(error)), "", self.name, error)
        except Exception as error:
            text = _one_line(f"{type(error).__name__}: {error}")
            advice = "nnlab doctor -v shows where it happened; reinstalling nnlab may help"
            return Finding("failed", text, advice, self.name, error)
        return Finding(result.state, _one_line(result.text), result.advice, self.name)


def _one_line(text: str) -> str:
    return " ".join(text.split())

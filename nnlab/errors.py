"""What can go wrong, each kind with the exit code that the command line gives it."""

import difflib
from collections.abc import Iterable, Sequence
from typing import Self


class NnlabError(Exception):
    """An error that the user can understand: what was expected, what came, what to do.

    Attributes:
        given: The input that has no answer for it; None if it is about something else.
    """

    exit_code = 1
    given: str | None = None

    def of(self, given: str) -> Self:
        """Say to which input the error is the answer."""
        self.given = given
        return self


class UsageError(NnlabError):
    """Options or arguments that do not fit together."""

    exit_code = 2


class DataError(NnlabError):
    """A data file is missing, damaged, or not what it should be."""

    exit_code = 3


class CheckpointError(NnlabError):
    """A checkpoint is missing, damaged, or refused."""

    exit_code = 4


class OutputExistsError(NnlabError):
    """The output is there already and may not be overwritten."""

    exit_code = 5


class DivergedError(NnlabError):
    """The loss became NaN or climbed back; the best weights were kept."""

    exit_code = 6


class InterruptedRun(NnlabError):  # noqa: N818 (a run that was stopped is no error)
    """Ctrl-C or SIGTERM; the run was saved and can be resumed."""

    exit_code = 130


MOST, SHORTEST = 3, 3
"""Near matches that an error names, and letters of a word that is looked for inside others."""


def nearest(word: str, known: Iterable[str]) -> str:
    """Name the alternatives to an unknown `word`, the near matches if there are any.

    Returns:
        A phrase to end an error message with, such as `did you mean 'mnist'?`.
    """
    choices = sorted(known)
    close = near(word, choices)
    if close:
        return "did you mean " + " or ".join(map(repr, close)) + "?"
    return "known: " + ", ".join(choices)


def near(word: str, choices: Sequence[str]) -> list[str]:
    """Return at most three near matches: what goes on from `word`, has it inside, or is like it."""
    whole = len(word) >= SHORTEST
    begun = [one for one in choices if whole and one.startswith(word)]
    inside = [one for one in choices if whole and word in one]
    return list(dict.fromkeys([*begun, *inside, *difflib.get_close_matches(word, choices)]))[:MOST]

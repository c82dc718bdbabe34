"""The errors that nnlab reports, each kind with its exit code on the command line."""

import difflib
from collections.abc import Iterable, Sequence
from typing import Self


class NnlabError(Exception):
    """An error with a message for the user: what was expected, what was found, what to do.

    Attributes:
        given: The input that could not be answered; None if the error is not about an input.
    """

    exit_code = 1
    given: str | None = None

    def of(self, given: str) -> Self:
        """Note the input that could not be answered."""
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
    """The output already exists and may not be overwritten."""

    exit_code = 5


class DivergedError(NnlabError):
    """The loss became NaN or climbed back; the best weights were kept."""

    exit_code = 6


class InterruptedRun(NnlabError):  # noqa: N818 (a run that was stopped is no error)
    """Ctrl-C or SIGTERM stopped a command; what was saved can be resumed."""

    exit_code = 130


MOST, SHORTEST, LISTED = 3, 3, 40
"""How many near matches an error names; how long a word must be to be looked for inside others; how
many known words an error lists."""


def nearest(word: str, known: Iterable[str]) -> str:
    """Suggest alternatives to an unknown `word`: the near matches, or else everything known.

    Returns:
        A phrase to end an error message with, such as `did you mean 'mnist'?`.
    """
    choices = sorted(known)
    close = near(word, choices)
    if close:
        return "did you mean " + " or ".join(map(repr, close)) + "?"
    more = [f"{len(choices) - LISTED:,} more"] if len(choices) > LISTED else []
    return "known: " + ", ".join([*choices[:LISTED], *more])


def near(word: str, choices: Sequence[str]) -> list[str]:
    """Return at most three near matches: those that begin with, contain, or resemble `word`."""
    long_enough = len(word) >= SHORTEST
    beginning = [one for one in choices if long_enough and one.startswith(word)]
    containing = [one for one in choices if long_enough and word in one]
    similar = difflib.get_close_matches(word, choices)
    return list(dict.fromkeys([*beginning, *containing, *similar]))[:MOST]

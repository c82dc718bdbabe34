"""What a worker does with a question."""

import dataclasses
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from nnlab.errors import CheckpointError, NnlabError, UsageError
from nnlab.experiments.contract import Answer, AnyExperiment, Note, Remark
from nnlab.options import from_mapping
from nnlab.serving.messages import (
    INSIDE,
    Answers,
    Done,
    File,
    Made,
    Piece,
    Question,
    Refused,
    Reply,
)
from nnlab.serving.networks import Networks
from nnlab.serving.uploads import Uploads, check_pixels, on_disk

OUTPUT = "output"
"""The field of an answer that names a file which the answer consists of."""

BAD_REQUEST, UNANSWERED, BROKEN = 400, 422, 500
"""Statuses of HTTP: the options are wrong, the inputs cannot be answered, the network is broken."""


class Answering:
    """Answers questions with the networks of a worker.

    Args:
        networks: Those that are loaded.
        folder: A private folder for uploaded files.
    """

    def __init__(self, networks: Networks, folder: Path) -> None:
        self._networks = networks
        self._folder = folder

    def reply(self, question: Question) -> Reply:
        """Return the answers, or what the inside shows."""
        with on_disk(question.files, self._folder) as uploads:
            try:
                asked = _Asked(self._networks, question, uploads)
                return asked.inside() if question.way == INSIDE else asked.answers()
            except NnlabError as error:
                return refused(error, question.path, question.id, uploads)

    def pieces(self, question: Question) -> Generator[Reply, None, None]:
        """Yield an answer piece by piece; the last reply is `Done` or `Refused`."""
        with on_disk(question.files, self._folder) as uploads:
            try:
                yield from _Asked(self._networks, question, uploads).pieces()
                yield Done()
            except NnlabError as error:
                yield refused(error, question.path, question.id, uploads)


def refused(error: NnlabError, path: str, name: str, uploads: Uploads | None = None) -> Refused:
    """Return what a client is told of an error, without any place on this disk."""
    status = UNANSWERED
    if isinstance(error, UsageError | CheckpointError):
        status = BAD_REQUEST if isinstance(error, UsageError) else BROKEN
    text = str(error).replace(path, name)
    return Refused(status, uploads.without_folder(text) if uploads else text)


class _Asked:
    """A question, its network, its options and its inputs."""

    def __init__(self, networks: Networks, question: Question, uploads: Uploads) -> None:
        self._question = question
        self._uploads = uploads
        self._loaded = networks.get(question.path)
        self._experiment: AnyExperiment = self._loaded.trained.experiment
        kinds = [self._experiment.Query, *([self._experiment.Look] if self._shows else [])]
        self._query, *looks = split_options(kinds, question.options, self._experiment.name)
        self._look = looks[0] if looks else None
        given = uploads.paths or question.texts
        self._inputs = list(self._experiment.inputs_of(given, self._query))
        if not self._inputs and not self._goes_without():
            raise UsageError(f"there is no input; expected {self._wanted()}")

    def _goes_without(self) -> bool:
        """Tell whether something takes the place of the input, such as a place in a plane."""
        names = self._experiment.instead_of_input
        return self._shows and any(getattr(self._look, name) is not None for name in names)

    def _wanted(self) -> str:
        if self._experiment.reads_files:
            return "a file in the request"
        # what follows a semicolon is about the command line
        wanted = self._experiment.inputs_help.partition(";")[0].rstrip(".")
        return f"{wanted[:1].lower()}{wanted[1:]}"

    @property
    def _shows(self) -> bool:
        return self._question.way == INSIDE

    def answers(self) -> Reply:
        """Answer all inputs; those that have no answer have an error in its place."""
        answers: list[Answer] = []
        notes: list[str] = []
        failed = []
        for answer in self._one_by_one():
            if isinstance(answer, Note):
                notes.append(self._uploads.without_folder(answer.text))
            elif isinstance(answer, NnlabError):
                text = self._uploads.without_folder(str(answer))
                given = self._uploads.without_folder(answer.given)
                failed.append(text)
                answers.append({"input": given, "error": text})
            elif isinstance(answer, dict):
                if made := self._made(answer):
                    return Made(made, notes)
                answers.append(self._uploads.without_folder(answer))
        error = "; ".join(dict.fromkeys(failed)) if len(failed) == len(answers) else ""
        return Answers(msgspec.json.encode(answers), notes, error)

    def _one_by_one(self) -> Iterator[Answer | Remark]:
        """Yield the answers; each file is asked by itself, to know which one an error is about."""
        trained = self._loaded.trained
        if not self._uploads.paths:
            yield from trained.answers(self._inputs, self._query)
            return
        for path, file in zip(self._uploads.paths, self._question.files, strict=True):
            try:
                check_pixels(file, self._question.pixels)
            except NnlabError as error:
                yield error.of(path)
                continue
            for answer in trained.answers([path], self._query):
                yield answer.of(path) if isinstance(answer, NnlabError) else answer

    def _made(self, answer: Answer) -> File | None:
        """Return the file that an answer consists of, if it does."""
        path = Path(str(answer.get(OUTPUT, "")))
        if not self._uploads.paths or not path.is_relative_to(self._uploads.folder):
            return None
        return File(path.name, path.read_bytes())

    def inside(self) -> Reply:
        """Answer one input, with what led to the answer."""
        if len(self._inputs) > 1:
            raise UsageError(f"expected one input, got {len(self._inputs)}; ask for each by itself")
        for file in self._question.files:
            check_pixels(file, self._question.pixels)
        given = self._inputs[0] if self._inputs else None
        background = self._loaded.background()
        found = self._loaded.trained.inside(given, self._query, self._look, background)
        shown = self._uploads.without_folder(found)
        notes = shown.pop("remarks", [])
        return Answers(msgspec.json.encode(shown), notes)

    def pieces(self) -> Iterator[Reply]:
        """Yield the pieces of an answer, and remarks on it."""
        found = self._loaded.trained.events(self._inputs, self._query)
        if found is None:
            name = self._experiment.name
            raise UsageError(f"{name} does not stream; ask for application/json")
        yield from _as_pieces(found)


def _as_pieces(found: Iterable[Answer | Remark]) -> Iterator[Piece]:
    for one in found:
        if isinstance(one, Note):
            yield Piece("note", msgspec.json.encode({"note": one.text}))
        elif isinstance(one, NnlabError):
            yield Piece("error", msgspec.json.encode({"error": str(one)}))
        elif isinstance(one, dict):
            yield Piece("piece", msgspec.json.encode(one))


def split_options(kinds: list[type], options: dict[str, Any], where: str) -> list[Any]:
    """Return dataclasses of options, each with its own of the options given.

    Raises:
        UsageError: An option belongs to none of them, is only for local use, or has a value that
            is not allowed.
    """
    fields = [{field.name: field for field in dataclasses.fields(kind)} for kind in kinds]
    for name in options:
        if any(name in own and own[name].metadata["local"] for own in fields):
            raise UsageError(f"{where}: {name} is an option of the command line only; leave it out")
    made: list[Any] = []
    rest = dict(options)
    for kind, own in zip(kinds, fields, strict=True):
        last = kind is kinds[-1]
        mine = {name: rest.pop(name) for name in list(rest) if name in own or last}
        made.append(from_mapping(kind, mine, where))
    return made

"""What a file in `experiments/` has to say of its answers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar, Generic, TypeVar

from nnlab.experiments.contract.records import Answer, ConfigT, Model, Remark

QueryT = TypeVar("QueryT")


class Answering(ABC, Generic[ConfigT, QueryT]):
    """The part of an experiment that answers with a trained network.

    Attributes:
        Query: Frozen dataclass of the answering options.
        inputs_help: What an input is, such as "image files or folders".
        example_inputs: Inputs that can be answered; files are relative to the project's folder.
        answer_columns: The fields of an answer that the plain output shows, in order.
        reads_stdin: Whether the input `-` is left to `answer`, which reads bytes from stdin;
            else it stands for the lines of stdin, each an input.
    """

    Query: type[QueryT]
    inputs_help: ClassVar[str]
    example_inputs: ClassVar[tuple[str, ...]]
    answer_columns: ClassVar[tuple[str, ...]]
    reads_stdin: ClassVar[bool] = False

    def own_inputs(self, query: QueryT) -> Sequence[str]:
        """Return the inputs that the options of answering stand for where none is given."""
        return ()

    def columns(self, query: QueryT) -> Sequence[str]:
        """Return the fields of an answer that the plain output shows, in order."""
        return self.answer_columns

    @abstractmethod
    def answer(
        self, model: Model[ConfigT], query: QueryT, inputs: Iterable[str]
    ) -> Iterator[Answer | Remark]:
        """Yield the answers to each input, in order.

        An error stands for an input that has none, and says so: `error.of(given)`.
        """

    def stream(
        self, model: Model[ConfigT], query: QueryT, inputs: Iterable[str]
    ) -> Iterator[str | bytes | Remark] | None:
        """Yield the plain output piece by piece as it comes, where answers are no lines."""
        return None

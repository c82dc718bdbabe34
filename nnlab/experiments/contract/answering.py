"""What a file in `experiments/` has to say of its answers."""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from nnlab.errors import UsageError
from nnlab.experiments.contract.records import Answer, ConfigT, Data, Model, Remark
from nnlab.options import flag_name

QueryT = TypeVar("QueryT")


@dataclass(frozen=True)
class NoLook:
    """No options: what `inside` shows cannot be chosen."""


class Answering(ABC, Generic[ConfigT, QueryT]):
    """The part of an experiment that answers with a trained network.

    Attributes:
        name: The command's name.
        Query: Frozen dataclass of the answering options.
        Look: Frozen dataclass of the further options of `inside`.
        instead_of_input: The options of `Look` that can take the place of an input.
        inputs_help: What an input is, such as "image files or folders".
        example_inputs: Inputs that can be answered; files are relative to the project's folder.
        answer_columns: The fields of an answer that the plain output shows, in order.
        reads_stdin: Whether the input `-` is left to `answer`, which reads bytes from stdin;
            else it stands for the lines of stdin, each an input.
        reads_files: Whether inputs are names of files; else they are texts.
    """

    name: ClassVar[str]
    Query: type[QueryT]
    Look: type[Any] = NoLook
    instead_of_input: ClassVar[tuple[str, ...]] = ()
    inputs_help: ClassVar[str]
    example_inputs: ClassVar[tuple[str, ...]]
    answer_columns: ClassVar[tuple[str, ...]]
    reads_stdin: ClassVar[bool] = False
    reads_files: ClassVar[bool] = False

    def own_inputs(self, query: QueryT) -> Sequence[str]:
        """Return the inputs that the options of answering stand for where none is given."""
        return ()

    def inputs_of(self, given: Sequence[str], query: Any) -> Sequence[str]:
        """Return the inputs: those given, or those that options stand for; none if neither.

        Raises:
            UsageError: There are both.
        """
        own = self.own_inputs(query)
        if own and given:
            standing = [
                flag_name(one.name)
                for one in dataclasses.fields(query)
                if not self.own_inputs(dataclasses.replace(query, **{one.name: one.default}))
            ]
            raise UsageError(
                f"{' and '.join(standing)} cannot be used with an input; leave out one of the two"
            )
        return given or own

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

    def events(
        self, model: Model[ConfigT], query: QueryT, inputs: Iterable[str]
    ) -> Iterator[Answer | Remark] | None:
        """Yield pieces of the answers as they come, JSON-able; None where answers come whole."""
        return None

    def exhibit(self, model: Model[ConfigT]) -> Answer:
        """Return what a page shows of a network before anyone asks: JSON-able."""
        return {}

    def background(self, model: Model[ConfigT], load: Callable[[], Data]) -> Any:
        """Return what `inside` compares answers with; None if nothing.

        Args:
            model: A trained network.
            load: Returns the data it was trained on, as `load_for_evaluation` does.

        Raises:
            DataError: They are not on this machine, or have changed.
        """
        return None

    def inside(
        self, model: Model[ConfigT], query: QueryT, look: Any, given: str, background: Any
    ) -> Answer:
        """Return one answer with what led to it, JSON-able.

        Args:
            model: A trained network.
            query: The options of answering.
            look: The options of `Look`.
            given: The input; empty if `look` takes its place.
            background: What `background` returned; None without the training data.

        Raises:
            NnlabError: The input cannot be answered.
        """
        raise UsageError(f"nnlab does not show how {self.name} comes to its answers")

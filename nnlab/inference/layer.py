"""What every kind of layer says about itself."""

import functools
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, ClassVar, Self, cast

import numpy as np

from nnlab.errors import CheckpointError
from nnlab.inference.settings import checked_settings
from nnlab.inference.writer import Writer

Shape = tuple[int, ...]  # of one example, without the batch axis
Arrays = np.ndarray | tuple[np.ndarray, ...]  # what a layer puts out: one array, or several


class Layer(ABC):
    """One kind of layer: a frozen dataclass whose fields are its settings.

    A new kind is a subclass of this and an entry in `nnlab.inference.kinds.KINDS`. It declares its
    settings with the functions of `nnlab.inference.settings`, and computes when called with its
    inputs, then its variables by name, all of them float32:

        def __call__(self, x, kernel, bias=None): ...

    A call never changes an input; it may return one. Kinds of several outputs return a tuple.

    A mask goes along with a tensor (batch, ..., features): bool (batch, ...), False where there is
    nothing to see. A kind says what becomes of it as Keras' `compute_mask` does.

    Attributes:
        input_counts: How many inputs it may take.
        input_words: The same in words, for error messages.
        passes_mask: Its first output has the mask of its first input; else none, unless the kind
            says otherwise.
        mask_input: The input whose mask a call takes, where `uses_mask` says so.
        each_position: It treats each position of the axes before the last by itself, as the time
            steps of a sequence or the pixels of an image.
    """

    input_counts: ClassVar[Collection[int]] = (1,)
    input_words: ClassVar[str] = "one input"
    passes_mask: ClassVar[bool] = False
    mask_input: ClassVar[int] = 0
    each_position: ClassVar[bool] = False
    __call__: Callable[..., Arrays]

    @classmethod
    def from_settings(cls, settings: Any) -> Self:
        """Make the layer from its settings in a network description.

        Raises:
            CheckpointError: They are not the settings of this kind.
        """
        return cls(**checked_settings(cls, settings))

    def output_shape(self, *inputs: Shape) -> Shape:
        """Tell the shape of the output: that of the input, unless a kind says otherwise.

        Raises:
            CheckpointError: The layer cannot take inputs of these shapes.
        """
        return inputs[0]

    def output_shapes(self, *inputs: Shape) -> tuple[Shape, ...]:
        """Tell the shape of each output, for kinds that have several."""
        return (self.output_shape(*inputs),)

    def shares_with(self, other: "Layer") -> bool:
        """Tell whether it can use the variables of another layer: of one that is its equal."""
        return self == other

    def variable_shapes(self, *inputs: Shape) -> dict[str, Shape]:
        """Tell the shape of each variable, for inputs that `output_shape` has accepted."""
        return {}

    def scratch(self, *inputs: Shape) -> int:
        """Tell how many numbers a call holds for one example beside inputs and outputs."""
        return 0

    def ready(self, variables: Mapping[str, np.ndarray]) -> Callable[..., Arrays]:
        """Bind the variables: what comes back is called with inputs only, many times."""
        return functools.partial(self, **variables)

    @abstractmethod
    def write(
        self, to: Writer, inputs: Sequence[str], variables: Mapping[str, np.ndarray]
    ) -> Sequence[str]:
        """Write what a call computes as ONNX operators.

        Args:
            to: The graph.
            inputs: The tensors that it takes.
            variables: As for a call.

        Returns:
            The tensors that it puts out.
        """

    def write_masked(
        self, to: Writer, inputs: Sequence[str], mask: str, variables: Mapping[str, np.ndarray]
    ) -> Sequence[str]:
        """Write what a call with a mask computes, for kinds that use one."""
        raise NotImplementedError

    def write_mask(self, to: Writer, inputs: Sequence[str], masks: Sequence[str | None]) -> str:
        """Write what `mask` computes; bool (batch, ...)."""
        return cast(str, masks[0])

    def uses_mask(self, masked: Sequence[bool]) -> bool:
        """Tell whether a call takes the mask of `mask_input`, as a keyword `mask`.

        Args:
            masked: Of each input, whether it has a mask.
        """
        return False

    def makes_mask(self, masked: Sequence[bool]) -> bool:
        """Tell whether the first output has a mask."""
        return self.passes_mask and masked[0]

    def mask(self, inputs: Sequence[np.ndarray], masks: Sequence[np.ndarray | None]) -> np.ndarray:
        """Compute the mask of the first output, where `makes_mask` says that there is one."""
        return cast(np.ndarray, masks[0])


def expect_form(shape: Shape, form: str, fits: bool) -> None:
    """Check that the axes of an input have the form that a layer needs.

    Raises:
        CheckpointError: They have not.
    """
    if not fits:
        raise CheckpointError(f"expected an input of shape {form}, but it is {shape}")

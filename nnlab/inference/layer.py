"""What every kind of layer says about itself."""

from collections.abc import Callable
from typing import Any, ClassVar, Self

import numpy as np

from nnlab.errors import CheckpointError
from nnlab.inference.settings import checked_settings

Shape = tuple[int, ...]  # of one example, without the batch axis


class Layer:
    """One kind of layer: a frozen dataclass whose fields are its settings.

    A new kind is a subclass of this and an entry in `nnlab.inference.kinds.KINDS`. It declares its
    settings with the functions of `nnlab.inference.settings`, and computes when called with its
    inputs, then its variables by name, all of them float32:

        def __call__(self, x, kernel, bias=None): ...

    A call never changes an input; it may return one.

    Attributes:
        merges: It takes two inputs or more; else exactly one.
    """

    merges: ClassVar[bool] = False
    __call__: Callable[..., np.ndarray]

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

    def variable_shapes(self, *inputs: Shape) -> dict[str, Shape]:
        """Tell the shape of each variable, for inputs that `output_shape` has accepted."""
        return {}


def expect_form(shape: Shape, form: str, fits: bool) -> None:
    """Check that the axes of an input have the form that a layer needs.

    Raises:
        CheckpointError: They have not.
    """
    if not fits:
        raise CheckpointError(f"expected an input of shape {form}, but it is {shape}")

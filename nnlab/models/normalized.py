"""Networks for small images with batch normalisation (Ioffe and Szegedy, 2015)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras

DROPOUT = 0.3
"""Share of the numbers before the last layer that training drops."""
DECAY = 0.98
"""How slowly the means and variances that answers use follow those of the batches."""


def normalized_cnn(
    image_shape: tuple[int, int],
    classes: int,
    *,
    dense_units: int = 128,
    filters: tuple[int, int] = (32, 96),
) -> "keras.Model":
    """Build a convolutional network with residual connections (He et al., 2016).

    Args:
        image_shape: Height and width of an image.
        classes: Number of classes.
        dense_units: Units of the dense layer.
        filters: At a half of the image's height and width, and at a quarter.

    Returns:
        Network from raw pixels "image", float32 (batch, height, width) from 0 to 255, to
        "probabilities", float32 (batch, classes).
    """
    from keras import layers

    image, x = _scaled(image_shape)
    x = layers.Reshape((*image_shape, 1), name="channel")(x)  # (batch, height, width, 1)
    # the first kernel sees as much as two of 3x3 would at full size, for a fraction of the time
    for size, kernel, count in zip(("half", "quarter"), (5, 3), filters, strict=True):
        x = _convolution(x, count, f"{size}_1", kernel=kernel, stride=2)
        x = _convolution(x, count, f"{size}_2", residual=True)
        x = _convolution(x, count, f"{size}_3", residual=True)
    x = layers.Flatten(name="flatten")(x)  # (batch, 49 * filters) for 28x28 pixels
    x = layers.Dropout(DROPOUT, name="dropout_1")(x)
    x = _dense(x, dense_units, "hidden")
    return _classifier(image, x, classes, "normalized_cnn")


def normalized_mlp(
    image_shape: tuple[int, int], classes: int, hidden_units: Sequence[int]
) -> "keras.Model":
    """Build a multilayer perceptron.

    Args:
        image_shape: Height and width of an image.
        classes: Number of classes.
        hidden_units: Units of each hidden layer.

    Returns:
        As `normalized_cnn`.
    """
    from keras import layers

    image, x = _scaled(image_shape)
    x = layers.Flatten(name="flatten")(x)  # (batch, height * width)
    for number, units in enumerate(hidden_units, start=1):
        x = _dense(x, units, f"hidden_{number}")
    return _classifier(image, x, classes, "normalized_mlp")


def _scaled(image_shape: tuple[int, int]) -> tuple[Any, Any]:
    """Return the input and its pixels from 0 to 1."""
    import keras
    from keras import layers

    image = keras.Input(image_shape, name="image")  # (batch, height, width)
    return image, layers.Rescaling(1 / 255, name="scale")(image)


def _convolution(
    x: Any, filters: int, name: str, *, kernel: int = 3, stride: int = 1, residual: bool = False
) -> Any:
    from keras import layers

    y = layers.Conv2D(
        filters, kernel, strides=stride, padding="same", use_bias=False, name=f"convolution_{name}"
    )(x)
    y = _normalized(y, name)
    if residual:
        y = layers.Add(name=f"residual_{name}")([x, y])
    return layers.Activation("relu", name=f"relu_{name}")(y)


def _dense(x: Any, units: int, name: str) -> Any:
    from keras import layers

    x = layers.Dense(units, use_bias=False, name=name)(x)
    return layers.Activation("relu", name=f"relu_{name}")(_normalized(x, name))


def _normalized(x: Any, name: str) -> Any:
    from keras import layers

    return layers.BatchNormalization(momentum=DECAY, name=f"normalization_{name}")(x)


def _classifier(image: Any, x: Any, classes: int, name: str) -> "keras.Model":
    import keras
    from keras import layers

    x = layers.Dropout(DROPOUT, name="dropout")(x)
    probabilities = layers.Dense(classes, activation="softmax", name="probabilities")(x)
    return keras.Model(image, probabilities, name=name)  # (batch, classes)

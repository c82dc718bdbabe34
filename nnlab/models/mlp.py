"""The multilayer perceptron of the report (section on handwritten digits)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras


def mlp(
    image_shape: tuple[int, int],
    classes: int,
    hidden_units: Sequence[int] = (512, 512),
) -> "keras.Model":
    """Build the multilayer perceptron; the defaults are the report's.

    Args:
        image_shape: Height and width of an image.
        classes: Number of classes.
        hidden_units: Units of each hidden layer.

    Returns:
        Network from raw pixels "image", float32 (batch, height, width) from 0 to 255, to
        "probabilities", float32 (batch, classes).
    """
    import keras
    from keras import layers

    image = keras.Input(image_shape, name="image")  # (batch, height, width)
    x = layers.Rescaling(1 / 255, name="scale")(image)  # 0 to 1
    x = layers.Flatten(name="flatten")(x)  # (batch, height * width)
    for number, units in enumerate(hidden_units, start=1):
        x = layers.Dense(units, activation="relu", name=f"hidden_{number}")(x)  # (batch, units)
        x = layers.Dropout(0.2, name=f"dropout_{number}")(x)
    probabilities = layers.Dense(classes, activation="softmax", name="probabilities")(x)
    return keras.Model(image, probabilities, name="mlp")  # (batch, classes)

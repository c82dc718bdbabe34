"""The convolutional network of the report (section on handwritten digits)."""

from typing import TYPE_CHECKING

from nnlab.errors import UsageError

if TYPE_CHECKING:
    import keras

SMALLEST = 6  # pixels of a side


def cnn(image_shape: tuple[int, int], classes: int, dense_units: int = 128) -> "keras.Model":
    """Build the convolutional network; the defaults are the report's.

    Args:
        image_shape: Height and width of an image.
        classes: Number of classes.
        dense_units: Units of the dense layer.

    Returns:
        Network from raw pixels "image", float32 (batch, height, width) from 0 to 255, to
        "probabilities", float32 (batch, classes).

    Raises:
        UsageError: The images are too small: each convolution takes two pixels off height and
            width, and the pool needs two of the rest.
    """
    if min(image_shape) < SMALLEST:
        height, width = image_shape
        raise UsageError(
            f"the CNN needs images of at least {SMALLEST}x{SMALLEST} pixels, got "
            f"{height}x{width}; use larger images or the MLP"
        )

    import keras
    from keras import layers

    image = keras.Input(image_shape, name="image")  # (batch, height, width)
    x = layers.Rescaling(1 / 255, name="scale")(image)  # 0 to 1
    x = layers.Reshape((*image_shape, 1), name="channel")(x)  # (batch, height, width, 1)
    # each convolution has two rows and columns fewer
    x = layers.Conv2D(32, 3, activation="relu", name="convolution_1")(x)
    x = layers.Conv2D(64, 3, activation="relu", name="convolution_2")(x)
    x = layers.MaxPooling2D(2, name="pool")(x)  # (batch, height / 2 - 2, width / 2 - 2, 64)
    x = layers.Dropout(0.25, name="dropout_1")(x)
    x = layers.Flatten(name="flatten")(x)  # (batch, 9216) for 28x28 pixels
    x = layers.Dense(dense_units, activation="relu", name="hidden")(x)  # (batch, dense_units)
    x = layers.Dropout(0.5, name="dropout_2")(x)
    probabilities = layers.Dense(classes, activation="softmax", name="probabilities")(x)
    return keras.Model(image, probabilities, name="cnn")  # (batch, classes)

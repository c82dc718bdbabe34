"""A convolutional encoder into the plane for contrastive learning (Böhm et al., 2023)."""

from typing import TYPE_CHECKING, Any

from nnlab.models.normalized import DECAY

if TYPE_CHECKING:
    import keras

CONVOLUTIONS = ((32, 5, 2), (32, 3, 1), (96, 3, 2), (96, 3, 1))
"""Filters, kernel and stride of each."""
FEATURES = 128
"""Numbers of the layer "features", in which views of an image are compared too."""


def plane_contrast(image_shape: tuple[int, int], units: int = 256) -> "keras.Model":
    """Build the network that encodes an image as its position in the plane.

    The layer "plane" gives the position, which is unbounded; the layers after it draw the image
    from it.

    Args:
        image_shape: Height and width of an image.
        units: Units of the layers before and after "features", and of the decoder.

    Returns:
        Network from raw pixels "image", float32 (batch, height, width) from 0 to 255, to
        "pixels", float32 (batch, height * width) from 0 to 1.
    """
    import keras
    from keras import layers

    height, width = image_shape
    image = keras.Input((height, width), name="image")
    x = layers.Rescaling(1 / 255, name="scale")(image)  # 0 to 1
    x = layers.Reshape((height, width, 1), name="channel")(x)
    for number, (filters, kernel, stride) in enumerate(CONVOLUTIONS, start=1):
        x = layers.Conv2D(
            filters,
            kernel,
            strides=stride,
            padding="same",
            use_bias=False,
            name=f"convolution_{number}",
        )(x)
        x = _normalized(x, str(number))
    x = layers.Flatten(name="flatten")(x)  # (batch, 4704) for 28x28 pixels
    x = _normalized(layers.Dense(units, use_bias=False, name="encoder")(x), "encoder")
    x = layers.Dense(FEATURES, name="features")(x)
    x = layers.Dense(units, activation="relu", name="head")(x)
    place = layers.Dense(2, name="plane")(x)  # (batch, 2)
    x = layers.Dense(units, activation="relu", name="decoder_1")(place)
    x = layers.Dense(units, activation="relu", name="decoder_2")(x)
    pixels = layers.Dense(height * width, activation="sigmoid", name="pixels")(x)
    return keras.Model(image, pixels, name="plane_contrast")  # (batch, height * width)


def _normalized(x: Any, name: str) -> Any:
    from keras import layers

    x = layers.BatchNormalization(momentum=DECAY, name=f"normalization_{name}")(x)
    return layers.Activation("relu", name=f"relu_{name}")(x)

"""The report's autoencoder that maps images into the plane (section on data visualisation)."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras


def plane_autoencoder(image_shape: tuple[int, int], units: int = 256) -> "keras.Model":
    """Build the network that encodes an image as two numbers, its position in the plane.

    The layer "plane" gives the position, which is unbounded; the layers after it reconstruct the
    image from it (Hinton and Salakhutdinov, "Reducing the dimensionality of data with neural
    networks", Science 313, 2006).

    Args:
        image_shape: Height and width of an image.
        units: Units of the layers before and after the plane; the report's 256 by default.

    Returns:
        Network from raw pixels "image", float32 (batch, height, width) from 0 to 255, to
        "pixels", float32 (batch, height * width) from 0 to 1.
    """
    import keras
    from keras import layers

    height, width = image_shape
    image = keras.Input((height, width), name="image")
    x = layers.Rescaling(1 / 255, name="scale")(image)  # 0 to 1
    x = layers.Flatten(name="flatten")(x)  # (batch, height * width)
    x = layers.Dense(units, activation="relu", name="encoder")(x)  # (batch, units)
    place = layers.Dense(2, name="plane")(x)  # (batch, 2)
    x = layers.Dense(units, activation="relu", name="decoder")(place)  # (batch, units)
    pixels = layers.Dense(height * width, activation="sigmoid", name="pixels")(x)
    return keras.Model(image, pixels, name="plane_autoencoder")  # (batch, height * width)

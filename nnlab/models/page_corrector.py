"""A convolutional network with skip connections that corrects a page (Ronneberger et al., 2015)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nnlab.errors import UsageError

if TYPE_CHECKING:
    import keras


def page_corrector(
    page_shape: tuple[int, int], filters: Sequence[int] = (24, 48, 72, 96)
) -> "keras.Model":
    """Build the network: the ink of each pixel times a gain, plus an offset.

    Grey paper and pale print differ from the clean page by just that, and vary slowly from pixel to
    pixel; what the network would have to add instead changes at the edge of every letter.

    At full size a convolution costs four times as much: the first one halves the page at once, and
    the last ones make a block of 2x2 pixels of each place (Shi et al., 2016). Their weights begin
    at zero: an untrained network returns the page.

    Args:
        page_shape: Height and width of a patch, multiples of 2 to the power of the levels.
        filters: Filters at a half, a quarter and an eighth of full size, and so on.

    Returns:
        Network from raw grey "page", float32 (batch, height, width, 1) from 0 to 255, to "clean",
        float32 (batch, height, width, 1), at most 1 (white); below 0 stands for black too.

    Raises:
        UsageError: The levels do not divide the patch evenly.
    """
    grid = 2 ** len(filters)
    if not filters or any(side < 1 or side % grid for side in page_shape):
        height, width = page_shape
        raise UsageError(
            f"this page cleaner needs patches whose sides are multiples of {grid}, got "
            f"{height}x{width} pixels"
        )

    import keras
    from keras import layers

    page = keras.Input((*page_shape, 1), name="page")  # (batch, height, width, 1)
    ink = layers.Rescaling(-1 / 255, offset=1, name="ink")(page)  # 0 is white, 1 is black
    x, skipped = ink, []
    for level, count in enumerate(filters, start=1):  # half the height and width each time
        x = _convolution(x, count, f"smaller_{level}", stride=2)
        x = _convolution(x, count, f"encoder_{level}")
        skipped.append(x)
    x = _convolution(skipped.pop(), filters[-1], "centre")
    for level, count in reversed(list(enumerate(filters[:-1], start=1))):
        x = layers.Conv2D(count, 1, name=f"fewer_{level}")(x)
        x = layers.UpSampling2D(2, name=f"larger_{level}")(x)
        x = layers.Add(name=f"joined_{level}")([x, skipped.pop()])
        x = layers.Activation("relu", name=f"relu_{level}")(x)
        x = _convolution(x, count, f"decoder_{level}_1")
        x = _convolution(x, count, f"decoder_{level}_2")
    gain, offset = (
        layers.Conv2DTranspose(1, 2, strides=2, kernel_initializer="zeros", name=name)(x)
        for name in ("gain", "offset")
    )
    x = layers.Multiply(name="amplified")([ink, gain])
    x = layers.Add(name="corrected")([ink, x, offset])
    x = layers.Activation("relu", name="no_less_than_none")(x)
    clean = layers.Rescaling(-1, offset=1, name="clean")(x)
    return keras.Model(page, clean, name="page_corrector")  # (batch, height, width, 1)


def _convolution(x: Any, filters: int, name: str, stride: int = 1) -> "keras.KerasTensor":
    from keras import layers

    return layers.Conv2D(filters, 3, strides=stride, padding="same", activation="relu", name=name)(
        x
    )

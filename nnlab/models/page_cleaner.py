"""The convolutional autoencoder of the report (section on cleaning scanned pages)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nnlab.errors import UsageError

if TYPE_CHECKING:
    import keras


def page_cleaner(page_shape: tuple[int, int], filters: Sequence[int] = (32, 64)) -> "keras.Model":
    """Build the autoencoder; the report does not state the numbers of filters.

    With two pools, an output pixel depends on the 14 pixels around it in each direction. No layer
    fixes the size of a page: the network is trained on patches, and `nnlab.inference.tiles` runs it
    on pages of any size.

    Args:
        page_shape: Height and width of a patch, multiples of 2 to the power of the number of pools.
        filters: Filters of the 3x3 convolution before each pool. The central convolution has as
            many as the last of these; those of the decoder have them in reverse order.

    Returns:
        Network from raw grey "page", float32 (batch, height, width, 1) from 0 to 255, to "clean",
        float32 (batch, height, width, 1) from 0 (black) to 1 (white).

    Raises:
        UsageError: The pools do not divide the patch evenly.
    """
    grid = 2 ** len(filters)
    if not filters or any(side < 1 or side % grid for side in page_shape):
        height, width = page_shape
        raise UsageError(
            f"the page cleaner needs at least one pool, and patches whose sides are multiples of "
            f"{grid}; got {len(filters)} pools and patches of {height}x{width} pixels"
        )

    import keras
    from keras import layers

    same = {"padding": "same", "activation": "relu"}
    page = keras.Input((*page_shape, 1), name="page")  # (batch, height, width, 1)
    x = layers.Rescaling(1 / 255, name="scale")(page)  # 0 to 1
    for number, count in enumerate(filters, start=1):  # half the height and width each time
        x = layers.Conv2D(count, 3, name=f"encoder_{number}", **same)(x)
        x = layers.MaxPooling2D(2, padding="same", name=f"pool_{number}")(x)
    x = layers.Conv2D(filters[-1], 3, name="centre", **same)(x)
    for number, count in enumerate(reversed(filters), start=1):  # doubled again each time
        x = layers.UpSampling2D(2, name=f"larger_{number}")(x)
        x = layers.Conv2D(count, 3, name=f"decoder_{number}", **same)(x)
    clean = layers.Conv2D(1, 3, padding="same", activation="sigmoid", name="clean")(x)
    return keras.Model(page, clean, name="page_cleaner")  # (batch, height, width, 1)

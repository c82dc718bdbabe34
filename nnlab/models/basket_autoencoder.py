"""The report's recommender: a denoising autoencoder over market baskets."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras


def basket_autoencoder(
    items: int, dropout: float = 0.4, hidden_units: Sequence[int] = (128, 64, 32), code: int = 16
) -> "keras.Model":
    """Build the network that completes a basket; the defaults are the report's.

    Training hides some items of a basket and asks for all of them (Vincent et al.,
    "Extracting and composing robust features with denoising autoencoders", ICML 2008).

    Args:
        items: Number of different items.
        dropout: Share of the input that training hides. Keras scales up the rest, so that the sum
            of a basket stays the same on average.
        hidden_units: Units of each softsign layer before the code; after it the order is reversed.
        code: Units of the sigmoid layer in the middle.

    Returns:
        Network from "basket", float32 (batch, items), 1 for an item in the basket, else 0, to
        "scores" of all items, float32 (batch, items) from 0 to 1.
    """
    import keras
    from keras import layers

    basket = keras.Input((items,), name="basket")  # (batch, items)
    x = layers.Dropout(dropout, name="hide")(basket)
    for number, units in enumerate(hidden_units, start=1):
        x = layers.Dense(units, activation="softsign", name=f"encoder_{number}")(x)
    x = layers.Dense(code, activation="sigmoid", name="code")(x)  # (batch, code)
    for number, units in enumerate(reversed(hidden_units), start=1):
        x = layers.Dense(units, activation="softsign", name=f"decoder_{number}")(x)
    scores = layers.Dense(items, activation="sigmoid", name="scores")(x)
    return keras.Model(basket, scores, name="basket_autoencoder")  # (batch, items)

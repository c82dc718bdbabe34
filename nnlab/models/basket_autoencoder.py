"""The report's recommender: a denoising autoencoder over market baskets."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

HIDDEN_UNITS = (128, 64, 32)  # of the layers before the code; after it the order is reversed


def basket_autoencoder(items: int, dropout: float = 0.4) -> "keras.Model":
    """Build the network that completes a basket; the defaults are the report's.

    Training hides some items of a basket and asks for all of them (Vincent et al.,
    "Extracting and composing robust features with denoising autoencoders", ICML 2008).

    Args:
        items: Number of different items.
        dropout: Share of the input that training hides. Keras scales up the rest, so that the sum
            of a basket stays the same on average.

    Returns:
        Network from "basket", float32 (batch, items), 1 for an item in the basket, else 0, to
        "scores" of all items, float32 (batch, items) from 0 to 1.
    """
    import keras
    from keras import layers

    basket = keras.Input((items,), name="basket")  # (batch, items)
    x = layers.Dropout(dropout, name="hide")(basket)
    for number, units in enumerate(HIDDEN_UNITS, start=1):
        x = layers.Dense(units, activation="softsign", name=f"encoder_{number}")(x)
    x = layers.Dense(16, activation="sigmoid", name="code")(x)  # (batch, 16)
    for number, units in enumerate(reversed(HIDDEN_UNITS), start=1):
        x = layers.Dense(units, activation="softsign", name=f"decoder_{number}")(x)
    scores = layers.Dense(items, activation="sigmoid", name="scores")(x)
    return keras.Model(basket, scores, name="basket_autoencoder")  # (batch, items)

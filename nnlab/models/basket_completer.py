"""A network with one hidden layer that finds what is missing from a basket."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras


def basket_completer(
    items: int, units: int = 600, dropout: float = 0.7, hide: float = 0.2
) -> "keras.Model":
    """Build the network that scores the items which a basket may still get.

    Args:
        items: Number of different items.
        units: Of the hidden layer.
        dropout: Share of the hidden layer that training drops.
        hide: Share of the input that training drops.

    Returns:
        Network from "basket", float32 (batch, items), 1 for an item in the basket, else 0, to
        "logits" of all items, float32 (batch, items): softmax over those that are not in the
        basket makes them the probabilities of the next one.
    """
    import keras
    from keras import layers

    basket = keras.Input((items,), name="basket")  # (batch, items)
    x = layers.Dropout(hide, name="hide")(basket)
    x = layers.Dense(units, activation="relu", name="hidden")(x)  # (batch, units)
    x = layers.Dropout(dropout, name="drop")(x)
    logits = layers.Dense(items, name="logits")(x)
    return keras.Model(basket, logits, name="basket_completer")  # (batch, items)

"""A network that adds as people do by hand: one column of digits after the other."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras


def digit_adder(base: int, units: int = 64) -> "keras.Model":
    """Build the network that reads two numbers column by column and writes a digit for each.

    It must remember the carry, and nothing else; so it can add numbers of any length.

    Args:
        base: Of the numbers.
        units: Of the recurrent layer and of the last hidden layer; the first has twice as many.

    Returns:
        Network from "columns", float32 (batch, any number of columns, 2 * base): the digits of the
        first and of the second number, both one-hot, ones first; to "probabilities" of each digit
        of the answer, float32 (batch, columns, base).
    """
    import keras
    from keras import layers

    columns = keras.Input((None, 2 * base), name="columns")
    x = layers.Dense(2 * units, activation="relu", name="pair")(columns)
    x = layers.GRU(units, return_sequences=True, name="carry")(x)
    x = layers.Dense(units, activation="relu", name="hidden")(x)
    probabilities = layers.Dense(base, activation="softmax", name="probabilities")(x)
    return keras.Model(columns, probabilities, name="digit_adder")

"""A Transformer that adds column by column; nothing tells it where a column stands."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras

HIDDEN = 4
"""How much wider the hidden layer after an attention is than the rest."""


def digit_transformer(
    base: int, units: int = 64, *, blocks: int = 2, heads: int = 4
) -> "keras.Model":
    """Build the network that reads two numbers column by column and writes a digit for each.

    Each column looks at those before it (Vaswani et al., 2017, with normalisation first). Positions
    are not given: from how many columns it sees, the network can tell them as far as it was trained
    (Haviv et al., "Transformer language models without positional encodings still learn positional
    information", 2022).

    Args:
        base: Of the numbers.
        units: Numbers per column between the layers; a multiple of `heads`.
        blocks: Of attention and a hidden layer.
        heads: Of each attention.

    Returns:
        Network from "columns", float32 (batch, any number of columns, 2 * base): the digits of the
        first and of the second number, both one-hot, ones first; to "probabilities" of each digit
        of the answer, float32 (batch, columns, base).
    """
    import keras
    from keras import layers

    def normalized(x: Any, name: str) -> Any:
        return layers.LayerNormalization(epsilon=1e-5, name=f"{name}_norm")(x)

    columns = keras.Input((None, 2 * base), name="columns")
    x = layers.Dense(2 * units, activation="relu", name="pair")(columns)
    x = layers.Dense(units, name="column")(x)
    for block in range(1, blocks + 1):
        y = normalized(x, f"look_{block}")
        y = layers.MultiHeadAttention(heads, units // heads, name=f"look_{block}")(
            y, y, use_causal_mask=True
        )
        x = layers.Add(name=f"look_{block}_sum")([x, y])
        y = normalized(x, f"think_{block}")
        y = layers.Dense(HIDDEN * units, activation="relu", name=f"think_{block}_hidden")(y)
        y = layers.Dense(units, name=f"think_{block}_output")(y)
        x = layers.Add(name=f"think_{block}_sum")([x, y])
    x = normalized(x, "digit")
    probabilities = layers.Dense(base, activation="softmax", name="probabilities")(x)
    return keras.Model(columns, probabilities, name="digit_transformer")

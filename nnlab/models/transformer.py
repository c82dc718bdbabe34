"""An encoder and a decoder of attention (Vaswani et al., 2017), with normalisation first."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras

HIDDEN = 4
"""How much wider the hidden layer between two attentions is than the rest."""


def transformer(
    vocabulary: int, longest: int, *, units: int, blocks: int, heads: int, dropout: float
) -> "keras.Model":
    """Build the network that reads a text and scores the next piece of its translation.

    Both languages and the output share one table of vectors (Press and Wolf, 2017). Normalisation
    comes before each part, which makes training more stable (Xiong et al., 2020).

    Args:
        vocabulary: How many pieces there are; 0 is padding, which is not looked at.
        longest: Most pieces of a text, and the largest position.
        units: Numbers per piece between the layers; a multiple of `heads`.
        blocks: Of the encoder, and of the decoder.
        heads: Of each attention.
        dropout: Share of the numbers that training drops, after each part.

    Returns:
        Network from "source" and "target", numbers of pieces (batch, any length), each with the
        positions of the pieces counted from 1, "source_positions" and "target_positions" (0 for
        padding), to "logits" of the piece that follows each one of the target, float32
        (batch, length of the target, vocabulary).
    """
    import keras
    from keras import layers

    def spread() -> Any:  # one for each layer: it gives the same numbers every time
        return keras.initializers.RandomNormal(stddev=units**-0.5)

    tokens = layers.ReversibleEmbedding(
        vocabulary, units, mask_zero=True, embeddings_initializer=spread(), name="tokens"
    )

    def dropped(x: Any, name: str) -> Any:
        return layers.Dropout(dropout, name=f"{name}_dropout")(x)

    def normalized(x: Any, name: str) -> Any:
        return layers.LayerNormalization(epsilon=1e-5, name=f"{name}_norm")(x)

    def begun(side: str) -> Any:
        text = keras.Input((None,), name=side)
        positions = keras.Input((None,), name=f"{side}_positions")
        place = layers.Embedding(
            longest + 1,
            units,
            mask_zero=True,
            embeddings_initializer=spread(),
            name=f"{side}_places",
        )
        x = layers.Add(name=f"{side}_sum")([tokens(text), place(positions)])
        return [text, positions], dropped(x, side)

    def attended(x: Any, name: str, other: Any = None) -> Any:
        """Add what attention finds: in x itself as far as it has come, or in the other text."""
        attention = layers.MultiHeadAttention(heads, units // heads, name=name)
        y = normalized(x, name)
        if other is None:
            found = attention(y, y, use_causal_mask=name.startswith("decoder"))
        else:  # Keras takes the mask off what attention looks at: each gets a tensor of its own
            found = attention(y, normalized(other, f"{name}_text"))
        return layers.Add(name=f"{name}_sum")([x, dropped(found, name)])

    def thought(x: Any, name: str) -> Any:
        y = layers.Dense(HIDDEN * units, activation="relu", name=f"{name}_hidden")(
            normalized(x, name)
        )
        y = layers.Dense(units, name=f"{name}_output")(y)
        return layers.Add(name=f"{name}_sum")([x, dropped(y, name)])

    source, x = begun("source")
    for block in range(1, blocks + 1):
        x = attended(x, f"encoder_{block}_own")
        x = thought(x, f"encoder_{block}")
    encoded = x
    target, x = begun("target")
    for block in range(1, blocks + 1):
        x = attended(x, f"decoder_{block}_own")
        x = attended(x, f"decoder_{block}_source", encoded)
        x = thought(x, f"decoder_{block}")
    logits = tokens(normalized(x, "decoder"), reverse=True)
    return keras.Model([*source, *target], logits, name="transformer")

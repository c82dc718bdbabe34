"""A character LSTM that predicts every character of a text, regularised for small corpora.

Dropout uses one mask for all steps of a text (Gal and Ghahramani, 2016), also on the hidden state.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

INPUT_DROPOUT = 0.15
"""Share of the numbers of an embedding that training drops."""


def sequence_lstm(
    characters: int, *, units: int, embedding: int, dropout: float, recurrent_dropout: float
) -> "keras.Model":
    """Build the network that reads a text and predicts the character after each one.

    Args:
        characters: Number of different characters.
        units: Cells of the LSTM.
        embedding: Numbers that stand for a character.
        dropout: Share of the LSTM's outputs that training drops.
        recurrent_dropout: Share of its hidden state that training drops.

    Returns:
        Network from "text", numbers of characters (batch, any length), to "probabilities" of the
        character that follows each one, float32 (batch, length, characters).
    """
    import keras
    from keras import layers

    text = keras.Input((None,), name="text")
    spread = keras.initializers.RandomNormal(stddev=embedding**-0.5)
    vectors = layers.Embedding(
        characters, embedding, embeddings_initializer=spread, name="characters"
    )(text)
    memory = layers.LSTM(
        units,
        return_sequences=True,
        dropout=INPUT_DROPOUT,
        recurrent_dropout=recurrent_dropout,
        name="memory",
    )(vectors)
    same_at_every_step = (None, 1, units)
    memory = layers.Dropout(dropout, noise_shape=same_at_every_step, name="dropout")(memory)
    probabilities = layers.Dense(characters, activation="softmax", name="probabilities")(memory)
    return keras.Model(text, probabilities, name="sequence_lstm")

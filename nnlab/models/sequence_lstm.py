"""A character LSTM that predicts every character of a text, regularised for small corpora.

Dropout uses one mask for all steps of a text (Gal and Ghahramani, 2016); recurrent weights are
dropped too (Merity et al., 2018).
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
        recurrent_dropout: Share of its recurrent weights that training drops.

    Returns:
        Network from "text", numbers of characters (batch, any length), to "probabilities" of the
        character that follows each one, float32 (batch, length, characters).
    """
    import keras
    from keras import layers

    from nnlab.models.weight_dropping import weight_dropping_lstm

    text = keras.Input((None,), name="text")
    spread = keras.initializers.RandomNormal(stddev=embedding**-0.5)
    vectors = layers.Embedding(
        characters, embedding, embeddings_initializer=spread, name="characters"
    )(text)
    vectors = layers.Dropout(INPUT_DROPOUT, noise_shape=(None, 1, embedding), name="input_dropout")(
        vectors
    )
    memory = weight_dropping_lstm(units, recurrent_dropout, "memory")(vectors)
    memory = layers.Dropout(dropout, noise_shape=(None, 1, units), name="dropout")(memory)
    probabilities = layers.Dense(characters, activation="softmax", name="probabilities")(memory)
    return keras.Model(text, probabilities, name="sequence_lstm")

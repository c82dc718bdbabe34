"""The character LSTM of the report (section on text generation, figure 3)."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras


def character_lstm(window: int, characters: int, units: int = 180) -> "keras.Model":
    """Build the network that reads a window of text and predicts the next character.

    Args:
        window: Characters in the window.
        characters: Number of different characters.
        units: Cells of the LSTM; the report's 180 by default.

    Returns:
        Network from "window", float32 (batch, window, characters), one-hot, to "probabilities" of
        the character that follows, float32 (batch, characters).
    """
    import keras
    from keras import layers

    text = keras.Input((window, characters), name="window")  # (batch, window, characters)
    state = layers.LSTM(units, name="memory")(text)  # (batch, units)
    probabilities = layers.Dense(characters, activation="softmax", name="probabilities")(state)
    return keras.Model(text, probabilities, name="character_lstm")  # (batch, characters)

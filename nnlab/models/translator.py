"""The translating network of the report (figure 6): encoder and decoder, teacher forcing."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras


def translator(
    source_shape: tuple[int, int], target_shape: tuple[int, int], units: int = 256
) -> "keras.Model":
    """Build the network that reads a sentence and predicts the next character of its translation.

    The decoder starts in the encoder's last state and is given the true characters so far
    (teacher forcing; Sutskever et al. 2014).

    Args:
        source_shape: Length of the longest source sentence, and number of different characters.
        target_shape: The same for the translations, including start and end mark.
        units: Cells of each LSTM; the report's 256 by default.

    Returns:
        Network from "source", float32 (batch, length, characters), one-hot, and "target" likewise,
        to "probabilities" of the character that follows each one of the target, float32 of the
        target's shape. All-zero positions of the source are padding and have no effect.
    """
    import keras
    from keras import layers

    source = keras.Input(source_shape, name="source")  # (batch, source length, characters)
    target = keras.Input(target_shape, name="target")  # (batch, target length, characters)
    known = layers.Masking(name="padding")(source)
    _, *state = layers.LSTM(units, return_state=True, name="encoder")(known)  # two (batch, units)
    decoder = layers.LSTM(units, return_sequences=True, return_state=True, name="decoder")
    x, *_ = decoder(target, initial_state=state)  # (batch, target length, units)
    probabilities = layers.Dense(target_shape[1], activation="softmax", name="probabilities")(x)
    return keras.Model([source, target], probabilities, name="translator")

"""The adding network of the report (section on addition): one LSTM reads, another writes."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras


def adder(
    question_length: int, answer_length: int, characters: int, units: int = 128
) -> "keras.Model":
    """Build the sequence-to-sequence network that answers a sum as text.

    Args:
        question_length: Characters per question, including spaces.
        answer_length: Characters per answer, including spaces.
        characters: Number of different characters.
        units: Cells of each LSTM; the report's 128 by default.

    Returns:
        Network from "question", float32 (batch, question_length, characters), one-hot, to
        "probabilities" of each character of the answer, float32 (batch, answer_length, characters).
    """
    import keras
    from keras import layers

    question = keras.Input((question_length, characters), name="question")
    thought = layers.LSTM(units, name="encoder")(question)  # (batch, units)
    x = layers.RepeatVector(answer_length, name="repeat")(thought)  # (batch, answer_length, units)
    x = layers.LSTM(units, return_sequences=True, name="decoder")(x)
    probabilities = layers.Dense(characters, activation="softmax", name="probabilities")(x)
    return keras.Model(question, probabilities, name="adder")

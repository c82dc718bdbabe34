"""An LSTM whose recurrent weights are dropped in training (Merity et al., 2018: AWD-LSTM)."""

import functools
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras


def weight_dropping_lstm(units: int, rate: float, name: str) -> "keras.layers.LSTM":
    """Build an LSTM that returns all its outputs and, in training, drops recurrent weights.

    Each batch drops others, the same ones at all steps. All steps are one operation of TensorFlow,
    which took .38 of a loop's time per batch of 32 rows (400 cells, 2 cores). The layer is Keras'
    own but for its steps, so files of the network open without nnlab. It takes no masks.

    Args:
        units: Cells.
        rate: Share of the recurrent weights that a batch drops, 0 to below 1.
        name: Of the layer.
    """
    import keras

    layer = keras.layers.LSTM(units, return_sequences=True, name=name)
    dropped = keras.layers.Dropout(rate, name=f"{name}_weights")
    layer.dropped = dropped  # Keras tracks it, so that its random state is saved for resuming
    layer.inner_loop = functools.partial(_steps, layer.cell, dropped)
    return layer


def _steps(
    cell: Any, dropped: Any, sequences: Any, initial_state: Any, mask: Any, training: bool
) -> Any:
    """Compute what `keras.layers.LSTM.inner_loop` does: last output, outputs, states."""
    import tensorflow as tf

    recurrent = dropped(cell.recurrent_kernel, training=training)
    kernel = tf.concat([tf.convert_to_tensor(cell.kernel), recurrent], axis=0)
    # the operation has no bfloat16
    kind = sequences.dtype
    sequences, kernel, bias, hidden, memory = (
        tf.cast(one, tf.float32) for one in (sequences, kernel, cell.bias, *initial_state)
    )
    unused = tf.zeros((cell.units,))  # peepholes
    # not BlockLSTMV2: its gradient is wrong in TensorFlow 2.21 (tests/models/test_weight_dropping)
    steps = tf.raw_ops.BlockLSTM(
        seq_len_max=tf.shape(sequences, tf.int64)[1],
        x=tf.transpose(sequences, (1, 0, 2)),
        cs_prev=memory,
        h_prev=hidden,
        w=_candidate_before_forget(kernel),
        wci=unused,
        wcf=unused,
        wco=unused,
        b=_candidate_before_forget(bias),
        forget_bias=0.0,
        cell_clip=-1.0,
        use_peephole=False,
    )
    outputs, memories = tf.cast(steps.h, kind), tf.cast(steps.cs, kind)
    return outputs[-1], tf.transpose(outputs, (1, 0, 2)), [outputs[-1], memories[-1]]


def _candidate_before_forget(gates: Any) -> Any:
    """Reorder Keras' gates for TensorFlow: in, candidate, forget, out."""
    import tensorflow as tf

    given, forget, candidate, out = tf.split(gates, 4, axis=-1)
    return tf.concat([given, candidate, forget, out], axis=-1)

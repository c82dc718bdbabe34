"""LSTMs and what goes with them give what Keras gives."""

from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.errors import UsageError
from nnlab.inference import Network, checked_graph
from tests.inference.agreement import assert_agrees, normal

few = settings(max_examples=12)


@pytest.fixture(scope="module")
def layers() -> ModuleType:
    import keras

    layers: ModuleType = keras.layers
    return layers


def gappy(*shape: int) -> np.ndarray:
    """Sequences (batch of 6, time, features) with steps of zeros: none, at the ends, all, gaps."""
    x = normal(*shape)
    x[1, -2:] = 0
    x[2, :1] = 0
    x[3] = 0
    x[4, 1] = 0
    x[5, ::2] = 0
    return x


@few
@given(
    time=st.integers(1, 6),
    features=st.integers(1, 4),
    units=st.integers(1, 5),
    sequences=st.booleans(),
    state=st.booleans(),
    use_bias=st.booleans(),
    begun=st.booleans(),
)
def test_lstm(
    layers: ModuleType,
    time: int,
    features: int,
    units: int,
    sequences: bool,
    state: bool,
    use_bias: bool,
    begun: bool,
) -> None:
    import keras

    x = keras.Input((time, features), name="x")
    states = [keras.Input((units,), name=name) for name in ("hidden", "cell")] if begun else []
    lstm = layers.LSTM(
        units, return_sequences=sequences, return_state=state, use_bias=use_bias, name="y"
    )
    model = keras.Model([x, *states] if begun else x, lstm(x, initial_state=states or None))
    assert_agrees(
        model, normal(3, time, features), *(normal(3, units, seed=n) for n, _ in enumerate(states))
    )


@few
@given(
    time=st.integers(1, 6),
    features=st.integers(1, 4),
    units=st.integers(1, 5),
    sequences=st.booleans(),
    state=st.booleans(),
    use_bias=st.booleans(),
    begun=st.booleans(),
)
def test_gru(
    layers: ModuleType,
    time: int,
    features: int,
    units: int,
    sequences: bool,
    state: bool,
    use_bias: bool,
    begun: bool,
) -> None:
    import keras

    x = keras.Input((time, features), name="x")
    states = [keras.Input((units,), name="hidden")] if begun else []
    gru = layers.GRU(
        units, return_sequences=sequences, return_state=state, use_bias=use_bias, name="y"
    )
    model = keras.Model([x, *states] if begun else x, gru(x, initial_state=states or None))
    assert_agrees(
        model, normal(3, time, features), *(normal(3, units, seed=n) for n, _ in enumerate(states))
    )


@pytest.mark.parametrize("sequences", [False, True])
def test_a_gru_skips_what_is_masked(layers: ModuleType, sequences: bool) -> None:
    import keras

    x = keras.Input((5, 3), name="x")
    y = layers.Masking(name="mask")(x)
    y = layers.GRU(4, return_sequences=sequences, return_state=True, name="y")(y)
    assert_agrees(keras.Model(x, y), gappy(6, 5, 3))


@pytest.mark.parametrize("implementation", [1, 2])
def test_what_matters_in_training_only_is_fine(layers: ModuleType, implementation: int) -> None:
    import keras

    x = keras.Input((4, 3), name="x")
    lstm = layers.LSTM(
        2, dropout=0.5, recurrent_dropout=0.5, implementation=implementation, name="y"
    )
    assert_agrees(keras.Model(x, lstm(x)), normal(3, 4, 3))


def test_long_sequences_and_large_numbers_stay_close(layers: ModuleType) -> None:
    import keras

    x = keras.Input((200, 5), name="x")
    y = layers.LSTM(16, return_sequences=True, name="first")(x)
    y = layers.LSTM(16, name="second")(y)
    assert_agrees(keras.Model(x, y), 30 * normal(4, 200, 5))


def test_a_shared_lstm_with_states(layers: ModuleType) -> None:
    import keras

    left, right = keras.Input((4, 3), name="left"), keras.Input((5, 3), name="right")
    shared = layers.LSTM(2, return_state=True, name="shared")
    _, *states = shared(left)
    y, _, cell = shared(right, initial_state=states)
    network = assert_agrees(keras.Model([left, right], [y, cell]), normal(3, 4, 3), normal(3, 5, 3))
    assert list(network.output_shapes) == ["shared_2", "shared_2:2"]


def test_an_adder(layers: ModuleType) -> None:
    import keras

    x = keras.Input((5, 6), name="x")
    y = layers.LSTM(8, name="encoder")(x)
    y = layers.RepeatVector(3, name="repeat")(y)
    y = layers.LSTM(8, return_sequences=True, name="decoder")(y)
    y = layers.Dense(6, activation="softmax", name="probabilities")(y)
    assert_agrees(keras.Model(x, y), normal(3, 5, 6))


def test_an_encoder_and_a_decoder_with_masks(layers: ModuleType) -> None:
    """Keras looks at no mask where an LSTM begins in given states, but passes it on."""
    import keras

    source, target = keras.Input((5, 3), name="source"), keras.Input((4,), name="target")
    x = layers.Masking(name="mask")(source)
    x = layers.LSTM(4, return_sequences=True, name="below")(x)
    _, *states = layers.LSTM(4, return_state=True, name="encoder")(x)
    x = layers.Embedding(7, 3, mask_zero=True, name="embedding")(target)
    x = layers.LSTM(4, return_sequences=True, name="decoder")(x, initial_state=states)
    y = layers.Dense(7, activation="softmax", name="probabilities")(x)
    last = layers.LSTM(3, name="above")(x)
    model = keras.Model([source, target], [y, states[0], last])
    words = np.array([[1, 2, 3, 0], [0, 0, 0, 0], [0, 1, 0, 2], [1, 1, 1, 1], [6, 0, 0, 6]])
    assert_agrees(model, gappy(6, 5, 3)[:5], words)


@few
@given(sequences=st.booleans(), state=st.booleans(), value=st.sampled_from([0.0, -1.5]))
def test_masked_steps_are_passed_over(
    layers: ModuleType, sequences: bool, state: bool, value: float
) -> None:
    import keras

    x = keras.Input((5, 3), name="x")
    masked = layers.Masking(value, name="mask")(x)
    lstm = layers.LSTM(4, return_sequences=sequences, return_state=state, name="y")
    steps = gappy(6, 5, 3)
    steps[steps == 0] = value
    assert_agrees(keras.Model(x, [masked, *keras.tree.flatten(lstm(masked))]), steps)


PASSED = {
    "dense": lambda layers, x: layers.Dense(3, name="on")(x),
    "dropout": lambda layers, x: layers.Dropout(0.5, name="on")(x),
    "activation": lambda layers, x: layers.Activation("sigmoid", name="on")(x),
    "rescaling": lambda layers, x: layers.Rescaling(2.0, 1.0, name="on")(x),
    "reshape": lambda layers, x: layers.Reshape((5, 3), name="on")(x),
    "masking": lambda layers, x: layers.Masking(1.0, name="on")(x),
    "lstm": lambda layers, x: layers.LSTM(3, return_sequences=True, name="on")(x),
    "add": lambda layers, x: layers.Add(name="on")(
        [x, layers.Masking(name="other")(layers.Dense(3, activation="relu", name="dense")(x))]
    ),
    "add to unmasked": lambda layers, x: layers.Add(name="on")(
        [x, layers.Reshape((5, 3), name="bare")(x)]
    ),
    "concatenate features": lambda layers, x: layers.Concatenate(name="on")(
        [x, layers.Masking(name="other")(layers.Dense(2, activation="relu", name="dense")(x))]
    ),
    "concatenate steps": lambda layers, x: layers.Concatenate(1, name="on")(
        [layers.Reshape((5, 3), name="bare")(x), x]
    ),
}


@pytest.mark.filterwarnings("ignore:Layer '.*' .* was passed an input with a mask")
@pytest.mark.parametrize("case", PASSED)
def test_masks_go_where_keras_lets_them(layers: ModuleType, case: str) -> None:
    import keras

    x = keras.Input((5, 3), name="x")
    y = PASSED[case](layers, layers.Masking(name="mask")(x))
    assert_agrees(keras.Model(x, layers.LSTM(4, name="y")(y)), gappy(6, 5, 3))


@few
@given(
    shape=st.lists(st.integers(1, 4), max_size=2).map(tuple),
    size=st.integers(1, 6),
    dimensions=st.integers(1, 4),
    mask_zero=st.booleans(),
)
def test_embedding(
    layers: ModuleType, shape: tuple[int, ...], size: int, dimensions: int, mask_zero: bool
) -> None:
    import keras

    x = keras.Input(shape, name="x")
    y = layers.Embedding(size, dimensions, mask_zero=mask_zero, name="embedding")(x)
    if len(shape) == 1:
        y = layers.LSTM(2, name="y")(y)
    numbers = np.random.default_rng(2).integers(0, size, (5, *shape))
    network = assert_agrees(keras.Model(x, y), numbers)
    assert len(network.predict(np.empty((0, *shape)))) == 0


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("before", [[], [1]])
@pytest.mark.parametrize("number", [-1, 3, 0.5, np.nan, np.inf, -np.inf, 1e30])
def test_a_number_that_has_no_embedding_is_refused(number: float, before: list[int]) -> None:
    embedding = {"input_dim": 3, "output_dim": 2, "mask_zero": False}
    description = {
        "inputs": [{"name": "x", "shape": [len(before) + 1]}],
        "nodes": [{"name": "y", "kind": "embedding", "settings": embedding, "inputs": ["x"]}],
        "outputs": ["y"],
    }
    network = Network(checked_graph(description), {"y/embeddings": normal(3, 2)})
    assert network(np.array([[*before, 2]])).shape == (1, len(before) + 1, 2)
    with pytest.raises(UsageError, match="whole numbers from 0 to 2"):
        network(np.array([[*before, number]]))


@few
@given(features=st.integers(1, 4), count=st.integers(1, 5))
def test_repeat_vector(layers: ModuleType, features: int, count: int) -> None:
    import keras

    x = keras.Input((features,), name="x")
    model = keras.Model(x, layers.RepeatVector(count, name="y")(x))
    assert_agrees(model, normal(3, features))

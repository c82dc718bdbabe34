"""Attention, and what goes with it, gives what Keras gives."""

from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.errors import CheckpointError, NnlabError
from nnlab.inference import Network, checked_graph
from nnlab.models.describe import describe, weights_of
from tests.inference.agreement import assert_agrees, normal

few = settings(max_examples=12)


@pytest.fixture(scope="module")
def layers() -> ModuleType:
    import keras

    layers: ModuleType = keras.layers
    return layers


@few
@given(
    times=st.tuples(st.integers(1, 5), st.integers(1, 5)),
    features=st.integers(1, 4),
    heads=st.integers(1, 3),
    # Keras adds a bias (heads, 1) to the times instead of the heads when there are as many of both:
    # keras.src.backend.tensorflow.numpy.add takes it for a bias of channels in front.
    key_size=st.integers(2, 4),
    use_bias=st.booleans(),
)
def test_attention_to_another_sequence(
    layers: ModuleType,
    times: tuple[int, int],
    features: int,
    heads: int,
    key_size: int,
    use_bias: bool,
) -> None:
    import keras

    query, value = (
        keras.Input((time, features), name=f"x{time}_{n}") for n, time in enumerate(times)
    )
    attention = layers.MultiHeadAttention(heads, key_size, use_bias=use_bias, name="y")
    model = keras.Model([query, value], attention(query, value))
    assert_agrees(model, *(normal(3, time, features, seed=n) for n, time in enumerate(times)))


@few
@given(time=st.integers(1, 6), heads=st.integers(1, 3), dropout=st.sampled_from([0.0, 0.5]))
def test_attention_to_what_came_before(
    layers: ModuleType, time: int, heads: int, dropout: float
) -> None:
    import keras

    x = keras.Input((time, 4), name="x")
    attention = layers.MultiHeadAttention(heads, 3, dropout=dropout, name="y")
    assert_agrees(keras.Model(x, attention(x, x, use_causal_mask=True)), normal(3, time, 4))


def test_a_transformer_that_does_not_look_at_padding(layers: ModuleType) -> None:
    import keras

    source, target = keras.Input((None,), name="source"), keras.Input((None,), name="target")
    tokens = layers.ReversibleEmbedding(7, 4, mask_zero=True, name="tokens")
    x = tokens(source)
    y = layers.LayerNormalization(name="norm")(x)
    x = layers.Add(name="sum")([x, layers.MultiHeadAttention(2, 3, name="encoder")(y, y)])
    y = tokens(target)
    own = layers.MultiHeadAttention(2, 3, name="own")
    y = own(y, y, use_causal_mask=True)
    y = layers.MultiHeadAttention(2, 3, name="cross")(y, x)
    y = layers.Activation("softmax", name="probabilities")(tokens(y, reverse=True))
    sources = np.array([[1, 2, 3, 4, 5], [6, 5, 0, 0, 0], [3, 0, 0, 0, 0]], np.float32)
    targets = np.array([[1, 2, 3], [4, 5, 6], [2, 2, 1]], np.float32)
    network = Network(
        checked_graph(describe(keras.Model([source, target], y))),
        weights_of(keras.Model([source, target], y)),
    )
    assert network.input_shapes == {"source": (8,), "target": (8,)}
    fixed = keras.Model([source, target], y)
    expected = keras.ops.convert_to_numpy(fixed([sources, targets]))
    came = network.resized((5,), (3,)).predict(sources, targets)
    np.testing.assert_allclose(came, expected, atol=1e-5)
    longer = np.concatenate([sources, np.zeros((3, 4), np.float32)], axis=1)
    np.testing.assert_allclose(
        network.resized((9,), (3,)).predict(longer, targets), came, atol=1e-6
    )


def test_a_decoder_step_by_step_gives_what_the_whole_gives(layers: ModuleType) -> None:
    """Keys and values of earlier steps are kept, and put in front of those of the step."""
    import keras

    x = keras.Input((6, 4), name="x")
    attention = layers.MultiHeadAttention(2, 3, name="own")
    model = keras.Model(x, attention(x, x, use_causal_mask=True))
    network = assert_agrees(model, normal(2, 6, 4))
    memory = network.part({"x": (1, 4)}, ["own_memory", "own_memory:1"])
    look = network.part({"x": (1, 4), "own_memory": (6, 6), "own_memory:1": (6, 6)}, ["own"])
    steps = normal(2, 6, 4)
    kept = [np.zeros((2, 0, 6), np.float32)] * 2
    for step in range(6):
        now = steps[:, step : step + 1]
        new = memory.run(now)
        kept = [np.concatenate(pair, axis=1) for pair in zip(kept, new, strict=True)]
        (came,) = look.run(now, *kept)
        np.testing.assert_allclose(came[:, 0], network(steps)[:, step], atol=1e-6)


def test_embedding_there_and_back(layers: ModuleType) -> None:
    import keras

    x = keras.Input((3,), name="x")
    tokens = layers.ReversibleEmbedding(5, 4, name="tokens")
    y = layers.Dense(4, name="between")(tokens(x))
    assert_agrees(keras.Model(x, tokens(y, reverse=True)), np.array([[0, 1, 2], [4, 3, 0]]))


@pytest.mark.parametrize("options", [{"attention_mask": True}, {"key": True}])
def test_what_is_computed_in_keras_only_is_refused(
    layers: ModuleType, options: dict[str, bool]
) -> None:
    import keras

    x = keras.Input((3, 4), name="x")
    other = keras.Input((3, 4) if "key" in options else (3, 3), name="other")
    y = layers.MultiHeadAttention(2, 3, name="y")(x, x, **dict.fromkeys(options, other))
    with pytest.raises(NnlabError, match="of its own"):
        describe(keras.Model([x, other], y))


def test_a_causal_mask_over_two_sequences_is_refused(layers: ModuleType) -> None:
    """Keras lets the first query see the first key alone, whatever the lengths."""
    import keras

    x, other = keras.Input((2, 4), name="x"), keras.Input((4, 4), name="other")
    y = layers.MultiHeadAttention(2, 3, name="y")(x, other, use_causal_mask=True)
    with pytest.raises(NnlabError, match="a causal mask and two different sequences"):
        describe(keras.Model([x, other], y))


def test_causal_attention_to_what_does_not_grow_has_no_steps(layers: ModuleType) -> None:
    import keras

    x = keras.Input((3, 4), name="x")
    network = assert_agrees(
        keras.Model(x, layers.MultiHeadAttention(2, 3, name="y")(x, x, use_causal_mask=True)),
        normal(2, 3, 4),
    )
    look = network.part({"x": (3, 4), "y_memory": (3, 6), "y_memory:1": (3, 6)}, ["y"])
    with pytest.raises(CheckpointError, match="'y' looks at the whole sequence"):
        look.stepwise(["x"])


def test_keys_that_do_not_fit_are_refused(layers: ModuleType) -> None:
    import keras

    x = keras.Input((3, 4), name="x")
    model = keras.Model(x, layers.MultiHeadAttention(2, 3, name="y")(x, x, use_causal_mask=True))
    description = describe(model)
    description["nodes"][1]["settings"]["heads"] = 5
    with pytest.raises(CheckpointError, match=r"expected an input of shape \(time, 15\)"):
        checked_graph(description)

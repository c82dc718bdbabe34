from pathlib import Path

import pytest

from nnlab.inference import checked_graph
from nnlab.models.describe import Description
from nnlab.plots.network.unrolling import Unrolled, unroll
from tests.plots.network.networks import arrows, dense, draw, lstm, network, node

SEQUENCES = {"return_sequences": True}
STATE = {"return_state": True}


def text_network(window: int = 40) -> Description:
    return network({"window": (window, 57)}, [lstm("memory", "window"), dense("next", "memory")])


def adder() -> Description:
    nodes = [
        lstm("encoder", "question"),
        node("repeat", "repeat_vector", "encoder", count=4),
        lstm("decoder", "repeat", **SEQUENCES),
        dense("probabilities", "decoder"),
    ]
    return network({"question": (7, 12)}, nodes)


def translator() -> Description:
    nodes = [
        node("padding", "masking", "source", mask_value=0.0),
        lstm("encoder", "padding", **STATE),
        lstm("decoder", "target", "encoder:1", "encoder:2", **SEQUENCES, **STATE),
        dense("probabilities", "decoder"),
    ]
    return network({"source": (19, 60), "target": (54, 70)}, nodes)


def stacked_translator() -> Description:
    nodes = [
        lstm("lower_encoder", "source", **SEQUENCES, **STATE),
        lstm("upper_encoder", "lower_encoder", **STATE),
        lstm("lower", "target", "lower_encoder:1", "lower_encoder:2", **SEQUENCES),
        node("drop", "dropout", "lower"),
        lstm("upper", "drop", "upper_encoder:1", "upper_encoder:2", **SEQUENCES),
        dense("probabilities", "upper"),
    ]
    return network({"source": (19, 60), "target": (54, 70)}, nodes)


def stacked() -> Description:
    nodes = [
        node("embedding", "embedding", "tokens", input_dim=50, output_dim=16, mask_zero=True),
        lstm("lower", "embedding", **SEQUENCES),
        lstm("upper", "lower"),
        dense("hidden", "upper", activation="relu"),
        dense("next", "hidden"),
    ]
    return network({"tokens": (6,)}, nodes)


def tagger() -> Description:
    return network({"words": (30, 9)}, [lstm("memory", "words", **SEQUENCES), dense("t", "memory")])


def unrolled(description: Description) -> Unrolled:
    found = unroll(checked_graph(description))
    assert found is not None
    return found


def test_the_text_network_is_unrolled_over_its_window(tmp_path: Path) -> None:
    figure, texts = draw(text_network(), tmp_path)
    assert {"$x_{1}$", "$x_{4}$", "$x_{40}$", "$o$", "40 steps × 57", "5 values"} <= set(texts)
    assert {"memory", "8 units", "2,112 weights", "5 units, softmax"} <= set(texts)
    assert texts.count("LSTM") == 5 + 1  # and the words beside them
    assert arrows(figure) == 5 + 5 + 2  # into the memory, from step to step, up to the output


@pytest.mark.parametrize(("window", "steps"), [(1, ["1"]), (6, list("123456")), (7, list("12347"))])
def test_all_steps_of_a_short_sequence_are_drawn(
    tmp_path: Path, window: int, steps: list[str]
) -> None:
    _, texts = draw(text_network(window), tmp_path)
    assert [text for text in texts if "x_" in text] == [f"$x_{{{step}}}$" for step in steps]


def test_the_last_step_of_a_very_long_sequence_is_n(tmp_path: Path) -> None:
    _, texts = draw(text_network(16_000), tmp_path)
    assert {"$x_{n}$", "16,000 steps × 57"} <= set(texts)


def test_the_adder_repeats_the_result_of_its_encoder(tmp_path: Path) -> None:
    figure, texts = draw(adder(), tmp_path)
    assert {"repeat vector", "4 steps × 8", "$x_{7}$", "$o_{4}$", "4 steps × 5"} <= set(texts)
    assert arrows(figure) == (3 + 3) + 1 + (4 + 3) + 4 + 4
    network = unrolled(adder())
    assert network.repeated == "encoder"
    assert network.levels["encoder"] == network.levels["decoder"] == 1


def test_the_translator_passes_its_states_to_the_decoder(tmp_path: Path) -> None:
    figure, texts = draw(translator(), tmp_path)
    assert {"states $h, c$", "source", "target", "$x_{19}$", "$y_{54}$", "$o_{54}$"} <= set(texts)
    assert texts.count("mask") == 3
    assert arrows(figure) == (3 + 3 + 3) + 1 + (3 + 3) + 3 + 3


def test_the_encoder_is_first_whatever_the_order_of_the_inputs(tmp_path: Path) -> None:
    swapped = translator()
    swapped["inputs"].reverse()
    assert [chain.names[0] for chain in unrolled(swapped).chains] == ["source", "target"]
    draw(swapped, tmp_path)


def test_lstms_that_share_states_are_at_the_same_height(tmp_path: Path) -> None:
    levels = unrolled(stacked_translator()).levels
    assert levels["lower"] == levels["lower_encoder"]
    assert levels["upper"] == levels["upper_encoder"] == levels["drop"] + 1
    _, texts = draw(stacked_translator(), tmp_path)
    assert texts.count("states $h, c$") == 2


def test_stacked_lstms_over_an_embedding_are_drawn(tmp_path: Path) -> None:
    _, texts = draw(stacked(), tmp_path)
    assert {"6 steps", "16 features", "800 weights", "5 units, relu"} <= set(texts)
    assert texts.count("LSTM") == 2 * (6 + 1)
    assert texts.count("embed") == 6


def test_a_dense_layer_after_an_lstm_is_drawn_for_each_step(tmp_path: Path) -> None:
    _, texts = draw(tagger(), tmp_path)
    assert {"$o_{1}$", "$o_{30}$", "30 steps × 5"} <= set(texts)
    assert texts.count("dense") == 5 + 1


def test_a_decoder_may_take_both_states_and_result_of_its_encoder(tmp_path: Path) -> None:
    nodes = adder()["nodes"]
    nodes[0] = lstm("encoder", "question", **STATE)
    nodes[2] = lstm("decoder", "repeat", "encoder:1", "encoder:2", **SEQUENCES)
    description = network({"question": (7, 12)}, nodes)
    assert unrolled(description).repeated == "encoder"
    draw(description, tmp_path)


def test_long_names_are_drawn(tmp_path: Path) -> None:
    long = "a_layer_with_a_name_longer_than_anybody_would_type_by_hand"
    text = network({long: (40, 57)}, [lstm(f"{long}_2", long), dense("y", f"{long}_2")])
    draw(text, tmp_path)


# networks drawn as graphs -----------------------------------------------------------------------

STATES = ["encoder:1", "encoder:2"]
ODD = {
    "a state from outside": network(
        {"x": (4, 3), "h": (8,), "c": (8,)}, [lstm("y", "x", "h", "c")]
    ),
    "a sequence used twice": network(
        {"x": (4, 3)}, [lstm("a", "x"), lstm("b", "x"), node("y", "add", "a", "b")]
    ),
    "a skip": network({"x": (4, 8)}, [lstm("a", "x", **SEQUENCES), node("y", "add", "a", "x")]),
    "flattened steps": network(
        {"x": (4, 3)}, [lstm("a", "x", **SEQUENCES), node("f", "flatten", "a"), dense("y", "f")]
    ),
    "an output in between": network({"x": (4, 3)}, [lstm("a", "x"), dense("y", "a")], "a", "y"),
    "a state as output": network({"x": (4, 3)}, [lstm("y", "x", **STATE)], "y", "y:2"),
    "a state into a layer": network({"x": (4, 3)}, [lstm("a", "x", **STATE), dense("y", "a:2")]),
    "swapped states": network(
        {"x": (4, 3), "z": (4, 3)},
        [lstm("encoder", "x", **STATE), lstm("y", "z", *reversed(STATES))],
    ),
    "states of one's own sequence": network(
        {"x": (4, 3)},
        [lstm("encoder", "x", **STATE, **SEQUENCES), lstm("y", "encoder", *STATES)],
    ),
    "three sequences": network(
        {"x": (4, 3), "z": (4, 3), "w": (4, 3)},
        [
            lstm("encoder", "x", **STATE),
            lstm("a", "z", *STATES, **STATE),
            lstm("y", "w", "a:1", "a:2"),
        ],
    ),
    "states that cross": network(
        {"x": (4, 3), "z": (4, 3)},
        [
            lstm("a", "x", **STATE, **SEQUENCES),
            lstm("b", "a", **STATE),
            lstm("c", "z", "b:1", "b:2", **SEQUENCES),
            lstm("y", "c", "a:1", "a:2"),
        ],
    ),
    "one state for two": network(
        {"x": (4, 3), "z": (4, 3)},
        [
            lstm("encoder", "x", **STATE),
            lstm("a", "z", *STATES, **SEQUENCES),
            lstm("y", "a", *STATES),
        ],
    ),
    "two unrelated sequences": network(
        {"x": (4, 3), "z": (4, 3)}, [lstm("a", "x"), lstm("y", "z")], "a", "y"
    ),
    "a repeated input": network(
        {"x": (3,)}, [node("r", "repeat_vector", "x", count=4), lstm("y", "r")]
    ),
    "a vector made a sequence": network(
        {"x": (12,)}, [node("r", "reshape", "x", shape=[4, 3]), lstm("y", "r")]
    ),
    "many layers": network(
        {"x0": (4, 8)}, [lstm(f"x{k + 1}", f"x{k}", **SEQUENCES) for k in range(20)]
    ),
    "no memory in the encoder": network(
        {"x": (3, 8), "w": (2, 3)},
        [dense("a", "x"), lstm("b", "w"), node("y", "add", "b", "b")],
        "a",
        "y",
    ),
}


@pytest.mark.parametrize("form", ODD)
def test_other_recurrent_networks_are_drawn_as_graphs(tmp_path: Path, form: str) -> None:
    assert unroll(checked_graph(ODD[form])) is None
    _, texts = draw(ODD[form], tmp_path)
    recurrent = sum(entry["kind"] == "lstm" for entry in ODD[form]["nodes"])
    assert texts.count("LSTM") == recurrent
    assert not any("$" in text for text in texts)


def test_networks_without_lstms_are_not_unrolled() -> None:
    flat = network({"x": (3,)}, [dense("y", "x")])
    assert unroll(checked_graph(flat)) is None

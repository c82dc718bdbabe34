"""Texts in pieces, with the probability that each character had."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nnlab
from nnlab.datasets.text.corpus import encode
from nnlab.experiments.contract import Note
from nnlab.experiments.textgen.answers import RULE
from nnlab.experiments.textgen.config import TextgenQuery
from nnlab.experiments.textgen.sequence_lstm import SequenceLSTM
from nnlab.experiments.textgen.window_lstm import WindowLSTM
from nnlab.runs.answering import Trained
from tests.experiments.textgen.networks import altered, write_untrained

PROMPTS = ["the dog ", ""]
DESIGNS = {"window": WindowLSTM(), "sequence": SequenceLSTM(), "mixture": SequenceLSTM()}


@pytest.fixture(scope="module")
def networks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Trained]:
    folder = tmp_path_factory.mktemp("writers")
    given: dict[str, Any] = {"corpus": "sample", "units": 8}
    paths = {
        "window": write_untrained(folder / "w.h5", "textgen", factor=3.0, **given),
        "sequence": write_untrained(
            folder / "s.h5", "textgen", factor=3.0, **given, preset="modern", ngrams=0
        ),
        "mixture": nnlab.load("textgen.modern").path,
    }
    return {name: nnlab.load(path) for name, path in paths.items()}


def joined(trained: Trained, query: TextgenQuery) -> dict[int, tuple[str, list[float]]]:
    texts: dict[int, tuple[str, list[float]]] = {}
    events = trained.events(PROMPTS, query)
    assert events is not None
    for one in events:
        assert isinstance(one, dict)
        text, probabilities = texts.get(one["number"], ("", []))
        texts[one["number"]] = text + one["text"], probabilities + one["probabilities"]
    return texts


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("window", {}),
        ("window", {"context": "window", "top_k": 3}),
        ("sequence", {"samples": 2, "temperature": 1.5}),
        ("mixture", {"top_p": 0.8, "samples": 2}),
    ],
)
def test_the_pieces_are_the_text_that_is_printed(
    networks: dict[str, Trained], name: str, given: dict[str, Any]
) -> None:
    trained, query = networks[name], TextgenQuery(length=50, seed=3, **given)
    texts = [text for text, _ in joined(trained, query).values()]
    printed = trained.stream(PROMPTS, query)
    assert printed is not None
    prompts = [prompt for prompt in PROMPTS for _ in range(query.samples)]
    behind = [f"{prompt}{text}\n" for prompt, text in zip(prompts, texts, strict=True)]
    assert RULE.join(behind) == "".join(map(str, printed))
    assert texts == [
        one["text"] for one in trained.answers(PROMPTS, query) if isinstance(one, dict)
    ]


@pytest.mark.parametrize("name", DESIGNS)
def test_probabilities_are_those_before_temperature(
    networks: dict[str, Trained], name: str, tmp_path: Path
) -> None:
    seed = networks[name].header.facts["seeds"][0]
    trained = nnlab.load(altered(networks[name].path, tmp_path / "one.h5", seeds=[seed]))
    text, probabilities = joined(trained, TextgenQuery(length=40, temperature=0.2, top_k=5))[0]
    characters = trained.exhibit()["characters"]
    before, written = (encode(one, characters)[0] for one in (seed + PROMPTS[0], text))
    reader = DESIGNS[name].readers(trained.network, trained.header.facts, "carried")()
    expected = reader.likelihoods(before, written)
    np.testing.assert_allclose(probabilities, expected, atol=1e-6)


def test_characters_that_are_left_out_are_noted(networks: dict[str, Trained]) -> None:
    events = networks["window"].events(["\u4e00"], TextgenQuery(length=1))
    assert events is not None
    note, piece = events
    assert isinstance(note, Note)
    assert isinstance(piece, dict)
    assert "\u4e00" in note.text
    assert len(piece["text"]) == len(piece["probabilities"]) == 1

"""Options of `textgen`: how it trains, and how it answers."""

from dataclasses import dataclass

from nnlab.options import option
from nnlab.training.settings import OPTIMIZERS, TrainingSettings

CONTEXTS = ("carried", "window")
"""What a network remembers while it writes."""


@dataclass(frozen=True, kw_only=True)
class TextgenConfig(TrainingSettings):
    """Options of training a model of text."""

    corpus: str | None = option(
        None,
        "text file, or a data set: tom_sawyer, nietzsche, sample",
        path=True,
        default_text="tom_sawyer where it can be had, else sample",
    )
    encoding: str | None = option(None, "encoding of the text file", default_text="utf-8")
    keep_case: bool = option(False, "tell capital letters from small ones")
    seq_len: int = option(40, "characters that the network reads", low=1, high=10_000)
    step: int = option(3, "characters from one window to the next", low=1)
    units: int = option(180, "cells of the LSTM", low=1, high=2**14)
    epochs: int = option(60, "passes over the windows", low=1, high=10**6)
    optimizer: str = option("rmsprop", "how the weights are changed", choices=OPTIMIZERS)
    learning_rate: float = option(0.01, "size of the optimizer's steps", above=0)


@dataclass(frozen=True, kw_only=True)
class TextgenQuery:
    """Options of writing."""

    sample: bool = option(False, "write with no prompt: from a passage of the training text on")
    length: int = option(400, "characters to write", low=1)
    temperature: float = option(0.5, "0: the likeliest character; 1: as the network says", low=0)
    top_k: int = option(0, "choose among so many of the likeliest characters; 0: all", low=0)
    top_p: float = option(
        1.0, "choose among the likeliest that make up this probability", above=0, high=1
    )
    samples: int = option(1, "texts for each prompt", low=1, short="n")
    seed: int = option(1, "another seed, another text", low=0, high=2**31 - 1)
    context: str = option(
        "carried", "what the network remembers: all it read, or its window", choices=CONTEXTS
    )

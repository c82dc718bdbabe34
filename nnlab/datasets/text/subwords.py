"""Subwords: pieces of words, frequent ones long and rare ones short (Kudo, 2018).

A unigram model gives each piece a probability. A text is cut into the pieces whose product is the
largest. What no piece covers is written as the bytes of its UTF-8 form, so any text can be written.
SentencePiece learns the pieces; cutting a text needs nothing but this file.
"""

import functools
import io
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nnlab.errors import DataError

PADDING, START, END, UNKNOWN = range(4)
BYTES = 4
"""The number of the piece for byte 0; those of the other bytes follow."""
FIRST = BYTES + 256
"""The number of the first piece of text."""
MOST = 2**16
"""How many numbers there may be."""
BLANK = "\N{LOWER ONE EIGHTH BLOCK}"
"""Stands for a blank inside pieces, as in SentencePiece."""
LONGEST_PIECE = 16
_RARE = 10.0
"""How much less likely an unknown character is than the rarest piece, as a logarithm."""


@dataclass(frozen=True, eq=False)
class Subwords:
    """Pieces of text with the logarithms of their probabilities.

    Numbers stand for pieces: 0 to 3 have special meanings, 256 stand for bytes, then come those of
    `pieces`.

    Attributes:
        pieces: The logarithm of the probability of each piece, in the order of their numbers.
    """

    pieces: Mapping[str, float]

    def __len__(self) -> int:
        """How many numbers there are, with those of special meaning and of bytes."""
        return FIRST + len(self.pieces)

    @functools.cached_property
    def _numbers(self) -> dict[str, int]:
        return {piece: number for number, piece in enumerate(self.pieces, start=FIRST)}

    @functools.cached_property
    def _texts(self) -> list[str]:
        return list(self.pieces)

    @functools.cached_property
    def _longest(self) -> int:
        return max(map(len, self.pieces))

    @functools.cached_property
    def _unknown(self) -> float:
        return min(self.pieces.values()) - _RARE

    def encode(self, text: str) -> list[int]:
        """Return the numbers of the likeliest pieces of a text."""
        marked = _marked(text)
        _, cut = self._likeliest(marked)
        found: list[list[int]] = []
        end = len(marked)
        while end:
            piece = marked[cut[end] : end]
            number = self._numbers.get(piece)
            found.append([BYTES + byte for byte in _bytes(piece)] if number is None else [number])
            end = cut[end]
        return [number for numbers in reversed(found) for number in numbers]

    def logarithm(self, text: str) -> float:
        """Return the logarithm of the probability of the likeliest pieces of a text."""
        return self._likeliest(_marked(text))[0][-1]

    def _likeliest(self, marked: str) -> tuple[list[float], list[int]]:
        """Return, of the text up to each place, the logarithm, and where its last piece begins."""
        best, cut = [0.0], [0]
        for end in range(1, len(marked) + 1):
            score, start = best[end - 1] + self._unknown, end - 1
            for first in range(max(0, end - self._longest), end):
                known = self.pieces.get(marked[first:end])
                if known is not None and best[first] + known > score:
                    score, start = best[first] + known, first
            best.append(score)
            cut.append(start)
        return best, cut

    def decode(self, numbers: Iterable[int]) -> str:
        """Return the text that numbers stand for; bytes that are no UTF-8 become U+FFFD."""
        parts: list[bytes] = []
        for number in numbers:
            if number >= FIRST:
                parts.append(self._texts[number - FIRST].replace(BLANK, " ").encode())
            elif number >= BYTES:
                parts.append(bytes([number - BYTES]))
        return b"".join(parts).decode(errors="replace").strip(" ")

    def text_of(self, number: int) -> str:
        """Return a piece as one may read it: a blank as U+2581, a byte as <0x41>."""
        if number >= FIRST:
            return self._texts[number - FIRST]
        names = {PADDING: "", START: "<start>", END: "<end>", UNKNOWN: "<unknown>"}
        return names.get(number, f"<0x{number - BYTES:02X}>")

    def is_unknown(self, character: str) -> bool:
        """Tell whether a character has to be written as bytes."""
        return character != " " and character not in self.pieces

    def sampled(self, texts: Sequence[str], variety: float, seed: int) -> list[list[int]]:
        """Cut each text into pieces at random, likely ones more often (subword regularisation).

        Args:
            texts: What to cut.
            variety: 0 chooses ways to cut by their probability, 1 all ways equally often.
            seed: For the random numbers of SentencePiece, which are the same for one version of it.
        """
        import sentencepiece

        sentencepiece.set_random_generator_seed(seed)
        cut: list[list[int]] = self._processor().encode(
            list(texts), enable_sampling=True, alpha=1 - variety, nbest_size=-1, num_threads=1
        )
        return cut

    def _processor(self) -> Any:
        """Return SentencePiece with these pieces."""
        import sentencepiece
        from sentencepiece import sentencepiece_model_pb2

        made: Any = sentencepiece_model_pb2  # without types
        model = made.ModelProto()
        kinds = made.ModelProto.SentencePiece
        special = {PADDING: kinds.CONTROL, START: kinds.CONTROL, END: kinds.CONTROL}
        for number in range(len(self)):
            kind = special.get(number, kinds.UNKNOWN if number == UNKNOWN else kinds.BYTE)
            piece = self.text_of(number) or "<pad>"
            model.pieces.add(
                piece=piece,
                score=self.pieces.get(piece, 0.0) if number >= FIRST else 0.0,
                type=kinds.NORMAL if number >= FIRST else kind,
            )
        settings = model.trainer_spec
        settings.model_type = settings.UNIGRAM
        settings.byte_fallback = True
        settings.pad_id, settings.bos_id, settings.eos_id, settings.unk_id = (
            PADDING, START, END, UNKNOWN
        )  # fmt: skip
        settings.pad_piece, settings.bos_piece, settings.eos_piece, settings.unk_piece = (
            "<pad>", "<start>", "<end>", "<unknown>"
        )  # fmt: skip
        model.normalizer_spec.name = "identity"
        model.normalizer_spec.add_dummy_prefix = True
        model.normalizer_spec.remove_extra_whitespaces = True
        return sentencepiece.SentencePieceProcessor(model_proto=model.SerializeToString())


def learn_subwords(texts: Sequence[str], size: int) -> Subwords:
    """Learn pieces from texts; fewer than `size` if the texts do not yield as many.

    Args:
        texts: Sentences.
        size: How many numbers there may be in all, with those of special meaning and of bytes.

    Raises:
        DataError: The texts are empty, or have more different characters than `size` allows.
    """
    import sentencepiece

    least = FIRST + len(set().union(*map(_marked, texts)))
    if size < least:
        raise DataError(
            f"these texts have {least - FIRST:,} different characters; use --subwords {least} or "
            "more"
        )
    written = io.BytesIO()
    try:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(texts),
            model_writer=written,
            vocab_size=size,
            model_type="unigram",
            byte_fallback=True,
            character_coverage=1.0,
            normalization_rule_name="identity",
            max_sentence_length=2**20,
            max_sentencepiece_length=LONGEST_PIECE,
            hard_vocab_limit=False,
            pad_id=PADDING,
            bos_id=START,
            eos_id=END,
            unk_id=UNKNOWN,
            num_threads=1,  # sums of several threads come out differently each time
            minloglevel=2,
        )
    except RuntimeError as error:
        raise DataError(f"cannot learn subwords from these texts: {error}") from error
    learned = sentencepiece.SentencePieceProcessor(model_proto=written.getvalue())
    numbers = range(FIRST, learned.get_piece_size())
    return Subwords({learned.id_to_piece(one): float(learned.get_score(one)) for one in numbers})


def are_subwords(value: Any) -> bool:
    """Return whether a fact of a checkpoint is a table of pieces as `Subwords` has them."""
    return (
        isinstance(value, dict)
        and 0 < len(value) <= MOST - FIRST
        and all(
            isinstance(piece, str)
            and 0 < len(piece) <= LONGEST_PIECE
            and type(score) in (int, float)
            and math.isfinite(score)
            for piece, score in value.items()
        )
    )


def as_codes(rows: Sequence[Sequence[int]]) -> np.ndarray:
    """Return numbers of pieces as uint16 (rows, longest), padded with 0."""
    codes = np.zeros((len(rows), max(map(len, rows), default=0)), np.uint16)
    for place, row in enumerate(rows):
        codes[place, : len(row)] = row
    return codes


def _marked(text: str) -> str:
    words = re.sub(" +", BLANK, text.strip(" "))
    return f"{BLANK}{words}" if words else ""


def _bytes(piece: str) -> bytes:
    return piece.encode(errors="surrogatepass")

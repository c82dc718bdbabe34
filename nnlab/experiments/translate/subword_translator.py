"""Translates with a network over subwords: sentence by sentence, unfamiliar names by stand-ins."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from nnlab.datasets.text.subwords import END, PADDING, START, UNKNOWN, Subwords
from nnlab.experiments.contract import Note
from nnlab.experiments.translate.attention_decoder import AttentionDecoder
from nnlab.experiments.translate.cutting import composed, sentences, shortened
from nnlab.experiments.translate.design import Translation, Translator
from nnlab.experiments.translate.unfamiliar import (
    calmed,
    invented,
    is_kept,
    is_shouted,
    stand_ins,
    swapped,
    unfamiliar,
)
from nnlab.inference import Network

NEVER = (PADDING, UNKNOWN)
"""Codes that no translation has."""
MOST_TRIES = 8
"""How often a text is translated with stand-ins, if the network does not copy the first ones."""


class SubwordTranslator(Translator):
    """A trained Transformer.

    Args:
        network: Reads and writes subwords.
        facts: The subwords, and how long a text usually is.
        longest: Most subwords of a text, with the mark of its end.
        beam: How many beginnings are followed unless a user says otherwise.
    """

    attends = True

    def __init__(self, network: Network, facts: Mapping[str, Any], longest: int, beam: int) -> None:
        self._subwords = Subwords(facts["subwords"])
        self._usual: int = facts["usual_length"]
        self._decoder = AttentionDecoder(network)
        self._longest = longest
        self.beam = beam

    def translations(
        self, text: str, *, beam: int, count: int, attention: bool
    ) -> list[Translation]:
        """Return the likeliest translations of one sentence, or one of several sentences."""
        if is_shouted(text):
            calm = calmed(text, self._subwords)
            found = self.translations(calm, beam=beam, count=count, attention=attention)
            return [replace(one, text=one.text.upper()) for one in found]
        parts = [self._one(part, beam, count, attention) for part in self._parts(text)]
        if len(parts) == 1:
            return parts[0]
        if not parts:
            return [Translation("", 0.0)]
        best = [part[0] for part in parts]
        joined = " ".join(one.text for one in best)
        together = {"parts": [dict(one.pieces) for one in best]} if attention else {}
        return [Translation(joined, sum(one.score for one in best), together)]

    def translate(self, texts: Sequence[str]) -> list[str]:
        """Return the likeliest translation of each text."""
        return [
            self.translations(text, beam=self.beam, count=1, attention=False)[0].text
            for text in texts
        ]

    def notes(self, text: str, count: int) -> Iterator[Note]:
        """Name characters that are unknown, and say where parts have one translation each."""
        strange = sorted({one for one in composed(text) if self._subwords.is_unknown(one)})
        if strange:
            yield Note(
                "no training sentence has the characters "
                f"{' '.join(strange)}: they may be copied wrongly"
            )
        if count > 1 and len(self._parts(text)) > 1:
            yield Note("this text is translated in parts, which have one translation each")

    def _one(self, text: str, beam: int, count: int, attention: bool) -> list[Translation]:
        """Translate a part of a text, and names that were not copied rightly by stand-ins."""
        found = self.at_once(text, beam, count, attention)
        if not invented(text, found[0].text, self._subwords):
            return found
        return self._with_stand_ins(text, beam, count, attention) or found

    def _with_stand_ins(
        self, text: str, beam: int, count: int, attention: bool
    ) -> list[Translation]:
        """Translate with other names and numbers, and put the right ones back; [] if that fails."""
        units = dict.fromkeys(unfamiliar(text, self._subwords))
        free = {number: stand_ins(text, self._subwords, number=number) for number in (False, True)}
        chosen: dict[str, str] = {}
        for _ in range(MOST_TRIES if units else 0):
            for unit in units:
                if unit not in chosen:
                    chosen[unit] = next(free[unit[0].isdecimal()], unit)
            changed = swapped(text, chosen)
            found = self.at_once(changed, beam, count, attention)
            lost = [one for one in chosen.values() if not is_kept(one, changed, found[0].text)]
            if not lost:
                back = {stand_in: unit for unit, stand_in in chosen.items()}
                return [replace(one, text=swapped(one.text, back)) for one in found]
            chosen = {unit: one for unit, one in chosen.items() if one not in lost}
        return []

    def has_unfamiliar(self, text: str) -> bool:
        """Tell whether a text has names, numbers or addresses that may be hard to copy."""
        return bool(unfamiliar(text, self._subwords))

    def at_once(self, text: str, beam: int, count: int, attention: bool) -> list[Translation]:
        """Return what the network makes of a text that it can see at once."""
        source = [*self._subwords.encode(text), END][: self._longest]
        found = self._decoder.search(source, start=START, end=END, beam=beam, never=NEVER)
        translations = []
        for one in found[:count]:
            pieces: dict[str, Any] = {}
            if attention:
                weights = self._decoder.attention(source, [START, *one.codes])
                pieces = {
                    "source_pieces": [self._subwords.text_of(code) for code in source],
                    "target_pieces": [self._subwords.text_of(code) for code in (*one.codes, END)],
                    "attention": weights.round(4).tolist(),
                }
            translations.append(Translation(self._subwords.decode(one.codes), one.score, pieces))
        return translations

    def _parts(self, text: str) -> list[str]:
        """Cut a text into sentences, and those that are longer than the network is used to."""

        def fits(part: str) -> bool:
            return len(self._subwords.encode(part)) <= self._usual

        return [part for one in sentences(composed(text)) for part in shortened(one, fits)]

"""Translates with a network over subwords: sentence by sentence, unfamiliar names by stand-ins."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from nnlab.datasets.text.subwords import END, PADDING, START, UNKNOWN, Subwords
from nnlab.experiments.contract import Note
from nnlab.experiments.translate.attention_decoder import AttentionDecoder
from nnlab.experiments.translate.capitals import calmed, is_shouted
from nnlab.experiments.translate.cutting import composed, sentences, shortened
from nnlab.experiments.translate.design import Translation, Translator
from nnlab.experiments.translate.unfamiliar import (
    invented,
    is_kept,
    put_back,
    put_in,
    stand_ins,
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
        """Return the likeliest translations of one sentence, or one of several sentences.

        There are fewer than `count` where some did not copy a stand-in. Scores and pieces are those
        of what the network saw: with stand-ins, and in small letters.
        """
        parts = [
            self._one(part, shouted, beam, count, attention) for part, shouted in self._parts(text)
        ]
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
        parts = self._parts(text)
        strange = sorted(
            {one for part, _ in parts for one in part if self._subwords.is_unknown(one)}
        )
        if strange:
            yield Note(
                "no training sentence has the characters "
                f"{' '.join(strange)}: they may be copied wrongly"
            )
        if count > 1 and len(parts) > 1:
            yield Note("this text is translated in parts, which have one translation each")

    def has_unfamiliar(self, text: str) -> bool:
        """Tell whether a text has names, numbers or addresses that may be hard to copy."""
        return bool(unfamiliar(text, self._subwords))

    def at_once(self, source: str, beam: int, count: int, attention: bool) -> list[Translation]:
        """Return what the network makes of a text as it is, without its end if it is too long."""
        codes = [*self._subwords.encode(source), END][: self._longest]
        found = self._decoder.search(codes, start=START, end=END, beam=beam, never=NEVER)
        translations: dict[str, Translation] = {}
        for one in found:
            text = self._subwords.decode(one.codes)
            if text in translations or len(translations) == count:
                continue  # one text may be cut into subwords in several ways
            pieces: dict[str, Any] = {}
            if attention:
                weights = self._decoder.attention(codes, [START, *one.codes])
                pieces = {
                    "source_pieces": [self._subwords.text_of(code) for code in codes],
                    "target_pieces": [self._subwords.text_of(code) for code in (*one.codes, END)],
                    "attention": weights.astype(float).round(4).tolist(),
                }
            translations[text] = Translation(text, one.score, pieces)
        return list(translations.values())

    def _one(
        self, part: str, shouted: bool, beam: int, count: int, attention: bool
    ) -> list[Translation]:
        """Translate a part of a text, and names that were not copied rightly by stand-ins."""
        found = self.at_once(part, beam, count, attention)
        if invented(part, found[0].text, self._subwords):
            found = self._with_stand_ins(part, beam, count, attention) or found
        if not shouted:
            return found
        loud: dict[str, Translation] = {}
        for one in found:
            loud.setdefault(one.text.upper(), replace(one, text=one.text.upper()))
        return list(loud.values())

    def _with_stand_ins(
        self, text: str, beam: int, count: int, attention: bool
    ) -> list[Translation]:
        """Translate with other names and numbers, and put the right ones back; [] if that fails."""
        units = {unit.text: unit for unit in unfamiliar(text, self._subwords)}
        if not units:
            return []
        free = {number: stand_ins(text, self._subwords, number=number) for number in (False, True)}
        chosen: dict[str, str] = {}
        for _ in range(MOST_TRIES):
            for name in [one for one in units if one not in chosen]:
                stand_in = next(free[units[name].kind == "number"], None)
                if stand_in is None:
                    return []
                chosen[name] = stand_in
            changed = put_in(text, chosen)
            found = self.at_once(changed, beam, count, attention)
            lost = {
                name for name, one in chosen.items() if not is_kept(one, changed, found[0].text)
            }
            if not lost:
                return [
                    replace(one, text=put_back(one.text, chosen))
                    for one in found
                    if all(is_kept(stand_in, changed, one.text) for stand_in in chosen.values())
                ]
            chosen = {name: one for name, one in chosen.items() if name not in lost}
        return []

    def _parts(self, text: str) -> list[tuple[str, bool]]:
        """Cut a text into sentences, and those that are longer than the network is used to.

        Returns:
            The parts, in small letters if they were in capitals, and whether they were.
        """
        parts = []
        text = composed(text)
        all_shouted = is_shouted(text)
        for sentence in sentences(text):
            shouted = all_shouted or is_shouted(sentence)
            calm = calmed(sentence, self._subwords) if shouted else sentence
            parts += [(part, shouted) for part in shortened(calm, self._fits)]
        return parts

    def _fits(self, part: str) -> bool:
        """Tell whether a part is as short as usual; what is unfamiliar counts as one subword."""
        units = unfamiliar(part, self._subwords)
        length = len(self._subwords.encode(part))
        unknown = sum(len(self._subwords.encode(unit.text)) - 1 for unit in units)
        # beside the mark of the end; one long address may be more than the network can see
        is_seen = length < self._longest or len(units) == 1
        return is_seen and length - unknown <= self._usual

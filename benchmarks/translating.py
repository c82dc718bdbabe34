"""How much it helps to cut a text into sentences, and to use stand-ins for unfamiliar names.

    python benchmarks/translating.py                    # needs the data set nld-eng
    python benchmarks/translating.py --examples 10

Both are measured on the validation set, by which they were chosen: texts of several sentences, and
sentences whose translation the stand-ins change. Beside them stands what the network makes of the
same texts at once.
"""

import argparse
from collections.abc import Mapping, Sequence

from figures import add_json_option, keep

import nnlab
from nnlab.datasets.store import Store
from nnlab.datasets.text.parallel_corpus import load_pairs
from nnlab.errors import NnlabError
from nnlab.experiments.translate.cutting import composed, sentences
from nnlab.experiments.translate.subword_translator import SubwordTranslator
from nnlab.experiments.translate.transformer import SubwordTransformer
from nnlab.metrics import bleu, chrf
from nnlab.runs.answering import Trained

Case = tuple[str, str, str, list[str]]
"""A source, its translation at once, that of `nnlab translate`, and the references."""


def translator_of(trained: Trained) -> SubwordTranslator:
    """Return what translates with a network."""
    return SubwordTransformer().translator(trained.network, trained.header.facts)


def validation_set(trained: Trained) -> dict[str, list[str]]:
    """Return the translations of each text of a network's validation set.

    Raises:
        NnlabError: The pairs are missing.
    """
    settings = trained.config()
    pairs = load_pairs(
        Store(),
        "nld-eng",
        reverse=settings.reverse,
        max_pairs=settings.max_pairs,
        split_seed=settings.split_seed,
        warn=print,
    )
    references: dict[str, list[str]] = {}
    for row in pairs.validation.tolist():
        references.setdefault(composed(pairs.sources[row]), []).append(pairs.targets[row])
    return references


def cases(trained: Trained, references: Mapping[str, list[str]]) -> dict[str, list[Case]]:
    """Translate what is not simply one sentence of familiar words, in both ways."""
    translator = translator_of(trained)
    found: dict[str, list[Case]] = {"several sentences": [], "stand-ins": []}
    for source, targets in references.items():
        several = len(sentences(source)) > 1
        if several or translator.has_unfamiliar(source):
            (once, *_) = translator.at_once(source, translator.beam, 1, attention=False)
            (now,) = translator.translate([source])
            if several or once.text != now:
                kind = "several sentences" if several else "stand-ins"
                found[kind].append((source, once.text, now, targets))
    return found


def scores(given: Sequence[str], references: Sequence[Sequence[str]]) -> tuple[float, float]:
    """Return chrF and BLEU."""
    return chrf(given, references), bleu(given, references)


def main() -> None:
    """Print a line for each kind of text."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--examples", type=int, default=0, help="of each kind, evenly spread")
    add_json_option(parser)
    chosen = parser.parse_args()
    trained = nnlab.load("translate.modern")
    try:
        known = validation_set(trained)
    except NnlabError as error:
        print(f"nothing measured: {error}")
        keep(chosen.json, {})
        return
    figures: dict[str, float] = {}
    for kind, rows in cases(trained, known).items():
        references = [row[3] for row in rows]
        once = scores([row[1] for row in rows], references)
        now = scores([row[2] for row in rows], references)
        print(
            f"{kind}: {len(rows)} of {len(known):,} texts, at once chrF "
            f"{once[0]:.1f} BLEU {once[1]:.1f}, now chrF {now[0]:.1f} BLEU {now[1]:.1f}"
        )
        for source, first, second, _ in rows[:: max(1, len(rows) // max(1, chosen.examples))]:
            if chosen.examples:
                print(f"  {source} | {first} | {second}")
        figures |= {f"{kind}, at once, chrF": once[0], f"{kind}, now, chrF": now[0]}
    keep(chosen.json, figures)


if __name__ == "__main__":
    main()

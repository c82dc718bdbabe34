"""What wider beams bring, and what they cost: the shipped Transformer on its validation set.

    python benchmarks/beams.py                     # needs the data set nld-eng
    python benchmarks/beams.py --texts 200 --widths 1 4

Texts are spread evenly over the validation set. The widths take turns, text by text, on one core;
the milliseconds are those of processor time.
"""

import argparse
import time

from figures import add_json_option, keep
from one_core import add_here_option, move_to_one_core
from translating import scores, translator_of, validation_set

import nnlab
from nnlab.errors import NnlabError

WIDTHS = (1, 2, 4, 8)


def main() -> None:
    """Print a line for each width."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--texts", type=int, default=1000)
    parser.add_argument("--widths", nargs="+", type=int, default=WIDTHS)
    add_here_option(parser)
    add_json_option(parser)
    chosen = parser.parse_args()
    move_to_one_core(chosen.here)
    trained = nnlab.load("translate.modern")
    try:
        known = validation_set(trained)
    except NnlabError as error:
        print(f"nothing measured: {error}")
        keep(chosen.json, {})
        return
    texts = list(known)[:: max(1, len(known) // chosen.texts)][: chosen.texts]
    translator = translator_of(trained)
    found: dict[int, list[str]] = {width: [] for width in chosen.widths}
    seconds = dict.fromkeys(chosen.widths, 0.0)
    for text in texts:
        for width in chosen.widths:
            begun = time.process_time()
            (best,) = translator.translations(text, beam=width, count=1, attention=False)
            seconds[width] += time.process_time() - begun
            found[width].append(best.text)
    figures: dict[str, float] = {}
    print(f"{len(texts):,} texts of {len(known):,}")
    for width, answers in found.items():
        of_chrf, of_bleu = scores(answers, [known[text] for text in texts])
        milliseconds = 1000 * seconds[width] / len(texts)
        print(f"beam {width}: chrF {of_chrf:.1f}, BLEU {of_bleu:.1f}, {milliseconds:.0f} ms a text")
        figures |= {f"beam {width}, chrF": of_chrf, f"beam {width}, ms a text": milliseconds}
    keep(chosen.json, figures)


if __name__ == "__main__":
    main()

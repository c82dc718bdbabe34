"""Ask the shipped networks of `add --preset modern` every sum of two numbers of three digits.

    python benchmarks/adding.py                  # decimal, then hexadecimal
    python benchmarks/adding.py --base 10
    python benchmarks/adding.py --checkpoint runs/add/1

Also 10,000 sums of two random numbers of 100 digits. With --checkpoint, ask a network of one's own
for 10,000 random sums of each of several numbers of digits.
"""

import argparse
import sys
import time

import numpy as np
from figures import add_json_option, keep

import nnlab
from nnlab.datasets.text.sums import add_columns, columns
from nnlab.experiments.add import scoring
from nnlab.experiments.add.digit_adder import DigitAdder
from nnlab.runs.choosing import shipped_checkpoint

DIGITS = 3
PAIRS = 2**18  # at a time
LENGTHS = (6, 7, 8, 10, 12, 16, 20, 100)


def wrong_sums(adder: DigitAdder, base: int, digits: int) -> int:
    """Count the wrong sums among all pairs of numbers of up to `digits` digits."""
    count = base**digits
    step = max(1, PAIRS // count)
    wrong = 0
    for start in range(0, count, step):
        first = np.arange(start, min(count, start + step))
        grid = np.meshgrid(first, np.arange(count), indexing="ij")
        pairs = columns(np.stack(grid, axis=-1).reshape(-1, 2), base, digits + 1)
        wrong += int((adder.add_columns(pairs) != add_columns(pairs, base)).any(axis=1).sum())
    return wrong


def by_length(checkpoint: str) -> dict[str, float]:
    """Print and return the share of right sums of longer and longer numbers."""
    trained = nnlab.load(checkpoint)
    if "reads" not in trained.header.facts:
        sys.exit(f"{checkpoint}: expected a network that reads columns of digits")
    adder = DigitAdder(trained.network, trained.header.facts)
    figures = {}
    for digits in LENGTHS:
        share = scoring.score_long(adder.add_columns, trained.header.facts["base"], digits)
        print(f"{digits} digits: {share:.2%}", flush=True)
        figures[f"{digits} digits, right"] = share
    return figures


def main() -> None:
    """Print a line for each base."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--base", type=int, action="append", choices=[10, 16])
    parser.add_argument("--checkpoint", help="a run of add that reads columns of digits")
    add_json_option(parser)
    options = parser.parse_args()
    if options.checkpoint:
        keep(options.json, by_length(options.checkpoint))
        return
    figures = {}
    for base in options.base or (10, 16):
        path = shipped_checkpoint("add", {"base": base, "preset": "modern"})
        if path is None:
            sys.exit(f"no network of base {base} is shipped")
        trained = nnlab.load(path)
        adder = DigitAdder(trained.network, trained.header.facts)
        started = time.monotonic()
        wrong = wrong_sums(adder, base, DIGITS)
        seconds = time.monotonic() - started
        long = scoring.score_long(adder.add_columns, base)
        print(
            f"base {base}: {wrong} of {base ** (2 * DIGITS):,} sums wrong ({seconds:.0f} s); "
            f"of {scoring.LONG_SUMS:,} sums of {scoring.LONG} digits {long:.2%} right"
        )
        figures[f"base {base}, sums per second"] = base ** (2 * DIGITS) / seconds
        figures[f"base {base}, wrong sums"] = wrong
    keep(options.json, figures)


if __name__ == "__main__":
    main()

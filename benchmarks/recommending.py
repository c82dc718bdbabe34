"""How long a basket takes: the shipped networks and the other recommenders, on one core.

    python benchmarks/recommending.py                     # needs the data set groceries
    python benchmarks/recommending.py --baskets sample

Each scores all items for the test baskets, one by one as they are asked about, and all at once.
The recommenders take turns; the median over the rounds is printed, in microseconds of a basket.
"""

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
from figures import add_json_option, keep
from one_core import add_here_option, move_to_one_core

import nnlab
from nnlab.datasets.store import Store
from nnlab.errors import NnlabError
from nnlab.experiments import get
from nnlab.experiments.recommend.scoring import fitted_baselines

Recommend = Callable[[np.ndarray], np.ndarray]
SHIPPED = ("recommend.modern", "recommend.report")


def recommenders(baskets: str | None) -> tuple[dict[str, Recommend], np.ndarray]:
    """Return the recommenders by name, and the test baskets (count, items) without hidden items."""
    experiment = get("recommend")
    given = {} if baskets is None else {"baskets": baskets}
    data = experiment.load(experiment.configure(given, "--baskets"), Store(), print)
    found: dict[str, Recommend] = {}
    for name in SHIPPED:
        trained = nnlab.load(name)
        if trained.header.facts["items"] == data.facts["items"]:
            found[name] = trained.network.predict
        else:
            print(f"{name} knows other items; left out")
    known = data.arrays["known"][data.arrays["test"]]
    return found | fitted_baselines(data), known.astype(np.float32)


def microseconds(recommend: Recommend, baskets: np.ndarray, step: int) -> float:
    """Return how long a basket takes, `step` baskets at a time."""
    begun = time.perf_counter()
    for start in range(0, len(baskets), step):
        recommend(baskets[start : start + step])
    return (time.perf_counter() - begun) / len(baskets) * 1e6


def main() -> None:
    """Measure in turn, and print a line for each recommender."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--baskets", help="a file of baskets or sample; by default groceries")
    parser.add_argument("--rounds", type=int, default=5)
    add_here_option(parser)
    add_json_option(parser)
    options = parser.parse_args()
    move_to_one_core(options.here)
    try:
        named, baskets = recommenders(options.baskets)
    except NnlabError as error:
        raise SystemExit(f"error: {error}") from error
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in named}
    for _ in range(options.rounds):
        for name, recommend in named.items():
            one, all_at_once = (microseconds(recommend, baskets, n) for n in (1, len(baskets)))
            times[name].append((one, all_at_once))
    figures: dict[str, float] = {}
    print(f"{len(baskets):,} baskets of {baskets.shape[1]} items, microseconds per basket")
    print(f"{'':24}{'one by one':>12}{'all at once':>14}")
    for name, measured in times.items():
        one, all_at_once = map(statistics.median, zip(*measured, strict=True))
        print(f"{name:24}{one:>12.1f}{all_at_once:>14.2f}")
        figures |= {f"{name}, one by one": one, f"{name}, all at once": all_at_once}
    keep(options.json, figures)


if __name__ == "__main__":
    main()

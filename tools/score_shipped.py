"""Score the networks that ship with nnlab, and put the tables into their checkpoints.

    python tools/score_shipped.py            # all; or name some: classify.report add.report.base-16
    python tools/score_shipped.py --only-facts translate.modern    # what it scores does not change

Needs the data sets. A score that cannot be measured on this machine stays as it was. Weights and
settings stay, too. What a training fits on held-out data now, but did not when a network was
trained, such as a temperature, is fitted before.
"""

import argparse
import dataclasses
import sys

from nnlab import checkpoint
from nnlab.datasets.store import Store
from nnlab.files import replacing
from nnlab.records import plain
from nnlab.results import IN_CHECKPOINT
from nnlab.runs.answering import Trained
from nnlab.runs.choosing import shipped_checkpoints
from nnlab.runs.evaluation import evaluate
from nnlab.runs.own_data import own_data


def fit(trained: Trained) -> None:
    """Add the facts that a training would fit today."""
    data = own_data(trained, Store(), _warn)
    fitted = trained.experiment.fitted_facts(trained.model, data)
    facts = {**fitted, **trained.header.facts}
    trained.header = dataclasses.replace(trained.header, facts=facts)


def _warn(text: str) -> None:
    print(text, file=sys.stderr)


def scored(trained: Trained) -> checkpoint.Header:
    """Return the header with what the network scores on the test set of its own data."""
    before = trained.header.metrics
    now = plain(evaluate(trained, {}, Store(), _warn))
    baselines = {
        name: {**before["baselines"].get(name, {}), **values}
        for name, values in now["baselines"].items()
    }
    scores = {**before["scores"], **now["scores"]}
    unmeasured = {name: why for name, why in now["unmeasured"].items() if name not in scores}
    for name, value in now["scores"].items():
        known = before["scores"].get(name)
        earlier = "not measured" if known is None else f"{known:.6g}"
        print(f"  {name}: {earlier} before, {value:.6g} now")
    new = {"scores": scores, "baselines": baselines, "unmeasured": unmeasured}
    metrics = {**before, "details": now["details"], **new}
    return dataclasses.replace(
        trained.header, metrics={name: metrics[name] for name in IN_CHECKPOINT}
    )


def main() -> None:
    """Score those that are named, or all."""
    paths = {path.stem: path for path in shipped_checkpoints()}
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("names", nargs="*", metavar="NETWORK", help=", ".join(paths))
    parser.add_argument("--only-facts", action="store_true", help="fit, but keep the scores")
    chosen = parser.parse_args()
    for name in chosen.names or paths:
        if name not in paths:
            parser.error(f"no network {name}; known: {', '.join(paths)}")
        print(name, flush=True)
        trained = Trained(paths[name])
        fit(trained)
        header = trained.header if chosen.only_facts else scored(trained)
        content = checkpoint.content(header, {"model": trained.weights}, float16=True)
        with replacing(paths[name]) as temporary:
            temporary.write_bytes(content)


if __name__ == "__main__":
    main()

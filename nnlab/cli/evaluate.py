"""`nnlab evaluate`: score a checkpoint on its own test data or on other data; no TensorFlow."""

from pathlib import Path

import click

from nnlab import experiments
from nnlab.cli.names import NETWORKS
from nnlab.cli.options import (
    ENGINE,
    PRINTING,
    STORE,
    SectionedCommand,
    SectionedOption,
    is_given,
    make_console,
    make_store,
    options_of,
    print_json,
    with_options,
)
from nnlab.records import versioned

DATA = "Other data to score on (default: the data that the network was trained on)"
DATASET_HELP = "A data set of the experiment, such as mnist or sample."


def _data_options() -> list[click.Parameter]:
    """Collect the options of all experiments that choose data, each once, without defaults.

    The defaults of training do not hold here: what nobody gives stays as it was in training.
    """
    options: dict[str, click.Parameter] = {}
    for experiment in experiments.usable():
        for option in options_of(experiment.Config, DATA, show_defaults=False):
            if option.name in experiment.data_options:
                first = options.setdefault(option.name, option)
                if isinstance(first.type, click.Choice) and first.type is not option.type:
                    first.type = click.STRING  # the experiment checks the value
    options["dataset"].help = DATASET_HELP  # each experiment has data sets of its own
    return list(options.values())


FIGURES = SectionedOption(
    ["--figures"],
    type=click.Path(path_type=Path),
    metavar="DIRECTORY",
    help="Also draw figures of the scores into this folder, which must be new or empty.",
)


@with_options(*_data_options(), FIGURES, ENGINE, *STORE, *PRINTING)
@click.command(cls=SectionedCommand)
@click.argument("checkpoint", type=click.Path(path_type=Path), shell_complete=NETWORKS)
@click.pass_context
def evaluate(ctx: click.Context, /, checkpoint: Path, figures: Path | None, **_: object) -> None:
    """Score a trained network on test data.

    CHECKPOINT is a file such as runs/classify/1/best.h5, a run folder, or the name of an
    experiment, for the network that comes with nnlab (the modern
    one if there is one; add.report names another).
    """
    from nnlab.cli.training import print_tables
    from nnlab.runs.answering import load
    from nnlab.runs.evaluation import evaluate as evaluate_checkpoint

    trained = load(checkpoint, engine=ctx.params["engine"])
    names = [str(option.name) for option in _data_options()]
    given = {name: ctx.params[name] for name in names if is_given(ctx, name)}
    console = make_console(ctx)
    metrics = evaluate_checkpoint(trained, given, make_store(ctx), console.warn, figures)
    if ctx.params["as_json"]:
        print_json({"checkpoint": str(trained.path), **versioned(metrics)})
    else:
        print_tables(console, trained.experiment.tables(metrics))
    if figures is not None:
        console.say(f"figures drawn in {figures}")

"""Tables as the page shows them: which columns are numbers, where a row leads."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnlab.datasets.store.provenance import Source
from nnlab.experiments.contract import Table
from nnlab.report.comparison import Comparison, cell_text, short_names
from nnlab.report.comparison_table import shared_scores, titled
from nnlab.report.comparison_table import table as comparison_table
from nnlab.report.entries import Entry, Member
from nnlab.report.sections import Verdict
from nnlab.results import THIS_NETWORK, Summary

_NUMBER = re.compile(r"[-+\N{MINUS SIGN}]?[\d.]|$")


@dataclass(frozen=True)
class PageTable:
    """A table of the page; all cells are text.

    Attributes:
        title: The caption.
        columns: The headings.
        rows: The cells; the first of a row is its heading.
        note: A line below the table.
        numeric: Whether a column holds numbers, and is aligned to the right.
        links: The anchor that the first cell of a row leads to; empty for no links.
        verdicts: One for each row, or none.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str
    numeric: tuple[bool, ...]
    links: tuple[str, ...] = ()
    verdicts: tuple[Verdict, ...] = ()


def page_table(
    table: Table, links: Sequence[str] = (), verdicts: Sequence[Verdict] = ()
) -> PageTable:
    """Return a table for the page; cells that a damaged file made no text become text."""
    rows = tuple(tuple(map(str, row)) for row in table.rows)
    numeric = tuple(
        number > 0 and all(_NUMBER.match(row[number]) for row in rows if len(row) > number)
        for number in range(len(table.columns))
    )
    columns = tuple(map(str, table.columns))
    return PageTable(table.title, columns, rows, table.note, numeric, tuple(links), tuple(verdicts))


def overview(entries: Sequence[Entry], anchors: Mapping[Path, str]) -> Iterator[PageTable]:
    """Yield a table for each experiment: a row for each run, or for the runs that are alike.

    Args:
        entries: Finished runs and groups.
        anchors: Where on the page a folder is described.
    """
    comparison = Comparison(tuple(entries), short_names(entries), "")
    for experiment, part in comparison.by_experiment().items():
        table = titled(experiment, _scores_first(part))
        data = [dataset_name(entry.first.dataset) for entry in part.entries]
        rows = [(row[0], name, *row[1:]) for row, name in zip(table.rows, data, strict=True)]
        columns = (table.columns[0], "data set", *table.columns[1:])
        with_data = Table(table.title, columns, rows)
        yield page_table(with_data, [anchors[entry.path] for entry in part.entries])


def _scores_first(comparison: Comparison) -> Table:
    """Return the table of the comparison as far as the overview needs it."""
    table = comparison_table(comparison)
    places = {name: place for place, name in enumerate(table.columns)}
    scores = map(_words, shared_scores(comparison))
    hidden = {*comparison.without_effect, "data", "seed"}
    settings = (_words(name) for name in comparison.differing() if name not in hidden)
    wanted = ["run", *scores, *settings, "seconds", "diverged"]
    kept = [places[name] for name in wanted if name in places]
    rows = [tuple(row[place] for place in kept) for row in table.rows]
    return Table(table.title, [table.columns[place] for place in kept], rows)


def methods_table(summary: Summary[Any]) -> Table:
    """Return a row for the network and for each baseline of a group, a column for each score."""
    scores = summary.scores
    own = (THIS_NETWORK, *(score.in_words() for score in scores.values()))
    baselines = [
        (name, *(f"{values[score]:.4f}" if score in values else "" for score in scores))
        for name, values in summary.baselines.items()
    ]
    count = len(summary.runs)
    title = "Scores on the test set"
    title += f", mean and 95 % interval over {count} runs" * (count > 1)
    return Table(title, ("", *map(_words, scores)), [own, *baselines])


def training_table(entries: Sequence[Entry]) -> PageTable:
    """Return a row for each run: how it was trained and, where there are several, its scores."""
    members = [member for entry in entries for member in entry.members]
    scores = list(members[0].scores) if len(members) > 1 else []
    facts = ("epochs", "best epoch", "seconds", "examples per second")
    diverged = any(member.divergence for member in members)
    columns = ("run", *(_words(score) for score in scores), *facts, *["diverged"] * diverged)
    rows = [
        (
            member.path.name,
            *(_score(member, score) for score in scores),
            *_training_facts(member),
            *[_divergence(member)] * diverged,
        )
        for member in members
    ]
    return page_table(Table("Training", columns, rows))


def _training_facts(member: Member) -> tuple[str, ...]:
    training = member.training
    speed = training and training.examples_per_second
    return (
        str(member.epochs),
        str(training.best_epoch) if training else "",
        f"{member.seconds:,.1f}",
        f"{speed:,}" if speed else "",
    )


def _divergence(member: Member) -> str:
    found = member.divergence
    return f"in epoch {found.epoch}: {found.what}" if found else ""


def _score(member: Member, score: str) -> str:
    return f"{member.scores[score]:.4f}" if score in member.scores else ""


def settings_table(entries: Sequence[Entry]) -> PageTable:
    """Return the settings; where runs differ, all values."""
    members = [member for entry in entries for member in entry.members]
    names = dict.fromkeys(name for member in members for name in member.settings)
    rows = [
        (_words(name), ", ".join(dict.fromkeys(cell_text(m.settings.get(name)) for m in members)))
        for name in names
    ]
    return page_table(Table("Settings", ("setting", "value"), [row for row in rows if row[1]]))


def dataset_name(source: Source) -> str:
    """Return what the page calls a data set."""
    return "embedded sample" if source.sample else source.name


def _words(name: str) -> str:
    return name.replace("_", " ")

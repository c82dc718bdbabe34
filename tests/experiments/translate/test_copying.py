"""Names and numbers that stand on both sides are replaced on both."""

import re

import numpy as np

from nnlab.experiments.translate.copying import SHARE, Replacer

SOURCES = ["Mary met Tom in 1998.", "The water is cold.", "In the garden. Is this it?"]
TARGETS = ["Mary ontmoette Tom in 1998.", "Het water is koud.", "In de tuin. Is dit het?"]


def results(source: str, target: str, times: int = 300) -> list[tuple[str, str]]:
    replacer, rng = Replacer(SOURCES, TARGETS), np.random.default_rng(0)
    return [replacer.replaced(source, target, rng) for _ in range(times)]


def test_both_sides_get_the_same_names_and_numbers() -> None:
    changed = [pair for pair in results(SOURCES[0], TARGETS[0]) if pair[0] != SOURCES[0]]
    assert 0.5 * SHARE < len(changed) / 300 < 1.5 * SHARE
    for source, target in changed:
        names = re.fullmatch(r"(\w+) met (\w+) in (\d+)\.", source)
        assert names is not None
        assert target == "{} ontmoette {} in {}.".format(*names.groups())
        assert names[1].istitle()


def test_words_of_both_languages_and_words_on_one_side_stay() -> None:
    assert set(results(SOURCES[1], TARGETS[1])) == {(SOURCES[1], TARGETS[1])}
    assert set(results(SOURCES[2], TARGETS[2])) == {(SOURCES[2], TARGETS[2])}
    assert set(results("Tom waits.", "Hij wacht.")) == {("Tom waits.", "Hij wacht.")}


def test_without_words_to_make_names_of_nothing_changes() -> None:
    replacer = Replacer(["Tom!"], ["Tom!"])
    rng = np.random.default_rng(0)
    assert {replacer.replaced("Tom!", "Tom!", rng) for _ in range(50)} == {("Tom!", "Tom!")}

from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_hex

from nnlab.experiments.embed.figures.plane import MOST_CLASSES, plane
from nnlab.plots import style
from nnlab.plots.plane_ranges import axis_ranges, outside
from tests.plots.figures import FOOTER, check

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def clusters(classes: int, count: int = 600, spread: float = 3.0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    labels = np.arange(count) % classes
    return rng.normal(scale=spread, size=(classes, 2))[labels] + rng.normal(size=(count, 2)), labels


def pictures(classes: int) -> dict[int, np.ndarray]:
    rng = np.random.default_rng(1)
    return {label: rng.integers(0, 256, (28, 28), dtype=np.uint8) for label in range(classes)}


@pytest.mark.parametrize("classes", [1, 2, 9, 10, 26])
@pytest.mark.parametrize("spread", [0.0, 3.0])
@pytest.mark.parametrize("with_images", [True, False])
def test_every_class_is_named_in_the_plane_and_beside_it(
    tmp_path: Path, classes: int, spread: float, with_images: bool
) -> None:
    points, labels = clusters(classes, spread=spread)
    images = pictures(classes) if with_images else None
    figure = plane(points, labels, LETTERS[:classes], FOOTER, images)
    texts = check(figure, tmp_path)
    for letter in LETTERS[:classes]:
        assert texts.count(letter) == 2
    shown = [inset for inset in figure.axes[0].child_axes if inset.images]
    assert len(shown) == (classes if with_images else 0)


def test_all_points_are_drawn_and_no_two_classes_look_alike() -> None:
    points, labels = clusters(26, 700)
    axes = plane(points, labels, LETTERS).axes[0]
    drawn = np.concatenate([part.get_offsets() for part in axes.collections])
    assert sorted(map(tuple, np.asarray(drawn))) == sorted(map(tuple, points))
    looks = {
        (to_hex(line.get_color()), line.get_marker())
        for line in axes.lines
        if line.get_marker() not in ("None", "") and not line.get_clip_on()
    }
    assert len(looks) == 26
    assert {colour.upper() for colour, _ in looks} <= set(style.OKABE_ITO)


def test_the_dots_have_the_look_of_the_legend() -> None:
    points = np.array([[0.0, 0], [1, 1], [2, 2]])
    axes = plane(points, np.array([5, 0, 5]), LETTERS).axes[0]
    colours = {}
    for part in axes.collections:
        for place, colour in zip(
            np.asarray(part.get_offsets()), np.asarray(part.get_facecolor()), strict=False
        ):
            colours[tuple(place)] = to_hex(colour).upper()
    assert colours == {(0, 0): style.VERMILION, (1, 1): style.BLUE, (2, 2): style.VERMILION}


def test_of_too_many_classes_the_rarest_are_grey(tmp_path: Path) -> None:
    labels = np.concatenate([np.arange(40), np.arange(MOST_CLASSES)])
    points = np.random.default_rng(0).normal(size=(len(labels), 2))
    names = [f"number {label}" for label in range(40)]
    texts = check(plane(points, labels, names, FOOTER, pictures(40)), tmp_path)
    assert "others" in texts
    assert texts.count(f"number {MOST_CLASSES - 1}") == 2
    assert f"number {MOST_CLASSES}" not in texts


def test_long_names_of_classes_are_not_cut_off(tmp_path: Path) -> None:
    points, labels = clusters(26, spread=0.5)
    names = [f"a class with a long name, number {label}" for label in range(26)]
    check(plane(points, labels, names, FOOTER), tmp_path)
    check(plane(points, labels, names, FOOTER, pictures(26)), tmp_path)


def test_points_far_away_are_told_and_do_not_flatten_the_rest(tmp_path: Path) -> None:
    points, labels = clusters(3, 3000)
    points[0] = 1000, 0
    points[1] = np.nan
    figure = plane(points, labels, LETTERS, FOOTER)
    texts = check(figure, tmp_path)
    assert figure.axes[0].get_xlim()[1] < 50
    told = next(text for text in texts if text.startswith("code 1"))
    assert "of 3,000 points lie outside" in told


@pytest.mark.parametrize("points", [np.zeros((0, 2)), np.zeros((5, 2)), np.full((4, 2), np.nan)])
def test_a_plane_of_nothing_or_one_place_can_be_drawn(tmp_path: Path, points: np.ndarray) -> None:
    check(plane(points, np.zeros(len(points), np.int64), ["a"], FOOTER), tmp_path)


def test_both_axes_have_one_scale_unless_the_plane_is_long() -> None:
    points = clusters(4)[0]
    (left, right), (bottom, top) = axis_ranges(points)
    assert right - left == pytest.approx(top - bottom)
    (left, right), (bottom, top) = axis_ranges(points * (20, 1))
    assert right - left > 3 * (top - bottom)
    line = np.stack([np.arange(9.0), np.zeros(9)], axis=1)
    assert axis_ranges(line)[1][0] < 0 < axis_ranges(line)[1][1]


def test_images_without_room_in_the_plane_are_in_the_legend() -> None:
    def columns(spread: float) -> list[bool]:
        points, labels = clusters(9, spread=spread)
        figure = plane(points, labels, LETTERS[:9], thumbnails=pictures(9))
        figure.draw_without_rendering()
        axes = figure.axes[0]
        boxes = [inset.get_position().x0 for inset in axes.child_axes]
        return [left > axes.get_position().x1 for left in boxes]

    assert columns(0.0) == 9 * [True]
    assert columns(30.0) == 9 * [False]


def test_what_lies_outside_is_known() -> None:
    points = np.array([[0.0, 0], [1, 1], [2, 0], [0, -1]])
    assert outside(points, (0, 1), (0, 1)).tolist() == [False, False, True, True]

"""What every figure must satisfy: all of its text can be read."""

import warnings
from itertools import combinations
from pathlib import Path

from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from nnlab.plots import style

FOOTER = "MNIST, 60,000 training images, seed 0, mlp, crossentropy · nnlab 0.1.0"


def check(figure: Figure, folder: Path) -> list[str]:
    """Save a figure, check that no text is cut off or overlaps another, and return its texts."""
    path = folder / "figure.png"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        style.save(figure, path)
    with Image.open(path) as image:
        width, height = image.size
        assert len(image.getcolors(maxcolors=width * height) or ()) > 1, "the figure is blank"
    boxes = [(text.get_text(), text.get_window_extent()) for text in shown_texts(figure)]
    for words, box in boxes:
        inside = box.x0 >= -1 and box.y0 >= -1 and box.x1 <= width + 1 and box.y1 <= height + 1
        assert inside, f"{words!r} is cut off at {box} of {width}×{height}"
    for (one, box), (other, other_box) in combinations(boxes, 2):
        across = min(box.x1, other_box.x1) - max(box.x0, other_box.x0)
        down = min(box.y1, other_box.y1) - max(box.y0, other_box.y0)
        assert min(across, down) <= 2, f"{one!r} and {other!r} overlap"
    return [words for words, _ in boxes]


def shown_texts(figure: Figure) -> list[Text]:
    """Return the visible texts; matplotlib also keeps those of ticks beyond the axes."""
    hidden: set[Text] = set()
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            hidden |= set(axis.findobj(Text)) - (_labels(axis) if axes.axison else set())
    texts = [text for text in figure.findobj(Text) if isinstance(text, Text)]
    return [t for t in texts if t.get_visible() and t.get_text().strip() and t not in hidden]


def _labels(axis: Axis) -> set[Text]:
    low, high = sorted(axis.get_view_interval())
    shown = {axis.label, axis.get_offset_text()}
    for minor in (False, True):
        ticks = zip(axis.get_ticklocs(minor=minor), axis.get_ticklabels(minor), strict=True)
        shown |= {label for place, label in ticks if low <= place <= high}
    return shown

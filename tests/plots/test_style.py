import os
from pathlib import Path
from typing import NoReturn

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure
from PIL import Image

from nnlab.errors import NnlabError
from nnlab.plots import style
from tests.plots.figures import FOOTER, check


def titled(title: str, footer: str = FOOTER, width: float = 5.0) -> Figure:
    figure = style.new_figure(width, 3)
    style.style_axes(figure.subplots(), title, "epoch", "loss")
    style.footer(figure, footer)
    return figure


def test_a_saved_figure_has_150_dots_per_inch(tmp_path: Path) -> None:
    style.save(titled("Loss"), tmp_path / "loss.png")
    with Image.open(tmp_path / "loss.png") as image:
        assert image.size == (750, 450)
        assert image.info["dpi"] == pytest.approx((150, 150), abs=0.1)
    assert [path.name for path in tmp_path.iterdir()] == ["loss.png"]


def test_saving_replaces_the_old_figure_at_once(tmp_path: Path) -> None:
    path = tmp_path / "loss.png"
    path.write_bytes(b"old")
    style.save(titled("Loss"), path)
    assert path.read_bytes().startswith(b"\x89PNG")


def test_a_failed_write_keeps_the_old_figure_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "loss.png"
    path.write_bytes(b"old")

    def full(*_: object) -> NoReturn:
        raise OSError("No space left on device")

    monkeypatch.setattr(os, "replace", full)
    monkeypatch.setattr(type(path), "replace", full)
    with pytest.raises(NnlabError, match="No space"):
        style.save(titled("Loss"), path)
    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"old"]


def test_a_users_matplotlibrc_changes_nothing(tmp_path: Path) -> None:
    def drawn(name: str) -> bytes:
        with style.house_style():
            figure = titled("Loss")
        style.save(figure, tmp_path / name)
        return (tmp_path / name).read_bytes()

    plain = drawn("plain.png")
    with mpl.rc_context({"axes.facecolor": "black", "savefig.bbox": "tight", "text.usetex": True}):
        assert drawn("theirs.png") == plain


@pytest.mark.parametrize("repeat", [1, 3, 8])
def test_a_footer_of_any_length_stays_below_the_axes(tmp_path: Path, repeat: int) -> None:
    texts = check(titled("Loss", FOOTER * repeat), tmp_path)
    assert any(text.startswith("MNIST") for text in texts)


def test_an_empty_footer_takes_no_room() -> None:
    assert style.footer_height("", 5) == 0
    assert style.footer_height(FOOTER, 3) > style.footer_height(FOOTER, 10) > 0


@pytest.mark.parametrize(
    "name", ["$", "a $1 note", "$x^2$", r"\frac{", "日本語 🙂", "tab\tand\nnewline"]
)
def test_any_name_can_be_drawn(tmp_path: Path, name: str) -> None:
    texts = check(titled(name, footer=name), tmp_path)
    assert style.plain(name) in texts


def test_safe_text_is_unchanged() -> None:
    assert style.plain(style.plain("a $1 note")) == style.plain("a $1 note") == r"a \$1 note"


def test_a_long_name_keeps_both_ends() -> None:
    short = style.plain("a long name that ends in 12", longest=15)
    assert len(short) <= 15
    assert short.startswith("a long")
    assert short.endswith("12")


def test_drawing_leaves_the_global_settings_alone(tmp_path: Path) -> None:
    before = dict(mpl.rcParams)
    check(titled("Loss"), tmp_path)
    assert dict(mpl.rcParams) == before

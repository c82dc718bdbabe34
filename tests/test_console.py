import io
import re
from collections.abc import Sequence
from typing import Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nnlab.cli.training_display import TrainingDisplay
from nnlab.console import Console, visible


class Show(Protocol):
    """Shows a table on a terminal of some width, and returns its lines."""

    def __call__(
        self, width: int, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]
    ) -> list[str]: ...


NUMBER = "0.123456789012345678901234567890"
EVIL = "a\x1b[2Jb\rc\x9bd\x00"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("data/7.png", "data/7.png"),
        ("größe 日本 \udcff", "größe 日本 \udcff"),
        ("a\tb\nc\r", r"a\tb\nc\r"),
        ("\x1b[31m\x7f\x9b", r"\x1b[31m\x7f\x9b"),
        ("gnp.\u202e7", r"gnp.\u202e7"),
        ("\ufeffmilk\u200b, so\xadda\xa0", r"\ufeffmilk\u200b, so\xadda\xa0"),
        ("e\u0301 ☃ 👍 \ue000\U000e0001", "e\u0301 ☃ 👍 \\ue000\\U000e0001"),
    ],
)
def test_control_characters_are_made_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_no_output_controls_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console()
    for say in (console.say, console.warn, console.error):
        say(f"{EVIL}\nsecond line")
    console.table(EVIL, ("", ""), [(EVIL, "1")], note=EVIL)
    out, err = capsys.readouterr()
    assert not set(EVIL) & {"\x1b", "\r", "\x9b", "\x00"} & set(out + err)
    assert err.count("\nsecond line\n") == 3


def test_a_table_in_a_pipe_is_neither_cut_nor_folded(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    Console().table("T", ("name", "value"), [("n" * 90, NUMBER)], note="word " * 30)
    out = capsys.readouterr().out
    assert "n" * 90 in out
    assert NUMBER in out
    assert "word " * 29 in out


def test_a_table_on_a_narrow_terminal_loses_no_digit(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    monkeypatch.setenv("COLUMNS", "20")
    monkeypatch.setenv("TERM", "xterm")
    Console().table("T", ("", ""), [("name", NUMBER)])
    shown = terminal.getvalue()
    assert "…" not in shown
    assert NUMBER in "".join(shown.replace("name", "").replace("T", "").split())


@pytest.fixture
def on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> Show:
    """Return what a table looks like on a terminal of some width."""

    def show(
        width: int, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]
    ) -> list[str]:
        terminal = Terminal()
        monkeypatch.setattr("sys.stdout", terminal)
        monkeypatch.setenv("COLUMNS", str(width))
        monkeypatch.setenv("TERM", "xterm")
        Console().table(title, columns, rows)
        return re.sub(r"\x1b\[[0-9;]*m", "", terminal.getvalue()).splitlines()

    return show


def test_a_table_too_wide_for_the_terminal_is_transposed(on_a_terminal: Show) -> None:
    columns = ("run", *(f"score {number}" for number in range(8)))
    rows = [(name, *(["0.12345"] * 8)) for name in ("one", "two")]
    assert len(on_a_terminal(100, "T", columns, rows)) < len(on_a_terminal(40, "T", columns, rows))
    lines = on_a_terminal(40, "T", columns, rows)
    assert any(line.split() == ["score", "7", "0.12345", "0.12345"] for line in lines)
    assert any(line.split() == ["run", "one", "two"] for line in lines)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    width=st.integers(20, 120),
    columns=st.lists(st.sampled_from(["loss", "best epoch", "a long heading"]), max_size=9),
    words=st.text("abc ", min_size=1, max_size=120),
    rows=st.integers(1, 4),
)
def test_no_terminal_loses_a_number(
    on_a_terminal: Show, width: int, columns: list[str], words: str, rows: int
) -> None:
    heads = ("run", *columns)
    cells = [
        tuple(f"{number}.{place}57" for place in range(len(columns))) for number in range(rows)
    ]
    lines = on_a_terminal(width, "T", heads, [(words, *row) for row in cells])
    shown = [word for line in lines for word in line.split()]
    assert all(shown.count(cell) >= 1 for row in cells for cell in row)


def test_words_are_folded_before_numbers(on_a_terminal: Show) -> None:
    rows = [("a sentence of many words " * 3, "-0.22513", "0.95700")] * 12
    lines = on_a_terminal(50, "T", ("text", "silhouette", "accuracy"), rows)
    assert sum("-0.22513" in line and "0.95700" in line for line in lines) == 12
    assert max(map(len, lines)) <= 50


@pytest.mark.parametrize(("term", "has_bar"), [("dumb", False), ("xterm", True)])
def test_a_terminal_gets_a_line_per_epoch_and_if_it_can_draw_one_a_bar(
    monkeypatch: pytest.MonkeyPatch, term: str, has_bar: bool
) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("TERM", term)
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    display = TrainingDisplay()
    display.run_started("a run", epochs=3, done=0, glimpse=str)
    display.epoch_done({"epoch": 1, "seconds": 1.0, "loss": 0.5})
    display.run_finished()
    assert terminal.getvalue().count("epoch 1/3  loss 0.5000") == 1
    assert ("left" in terminal.getvalue()) == has_bar


def test_a_repeated_warning_is_printed_once(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(quiet=True)
    for text in ("hot", "wet", "hot"):
        console.warn(text)
    assert capsys.readouterr().err.splitlines() == ["warning: hot", "warning: wet"]

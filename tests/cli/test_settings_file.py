import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from nnlab.cli.main import run
from nnlab.cli.settings_file import read_json_or_toml
from nnlab.errors import UsageError


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize(
    ("name", "text"), [("a.json", '{"epochs":\r\n 1}'), ("a.toml", "# one\r\nepochs = 1\r\n")]
)
def test_settings_are_read_in_any_encoding_and_compression(
    tmp_path: Path, encoding: str, pack: Callable[[bytes], bytes], name: str, text: str
) -> None:
    (tmp_path / name).write_bytes(pack(text.encode(encoding)))
    assert read_json_or_toml(tmp_path / name, "--config") == {"epochs": 1}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("c.yaml", b"epochs: 1\n", "expected a JSON or TOML file, got YAML; write it as TOML"),
        ("c.json", b"epochs: 1\n", "it is not valid JSON"),
        ("c.toml", b"epochs: 1\n", "it is not valid TOML"),
        ("c.toml", b"corpus = 'caf\xe9'\n", "looks like cp1252; save it as UTF-8"),
        ("c.json", b"\x89PNG\r\n\x1a\n", "is a picture"),
        ("c.json", b"", "is empty"),
        ("c.json", b"[" * 10**6, "not valid JSON"),
        ("c.toml", b"a = " + b"[" * 10**6, "not valid TOML"),
    ],
)
def test_files_that_hold_no_settings_are_refused(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError, match=message):
        read_json_or_toml(tmp_path / name, "--config")


def test_an_option_in_two_spellings_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x.toml").write_text("batch-size = 4\nbatch_size = 8\n")
    assert run(["classify", "--config", "x.toml"]) == 2
    assert "batch_size is given twice" in capsys.readouterr().err

import hashlib
import http.server
import socket
import stat
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from nnlab.datasets.store import MissingDataError, Store
from nnlab.datasets.store.registry import DataFile, DataSet, Edition, all_sets, get_set
from nnlab.errors import DataError, UsageError

CONTENTS = {"text": b"once upon a time", "index": bytes(range(256)) * 300}
NOWHERE = "http://127.0.0.1:9"


def make_set(
    base_url: str = NOWHERE, contents: Mapping[str, bytes] = CONTENTS, folder: str = "tales"
) -> DataSet:
    files = tuple(
        DataFile(
            role=role,
            path=f"{folder}/{role}.bin",
            bytes=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            url=f"{base_url}/{role}.bin" if base_url else "",
        )
        for role, content in contents.items()
    )
    return DataSet("tales", "Two files", "public domain", (Edition(files),))


def put(folder: Path, contents: Mapping[str, bytes] = CONTENTS, name: str = "tales") -> None:
    (folder / name).mkdir(parents=True, exist_ok=True)
    for role, content in contents.items():
        (folder / name / f"{role}.bin").write_bytes(content)


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make empty folders to search, all below tmp_path: $NNLAB_DATA, ./data and the cache."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NNLAB_DATA", str(tmp_path / "env"))
    monkeypatch.delenv("NNLAB_OFFLINE", raising=False)
    cache = tmp_path / "cache"
    monkeypatch.setattr("platformdirs.user_cache_dir", lambda name: str(cache / name))
    (tmp_path / "given").mkdir()
    return tmp_path


class Server(http.server.ThreadingHTTPServer):
    """Serves a folder; `requests` lists what was requested."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.requests: list[str] = []
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"


class Handler(http.server.SimpleHTTPRequestHandler):
    server: Server

    def __init__(self, request: socket.socket, client: tuple[str, int], server: Server) -> None:
        super().__init__(request, client, server, directory=str(server.folder))

    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        self.server.requests.append(self.path)
        super().do_GET()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server of the folder tmp_path/served."""
    served = tmp_path / "served"
    served.mkdir()
    instance = Server(served)
    threading.Thread(target=instance.serve_forever, daemon=True).start()
    yield instance
    instance.shutdown()
    instance.server_close()


def serve(server: Server, contents: Mapping[str, bytes] = CONTENTS) -> None:
    for role, content in contents.items():
        (server.folder / f"{role}.bin").write_bytes(content)


def files_below(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_mnist_is_registered_with_four_checked_files() -> None:
    files = get_set("mnist").editions[0].files
    assert [file.role for file in files] == [
        *("train-images", "train-labels", "test-images", "test-labels")
    ]
    assert all(len(file.sha256) == 64 and file.url.startswith("https://") for file in files)


def test_every_registered_set_has_what_the_store_needs() -> None:
    for name, data_set in all_sets().items():
        assert data_set.name == name
        assert data_set.what
        assert data_set.licence
        for edition in data_set.editions:
            roles = [file.role for file in edition.files]
            assert len(set(roles)) == len(roles) > 0
            for file in edition.files:
                assert not file.path.startswith("/")
                assert ".." not in file.path


def test_an_unknown_set_is_an_error_that_names_near_matches() -> None:
    with pytest.raises(UsageError, match=r"'mnits'.*did you mean 'mnist'"):
        get_set("mnits")


def test_folders_are_searched_in_order(places: Path) -> None:
    given = places / "given"
    store = Store(given)
    assert [folder.name for folder in store.folders()] == ["given", "env", "data", "nnlab"]
    data_set = make_set()
    assert store.find(data_set) is None
    for folder in reversed(store.folders()):
        put(folder)
        found = store.find(data_set)
        assert found is not None
        assert found["text"] == folder / "tales/text.bin"


def test_files_of_a_set_may_be_in_different_folders(places: Path) -> None:
    put(places / "env", {"text": CONTENTS["text"]})
    put(places / "data", {"index": CONTENTS["index"]})
    found = Store().find(make_set())
    assert found is not None
    assert list(found) == ["text", "index"]


@pytest.mark.parametrize("value", ["", "  ", "/does/not/exist"])
def test_an_empty_or_missing_nnlab_data_is_ignored(
    places: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("NNLAB_DATA", value)
    assert Store().find(make_set()) is None
    put(places / "data")
    assert Store().find(make_set()) is not None


def test_a_given_data_folder_must_exist(places: Path) -> None:
    with pytest.raises(DataError, match=r"nowhere.*--data-dir"):
        Store(places / "nowhere")


@pytest.mark.parametrize(
    ("content", "expected"),
    [(b"short", "expected 16 bytes, found 5"), (b"Once upon a time", "expected sha256")],
)
def test_a_damaged_file_is_an_error_that_names_it(
    places: Path, content: bytes, expected: str
) -> None:
    put(places / "env", CONTENTS | {"text": content})
    put(places / "data")
    with pytest.raises(DataError, match=rf"env/tales/text\.bin is damaged: {expected}") as caught:
        Store().find(make_set())
    assert not isinstance(caught.value, MissingDataError)
    with pytest.raises(DataError, match="damaged"):
        Store().fetch(make_set())


def test_any_complete_edition_is_found(places: Path) -> None:
    first, second = make_set(folder="one"), make_set(contents={"text": b"short"}, folder="two")
    both = DataSet("tales", "", "", (*first.editions, *second.editions))
    assert Store().find(both) is None
    put(places / "data", {"text": b"short"}, "two")
    assert Store().find(both) == {"text": Store().folders()[1] / "two/text.bin"}


def test_status_reports_each_file_as_found_damaged_or_missing(places: Path) -> None:
    assert [status.state for status in Store().status(make_set())] == ["missing", "missing"]
    put(places / "env", {"text": CONTENTS["text"]})
    put(places / "data", {"index": b"x"})
    text, index = Store().status(make_set())
    assert (text.state, text.path) == ("found", places / "env/tales/text.bin")
    assert index.state == "damaged"
    assert "expected 76800 bytes, found 1" in index.problem


@pytest.mark.parametrize("given", [True, False])
def test_missing_files_are_downloaded_once(places: Path, server: Server, given: bool) -> None:
    serve(server)
    folder = places / "given" if given else places / "cache/nnlab"
    store = Store(places / "given" if given else None)
    paths = store.fetch(make_set(server.url))
    assert paths["text"] == folder / "tales/text.bin"
    assert paths["text"].read_bytes() == CONTENTS["text"]
    assert stat.S_IMODE(paths["text"].stat().st_mode) == 0o644
    assert store.fetch(make_set(server.url)) == paths
    assert sorted(server.requests) == ["/index.bin", "/text.bin"]


def test_only_what_is_missing_is_downloaded(places: Path, server: Server) -> None:
    serve(server)
    put(places / "data", {"text": CONTENTS["text"]})
    Store().fetch(make_set(server.url))
    assert server.requests == ["/index.bin"]


def test_a_download_with_another_checksum_leaves_nothing(places: Path, server: Server) -> None:
    serve(server, CONTENTS | {"text": b"something else!!"})
    with pytest.raises(MissingDataError, match="unexpected sha256"):
        Store(places / "given").fetch(make_set(server.url))
    assert files_below(places / "given") == []


def test_a_file_missing_on_the_server_is_listed_with_its_checksum(
    places: Path, server: Server
) -> None:
    serve(server, {"text": CONTENTS["text"]})
    data_set = make_set(server.url)
    with pytest.raises(MissingDataError, match="server answered 404") as caught:
        Store(places / "given").fetch(data_set)
    message, index = str(caught.value), data_set.editions[0].files[1]
    assert str(places / "given") in message
    assert f"{index.path}  {index.bytes} bytes  sha256 {index.sha256}  {index.url}" in message
    assert "text.bin" not in message.partition("\n")[2]
    assert files_below(places / "given") == ["text.bin"]


def test_a_missing_connection_is_reported_quickly(places: Path) -> None:
    began = time.monotonic()
    with pytest.raises(MissingDataError, match="no connection") as caught:
        Store(places / "given").fetch(make_set())
    assert time.monotonic() - began < 5
    assert "text.bin" in str(caught.value)
    assert "index.bin" in str(caught.value)


def test_a_file_without_url_must_be_added_by_hand() -> None:
    with pytest.raises(MissingDataError, match="no URL"):
        Store().fetch(make_set(base_url=""))


def test_an_unwritable_folder_is_reported(places: Path, server: Server) -> None:
    serve(server)
    (places / "given" / "tales").write_text("a file where the folder should be")
    with pytest.raises(MissingDataError, match="cannot write"):
        Store(places / "given").fetch(make_set(server.url))


@pytest.mark.parametrize("value", ["1", "true", "YES"])
def test_nnlab_offline_switches_downloading_off(
    server: Server, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("NNLAB_OFFLINE", value)
    with pytest.raises(MissingDataError, match="switched off"):
        Store().fetch(make_set(server.url))
    assert server.requests == []


@pytest.mark.parametrize("value", ["", "0", "false", "No"])
def test_a_false_nnlab_offline_leaves_downloading_on(
    server: Server, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    serve(server)
    monkeypatch.setenv("NNLAB_OFFLINE", value)
    assert Store().fetch(make_set(server.url))


def test_an_offline_store_finds_files_but_downloads_nothing(places: Path, server: Server) -> None:
    with pytest.raises(MissingDataError, match="switched off"):
        Store(offline=True).fetch(make_set(server.url))
    put(places / "data")
    assert Store(offline=True).fetch(make_set(server.url))
    assert server.requests == []


def test_progress_is_shown_on_stderr_only_on_request(
    server: Server, capfd: pytest.CaptureFixture[str]
) -> None:
    serve(server)
    Store().fetch(make_set(server.url))
    assert capfd.readouterr() == ("", "")
    Store(progress=True).fetch(make_set(server.url, folder="again"))
    out, err = capfd.readouterr()
    assert out == ""
    assert "text.bin" in err

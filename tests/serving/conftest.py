"""A server for the tests of a module."""

from collections.abc import Iterator

import pytest

from tests.serving.client import Server, serving

pytest.importorskip("starlette")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve all networks that ship; nothing may be left in its log but the address."""
    with serving(tmp_path_factory.mktemp("served"), "--workers", "2") as server:
        yield server
        assert len(server.log().splitlines()) == 1, server.log()

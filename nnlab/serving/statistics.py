"""What the server counts, for Prometheus."""

import time
from collections.abc import Callable, Mapping
from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.process_collector import ProcessCollector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nnlab.serving.lanes import Lanes
from nnlab.serving.pool import Pool

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Limits of the histogram of seconds."""
LABELS = ("route", "experiment", "status")
GAUGES: Mapping[str, tuple[str, Callable[[Pool], float]]] = {
    "nnlab_requests_waiting": ("Requests that wait for a worker", lambda pool: pool.waiting),
    "nnlab_workers": ("Worker processes", lambda pool: pool.size),
    "nnlab_workers_busy": ("Worker processes with something to do", lambda pool: pool.busy),
    "nnlab_workers_lost": ("Worker processes that ended in a request", lambda pool: pool.lost),
}
"""What is read of each pool of workers."""


class Statistics:
    """Counts requests, and reads how busy the workers are when it is asked.

    Args:
        app: The application whose requests are counted.
        lanes: Its workers.
    """

    def __init__(self, app: ASGIApp, lanes: Lanes) -> None:
        self._app = app
        self._registry = registry = CollectorRegistry()
        self._requests = Counter(
            "nnlab_requests", "Requests by route, experiment and status", LABELS, registry=registry
        )
        self._seconds = Histogram(
            "nnlab_request_seconds",
            "Seconds from a request to the end of its response",
            LABELS[:-1],
            registry=registry,
            buckets=BUCKETS,
        )
        for name, (words, read) in GAUGES.items():
            gauge = Gauge(name, words, ["lane"], registry=registry)
            for lane, pool in lanes.pools.items():
                gauge.labels(lane).set_function(partial(read, pool))
        ProcessCollector(registry=registry)

    def text(self) -> bytes:
        """Return everything in the text format of Prometheus."""
        return generate_latest(self._registry)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request, and count it."""
        status = 0

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        start = time.perf_counter()
        try:
            await self._app(scope, receive, noted)
        finally:
            route, experiment = _labels(scope)
            self._requests.labels(route, experiment, str(status or "none")).inc()
            self._seconds.labels(route, experiment).observe(time.perf_counter() - start)


def _labels(scope: Scope) -> tuple[str, str]:
    """Return the route, and the experiment if there is one: never what a client made up."""
    endpoint = scope.get("endpoint")
    state: Mapping[str, str] = scope.get("state", {})
    return getattr(endpoint, "__name__", "none"), state.get("experiment", "")

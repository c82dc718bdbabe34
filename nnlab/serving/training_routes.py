"""The routes of trainings: what runs there are, and starting, stopping and resuming them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from nnlab import experiments
from nnlab.errors import NnlabError, nearest
from nnlab.serving.jobs import Jobs, TooManyError
from nnlab.serving.messages import CheckSettings, DescribeSettings
from nnlab.serving.pool import Pool
from nnlab.serving.records import FAILED, RUNNING, STOPPED, WAITING, Record
from nnlab.serving.refusals import Refusal, busy
from nnlab.serving.replies import EventStream, checked, event, json_response, raw_of

WATCH_SECONDS = 0.5
"""How often the folder of a run is looked at for its events."""
MOST_WATCHING = 32
"""How many clients may watch runs at the same time."""


class TrainingRoutes:
    """Routes below /api/runs.

    Args:
        pool: The workers, which know the settings of trainings.
        jobs: The trainings.
        allowed: Whether clients may start and stop them.
    """

    def __init__(self, pool: Pool, jobs: Jobs, *, allowed: bool) -> None:
        self._pool = pool
        self._jobs = jobs
        self._allowed = allowed
        self._watching = 0

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/api/runs", self.runs),
            Route("/api/runs", self.start, methods=["POST"]),
            Route("/api/runs/settings/{experiment}", self.settings),
            Route("/api/runs/{id:path}/events", self.events),
            Route("/api/runs/{id:path}/stop", self.stop, methods=["POST"]),
            Route("/api/runs/{id:path}/resume", self.resume, methods=["POST"]),
            Route("/api/runs/{id:path}", self.run),
        ]

    async def runs(self, request: Request) -> Response:
        """Return all runs."""
        return json_response({"runs": await self._jobs.runs()})

    async def run(self, request: Request) -> Response:
        """Return one run."""
        return json_response(await self._run(request))

    async def settings(self, request: Request) -> Response:
        """Return the settings that a training of an experiment has."""
        name = _experiment(request.path_params["experiment"])
        return json_response(raw_of(await checked(self._pool.ask(DescribeSettings(name)))))

    async def start(self, request: Request) -> Response:
        """Start a training, or let it wait for its turn."""
        self._check_allowed()
        wanted = await _wanted(request)
        name = _experiment(wanted.experiment)
        question = CheckSettings(name, wanted.settings)
        arguments = msgspec.json.decode(
            raw_of(await checked(self._pool.ask(question))), type=list[str]
        )
        with _writing():
            run = self._jobs.start(name, arguments)
        headers = {"location": f"/api/runs/{run.id}/events"}
        response = json_response(run, 201)
        response.headers.update(headers)
        return response

    async def stop(self, request: Request) -> Response:
        """Stop a training, which saves first."""
        self._check_allowed()
        run = await self._run(request)
        if not self._jobs.stop(run.id):
            why = (
                "but not by this server, which cannot stop it"
                if run.state == RUNNING
                else "and only a training that runs or waits can be stopped"
            )
            raise Refusal(409, f"{run.id} is {run.state}, {why}")
        # one that only waited has left nothing
        stopped = msgspec.structs.replace(run, state=STOPPED)
        return json_response(await self._jobs.run(run.id) or stopped)

    async def resume(self, request: Request) -> Response:
        """Let a run go on."""
        self._check_allowed()
        run = await self._run(request)
        if run.state not in (STOPPED, FAILED) or self._jobs.holds(run.id):
            state = WAITING if self._jobs.holds(run.id) else run.state
            raise Refusal(409, f"{run.id} is {state}; only stopped or failed runs can resume")
        with _writing():
            return json_response(self._jobs.resume(run))

    async def events(self, request: Request) -> Response:
        """Return a run again and again as it changes, until it has ended."""
        run = await self._run(request)
        if self._watching >= MOST_WATCHING:
            raise busy("too many clients watch runs; try again later")
        return EventStream(self._watched(run))

    async def _watched(self, run: Record) -> AsyncIterator[bytes]:
        self._watching += 1
        try:
            async for one in self._changes(run):
                yield one
        finally:
            self._watching -= 1

    async def _changes(self, run: Record | None) -> AsyncIterator[bytes]:
        shown = b""
        while run is not None:
            body = msgspec.json.encode(run)
            if body != shown:
                yield event("run", body)
                shown = body
            if run.state not in (RUNNING, WAITING):
                break
            await asyncio.sleep(WATCH_SECONDS)
            run = await self._jobs.run(run.id)
        yield event("done", b"{}")

    async def _run(self, request: Request) -> Record:
        wanted = request.path_params["id"]
        run = await self._jobs.run(wanted)
        if run is None:
            raise Refusal(404, f"there is no run {wanted[:100]!r}; GET /api/runs lists all")
        return run

    def _check_allowed(self) -> None:
        if not self._allowed:
            raise Refusal(403, "trainings are off; start the server with --allow-training")


@contextlib.contextmanager
def _writing() -> Iterator[None]:
    """Turn a failed write, or a full queue, into an HTTP error."""
    try:
        yield
    except TooManyError as error:
        raise busy(str(error)) from error
    except (NnlabError, OSError) as error:
        raise Refusal(500, str(error)) from error


class _Wanted(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a request for a training."""

    experiment: str
    settings: dict[str, Any] = {}


async def _wanted(request: Request) -> _Wanted:
    try:
        wanted = msgspec.json.decode(await request.body(), type=_Wanted)
        msgspec.msgpack.encode(wanted.settings)  # as they go to a worker: not every number can
        return wanted
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError, OverflowError) as error:
        expected = 'such as {"experiment": "classify", "settings": {"epochs": 3}}'
        raise Refusal(400, f"expected a JSON object {expected}, but {error}") from error


def _experiment(name: str) -> str:
    if name not in experiments.names():
        hint = nearest(name[:100], experiments.names())
        raise Refusal(404, f"there is no experiment {name[:100]!r}; {hint}")
    return name

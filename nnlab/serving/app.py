"""The routes of the server."""

import asyncio
import logging
from collections.abc import Mapping, Sequence

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp

from nnlab import versions
from nnlab.errors import CheckpointError, NnlabError, UsageError, nearest
from nnlab.serving.catalogue import (
    TAKES_PAGES,
    TAKES_TEXTS,
    Catalogue,
    Network,
    OptionTypeError,
    Served,
    choose,
)
from nnlab.serving.guard import Guard, Rules
from nnlab.serving.jobs import Jobs
from nnlab.serving.lanes import Lanes
from nnlab.serving.messages import (
    ANSWER,
    INSIDE,
    STREAM,
    Describe,
    Exhibit,
    Listed,
    ListNetworks,
    Question,
)
from nnlab.serving.openapi import description
from nnlab.serving.pages import INDEX, pages
from nnlab.serving.pool import Busy, Pool, TooSlow
from nnlab.serving.process import WorkerDied
from nnlab.serving.refusals import Refusal
from nnlab.serving.replies import (
    EVENTS,
    JSON,
    answer_of,
    checked,
    inside_of,
    json_response,
    raw_of,
    refusal_of,
    streamed,
    while_connected,
)
from nnlab.serving.requests import Asked, asked
from nnlab.serving.settings import LONGEST_TEXT, MOST_PIXELS, ServeSettings
from nnlab.serving.statistics import Statistics
from nnlab.serving.training_routes import TrainingRoutes

ERRORS: Mapping[int, type[NnlabError]] = {400: UsageError, 500: CheckpointError}
"""What a worker's refusal is on the command line."""
LIST_SECONDS = 120.0
"""How long finding the networks may take, on a machine that is busy."""
TRIES, AGAIN_SECONDS = 30, 1.0
"""How often, and after which time, busy workers are asked again for the networks."""

log = logging.getLogger("nnlab.serving")


class Application:
    """Answers HTTP requests with the networks of workers.

    Args:
        lanes: The workers.
        settings: What is allowed.
        names: The networks that were named on the command line; None for all there are.
    """

    def __init__(self, lanes: Lanes, settings: ServeSettings, names: Sequence[str] | None) -> None:
        self._lanes = lanes
        self._settings = settings
        self._names = None if names is None else list(names)
        self._trained: list[str] = []
        self._catalogue = Catalogue([])
        self._pages = pages()
        self._needs_token = False
        self.jobs = Jobs(self._add_networks)
        self._trainings = TrainingRoutes(lanes.short, self.jobs, allowed=settings.allow_training)

    def asgi(self, rules: Rules) -> ASGIApp:
        """Return the application, guarded by the rules and counted."""
        self._needs_token = rules.token is not None
        self._statistics = Statistics(Guard(self._router(), rules), self._lanes)
        return self._statistics

    async def load(self) -> list[str]:
        """Find the networks; return warnings about those that had to be left out.

        Raises:
            NnlabError: A network that was named cannot be served.
        """
        reply = await self._lanes.short.ask(ListNetworks(self._names, self._trained), LIST_SECONDS)
        if not isinstance(reply, Listed):
            refusal = refusal_of(reply)
            raise ERRORS.get(refusal.status, NnlabError)(str(refusal))
        self._catalogue = reply.catalogue
        return reply.warnings

    async def _add_networks(self, folders: list[str]) -> None:
        """Let networks that were trained here answer, before all others."""
        self._trained = [*folders, *(one for one in self._trained if one not in folders)]
        for _ in range(TRIES):
            try:
                for warning in await self.load():
                    log.warning("%s", warning)
            except (Busy, TooSlow, WorkerDied) as error:
                log.warning("the networks could not be listed: %s", error)
                await asyncio.sleep(AGAIN_SECONDS)
            else:
                return

    def _router(self) -> Router:
        return Router(
            [
                Route("/", self.page),
                Route("/playground/{name:path}", self.page),
                Route("/healthz", self.health),
                Route("/metrics", self.metrics),
                Route("/api", self.api),
                Route("/api/openapi.json", self.openapi),
                Route("/api/networks/{id:path}", self.card),
                *self._trainings.routes(),
                Route("/api/{experiment}", self.answer, methods=["POST"]),
                Route("/api/{experiment}", self.not_posted),
                Route("/api/{experiment}/inside", self.inside, methods=["POST"]),
                Route("/api/{experiment}/exhibit", self.exhibit),
            ],
            redirect_slashes=False,
        )

    async def not_posted(self, request: Request) -> Response:
        """Say how to ask an experiment, or that there is none of that name."""
        self._experiment(request)
        raise Refusal(405, "questions are sent with POST", {"allow": "POST"})

    async def page(self, request: Request) -> Response:
        """Return a file of the playground."""
        found = self._pages.get(request.path_params.get("name", INDEX))
        if found is None:
            raise Refusal(404, "there is no such page; the playground is at /")
        headers = {"etag": found.tag, "cache-control": "no-cache"}
        if request.headers.get("if-none-match") == found.tag:
            return Response(status_code=304, headers=headers)
        return Response(found.content, headers={**headers, "content-type": found.type})

    async def health(self, request: Request) -> Response:
        """Say that the server is alive."""
        return json_response({"status": "ok"})

    async def metrics(self, request: Request) -> Response:
        """Return counts and times for Prometheus."""
        return Response(self._statistics.text(), media_type="text/plain; version=0.0.4")

    async def api(self, request: Request) -> Response:
        """Return what is served, and what may be asked."""
        return json_response(self._overview())

    def _overview(self) -> dict[str, object]:
        experiments = msgspec.to_builtins(self._catalogue)["experiments"]
        for one in experiments:
            for network in one["networks"]:
                del network["path"], network["settings"]
        return {
            "version": versions.own(),
            "allow_training": self._settings.allow_training,
            "token": self._needs_token,
            "limits": {
                "body": self._settings.body,
                "pixels": MOST_PIXELS,
                "text": LONGEST_TEXT,
                "seconds": self._settings.time_limit,
            },
            "experiments": experiments,
        }

    async def openapi(self, request: Request) -> Response:
        """Return the description from which clients can be generated."""
        return json_response(description(self._catalogue, self._settings.allow_training))

    async def card(self, request: Request) -> Response:
        """Return all that a network's checkpoint says."""
        network = self._network(request.path_params["id"])
        reply = await checked(self._lanes.short.ask(Describe(network.path, network.id)))
        return json_response(raw_of(reply))

    async def exhibit(self, request: Request) -> Response:
        """Return what a page shows of a network before anyone asks."""
        served = self._experiment(request)
        network = _chosen(served, Asked(network=request.query_params.get("network")))
        reply = await checked(self._lanes.short.ask(Exhibit(network.path, network.id)))
        return json_response({"network": network.id, "exhibit": raw_of(reply)})

    async def answer(self, request: Request) -> Response:
        """Answer inputs."""
        served = self._experiment(request)
        found = await self._asked(request, served)
        network = _chosen(served, found)
        if EVENTS in request.headers.get("accept", ""):
            if not served.streams:
                raise Refusal(400, f"{served.name} does not stream; accept {JSON} instead")
            question = _question(STREAM, found, network)
            return await streamed(request, self._pool(served), question, network.id)
        question = _question(ANSWER, found, network)
        reply = await checked(while_connected(request, self._pool(served).ask(question)))
        return answer_of(reply, network.id)

    async def inside(self, request: Request) -> Response:
        """Answer one input, with what led to the answer."""
        served = self._experiment(request)
        if not served.inside:
            raise Refusal(404, f"nnlab does not show how {served.name} comes to its answers")
        found = await self._asked(request, served)
        network = _chosen(served, found)
        question = _question(INSIDE, found, network)
        reply = await checked(while_connected(request, self._pool(served).ask(question)))
        return inside_of(reply, network.id)

    def _pool(self, served: Served) -> Pool:
        return self._lanes.long if served.takes == TAKES_PAGES else self._lanes.short

    async def _asked(self, request: Request, served: Served) -> Asked:
        options = [*served.options, *served.look]
        files = served.takes != TAKES_TEXTS
        found = await asked(request, options, files=files, text=LONGEST_TEXT)
        if served.takes == TAKES_PAGES and len(found.files) > 1:
            raise Refusal(
                400, f"expected one file, got {len(found.files)}; the answer is a file, too"
            )
        return found

    def _experiment(self, request: Request) -> Served:
        name = request.path_params["experiment"]
        served = self._catalogue.experiment(name)
        if served is None:
            known = [one.name for one in self._catalogue.experiments]
            raise Refusal(404, f"{name[:100]!r} is not served; {nearest(name[:100], known)}")
        request.state.experiment = name
        return served

    def _network(self, wanted: str) -> Network:
        network = self._catalogue.network(wanted)
        if network is None:
            known = [one.id for one in self._catalogue.networks()]
            raise Refusal(404, f"no network {wanted[:100]!r}; {nearest(wanted[:100], known)}")
        return network


def _chosen(served: Served, found: Asked) -> Network:
    try:
        return choose(served, found.network, found.preset, found.options)
    except OptionTypeError as error:
        raise Refusal(400, str(error)) from error
    except UsageError as error:
        unknown = found.network is not None and all(
            one.id != found.network for one in served.networks
        )
        raise Refusal(404 if unknown else 422, str(error)) from error


def _question(way: str, found: Asked, network: Network) -> Question:
    return Question(
        network.path, network.id, way, found.options, found.texts, found.files, MOST_PIXELS
    )

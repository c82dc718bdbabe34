"""A worker: a plain program that loads networks and answers, without TensorFlow.

    python -m nnlab.serving.worker FOLDER

It reads frames from stdin and writes frames to stdout. FOLDER is its own: uploaded files are kept
there while they are needed. It ends, and removes the folder, when stdin is closed or nobody reads
its stdout.
"""

import os
import queue
import shutil
import sys
import threading
import traceback
from collections.abc import Generator
from pathlib import Path
from typing import IO, Any, NoReturn

import msgspec

from nnlab.errors import NnlabError
from nnlab.serving import messages
from nnlab.serving.answering import BROKEN, Answering, refused
from nnlab.serving.described import settings_of, training_arguments
from nnlab.serving.listing import catalogue
from nnlab.serving.messages import (
    CheckSettings,
    Describe,
    DescribeSettings,
    Done,
    Exhibit,
    Json,
    Listed,
    ListNetworks,
    Next,
    Question,
    Ready,
    Refused,
    Reply,
    Request,
    Stop,
    frame,
    read_request,
)
from nnlab.serving.networks import Networks, card


class Worker:
    """Replies to the requests of the server.

    Args:
        folder: A private folder for uploaded files.
    """

    def __init__(self, folder: Path) -> None:
        self._networks = Networks()
        self._answering = Answering(self._networks, folder)
        self._stream: Generator[Reply, None, None] | None = None

    def reply(self, request: Request) -> Reply:
        """Return the reply; whatever goes wrong, the next request gets its own."""
        try:
            return self._reply(request)
        except NnlabError as error:
            path, name = getattr(request, "path", ""), getattr(request, "id", "")
            return refused(error, path, name)
        except Exception:  # a fault of ours, or of a library that met a strange file
            traceback.print_exc()
            return Refused(BROKEN, "the server failed at this request; its log says why")

    def _reply(self, request: Request) -> Reply:
        match request:
            case Question(way=messages.STREAM):
                self._stream = self._answering.pieces(request)
                return next(self._stream)
            case Question():
                return self._answering.reply(request)
            case Next():
                return next(self._stream, Done()) if self._stream else Done()
            case Stop():
                if self._stream:
                    self._stream.close()
                return Done()
            case ListNetworks():
                return Listed(*catalogue(request.names, request.trained))
            case Describe():
                return Json(card(request.path, request.id))
            case Exhibit():
                return _json(self._networks.get(request.path).exhibit())
            case DescribeSettings():
                return _json(settings_of(request.experiment))
            case CheckSettings():
                return _json(training_arguments(request.experiment, request.settings))


def _json(value: Any) -> Json:
    return Json(msgspec.json.encode(value))


def main() -> None:
    """Answer until the server ends."""
    folder = Path(sys.argv[1])
    requests: queue.SimpleQueue[Request] = queue.SimpleQueue()
    stream, replies = _own_streams()
    threading.Thread(target=_read, args=(stream, requests, folder), daemon=True).start()
    worker = Worker(folder)
    reply: Reply = Ready()
    try:
        while True:
            replies.write(frame(reply))
            replies.flush()
            reply = worker.reply(requests.get())
    except BrokenPipeError:  # the server has ended
        _end(folder)


def _own_streams() -> tuple[IO[bytes], IO[bytes]]:
    """Take stdin and stdout away from everything else, so that nothing meddles with the frames."""
    stream = os.fdopen(os.dup(0), "rb")
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    return stream, replies


def _read(stream: IO[bytes], requests: "queue.SimpleQueue[Request]", folder: Path) -> None:
    """Pass requests on; end the process with the server, even in the middle of an answer."""
    while (request := read_request(stream)) is not None:
        requests.put(request)
    _end(folder)


def _end(folder: Path) -> NoReturn:
    """End the process, whatever its other thread does."""
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


if __name__ == "__main__":
    main()

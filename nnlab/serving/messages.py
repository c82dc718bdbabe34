"""What the server and its workers tell each other: frames of msgpack through pipes.

A frame is its length, 4 bytes with the highest first, and one message. The server sends a request
and gets one reply. Only a stream has more: the worker sends a piece for each `Next`, and `Done`
after the last piece or after `Stop`.
"""

from typing import IO, Any

import msgspec

from nnlab.serving.catalogue import Catalogue

LENGTH_BYTES = 4
ANSWER, INSIDE, STREAM = "answer", "inside", "stream"
"""Ways to ask a network: for its answers, for what led to one, or for one piece by piece."""


class File(msgspec.Struct):
    """An uploaded file.

    Attributes:
        name: What the client called it; never a place on this disk.
        content: Its bytes.
    """

    name: str
    content: bytes


class ListNetworks(msgspec.Struct, tag=True):
    """Ask for the catalogue.

    Attributes:
        names: Networks named on the command line; None for all there are.
        trained: Run folders that were trained by this server, the newest first.
    """

    names: list[str] | None
    trained: list[str]


class Describe(msgspec.Struct, tag=True):
    """Ask for the model card of a checkpoint."""

    path: str
    id: str


class Exhibit(msgspec.Struct, tag=True):
    """Ask what a page has to know of a network before anyone asks it."""

    path: str
    id: str


class Question(msgspec.Struct, tag=True):
    """Ask a network.

    Attributes:
        path: Its checkpoint.
        id: What clients call the network.
        way: One of the ways above.
        options: Options of the Query, and of the Look where the inside is shown.
        texts: Inputs that are texts.
        files: Inputs that are files.
        pixels: The most pixels of a picture, all pages together.
    """

    path: str
    id: str
    way: str
    options: dict[str, Any]
    texts: list[str]
    files: list[File]
    pixels: int


class DescribeSettings(msgspec.Struct, tag=True):
    """Ask which settings the training of an experiment has."""

    experiment: str


class CheckSettings(msgspec.Struct, tag=True):
    """Ask for the arguments of `nnlab` that train with such settings."""

    experiment: str
    settings: dict[str, Any]


class Next(msgspec.Struct, tag=True):
    """Ask for the next piece of a stream."""


class Stop(msgspec.Struct, tag=True):
    """End a stream before its last piece."""


class Ready(msgspec.Struct, tag=True):
    """A worker has started and takes requests."""


class Listed(msgspec.Struct, tag=True):
    """The catalogue, and warnings about networks that it leaves out."""

    catalogue: Catalogue
    warnings: list[str]


class Json(msgspec.Struct, tag=True):
    """A reply that is JSON already."""

    body: bytes


class Answers(msgspec.Struct, tag=True):
    """The answers to a question.

    Attributes:
        body: JSON: a list of answers, or one object that shows the inside.
        notes: Remarks on them.
        error: Why none of the inputs could be answered; empty if any could.
    """

    body: bytes
    notes: list[str]
    error: str = ""


class Made(msgspec.Struct, tag=True):
    """An answer that is a file."""

    file: File
    notes: list[str]


class Refused(msgspec.Struct, tag=True):
    """Why there is no answer.

    Attributes:
        status: The status of HTTP that says so.
        message: For the client.
    """

    status: int
    message: str


class Piece(msgspec.Struct, tag=True):
    """Part of a stream.

    Attributes:
        event: Its kind: piece, note or error.
        body: JSON.
    """

    event: str
    body: bytes


class Done(msgspec.Struct, tag=True):
    """The end of a stream."""


Request = (
    ListNetworks | Describe | Exhibit | Question | DescribeSettings | CheckSettings | Next | Stop
)
Reply = Ready | Listed | Json | Answers | Made | Refused | Piece | Done

_encoder = msgspec.msgpack.Encoder()
_requests: msgspec.msgpack.Decoder[Request] = msgspec.msgpack.Decoder(Request)
_replies: msgspec.msgpack.Decoder[Reply] = msgspec.msgpack.Decoder(Reply)


def frame(message: Request | Reply) -> bytes:
    """Return a message as a frame."""
    body = _encoder.encode(message)
    return len(body).to_bytes(LENGTH_BYTES, "big") + body


def length_of(head: bytes) -> int:
    """Return how many bytes follow the head of a frame."""
    return int.from_bytes(head, "big")


def reply_of(body: bytes) -> Reply:
    """Return the reply in a frame."""
    return _replies.decode(body)


def read_request(stream: IO[bytes]) -> Request | None:
    """Read a request; None at the end of the stream."""
    head = stream.read(LENGTH_BYTES)
    if len(head) < LENGTH_BYTES:
        return None
    size = length_of(head)
    body = stream.read(size)
    return _requests.decode(body) if len(body) == size else None

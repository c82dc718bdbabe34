"""From an HTTP request to the inputs and options in it, whatever its form."""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from python_multipart.multipart import parse_options_header
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from nnlab.options import LARGEST
from nnlab.serving.catalogue import Option
from nnlab.serving.media_types import SUFFIXES
from nnlab.serving.messages import File
from nnlab.serving.refusals import Refusal

MOST_INPUTS = 1000
MOST_FIELDS = 100
LONGEST_FIELD = 100_000
"""Bytes of a field of a form that is no file."""
JSON, FORM = "application/json", "multipart/form-data"
TRUE, FALSE = ("true", "1", "yes", "on"), ("false", "0", "no", "off")

logging.getLogger("python_multipart").setLevel(logging.CRITICAL)
"""It would warn of every malformed form."""


@dataclass
class Asked:
    """What a client asks.

    Attributes:
        options: Values by name, of the types that the options have.
        texts: Inputs that are texts.
        files: Inputs that are files.
        network: The id of the network that is to answer; None for any.
        preset: The preset of the network that is to answer; None for any.
    """

    options: dict[str, Any] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    network: str | None = None
    preset: str | None = None


async def asked(request: Request, options: Iterable[Option], *, files: bool, text: int) -> Asked:
    """Read a request.

    Args:
        request: Its body is JSON, a form, a picture or a PDF.
        options: Those there are, for their types.
        files: Whether inputs are files; else they are texts.
        text: The most characters of a text.

    Raises:
        Refusal: It is malformed, or too large.
    """
    header = request.headers.get("content-type", "").lower()
    kind = header.partition(";")[0].strip()
    if _charset(header) != "utf-8":
        raise Refusal(415, "expected texts in UTF-8; leave the charset out")
    types = {option.name: option.type for option in options}
    found = Asked()
    _add_texts(found, request.query_params.multi_items(), types)
    if kind == JSON:
        _add_values(found, _json(await request.body()))
    elif kind == FORM:
        await _add_form(found, request, types)
    elif kind in SUFFIXES:
        found.files.append(File(f"upload.{SUFFIXES[kind][0]}", await request.body()))
    else:
        raise Refusal(
            415,
            f"expected the content type {JSON}, {FORM}, that of a picture or application/pdf, "
            f"not {kind[:100]!r}",
        )
    _check(found, files=files, text=text)
    return found


def _charset(header: str) -> str:
    """Return the charset that a content type names, as Starlette reads it."""
    _, parameters = parse_options_header(header)
    return parameters.get(b"charset", b"utf-8").decode("latin-1")


def _json(body: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Refusal(400, f"expected a JSON object, but {error}") from error


async def _add_form(found: Asked, request: Request, types: Mapping[str, str]) -> None:
    try:
        form = await request.form(
            max_files=MOST_INPUTS, max_fields=MOST_FIELDS, max_part_size=LONGEST_FIELD
        )
    except HTTPException as error:
        raise Refusal(400, f"expected a multipart form, but: {error.detail}") from error
    try:
        texts = []
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                found.files.append(File(value.filename or "", await value.read()))
            elif name in ("input", "inputs"):
                found.texts.append(value)
            else:
                texts.append((name, value))
        _add_texts(found, texts, types)
    finally:
        await form.close()


def _add_texts(found: Asked, texts: Iterable[tuple[str, str]], types: Mapping[str, str]) -> None:
    """Add options that came as texts, each converted to the type of the option."""
    for name, text in texts:
        convert = _CONVERSIONS.get(types.get(name, "string"), str)
        try:
            value = convert(text)
        except ValueError as error:
            raise Refusal(400, f"{name}: {error}") from error
        _add_option(found, name, value)


def _add_values(found: Asked, values: dict[str, Any]) -> None:
    if "input" in values:
        raise Refusal(400, 'input: expected "inputs", a list of texts')
    inputs = values.pop("inputs", [])
    if not isinstance(inputs, list) or not all(isinstance(one, str) for one in inputs):
        raise Refusal(400, "inputs: expected a list of texts")
    found.texts += inputs
    for name, value in values.items():
        _add_option(found, name, value)


def _add_option(found: Asked, name: str, value: Any) -> None:
    if name in ("network", "preset"):
        if not isinstance(value, str | None):
            raise Refusal(400, f"{name}: expected a text")
        if getattr(found, name) not in (None, value):
            raise Refusal(400, f"{name} is given twice; leave out one")
        setattr(found, name, value)
    elif name in found.options:
        raise Refusal(400, f"{name} is given twice; leave out one")
    elif not isinstance(value, str | float | int | None) or (
        isinstance(value, int) and abs(value) > LARGEST
    ):
        raise Refusal(400, f"{name}: expected a text, a number, true, false or null")
    else:
        found.options[name] = value


def _check(found: Asked, *, files: bool, text: int) -> None:
    count = len(found.texts) + len(found.files)
    if count > MOST_INPUTS:
        raise Refusal(413, f"{count:,} inputs; at most {MOST_INPUTS:,} allowed")
    if found.texts and files:
        raise Refusal(
            400, "inputs are pictures here: upload files; names of files are never opened"
        )
    if found.files and not files:
        raise Refusal(400, 'inputs are texts here: send JSON such as {"inputs": ["..."]}')
    longest = max(map(len, found.texts), default=0)
    if longest > text:
        raise Refusal(413, f"an input has {longest:,} characters; at most {text:,} are allowed")


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise ValueError(f"expected a whole number, not {text[:100]!r}") from error


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise ValueError(f"expected a number, not {text[:100]!r}") from error


def _truth(text: str) -> bool:
    if text.lower() not in TRUE + FALSE:
        raise ValueError(f"expected true or false, not {text[:100]!r}")
    return text.lower() in TRUE


_CONVERSIONS: Mapping[str, Callable[[str], Any]] = {
    "integer": _whole,
    "number": _number,
    "boolean": _truth,
}

"""Reading the bodies of requests: a limit, then the bytes, then exact numbers."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.http.request import UnreadablePostError

from daybook.intake import json_text

LARGEST = 8 * 1024 * 1024
MOST_ORDERS = 1_000


class TooLargeError(Exception):
    """The body is beyond what one request may hold."""


class UnreadableError(Exception):
    """The body broke off."""


class EncodedError(Exception):
    """The body is compressed."""


def raw(request: HttpRequest) -> bytes:
    """Return the body's bytes. Raises EncodedError, TooLargeError and UnreadableError."""
    if request.headers.get("Content-Encoding", "identity").strip().lower() not in {"", "identity"}:
        raise EncodedError
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        raise TooLargeError
    try:
        return _chunks(request) if "Transfer-Encoding" in request.headers else request.body
    except RequestDataTooBig as error:
        raise TooLargeError from error
    except UnreadablePostError as error:
        raise UnreadableError from error


def _chunks(request: HttpRequest) -> bytes:
    """Return a body sent in chunks (RFC 9112 7.1): Django takes one without Content-Length for empty."""
    body = b""
    while len(body) <= LARGEST and (chunk := request.META["wsgi.input"].read(LARGEST + 1 - len(body))):
        body += chunk
    if len(body) > LARGEST:
        raise TooLargeError
    return body


def values(request: HttpRequest) -> Any:
    """Return the JSON values of the body; numbers are exact. Raises NotAnOrderError too."""
    return json_text.parse(raw(request))

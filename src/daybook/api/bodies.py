"""Reading the bodies of requests: what they are said to be, a limit, then the bytes, then exact numbers."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.http.request import UnreadablePostError

from daybook.intake import door
from daybook.sources import json_text

LARGEST = door.LARGEST_ORDERS
MOST_ORDERS = 1_000


class TooLargeError(Exception):
    """The body is beyond what one request may hold."""


class UnreadableError(Exception):
    """The body broke off."""


class WrongTypeError(Exception):
    """The body is compressed, or said to be something that is no JSON; the message says which."""


def raw(request: HttpRequest) -> bytes:
    """Return the body's bytes. Raises WrongTypeError, TooLargeError and UnreadableError."""
    headers = request.headers
    wrong = door.type_is_wrong(headers.get("Content-Type", ""), headers.get("Content-Encoding", ""))
    if wrong:
        raise WrongTypeError(wrong)
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

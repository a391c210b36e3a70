"""PURE: what is judged of a request before a byte of its body is read.

Whoever has shown nothing of the right form gets no body read for them, and everybody gets as much and as long as the
kind of request needs, no more. Whether a key or a signature is the right one is asked later, by whoever reads it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from daybook.sources.registry import SOURCES
from daybook.sources.source import Message

MEGABYTE = 1024 * 1024
LARGEST_ORDERS = 8 * MEGABYTE
"""A thousand orders, or one push."""
LARGEST_UPLOAD = 10 * MEGABYTE
"""A file with costs, from somebody who is logged in."""
LARGEST_FILE = 66 * MEGABYTE
"""A file of orders (`intake/file_taking.LARGEST`) and what a form puts around it, from somebody who is logged in."""
SECONDS_OF_A_FILE = 600
LARGEST_OF_STRANGERS = 64 * 1024
"""A form: what people send before they have logged in."""
SECONDS_OF_STRANGERS = 10
SECONDS = 60
"""A body of 8 MB comes through within it at 140 kB a second."""

_ORDERS = re.compile(r"/api/v1/orders/?")
_FEED = re.compile(r"/api/v1/intake/([^/]+)/[^/]*(|/.*)")
_FILE = re.compile(r"/c/[A-Za-z0-9]{1,32}/files/upload/")
_API_KEY = re.compile(r"bearer dbk_[A-Za-z0-9_-]{43}", re.IGNORECASE)
_SESSION = re.compile(r"(?:^|;\s*)sessionid=[a-z0-9]{32}(?:;|$)")
_JSON = re.compile(
    r"(application/(json|[\w.+-]+\+json|octet-stream|x-www-form-urlencoded)|text/(json|plain))\s*(;.*)?", re.IGNORECASE
)
"""`curl -d` says x-www-form-urlencoded whatever it sends; the body is then read as JSON all the same."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many bytes of a body are read, and how many seconds it may take from the request's first byte on."""

    size: int
    seconds: int


STRANGER = Allowance(LARGEST_OF_STRANGERS, SECONDS_OF_STRANGERS)
SENDER = Allowance(LARGEST_ORDERS, SECONDS)
PERSON = Allowance(LARGEST_UPLOAD, SECONDS)
FILE = Allowance(LARGEST_FILE, SECONDS_OF_A_FILE)


def judge(method: str, path: str, headers: Mapping[str, str], declared: int) -> Allowance | None:
    """Return what a request may send, or None where nothing of its body is to be read.

    `declared` is its Content-Length in bytes, 0 if it says none. The names of `headers` are written as in WSGI, without
    HTTP_: AUTHORIZATION, CONTENT_TYPE.
    """
    allowance = _allowance(method, path, headers)
    if allowance is None or declared > allowance.size:
        return None
    if allowance == SENDER and type_is_wrong(headers.get("CONTENT_TYPE", ""), headers.get("CONTENT_ENCODING", "")):
        return None
    return allowance


def of_person(method: str, path: str) -> Allowance:
    """Return what somebody who is logged in may send to a page."""
    return FILE if method == "POST" and _FILE.fullmatch(path) else PERSON


def type_is_wrong(content_type: str, encoding: str) -> str:
    """Return why a body of that Content-Type and Content-Encoding cannot be JSON as it stands, or ""."""
    if encoding.strip().lower() not in {"", "identity"}:
        return "The body is compressed. Send it as it is, without Content-Encoding."
    given = content_type.strip()
    if given and not _JSON.fullmatch(given):
        return f"The body is said to be {given[:60]}. Send JSON, as Content-Type: application/json."
    return ""


def _allowance(method: str, path: str, headers: Mapping[str, str]) -> Allowance | None:
    if method == "POST" and _ORDERS.fullmatch(path):
        return SENDER if _API_KEY.fullmatch(headers.get("AUTHORIZATION", "").strip()) else None
    may_be = _may_be_for_a_feed(method, path, headers)
    if may_be is not None:
        return SENDER if may_be else None
    if not path.startswith("/api/") and _SESSION.search(headers.get("COOKIE", "")):
        return of_person(method, path)
    return STRANGER


def _may_be_for_a_feed(method: str, path: str, headers: Mapping[str, str]) -> bool | None:
    """Tell whether a message to a feed's door can be genuine; None: there is no such door."""
    found = _FEED.fullmatch(path)
    if found is None or found[1] not in SOURCES:
        return None
    for each in SOURCES[found[1]].doors:
        secret = each.secret_in(found[2]) if each.method == method else None
        if secret is not None:
            given = headers.get(each.header.upper().replace("-", "_")) if each.header else None
            return each.may_be(Message(door=each.name, signature=given, secret=secret))
    return None

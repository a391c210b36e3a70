"""What is answered where no view answers: pages for people, JSON to whoever called the API."""

import logging
import sys
import time
from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.views import defaults

from daybook.config.outages import is_database_away, is_disk_full

_API = "/api/"
_JSON = (_API, "/health", "/metrics")
_WITHOUT = ("/static/", "/health/live")
"""Answered without the database."""
QUIET_SECONDS = 1.0
"""After the database did not answer, nobody waits for it again so long."""
SAID_EVERY_SECONDS = 30.0
RETRY_AFTER_SECONDS = "10"
_AWAY = "Daybook's database does not answer. Nothing of this request was kept; send the same again in a moment."
_FULL = "The disk of Daybook's database is full. Nothing of this request was kept; send the same again later."

log = logging.getLogger("daybook.web")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400, or 413 where the body is larger than Daybook reads."""
    status = 413 if isinstance(exception, RequestDataTooBig) else 400
    if request.path.startswith(_API):
        return _refusal(status, "The request could not be read. Check its size, its Host header and its encoding.")
    response = defaults.bad_request(request, exception)
    response.status_code = status
    return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404."""
    if request.path.startswith(_API):
        return _refusal(404, "There is no such address. /api/v1/docs lists every address of the API.")
    return defaults.page_not_found(request, exception)


def failed(request: HttpRequest) -> HttpResponse:
    """Answer 500; the reason stands in the log only. A database that is away, or can write nothing, is answered 503."""
    error = sys.exc_info()[1]
    if is_database_away(error):
        _outage.note()
        return _away(request)
    if is_disk_full(error):
        _full_disk.note()
        return _away(request, "The disk of Daybook's database is full", _FULL)
    if request.path.startswith(_API):
        return _refusal(500, "Daybook failed; the fault is written down in its log. Send the same again later.")
    return defaults.server_error(request)


def health(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  # a view's signature
    """Answer 200 while the database answers: ready to work. While it does not, 503 comes from `failed`, as everywhere."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


def live(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  # a view's signature
    """Answer 200 while this process answers at all, whatever the database does: one that does not is to be restarted."""
    return JsonResponse({"status": "ok"})


def while_database_away(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answer 503 at once for a moment after the database did not answer: threads must not queue up to wait for it."""

    def guarded(request: HttpRequest) -> HttpResponse:
        return _away(request) if _outage.is_fresh() and not request.path.startswith(_WITHOUT) else answer(request)

    return guarded


class _Outage:
    """When the database last failed this process in one way."""

    def __init__(self, says: str) -> None:
        self.says, self.last = says, float("-inf")

    def note(self) -> None:
        """Say so in the log, at most twice a minute."""
        now = time.monotonic()
        if now - self.last > SAID_EVERY_SECONDS:
            log.error(self.says)
        self.last = now

    def is_fresh(self) -> bool:
        return time.monotonic() - self.last < QUIET_SECONDS


_outage = _Outage("the database does not answer; requests are answered 503")
_full_disk = _Outage("the database's disk is full; what would be written is answered 503")
"""Pages that only read go on meanwhile."""


def _away(request: HttpRequest, title: str = "Daybook's database does not answer", words: str = _AWAY) -> HttpResponse:
    if request.path.startswith(_JSON):
        response: HttpResponse = _refusal(503, words)
    else:
        response = HttpResponse(loader.get_template("503.html").render({"title": title}), status=503)
    response["Retry-After"] = RETRY_AFTER_SECONDS
    return response


def _refusal(status: int, detail: str) -> HttpResponse:
    return JsonResponse({"detail": detail, "problems": []}, status=status)

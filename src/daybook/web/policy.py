"""What holds for every page: ours, the log-in pages, the operator's, and the API's own documentation."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, HttpResponse

from daybook.connections import endpoints
from daybook.intake import door

Answer = Callable[[HttpRequest], HttpResponse]

OPERATOR = "/operator/"
API = "/api/"
A_YEAR = 365 * 24 * 3600


def content_policy(answer: Answer) -> Answer:
    """Let pages load our own files only, and over https only where that is how people reach us."""

    def guarded(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        if response.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Content-Security-Policy", _policy(request.path))
        if settings.PUBLIC_URL.startswith("https:"):  # whatever the way from the proxy to us is
            response.headers.setdefault("Strict-Transport-Security", f"max-age={A_YEAR}")
        return response

    return guarded


class NoFiles(FileUploadHandler):
    """Passes over the files of a form."""

    def new_file(self, *arguments: Any, **options: Any) -> None:  # noqa: ARG002  # Django's signature
        """Pass over one."""
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep nothing."""

    def file_complete(self, file_size: int) -> None:
        """Have no file."""


def uploads_after_login(answer: Answer) -> Answer:
    """Turn away large bodies of whoever is not logged in, and pass over their files, before anything parses them.

    What is too large for anybody was not read at the door either: without this, the form's token would be missed in it.

    Stands behind the middleware that knows the person; that which looks for the form's token comes later, in Django's
    `process_view`, and would read the whole body for it.
    """

    def guarded(request: HttpRequest) -> HttpResponse:
        is_form = request.method == "POST" and not request.path.startswith(API)
        if is_form and not request.user.is_authenticated:
            if _length(request) > door.LARGEST_OF_STRANGERS:
                return redirect_to_login(request.path)
            request.upload_handlers = [NoFiles(request)]
        elif is_form and _length(request) > door.of_person("POST", request.path).size:
            raise RequestDataTooBig
        return answer(request)

    return guarded


def _length(request: HttpRequest) -> int:
    length = request.META.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdecimal() else 0


def _policy(path: str) -> str:
    # the operator's pages are unfold's as they come: its Alpine evaluates attributes
    evaluation = " 'unsafe-eval'" if path.startswith(OPERATOR) else ""
    return (
        f"default-src 'self'; script-src 'self'{evaluation}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        f"form-action 'self' {' '.join(endpoints.login_bases())}; frame-ancestors 'none'; base-uri 'self'; object-src 'none'"
    )

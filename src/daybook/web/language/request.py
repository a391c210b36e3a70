"""In which language a page is answered: the person's own, else the first of their browser's that Daybook speaks."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_request

from daybook.companies.models import Person

Answer = Callable[[HttpRequest], HttpResponse]
_PROGRAMS = ("/api/", "/health", "/metrics")
"""Programs ask there, and look for words that they know: no language is spoken, days are written 2026-03-02."""
_IN_ENGLISH = "/operator/"
"""The operator's tables are called as in the database."""


def language(answer: Answer) -> Answer:
    """Answer in the language of who asks."""

    def spoken(request: HttpRequest) -> HttpResponse:
        if request.path.startswith(_PROGRAMS):
            with translation.override(None):
                return answer(request)
        if request.path.startswith(_IN_ENGLISH):
            return answer(request)
        with translation.override(_of(request)):
            response = answer(request)
            patch_vary_headers(response, ["Accept-Language"])
            response.headers.setdefault("Content-Language", translation.get_language() or "")
            return response

    return spoken


def _of(request: HttpRequest) -> str:
    own = request.user.language if isinstance(request.user, Person) else ""
    return own or get_language_from_request(request)

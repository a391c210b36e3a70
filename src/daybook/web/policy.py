"""The content policy of every page: ours, the log-in pages, the operator's, and the API's own documentation."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

Answer = Callable[[HttpRequest], HttpResponse]


def content_policy(answer: Answer) -> Answer:
    """Let pages load our own files only. Alpine evaluates attributes, hence unsafe-eval."""

    def guarded(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        if response.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Content-Security-Policy", _policy())
        return response

    return guarded


def _policy() -> str:
    return (
        "default-src 'self'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        f"form-action 'self' {settings.XERO_LOGIN_BASE}; frame-ancestors 'none'; base-uri 'self'; object-src 'none'"
    )

"""The web process's entry for a WSGI server."""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from daybook.config.proxies import behind_proxies

DATABASE_SECONDS = 2
"""A request waits so long for a connection of the pool, then it is answered 503; a worker's jobs wait longer."""


def without_body_for_head(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """Return `application`, whose answers to HEAD end with their headers: Django leaves that to the server."""

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        body = application(environ, start_response)
        if environ["REQUEST_METHOD"] != "HEAD":
            return body
        close = getattr(body, "close", None)
        if close is not None:
            close()
        return []

    return answer


_options: Any = settings.DATABASES["default"]["OPTIONS"]
_options["pool"]["timeout"] = DATABASE_SECONDS
application = without_body_for_head(behind_proxies(get_wsgi_application(), settings.TRUSTED_PROXIES))

"""How long a log-in lasts: so long without use, and so long at most (DAYBOOK_SESSION_IDLE_HOURS, DAYBOOK_SESSION_DAYS)."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse

from daybook.kit import clock

Answer = Callable[[HttpRequest], HttpResponse]
BEGAN = "session_began"
USED = "session_used"
NOTED_EVERY_SECONDS = 60
"""A busy session would otherwise write its row with every page."""


def session_age(answer: Answer) -> Answer:
    """End log-ins that were not used for long, or began long ago. A page that keeps itself fresh is no use of it."""

    def aged(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = clock.now().timestamp()
            if _is_over(request.session, now):
                logout(request)
            elif not _asks_by_itself(request):
                _note_use(request.session, now)
        return answer(request)

    return aged


def _is_over(session: SessionBase, now: float) -> bool:
    began, used = session.get(BEGAN, now), session.get(USED, now)
    return bool(now - began > settings.SESSION_LIVES_SECONDS or now - used > settings.SESSION_IDLE_SECONDS)


def _note_use(session: SessionBase, now: float) -> None:
    if BEGAN not in session:
        session[BEGAN] = now
    if now - session.get(USED, 0) > NOTED_EVERY_SECONDS:
        session[USED] = now


def _asks_by_itself(request: HttpRequest) -> bool:
    return request.method == "GET" and request.headers.get("HX-Request") == "true"

"""A person's own log-ins: where each is, when it was last used, and how to end one or all others."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module

from allauth.usersessions.internal.flows.sessions import end_sessions
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from daybook.companies.models import Person
from daybook.companies.saving import tell_of_sessions
from daybook.web import devices, pages
from daybook.web.sessions import USED


@dataclass(frozen=True, slots=True)
class LogIn:
    """One of them."""

    session: UserSession
    device: str
    used_at: datetime
    is_this: bool


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """List the person's log-ins; a POST ends all but this one."""
    mine = _of(request)
    if request.method == "POST":
        _end(request, [each for each in mine if not each.is_current()])
        return redirect("usersessions_list")
    logins = sorted((_login(each) for each in mine), key=lambda each: (each.is_this, each.used_at), reverse=True)
    return pages.render(request, "daybook/sessions.html", {"title": gettext("Sessions"), "logins": logins})


@login_required
@require_POST
def end(request: HttpRequest, session: int) -> HttpResponse:
    """End one of the person's log-ins; their own of this browser is a log-out. Somebody else's is not there: 404."""
    found = get_object_or_404(UserSession, user=request.user, pk=session)
    is_this = found.is_current()
    _end(request, [found])
    return redirect("account_login" if is_this else "usersessions_list")


def _end(request: HttpRequest, ended: list[UserSession]) -> None:
    person = request.user
    assert isinstance(person, Person)  # noqa: S101  # login_required
    if ended:
        tell_of_sessions(person, by=person, ended=len(ended))
    end_sessions(request, ended)
    count = len(ended)
    words = (
        ngettext("The log-in was ended.", "{count} log-ins were ended.", count).format(count=count)
        if count
        else gettext("There is no other.")
    )
    messages.success(request, words)


def _of(request: HttpRequest) -> Iterable[UserSession]:
    found: list[UserSession] = UserSession.objects.purge_and_list(request.user)
    return found


def _login(session: UserSession) -> LogIn:
    """The last use is what `web/sessions.py` notes with the session itself, by the minute."""
    used = import_module(settings.SESSION_ENGINE).SessionStore(session.session_key).get(USED)
    return LogIn(
        session=session,
        device=devices.named(session.user_agent),
        used_at=datetime.fromtimestamp(used, UTC) if used else session.created_at,
        is_this=session.is_current(),
    )

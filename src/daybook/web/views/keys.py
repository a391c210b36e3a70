"""API keys: made, shown once on the page that follows, revoked. Owners only."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from daybook.companies import keys as api_keys
from daybook.companies.models import ApiKey
from daybook.kit import clock
from daybook.web import once, pages
from daybook.web.access import CompanyRequest, Role, member
from daybook.web.forms.people import KeyForm


@member(Role.OWNER)
@require_http_methods(["GET", "POST"])
def keys(request: CompanyRequest) -> HttpResponse:
    """List the keys; a POST makes one, which the page that follows shows this once."""
    form, shown = KeyForm(request.POST or None), f"key:{request.company.pk}"
    if request.method == "POST" and form.is_valid():
        plaintext = _make(request, form.cleaned_data)
        once.keep(request, shown, plaintext)
        return redirect("web:keys", request.company.public_id)
    found = list(api_keys.keys_of(request.company))
    context = {
        "title": gettext("API keys"),
        "keys": found,
        "left_behind": [key for key in found if key.maker_left and not key.revoked_at],  # type: ignore[attr-defined]  # annotated
        "form": form,
        "now": clock.now(),
        "plaintext": once.take(request, shown),
    }
    return pages.render(request, "daybook/keys.html", context)


def _make(request: CompanyRequest, asked: Mapping[str, Any]) -> str:
    """Make the key; the last day on which it works is one of the page's zone, as all days on pages are."""
    day: date | None = asked["expires_on"]
    ends = datetime.combine(day + timedelta(days=1), time(), timezone.get_current_timezone()) if day else None
    made = {"scopes": asked["scopes"], "expires_at": ends}
    return api_keys.create_api_key(request.company, asked["name"], request.user, **made)[1]


@member(Role.OWNER)
@require_POST
def revoke(request: CompanyRequest, key: str) -> HttpResponse:
    """End a key."""
    found = get_object_or_404(ApiKey, company=request.company, public_id=key)
    api_keys.revoke(found, request.user)
    messages.success(request, gettext("The key “{name}” no longer works.").format(name=found.name))
    return redirect("web:keys", request.company.public_id)

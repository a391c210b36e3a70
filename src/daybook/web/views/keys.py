"""API keys: made, shown once on the page that follows, revoked. Owners only."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from daybook.companies import keys as api_keys
from daybook.companies.models import ApiKey
from daybook.web import once, pages
from daybook.web.access import CompanyRequest, Role, member
from daybook.web.forms.people import KeyForm


@member(Role.OWNER)
@require_http_methods(["GET", "POST"])
def keys(request: CompanyRequest) -> HttpResponse:
    """List the keys; a POST makes one, which the page that follows shows this once."""
    form, shown = KeyForm(request.POST or None), f"key:{request.company.pk}"
    if request.method == "POST" and form.is_valid():
        _, plaintext = api_keys.create_api_key(request.company, form.cleaned_data["name"], request.user)
        once.keep(request, shown, plaintext)
        return redirect("web:keys", request.company.public_id)
    found = list(api_keys.keys_of(request.company))
    context = {
        "title": "API keys",
        "keys": found,
        "left_behind": [key for key in found if key.maker_left and not key.revoked_at],  # type: ignore[attr-defined]  # annotated
        "form": form,
        "plaintext": once.take(request, shown),
    }
    return pages.render(request, "daybook/keys.html", context)


@member(Role.OWNER)
@require_POST
def revoke(request: CompanyRequest, key: str) -> HttpResponse:
    """End a key."""
    found = get_object_or_404(ApiKey, company=request.company, public_id=key)
    api_keys.revoke(found, request.user)
    messages.success(request, f"The key “{found.name}” no longer works.")
    return redirect("web:keys", request.company.public_id)

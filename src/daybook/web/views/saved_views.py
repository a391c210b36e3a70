"""Saved views: a person keeps the filters of a list under a name, and removes them; each sees their own only."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from daybook.companies import saved_views
from daybook.companies.models import SavedView
from daybook.kit.translation import retold
from daybook.web.access import CompanyRequest, member


@member()
@require_POST
def save(request: CompanyRequest) -> HttpResponse:
    """Keep what the list shows, for this person alone."""
    page, query = request.POST.get("page", ""), request.POST.get("query", "")
    if page not in SavedView.Page.values:
        raise Http404
    try:
        view = saved_views.keep(request.company, request.user, page, request.POST.get("name", ""), query)
    except saved_views.ViewError as error:
        messages.error(request, retold(str(error)))
    else:
        messages.success(request, gettext("Kept as “{name}”. Only you see it, above this list.").format(name=view.name))
    return _to(request, page, query)


@member()
@require_POST
def delete(request: CompanyRequest, view: int) -> HttpResponse:
    """Remove one of the person's own."""
    page = request.POST.get("page", "")
    if page not in SavedView.Page.values or not saved_views.remove(request.company, request.user, view):
        raise Http404
    messages.success(request, gettext("The view is removed. The list itself is as it was."))
    return _to(request, page, "")


def kept_views(request: CompanyRequest, page: str) -> dict[str, object]:
    """Return the person's views of a list, and what of this address one would keep, for the page."""
    return {
        "page": page,
        "mine": list(saved_views.of(request.company, request.user, page)),
        "query": saved_views.tidied(request.GET.urlencode()),
    }


def _to(request: CompanyRequest, page: str, query: str) -> HttpResponse:
    kept = saved_views.tidied(query)
    return redirect(f"{reverse(f'web:{page}', args=[request.company.public_id])}{'?' if kept else ''}{kept}")

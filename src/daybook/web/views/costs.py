"""Item costs: what one unit of a SKU costs the company, for purchase orders whose order does not say."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from daybook.companies import saving
from daybook.companies.models import ItemCost
from daybook.outbox import wake
from daybook.web import cost_file, pages
from daybook.web.access import CompanyRequest, Role, may_change, member
from daybook.web.forms.costs import CostFileForm, CostForm
from daybook.web.listing import Found, asked_for, page_of
from daybook.web.reading.documents import searched


@member(to_change=Role.ACCOUNTANT)
@require_http_methods(["GET", "POST"])
def costs(request: CompanyRequest) -> HttpResponse:
    """List the costs; a POST adds one, or changes the one of the same SKU and currency."""
    form = CostForm(request.POST or None, initial=_asked_for(request))
    if request.method == "POST" and form.is_valid():
        _store(request, [cost_file.Cost(**form.cleaned_data)])
        messages.success(request, gettext("{sku} was saved.").format(sku=form.cleaned_data["sku"]))
        return redirect("web:costs", request.company.public_id)
    return _page(request, form=form)


@member(Role.ACCOUNTANT)
@require_POST
def upload(request: CompanyRequest) -> HttpResponse:
    """Take a CSV file: all of it, or nothing and what is wrong in which row."""
    form = CostFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, file_form=form)
    read = cost_file.read(form.cleaned_data["file"].read())
    if read.errors:
        return _page(request, row_errors=read.errors)
    _store(request, read.costs)
    messages.success(
        request,
        ngettext(
            "{count} cost was saved. Orders that waited for it are looked at again.",
            "{count} costs were saved. Orders that waited for a cost are looked at again.",
            len(read.costs),
        ).format(count=len(read.costs)),
    )
    return redirect("web:costs", request.company.public_id)


@member(Role.ACCOUNTANT)
@require_POST
def delete(request: CompanyRequest, cost: int) -> HttpResponse:
    """Forget one cost."""
    found = get_object_or_404(ItemCost, company=request.company, pk=cost)
    saving.forget_cost(request.company, found, by=request.user)
    return redirect("web:costs", request.company.public_id)


@transaction.atomic
def _store(request: CompanyRequest, costs: list[cost_file.Cost]) -> None:
    company = request.company
    rows = [ItemCost(company=company, sku=one.sku, currency=one.currency, unit_cost=one.unit_cost) for one in costs]
    saving.keep_costs(company, rows, by=request.user)
    wake.wake_prepare(company.pk)


def _page(
    request: CompanyRequest,
    *,
    form: CostForm | None = None,
    file_form: CostFileForm | None = None,
    row_errors: list[str] | None = None,
) -> HttpResponse:
    context = {
        "title": gettext("Item costs"),
        "page": page_of(_found(request), request.GET),
        "asked": request.GET,
        "form": form or CostForm(),
        "file_form": file_form or CostFileForm(),
        "row_errors": (row_errors or [])[:50],
        "more_errors": max(0, len(row_errors or []) - 50),
        "may_change": may_change(request.membership),
    }
    return pages.render(request, "daybook/costs.html", context, status=422 if row_errors or file_form else 200)


def _asked_for(request: CompanyRequest) -> dict[str, str]:
    """Return what the button of a held document asks a cost for."""
    asked = {name: asked_for(request.GET, name, 100) for name in ("sku", "currency")}
    return {name: value for name, value in asked.items() if value}


def _found(request: CompanyRequest) -> Found[ItemCost]:
    rows = ItemCost.objects.filter(company=request.company)
    words = searched(request.GET)
    return Found(rows.filter(sku__icontains=words) if words else rows, rows)

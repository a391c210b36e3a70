"""What single steps of the wizard show beside the form of their room, or instead of one. Asks the ledger nothing."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from daybook.connections.models import Connection
from daybook.documents.document import Document
from daybook.feeds import roster as feeds
from daybook.intake.trying import DECIDED_BY_RULES
from daybook.kit import clock
from daybook.orders.models import Order
from daybook.outbox import approving, counting
from daybook.posting import by_hand, clearing
from daybook.rehearsing import running
from daybook.rehearsing.choosing import Asked, Which
from daybook.rehearsing.rehearsal import Fate
from daybook.sources.registry import with_doors
from daybook.web import buttons, once
from daybook.web.access import CompanyRequest, Role, at_least
from daybook.web.forms.opening import COUNTRIES, OpeningForm
from daybook.web.reading import causes, documents, needs, paper, rehearsed
from daybook.web.settings import reading as settings_page
from daybook.web.settings.connection_forms import AppForm
from daybook.web.settings.feed_forms import offered
from daybook.web.wizard import making, standing

REHEARSED = 20
"""Orders of the step's dry run."""
SHOWN = 3
"""Of those, orders that are drawn; the others are counted."""
EXTRA: Mapping[str, str] = {
    "accounts": "daybook/wizard/steps/accounts.html",
    "tax": "daybook/wizard/steps/tax.html",
    "contact": "daybook/wizard/steps/contact.html",
    "numbers": "daybook/wizard/steps/numbers.html",
    "currencies": "daybook/wizard/steps/currencies.html",
}
"""By step with a form of its room: what stands below it."""


def of_step(request: CompanyRequest, slug: str) -> dict[str, Any]:
    """Return what a step's page shows beside what every page of the wizard does."""
    drawn = _DRAWN.get(slug)
    return drawn(request) if drawn is not None else {}


def _connect(request: CompanyRequest) -> dict[str, Any]:
    row = request.connection
    facts = settings_page.facts_for(request.company, row)
    return {"app_form": AppForm(connection=row), "country": country(row), **facts}


def country(connection: Connection) -> str:
    """Return the organisation's country, by its name where that is known here."""
    return gettext(COUNTRIES.get(connection.facts.country_code, connection.facts.country_code))


def _answers(request: CompanyRequest) -> dict[str, Any]:
    return {
        "opening": OpeningForm(stored=standing.stored_answers(request.connection)),
        "questions": ("is_registered", "contact_per", "goods", "source"),
    }


def _accounts(request: CompanyRequest) -> dict[str, Any]:
    return {"makeable": making.offers(request.connection), "is_granted": clearing.is_granted(request.connection)}


def _contact(request: CompanyRequest) -> dict[str, Any]:
    return {"may_make": by_hand.may_make_contacts(request.connection) if request.connection.is_connected else False}


def _tax(request: CompanyRequest) -> dict[str, Any]:
    """Cases in orders that a rate alone does not decide: each with the way to its rule."""
    found = needs.groups(request.company)
    return {"cases": [each for each in found if each.cause in DECIDED_BY_RULES]}


def _source(request: CompanyRequest) -> dict[str, Any]:
    company, said = request.company, standing.stored_answers(request.connection)
    key = once.take(request, f"wizard:{company.pk}")
    return {
        "way": said.source if said is not None else "",
        "key": key,
        "sample": sample_call(key or "YOUR-KEY"),
        "may_make_keys": at_least(request.membership, Role.OWNER),
        "orders": Order.objects.filter(company=company)[:1].count(),
        "feeds": [each for each in feeds.of_company(company).filter(closed_at=None) if not each.is_built_in],
        "to_set_up": offered(with_doors()),
    }


def sample_call(key: str) -> str:
    """Return a call that sends one order, as whoever looks after the OMS would try it."""
    line = {"id": "1", "sku": "MUG", "description": "Mug", "quantity": 2, "unit_price": "12.50", "tax_rate": "0.2"}
    today = clock.now().isoformat(timespec="seconds")  # an order that nobody dispatched on a day waits for that day
    order = {"source": "shop", "id": "1001", "dispatched": True, "dispatched_at": today, "lines": [line]}
    return (
        f"curl {settings.PUBLIC_URL}/api/v1/orders \\\n  -H 'Authorization: Bearer {key}' \\\n"
        f"  -H 'Content-Type: application/json' \\\n  -d '{json.dumps(order)}'"
    )


def _rehearse(request: CompanyRequest) -> dict[str, Any]:
    asked = Asked(which=Which.LAST, count=REHEARSED, since=date.min, until=date.max, name="")
    made = running.run(request.company, request.connection.public_id, asked)
    if made is None:
        return {}
    first = [*rehearsed.those(made, Fate.GOES), *(each for each in made.orders if each.fate is not Fate.GOES)]
    return {
        "run": made,
        "groups": rehearsed.groups(made),
        "causes": rehearsed.causes(made),
        "orders": rehearsed.shown(made, first[:SHOWN]),
        "changes": rehearsed.changes(made),
        "whole": f"{reverse('web:dryrun', args=[request.company.public_id])}?of=last&count={REHEARSED}"
        f"&connection={request.connection.public_id}",
    }


def _first(request: CompanyRequest) -> dict[str, Any]:
    row = request.connection
    approved, first = approving.approved(row), approving.first(row)
    entry, stuck = approved or first, None if approved else approving.kept_back(row)
    mapped = documents.mapped(entry) if entry is not None else None
    return {
        "entry": entry,
        "is_approved": approved is not None,
        "seen": approving.digest(entry) if entry is not None else "",
        "stuck": stuck,
        "why": causes.of_entry(stuck) if stuck is not None else None,
        "sheet": paper.sheet(entry, mapped) if entry is not None and isinstance(mapped, Document) else None,
        "there": buttons.document_there(entry) if entry is not None else "",
        "when_url": buttons.connection_page(row, "", "wizard-step", "when"),
        "held": counting.orders_needing_a_person(request.company, row).count(),
        "orders": Order.objects.filter(company=request.company)[:1].count(),
    }


def _on(request: CompanyRequest) -> dict[str, Any]:
    row = request.connection
    return {
        "approved": approving.approved(row),
        "count": counting.documents_under_way(request.company, row).count(),
    }


_DRAWN: Mapping[str, Callable[[CompanyRequest], dict[str, Any]]] = {
    "connect": _connect,
    "answers": _answers,
    "accounts": _accounts,
    "tax": _tax,
    "contact": _contact,
    "source": _source,
    "rehearse": _rehearse,
    "first": _first,
    "on": _on,
}

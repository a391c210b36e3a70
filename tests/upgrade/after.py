"""Reads the inventory out of today's tables: `python -m tests.upgrade.after` prints it as JSON.

The one place to adapt when the tables are redesigned: a fact keeps its name and its value, wherever it is kept now.
What a version may derive anew (an order's standing, say) is compared too: the same before and after.
"""

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

import django
from django.db.models import Model
from django.utils import translation

from tests.upgrade.inventory import Facts, Inventory, section

Rows = Iterator[Facts]


def people() -> Rows:
    from daybook.companies.models import Person

    for person in Person.objects.all():
        roles = {place.company.name: place.role for place in person.memberships.select_related("company")}
        yield _facts(person, "email", "name is_active is_staff password date_joined") | {"roles": roles or None}


def companies() -> Rows:
    from daybook.companies.models import Company

    for company in Company.objects.all():
        yield _facts(company, "public_id", "name created_at")


def keys() -> Rows:
    from daybook.companies.models import ApiKey

    for key in ApiKey.objects.select_related("company", "created_by"):
        yield _facts(key, "public_id", "company.name name hint key_hash revoked_at created_by.email")


def invitations() -> Rows:
    from daybook.companies.models import Invitation

    names = "company.name email role token_hash invited_by.email expires_at answer answered_at"
    for invitation in Invitation.objects.select_related("company", "invited_by"):
        yield _facts(invitation, "public_id", names)


def settings() -> Rows:
    """What a company posts, and how, is its connection's; what holds for all of the company stayed."""
    from daybook.connections.models import PostingSettings

    names = [field.attname for field in PostingSettings._meta.concrete_fields if not field.is_relation]
    for each in PostingSettings.objects.select_related("connection__company__settings"):
        company = each.connection.company
        yield (
            _facts(each, "connection.company.name", " ".join(names))
            | {"require_second_factor": company.settings.require_second_factor}
            | _of_kornitx(company)
        )


def _of_kornitx(company: Any) -> Facts:
    """What the settings kept of Kornit X is its first feed's: the key sealed as it was, the hash sealed too since."""
    from daybook.feeds.roster import own_if_any
    from daybook.sources.kornitx.source import KORNITX

    feed = own_if_any(company, KORNITX)
    sealed = base64.b64decode(feed.secrets.get("hmac_key", ""))
    return {
        "kornitx_hmac_key_sealed": sealed,
        "kornitx_callback_secret_hash": feed.open_secret("callback") if "callback" in feed.secrets else "",
        **{
            f"kornitx_{name}": getattr(feed, name)
            for name in ("last_received_at", "refused", "refused_at", "refused_why")
        },
    }


def taxes() -> Rows:
    from daybook.connections.models import TaxMapping

    for tax in TaxMapping.objects.select_related("connection__company"):
        key = f"{tax.connection.company.name} {tax.rate}"
        yield {"key": key, "tax_type": tax.tax_type, "first_seen_at": tax.first_seen_at}


def costs() -> Rows:
    from daybook.companies.models import ItemCost

    for cost in ItemCost.objects.select_related("company"):
        yield {"key": f"{cost.company.name} {cost.sku} {cost.currency}", "unit_cost": cost.unit_cost}


OF_THE_ORGANISATION = "country_code base_currency time_zone short_code edition lock_date"
OF_THE_TOKENS = "fingerprint scope access_token_sealed refresh_token_sealed"


def connections() -> Rows:
    """What is known of the organisation has a row of its own, kept when the connection reaches it no longer."""
    from daybook.connections.models import Connection

    names = (
        "public_id client_id client_secret_sealed status status_reason connected_at paused_until "
        "pause_reason day_remaining checked_at"
    )
    for each in Connection.objects.select_related("company", "organisation", "last_organisation"):
        tokens = getattr(each, "token_set", None)
        yield _facts(each, "company.name", names) | {
            "xero_connection_id": each.link_id,
            "organisation": each.organisation.their_id if each.organisation else "",
            "organisation_name": each.facts.name,
            **{name: getattr(each.facts, name) for name in OF_THE_ORGANISATION.split()},
            "organisation_before": each.last_organisation.their_id if each.last_organisation else "",
            **{name: getattr(tokens, name, None) for name in OF_THE_TOKENS.split()},
        }


OF_THE_STANDING = "standing cause subject detail written_from"


def orders() -> Rows:
    """How an order stands is said for each connection; an old company has one."""
    from daybook.orders.models import Order
    from daybook.web.reading.orders import history

    names = (
        "public_id ref external_ref customer_name currency net tax gross status ordered_at dispatched_at "
        "dispatched_seen_at first_received_at undispatched_seen_at on_hold_since typed_date"
    )
    for order in Order.objects.select_related("company", "feed", "current_revision"):
        revisions = list(order.revisions.order_by("number"))
        toward = order.standings.get()
        yield _facts(order, "public_id", names) | {
            "key": _order(order),
            **{name: getattr(toward, name) for name in OF_THE_STANDING.split()},
            "is_unprepared": toward.unprepared_since is not None,
            "contents": _list(revision.content for revision in revisions),
            "as_it_came": _list(revision.raw for revision in revisions),
            "stands_by": order.current_revision and order.current_revision.number,
            "notices": _list(order.notices.order_by("id").values_list("content", flat=True)),
            "notes": _list(each.text.replace("version", "revision") for each in history(order)),
            "deliveries": _list(
                order.deliveries.order_by("id").values_list("door", "result", "body_hash", "delivery_id", "answered")
            ),
        }


def documents() -> Rows:
    from daybook.outbox.models import Entry

    names = (
        "company.name kind generation number state state_since cause subject detail not_before document date "
        "contact_name currency net tax gross posted_at attention attention_detail created_at is_number_free "
        "given_up_at attention_done given_up_by.email cured_by"
    )
    theirs = "id status net tax gross paid due credited updated_at seen_at differs"
    related = ("company", "organisation", "order__company", "order__feed", "last_attempt", "revision", "given_up_by")
    for entry in Entry.objects.select_related(*related):
        moves = [_move(event) for event in entry.events.select_related("person")]
        yield _facts(entry, "public_id", names) | {
            **{f"their_{name}": getattr(entry, f"their_{name}") for name in theirs.split()},
            "organisation": entry.organisation.their_id,
            "order": _order(entry.order),
            "last_call": entry.last_attempt and entry.last_attempt.public_id,
            "history": _list(moves),
            "revision": entry.revision and entry.revision.number,
        }


def _move(event: Any) -> tuple[str, ...]:
    from daybook.outbox.models import Attempt

    call = Attempt.objects.filter(pk=event.attempt_id).values_list("public_id", flat=True).first()
    why = f"held: {event.cause}" if event.cause else event.reason
    return (event.old_state, event.new_state, event.mover, why, call, event.person and event.person.email)


def calls() -> Rows:
    from daybook.outbox.models import Attempt

    names = (
        "company.name resource token_fingerprint method url body body_hash idempotency_key result created_at sent_at "
        "resent_at ended_at http_status answer note"
    )
    for attempt in Attempt.objects.select_related("company", "organisation"):
        members = attempt.members.order_by("position").values_list("entry__public_id", "outcome", "words")
        yield _facts(attempt, "public_id", names) | {
            "organisation": attempt.organisation.their_id,
            "members": _list(members),
        }


def lists() -> Rows:
    from daybook.catalog.models import Account, Currency, Item, TaxRate

    for name, model, field in (
        ("accounts", Account, "code"), ("tax rates", TaxRate, "tax_type"), ("currencies", Currency, "code"),
        ("items", Item, "code"),
    ):  # fmt: skip
        found: dict[str, list[str]] = {}
        for company, code in model.objects.order_by(field, "id").values_list("organisation__company__name", field):
            found.setdefault(f"{company} {name}", []).append(code)
        yield from ({"key": key, "names": sorted(codes)} for key, codes in found.items())


SECTIONS: tuple[Callable[[], Rows], ...] = (
    people, companies, keys, invitations, settings, taxes, costs, connections, orders, documents, calls, lists,
)  # fmt: skip


def read() -> Inventory:
    """Return what the database holds that DATABASE_URL names."""
    return {each.__name__: section(each()) for each in SECTIONS}


def _order(order: Any) -> str:
    return f"{order.company.name}/{order.source}/{order.source_id}"


def _facts(row: Model, key: str, names: str) -> Facts:
    """Return fields of a row as facts; one of another row (`company.name`) is called like the row (`company`)."""
    return {"key": _value(row, key)} | {name.partition(".")[0]: _value(row, name) for name in names.split()}


def _value(row: Any, name: str) -> Any:
    for part in name.split("."):
        row = getattr(row, part) if row is not None else None
    return row


def _list(rows: Any) -> list[Any] | None:
    """As PostgreSQL adds up: none at all is null."""
    return list(rows) or None


if __name__ == "__main__":
    django.setup()
    translation.deactivate_all()  # days as programs read them
    print(json.dumps(read()))

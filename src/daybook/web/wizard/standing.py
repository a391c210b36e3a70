"""Reads what the steps and the proposals are decided from; asks the ledger nothing."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from daybook.catalog import facts, problems
from daybook.companies.models import ApiKey
from daybook.connections import endpoints, features, roster, setting_up
from daybook.connections.features import Feature
from daybook.connections.models import Connection, PostingSettings, TaxMapping
from daybook.connections.stopping import Why
from daybook.feeds import roster as feeds
from daybook.kit import clock
from daybook.kit.money import plain
from daybook.kit.translation import retold
from daybook.orders import currencies
from daybook.orders.models import Order
from daybook.outbox import approving
from daybook.web import buttons
from daybook.web.settings import offers, rooms
from daybook.web.wizard import answers, steps
from daybook.web.wizard.steps import Facts, Mark, Progress, State


def progress(connection: Connection) -> Progress:
    """Return how each step of setting this connection up stands."""
    noted = setting_up.notes(connection)
    marks = {
        slug: Mark(said.get("as") == setting_up.ASIDE, frozenset(said.get("of", ())))
        for slug, said in noted.marks.items()
    }
    return steps.plan(facts_of(connection), marks)


def facts_of(connection: Connection) -> Facts:
    """Return what the connection says of its steps."""
    posting, missing = roster.posting_of(connection), _missing(connection)
    rates = list(TaxMapping.objects.filter(connection=connection))
    decided = {
        "connect": connection.is_connected,
        "method": bool(posting.process_method),
        "accounts": bool(posting.sales_account),
        "tax": bool(rates),
        "contact": bool(posting.contact_id),
        "numbers": bool(posting.number_prefix),
        "currencies": connection.is_connected,
        "source": _has_source(connection),
        "when": posting.start_date is not None,
        "first": approving.approved(connection) is not None,
        "on": is_on(connection),
    }
    left = {
        "tax": tuple(f"{plain(each.rate * 100)} %" for each in rates if not each.tax_type),
        "currencies": _currencies_missing(connection),
    }
    return Facts(
        decided=frozenset(slug for slug, is_done in decided.items() if is_done),
        missing=missing,
        open={slug: found for slug, found in left.items() if found},
        is_on=is_on(connection),
    )


def _missing(connection: Connection) -> dict[str, str]:
    """Return by step what is missing or not valid any more; what nobody has decided yet is no fault of a later step."""
    found: dict[str, str] = {}
    for problem in problems.settings_problems(connection):
        room = rooms.of_anchor(buttons.field_anchor(problem.field))
        slug = "connect" if problem.field == "connection" else room.slug if room is not None else ""
        if slug in steps.SLUGS:
            found.setdefault(slug, retold(problem.words))
    return found


def _has_source(connection: Connection) -> bool:
    company = connection.company
    return (
        Order.objects.filter(company=company).exists()
        or ApiKey.objects.filter(company=company, revoked_at=None).exists()
        or any(not each.is_built_in for each in feeds.of_company(company).filter(closed_at=None))
    )


def _currencies_missing(connection: Connection) -> tuple[str, ...]:
    if not connection.is_connected:
        return ()
    there = facts.currencies(connection)
    return tuple(sorted(code for code in currencies.of_orders(connection.company) if code and code not in there))


def stored_answers(connection: Connection) -> answers.Answers | None:
    """Return what was answered to the opening questions."""
    return answers.read(setting_up.notes(connection).answers)


def known(connection: Connection) -> answers.Known:
    """Return what proposals are made from."""
    usual = facts.usual_taxes(connection)
    rates = TaxMapping.objects.filter(connection=connection).values_list("rate", flat=True)
    return answers.Known(
        taxes=usual.sales,
        untaxed=usual.untaxed,
        purchase_tax=usual.purchases,
        rates_seen=frozenset(Decimal(rate) for rate in rates),
        takes_purchase_orders=offers.offer(connection).takes_purchase_orders,
        today=today(connection, clock.now()).date(),
    )


def features_ahead(connection: Connection) -> Sequence[Feature]:
    """Return what the answers switch on in steps that nobody has decided yet, so that one consent asks for all."""
    said, stands = stored_answers(connection), progress(connection)
    ahead = [slug for slug in ("method", "contact") if stands.of(slug).state is not State.DONE]
    chosen = {name: value for slug in ahead for name, value in answers.proposed(slug, said, known(connection)).items()}
    return features.features_of(SimpleNamespace(**chosen))


def today(connection: Connection, now: datetime) -> datetime:
    """Return the moment on the organisation's clock."""
    return now.astimezone(ZoneInfo(connection.facts.time_zone or "UTC"))


def usual_settings() -> dict[str, str]:
    """Return by field what stands there before anybody has chosen."""
    fresh = PostingSettings()
    fields = PostingSettings._meta.concrete_fields  # noqa: SLF001  # Django's public name
    return {field.name: _text(getattr(fresh, field.attname)) for field in fields}


def stored_settings(connection: Connection) -> dict[str, str]:
    """Return by field what stands there."""
    posting = roster.posting_of(connection)
    fields = PostingSettings._meta.concrete_fields  # noqa: SLF001  # as above
    return {field.name: _text(getattr(posting, field.attname)) for field in fields}


def _text(value: object) -> str:
    return "" if value is None or value is False else str(value)


def is_offered(connection: Connection) -> bool:
    """Return whether the connection is set up with the wizard: one that is asked by calls, and is not on yet."""
    return endpoints.can_be_asked(connection) and not is_on(connection)


def is_on(connection: Connection) -> bool:
    """Return whether nothing waits for a first look: what was once posted, or may be, was decided by doing. PURE."""
    return Why.FIRST_LOOK.value not in connection.posting_stops and (
        connection.organisation_id is not None or connection.last_organisation_id is not None
    )

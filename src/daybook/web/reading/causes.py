"""Why documents and orders wait, in words, and the button that helps."""

from dataclasses import dataclass, replace

from daybook.companies.models import Company
from daybook.connections import roster
from daybook.connections.models import Connection
from daybook.documents.explained import DATE
from daybook.kit.translation import gettext
from daybook.orders import standings
from daybook.orders.models import Order
from daybook.outbox import explanations
from daybook.outbox.models import Entry
from daybook.outbox.states import State
from daybook.web import buttons
from daybook.web.buttons import Button, Matter


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An explanation with its button."""

    words: explanations.Explanation
    button: Button | None = None
    rule: Button | None = None
    """Where a posting rule would cure it: the way to one."""
    adding: Button | None = None
    """Where a currency lacks there: what adds it."""


def explained(company: Company, cause: str, subject: str = "", detail: str = "") -> Shown:
    """Return what happened, why, and what to do."""
    connection = roster.first(company)
    words = explanations.explain(cause, subject, detail, ledger=connection.ledger)
    return _shown(words, connection, Matter(cause=cause, subject=subject))


def of_entry(entry: Entry) -> Shown | None:
    """Return why the document does not go; None where nothing is in its way."""
    if entry.state not in {State.HELD, State.REJECTED, State.UNKNOWN} or not (entry.cause or entry.detail):
        return None
    words = explanations.explain(entry.cause, entry.subject, entry.detail, ledger=entry.organisation.ledger)
    return replace(_of(entry, words, entry.cause, entry.subject), rule=buttons.rule_offer(entry))


def title_of(entry: Entry) -> str:
    """Return in a few words why the document does not go; its organisation is at hand."""
    return (
        explanations.explain(entry.cause, entry.subject, ledger=entry.organisation.ledger).title if entry.cause else ""
    )


def of_attention(entry: Entry) -> Shown | None:
    """Return what a posted document needs of a person."""
    if not entry.attention:
        return None
    words = explanations.explain(
        entry.attention, entry.number, entry.attention_detail, ledger=entry.organisation.ledger
    )
    return _of(entry, words, entry.attention)


def of_order(order: Order) -> Shown | None:
    """Return why no document was made of the order."""
    stands = standings.of_order(order)
    if stands is None or not stands.cause or stands.standing == Order.Standing.DOCUMENTED:
        return None
    words = explanations.explain(stands.cause, stands.subject, stands.detail, ledger=stands.connection.ledger)
    if words.action == DATE:
        return Shown(words=words, button=Button(gettext("Type the day"), "#date"))
    return _shown(words, stands.connection, Matter(cause=stands.cause, subject=stands.subject))


def _of(entry: Entry, words: explanations.Explanation, cause: str, subject: str = "") -> Shown:
    return _shown(words, entry.organisation.connection, Matter(cause=cause, subject=subject, entry=entry))


def _shown(words: explanations.Explanation, connection: Connection, matter: Matter) -> Shown:
    return Shown(
        words=words,
        button=buttons.button(words.action, connection, matter),
        adding=buttons.currency_offer(connection, matter.cause, matter.subject),
    )

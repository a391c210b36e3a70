"""The mails' words. They name causes, connections and numbers of things; no customer, and no amounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from daybook.alerts import choices
from daybook.alerts.deciding import (
    APP_REFUSED,
    CONSENT_LOST,
    FEED_FAILS,
    FIRST_LOOK,
    QUIET_AFTER,
    REFUSED,
    Digest,
    Foreseen,
    Kind,
    Waiting,
)
from daybook.alerts.models import AlertMail
from daybook.alerts.places import Found
from daybook.companies.models import Company, Membership
from daybook.connections.models import Connection
from daybook.feeds.models import Feed
from daybook.ledgers import registry
from daybook.outbox.explanations import explain

LONGEST_SUBJECT = 200


@dataclass(frozen=True, slots=True)
class Said:
    """One thing in a mail."""

    title: str
    where: str
    """The connection, where the company has several."""
    how_many: str
    cure: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a summary says of one company besides what waits."""

    since: datetime
    posted: int
    under_way: int
    waiting: Sequence[Found]
    position: int
    seal: str
    """Of the head of the installation's history."""


def at_once(place: Membership, news: Sequence[Found]) -> AlertMail:
    """Return the mail that says what came to need a person."""
    company = place.company
    said = [_said(each) for each in news]
    subject = f"{company}: {said[0].title}" if len(said) == 1 else f"{company}: {len(said)} things need a person"
    return _mail(place, Kind.AT_ONCE, subject, {"said": said, "all": _page("needs", company)})


def warning(place: Membership, given: Sequence[tuple[Foreseen, Connection, datetime | None]]) -> AlertMail:
    """Return the mail that says what is about to end; with when, where that is known."""
    said = [_warned(*each) for each in given]
    return _mail(place, Kind.WARNING, f"{place.company}: {said[0].title}", {"said": said})


def digest(place: Membership, how_often: Digest, summary: Summary) -> AlertMail:
    """Return the summary of a day or a week."""
    company = place.company
    said = [_said(each) for each in summary.waiting]
    often = "day" if how_often is Digest.DAILY else "week"
    subject = f"{company}: your {often} in Daybook" if not said else f"{company}: your {often}, {len(said)} to look at"
    context = {
        "said": said, "summary": summary, "often": often, "all": _page("needs", company),
        "overview": _page("overview", company), "log": _page("log", company),
    }  # fmt: skip
    return _mail(place, Kind.DIGEST, subject, context)


def stop_link(mail: AlertMail) -> str:
    """Return the address that stops mails of the kind of this one, without logging in."""
    return settings.PUBLIC_URL + reverse("web:mail-stop", args=[choices.token(mail.membership_id, Kind(mail.kind))])


def _mail(place: Membership, kind: Kind, subject: str, context: dict[str, object]) -> AlertMail:
    mail = AlertMail(membership=place, kind=kind, subject=" ".join(subject.split())[:LONGEST_SUBJECT])
    context |= {
        "company": place.company,
        "public_url": settings.PUBLIC_URL,
        "choices": settings.PUBLIC_URL + reverse("account_mail"),
        "stop": stop_link(mail),
    }
    mail.text = render_to_string(f"daybook/mail/{kind}.txt", context)
    return mail


def _said(found: Found) -> Said:
    waiting, place = found.waiting, found.place
    if isinstance(place, Connection):
        return _at_connection(waiting, place)
    if waiting.cause == REFUSED or isinstance(place, Company):
        return _refused(waiting, place)
    return _of_feed(waiting, place)


def _refused(waiting: Waiting, place: Feed | Company) -> Said:
    company = place.company if isinstance(place, Feed) else place
    where, of_it = (f"Feed {place.title}", f"&feed={place.public_id}") if isinstance(place, Feed) else ("", "")
    cure = (
        "Open it there: it says which field is wrong and how to put it right. Then correct it and take it in, have it sent "
        "again, or put it aside."
    )
    return Said("Refused deliveries", where, _counted(waiting), cure, f"{_page('inbox', company)}?result=open{of_it}")


def _of_feed(waiting: Waiting, feed: Feed) -> Said:
    link, where = _page("feed-page", feed.company, feed.public_id), f"Feed {feed.title}"
    if waiting.cause == FEED_FAILS:
        cure = "Its page says what happened and what to change. Daybook goes on trying; nothing is lost meanwhile."
        return Said("Orders cannot be fetched", where, "", cure, link)
    cure = (
        "If there were orders, look in the shop whether it still sends to the address on the feed's page. Close or pause "
        "the feed if it is not used any more."
    )
    return Said(f"No orders for {QUIET_AFTER.days} days", where, "", cure, link)


def _at_connection(waiting: Waiting, connection: Connection) -> Said:
    if waiting.cause == FIRST_LOOK:
        ledger = registry.title(connection.ledger)
        cure = f"Look at it there and approve it, see it in {ledger}, then switch posting on. Until then nothing posts by itself."
        return Said(
            "The first document waits for you", connection.name, "", cure, _page("overview", connection.company)
        )
    if waiting.cause == CONSENT_LOST:
        ledger = registry.title(connection.ledger)
        cure = f"Press Get Access Token there. Until then orders are received and wait; nothing reaches {ledger}."
        return Said(f"{ledger} asks for consent again", connection.name, "", cure, _connection_page(connection))
    if waiting.cause == APP_REFUSED:
        ledger = registry.title(connection.ledger)
        cure = f"Type Client ID and Client Secret again there. Until then orders are received and wait; nothing reaches {ledger}."
        return Said(f"{ledger} does not take the app any more", connection.name, "", cure, _connection_page(connection))
    words = explain(waiting.cause, ledger=connection.ledger)
    link = f"{_page('needs', connection.company)}#{waiting.cause}-{connection.public_id}"
    return Said(words.title, connection.name, _counted(waiting), words.cure, link)


def _counted(waiting: Waiting) -> str:
    counts = (
        (waiting.documents, "document", "documents"),
        (waiting.orders, "order", "orders"),
        (waiting.deliveries, "delivery", "deliveries"),
    )
    return ", ".join(f"{count:,} {one if count == 1 else many}" for count, one, many in counts if count)


def _warned(what: Foreseen, connection: Connection, at: datetime | None) -> Said:
    ledger, link = registry.title(connection.ledger), _connection_page(connection)
    if what is Foreseen.CONSENT_LAPSES:
        when = f" on {at:%-d %B %Y}" if at is not None else ""
        cure = "Press Get Access Token there before that day. It ends because Daybook has not been able to renew it for weeks."
        return Said(f"The connection to {ledger} ends{when}", connection.name, "", cure, link)
    cure = (
        "What is left waits and goes by itself when the day's calls begin anew. Other programs of the same app use them too; "
        "fewer calls are needed where documents may wait for each other (Post within, in the settings)."
    )
    return Said(f"The day's calls to {ledger} are nearly used up", connection.name, "", cure, link)


def _page(name: str, company: Company, *args: str) -> str:
    return settings.PUBLIC_URL + reverse(f"web:{name}", args=[company.public_id, *args])


def _connection_page(connection: Connection) -> str:
    return settings.PUBLIC_URL + reverse("web:connection", args=[connection.company.public_id, connection.public_id])

"""The mails' words, in the language of whom they go to: causes, connections, numbers of things; no customer, no amounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

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
from daybook.kit.translation import figure, gettext, ngettext
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
    with _spoken_to(place):
        said = [_said(each) for each in news]
        several = ngettext(
            "{company}: {count} thing needs a person", "{company}: {count} things need a person", len(said)
        )
        subject = f"{company}: {said[0].title}" if len(said) == 1 else several.format(company=company, count=len(said))
        return _mail(place, Kind.AT_ONCE, subject, {"said": said, "all": _page("needs", company)})


def warning(place: Membership, given: Sequence[tuple[Foreseen, Connection, datetime | None]]) -> AlertMail:
    """Return the mail that says what is about to end; with when, where that is known."""
    with _spoken_to(place):
        said = [_warned(*each) for each in given]
        return _mail(place, Kind.WARNING, f"{place.company}: {said[0].title}", {"said": said})


def digest(place: Membership, how_often: Digest, summary: Summary) -> AlertMail:
    """Return the summary of a day or a week."""
    company = place.company
    with _spoken_to(place):
        said = [_said(each) for each in summary.waiting]
        context = {
            "said": said, "summary": summary, "is_daily": how_often is Digest.DAILY, "all": _page("needs", company),
            "overview": _page("overview", company), "log": _page("log", company),
        }  # fmt: skip
        subject = _of_digest(how_often, len(said)).format(company=company, count=len(said))
        return _mail(place, Kind.DIGEST, subject, context)


def _of_digest(how_often: Digest, count: int) -> str:
    if how_often is Digest.DAILY:
        return gettext("{company}: your day, {count} to look at" if count else "{company}: your day in Daybook")
    return gettext("{company}: your week, {count} to look at" if count else "{company}: your week in Daybook")


def _spoken_to(place: Membership) -> translation.override:
    """Let everything be said in the language of the person; in English where they have chosen none."""
    return translation.override(place.person.language or settings.LANGUAGE_CODE)


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
    where, of_it = (_named(place), f"&feed={place.public_id}") if isinstance(place, Feed) else ("", "")
    cure = gettext(
        "Open it there: it says which field is wrong and how to put it right. Then correct it and take it in, have it sent "
        "again, or put it aside."
    )
    link = f"{_page('inbox', company)}?result=open{of_it}"
    return Said(gettext("Refused deliveries"), where, _counted(waiting), cure, link)


def _named(feed: Feed) -> str:
    return gettext("Feed {feed}").format(feed=feed.title)


def _of_feed(waiting: Waiting, feed: Feed) -> Said:
    link, where = _page("feed-page", feed.company, feed.public_id), _named(feed)
    if waiting.cause == FEED_FAILS:
        cure = gettext(
            "Its page says what happened and what to change. Daybook goes on trying; nothing is lost meanwhile."
        )
        return Said(gettext("Orders cannot be fetched"), where, "", cure, link)
    cure = gettext(
        "If there were orders, look in the shop whether it still sends to the address on the feed's page. Close or pause "
        "the feed if it is not used any more."
    )
    title = gettext("No orders for {count} days").format(count=QUIET_AFTER.days)
    return Said(title, where, "", cure, link)


def _at_connection(waiting: Waiting, connection: Connection) -> Said:
    ledger = registry.title(connection.ledger)
    if waiting.cause == FIRST_LOOK:
        title, link = gettext("The first document waits for you"), _page("overview", connection.company)
        cure = gettext(
            "Look at it there and approve it, see it in {ledger}, then switch posting on. Until then nothing posts by itself."
        )
        return Said(title, connection.name, "", cure.format(ledger=ledger), link)
    if waiting.cause == CONSENT_LOST:
        title = gettext("{ledger} asks for consent again").format(ledger=ledger)
        cure = gettext(
            "Press Get Access Token there. Until then orders are received and wait; nothing reaches {ledger}."
        )
        return Said(title, connection.name, "", cure.format(ledger=ledger), _connection_page(connection))
    if waiting.cause == APP_REFUSED:
        title = gettext("{ledger} does not take the app any more").format(ledger=ledger)
        cure = gettext(
            "Type Client ID and Client Secret again there. Until then orders are received and wait; nothing reaches {ledger}."
        )
        return Said(title, connection.name, "", cure.format(ledger=ledger), _connection_page(connection))
    words = explain(waiting.cause, ledger=connection.ledger)
    link = f"{_page('needs', connection.company)}#{waiting.cause}-{connection.public_id}"
    return Said(words.title, connection.name, _counted(waiting), words.cure, link)


def _counted(waiting: Waiting) -> str:
    documents, orders, deliveries = waiting.documents, waiting.orders, waiting.deliveries
    counts = (
        (documents, ngettext("{count} document", "{count} documents", documents)),
        (orders, ngettext("{count} order", "{count} orders", orders)),
        (deliveries, ngettext("{count} delivery", "{count} deliveries", deliveries)),
    )
    return ", ".join(said.format(count=figure(f"{count:,}")) for count, said in counts if count)


def _warned(what: Foreseen, connection: Connection, at: datetime | None) -> Said:
    ledger, link = registry.title(connection.ledger), _connection_page(connection)
    if what is Foreseen.CONSENT_LAPSES:
        cure = gettext(
            "Press Get Access Token there before that day. It ends because Daybook has not been able to renew it for weeks."
        )
        return Said(_ends(ledger, at), connection.name, "", cure, link)
    title = gettext("The day's calls to {ledger} are nearly used up").format(ledger=ledger)
    cure = gettext(
        "What is left waits and goes by itself when the day's calls begin anew. Other programs of the same app use them too; "
        "fewer calls are needed where documents may wait for each other (Post within, in the settings)."
    )
    return Said(title, connection.name, "", cure, link)


def _ends(ledger: str, at: datetime | None) -> str:
    if at is None:
        return gettext("The connection to {ledger} ends").format(ledger=ledger)
    day = f"{at:{gettext('%-d %B %Y')}}"
    return gettext("The connection to {ledger} ends on {day}").format(ledger=ledger, day=day)


def _page(name: str, company: Company, *args: str) -> str:
    return settings.PUBLIC_URL + reverse(f"web:{name}", args=[company.public_id, *args])


def _connection_page(connection: Connection) -> str:
    return settings.PUBLIC_URL + reverse("web:connection", args=[connection.company.public_id, connection.public_id])

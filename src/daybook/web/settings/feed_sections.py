"""What the page of a feed shows of its settings: its addresses, its source's own fields, its rules."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django import forms
from django.urls import reverse
from django.utils.translation import gettext

from daybook.companies.models import Company
from daybook.feeds.addresses import address_of
from daybook.feeds.models import Feed
from daybook.kit import clock
from daybook.kit.translation import retold
from daybook.orders.models import Order
from daybook.sources.source import Door, Field, Holds
from daybook.web import once
from daybook.web.access import CompanyRequest
from daybook.web.settings.feed_forms import FeedForm, RulesForm, as_read, fields_form, rules_form, typed_fields

LOOKED_AT = 500
"""Orders whose statuses are looked at for the page."""
MOST_SEEN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a source sends to."""

    label: str
    url: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A secret of Daybook's making."""

    field: Field
    label: str
    is_there: bool
    url: str
    """Shown this once; empty otherwise."""
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Whether a secret that a person types is stored."""

    field: Field
    is_there: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """A secret that was replaced and opens for a while beside the new one."""

    field: Field
    until: datetime


class Meant(NamedTuple):
    """A status of its orders, and what follows from it now."""

    status: str
    meaning: str
    says: str
    """Who says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One feed on the page."""

    feed: Feed
    addresses: list[Address]
    form: forms.Form
    action: str
    button: str
    typed: list[Missing]
    made: list[Made]
    rules: forms.Form
    statuses: list[Meant]
    overlaps: list[Overlap]

    @property
    def shared(self) -> list[Missing]:
        """Return the typed secrets that the sender shows us: one of them is wrong where a message was refused."""
        return [each for each in self.typed if each.field.is_shared]


def kept_as(feed: Feed, field: str) -> str:
    """Return under what name a secret waits for the page that shows it once."""
    return f"feed:{feed.public_id}:{field}"


def section(request: CompanyRequest, feed: Feed, sent: FeedForm | None) -> Section:
    """Return it; `sent`: a form that holds errors, as it was sent."""
    typed = typed_fields(feed)
    return Section(
        feed=feed,
        addresses=[
            Address(label=gettext(door.label), url=address_of(feed, door), id=f"{feed.name}-{door.name}-url")
            for door in feed.row.doors
            if not door.secret
        ],
        form=sent if sent is not None and not isinstance(sent, RulesForm) else fields_form(feed),
        action=_action(request.company, feed),
        button=gettext("Save {field}").format(field=typed[0].label) if len(typed) == 1 else gettext("Save"),
        typed=[Missing(field=one, is_there=one.name in feed.secrets) for one in typed if one.holds is Holds.SECRET],
        made=[_made(request, feed, door) for door in feed.row.doors if door.secret],
        statuses=_statuses(feed),
        rules=sent if isinstance(sent, RulesForm) else rules_form(feed),
        overlaps=_overlaps(feed),
    )


def _statuses(feed: Feed) -> list[Meant]:
    """Return the statuses that the feed lists, and those that its orders have had, as far as a look at some of them tells."""
    if feed.pk is None:
        return []
    table = feed.status_table
    mine = Order.objects.filter(company_id=feed.company_id, feed=feed).values_list("status", flat=True)[:LOOKED_AT]
    listed = [Meant(status, meaning, gettext("your list")) for status, meaning in sorted(table.items())]
    usual = [Meant(retold(status), meaning, feed.row.title) for status, meaning in feed.row.statuses.items()]
    seen = sorted({status for status in mine if status and status.strip().lower() not in table})[:MOST_SEEN]
    return [*listed, *usual, *(Meant(status, "", gettext("seen in its orders")) for status in seen)]


def _overlaps(feed: Feed) -> list[Overlap]:
    ends = {name: datetime.fromisoformat(until) for name, until in feed.overlaps.items()}
    fields = [(one, ends[one.name]) for one in feed.row.fields if one.name in ends]
    return [Overlap(field=as_read(one), until=until) for one, until in fields if until > clock.now()]


def _made(request: CompanyRequest, feed: Feed, door: Door) -> Made:
    field = feed.row.field(door.secret)
    assert field is not None  # noqa: S101  # a test holds that each door names a field
    return Made(
        field=as_read(field),
        label=gettext(door.label),
        is_there=field.name in feed.secrets,
        url=once.take(request, kept_as(feed, field.name)),
        action=_action(request.company, feed, field.name),
    )


def _action(company: Company, feed: Feed, field: str = "") -> str:
    """Return where a feed's form goes."""
    if field:
        return reverse("web:feed-secret", args=[company.public_id, feed.public_id, field])
    return reverse("web:feed", args=[company.public_id, feed.public_id])

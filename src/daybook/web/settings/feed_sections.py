"""What the settings page shows of a company's feeds: a section for each that has addresses of its own, and a list of all."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse

from daybook.companies.models import Company
from daybook.feeds import roster
from daybook.feeds.models import Feed
from daybook.sources.registry import with_doors
from daybook.sources.source import Door, Field, Holds
from daybook.web import once
from daybook.web.access import CompanyRequest
from daybook.web.settings.feed_forms import FeedForm, NewFeedForm, RulesForm, fields_form, rules_form, typed_fields

MOST = 200
"""Feeds on a page: a sender that names a new source with each order makes as many."""


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
class Section:
    """One feed on the page."""

    feed: Feed
    is_there: bool
    """No: it comes to be with the first thing that is saved."""
    addresses: list[Address]
    form: forms.Form
    action: str
    button: str
    typed: list[Missing]
    made: list[Made]
    rules: forms.Form | None


def of_company(request: CompanyRequest, sent: FeedForm | None = None) -> dict[str, Any]:
    """Return the sections, the list and the form of a new feed; `sent`: one that holds errors, as it was sent."""
    feeds = list(roster.of_company(request.company)[:MOST])
    own = [roster.own_if_any(request.company, source) for source in with_doors()]
    mine = [*own, *(each for each in feeds if not each.is_built_in and each not in own)]
    new = Feed(company=request.company)
    return {
        "feeds": feeds,
        "built_in_feeds": sum(feed.is_built_in for feed in feeds),
        "feed_sections": [_section(request, feed, sent if sent and sent.feed == feed else None) for feed in mine],
        "new_feed": sent if isinstance(sent, NewFeedForm) else NewFeedForm(feed=new),
    }


def address_of(feed: Feed, door: Door, secret: str = "") -> str:
    """Return the address of a feed's door; the first feed of a source stands at its company's own."""
    base = f"{settings.PUBLIC_URL}/api/v1/intake/{feed.source}"
    name = feed.company.public_id if feed.name == feed.source else feed.public_id
    return f"{base}/{name}{door.pattern.replace('{secret}', secret)}"


def kept_as(feed: Feed, field: str) -> str:
    """Return under what name a secret waits for the page that shows it once."""
    return f"feed:{feed.public_id}:{field}"


def _section(request: CompanyRequest, feed: Feed, sent: FeedForm | None) -> Section:
    typed = typed_fields(feed)
    return Section(
        feed=feed,
        is_there=feed.pk is not None,
        addresses=[
            Address(label=door.label, url=address_of(feed, door), id=f"{feed.name}-{door.name}-url")
            for door in feed.row.doors
            if not door.secret
        ],
        form=sent if sent is not None and not isinstance(sent, RulesForm) else fields_form(feed),
        action=_action(request.company, feed),
        button=f"Save {typed[0].label}" if len(typed) == 1 else "Save",
        typed=[Missing(field=one, is_there=one.name in feed.secrets) for one in typed if one.holds is Holds.SECRET],
        made=[_made(request, feed, door) for door in feed.row.doors if door.secret],
        rules=None if feed.pk is None else sent if isinstance(sent, RulesForm) else rules_form(feed),
    )


def _made(request: CompanyRequest, feed: Feed, door: Door) -> Made:
    field = feed.row.field(door.secret)
    assert field is not None  # noqa: S101  # a test holds that each door names a field
    return Made(
        field=field,
        label=door.label,
        is_there=field.name in feed.secrets,
        url=once.take(request, kept_as(feed, field.name)),
        action=_action(request.company, feed, field.name),
    )


def _action(company: Company, feed: Feed, field: str = "") -> str:
    """Return where a feed's form goes; that of a source's first feed keeps the address of before there were feeds."""
    if feed.name == feed.source:
        which = [company.public_id, feed.source, *([field] if field else [])]
        return reverse("web:feed-own-secret" if field else "web:feed-own", args=which)
    if field:
        return reverse("web:feed-secret", args=[company.public_id, feed.public_id, field])
    return reverse("web:feed", args=[company.public_id, feed.public_id])

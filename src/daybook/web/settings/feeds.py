"""Feeds on the settings page: add one, give it its secrets and rules, close it, open it again."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from daybook.feeds import opening, roster
from daybook.feeds.models import Feed
from daybook.outbox import wake
from daybook.sources.registry import SOURCES
from daybook.sources.source import Holds
from daybook.web import buttons, once
from daybook.web.access import CompanyRequest, Role, member
from daybook.web.settings import connection as connection_page
from daybook.web.settings import feed_sections
from daybook.web.settings.feed_forms import FORGET, FeedForm, NewFeedForm, RulesForm, fields_form, typed_fields


@member(Role.ACCOUNTANT)
@require_POST
def add(request: CompanyRequest) -> HttpResponse:
    """Add a feed, or open again the one of that name."""
    form = NewFeedForm(request.POST, feed=Feed(company=request.company))
    if not form.is_valid():
        return connection_page.show(request, feed_form=form, status=422)
    try:
        feed = opening.add(request.company, **form.cleaned_data, by=request.user)
    except roster.FeedError as error:
        return _said(request, form, error)
    messages.success(request, f"{feed.title} is open. Its addresses and secrets stand in its own part of this page.")
    return _to(request, feed)


@member(Role.ACCOUNTANT)
@require_POST
def save(request: CompanyRequest, feed: str) -> HttpResponse:
    """Store what a person typed into the source's own fields."""
    return _save(request, _feed(request, feed))


@member(Role.ACCOUNTANT)
@require_POST
def save_own(request: CompanyRequest, source: str) -> HttpResponse:
    """Store it for the company's first feed of a source, which comes to be with it."""
    return _save(request, roster.own(request.company, SOURCES[source], by=request.user))


def _save(request: CompanyRequest, feed: Feed) -> HttpResponse:
    form = fields_form(feed, request.POST)
    if not form.is_valid():
        return connection_page.show(request, feed_form=form, status=422)
    typed = typed_fields(feed)
    plain = {one.name: form.cleaned_data[one.name] for one in typed if one.holds is not Holds.SECRET}
    secrets = {one.name: form.cleaned_data[one.name].strip() for one in typed if one.holds is Holds.SECRET}
    forgotten = {name for name in secrets if form.cleaned_data.get(f"{FORGET}{name}")}
    stored = {name: text for name, text in secrets.items() if text or name in forgotten}
    roster.change_fields(feed, secrets=stored, settings=plain, by=request.user)
    labels = ", ".join(one.label for one in typed if stored.get(one.name) or one.name in plain)
    words = f"Stored: {labels}." if labels else "Forgotten." if stored else "Nothing was entered; nothing changed."
    messages.success(request, words)
    return _to(request, feed)


@member(Role.ACCOUNTANT)
@require_POST
def make_secret(request: CompanyRequest, feed: str, field: str) -> HttpResponse:
    """Make the secret in an address; the page that follows shows the address this once."""
    return _make_secret(request, _feed(request, feed), field)


@member(Role.ACCOUNTANT)
@require_POST
def make_own_secret(request: CompanyRequest, source: str, field: str) -> HttpResponse:
    """Make it for the company's first feed of a source."""
    return _make_secret(request, roster.own(request.company, SOURCES[source], by=request.user), field)


def _make_secret(request: CompanyRequest, feed: Feed, field: str) -> HttpResponse:
    door = next((each for each in feed.row.doors if each.secret == field), None)
    if door is None:
        raise Http404
    secret = roster.make_secret(feed, field, by=request.user)
    once.keep(request, feed_sections.kept_as(feed, field), feed_sections.address_of(feed, door, secret))
    return _to(request, feed)


@member(Role.ACCOUNTANT)
@require_POST
def save_rules(request: CompanyRequest, feed: str) -> HttpResponse:
    """Store what the feed says of its own orders, and look again at every order that waits."""
    row = _feed(request, feed)
    form = RulesForm(request.POST, feed=row)
    if not form.is_valid():
        return connection_page.show(request, feed_form=form, status=422)
    try:
        opening.change_rules(row, form.cleaned_data, by=request.user)
    except roster.FeedError as error:
        return _said(request, form, error)
    wake.wake_prepare(request.company.pk)
    messages.success(request, "Saved. Orders that wait are looked at again now.")
    return _to(request, row)


@member(Role.ACCOUNTANT)
@require_POST
def close(request: CompanyRequest, feed: str) -> HttpResponse:
    """Take in nothing of the feed any more."""
    row = _feed(request, feed)
    roster.close(row, by=request.user)
    messages.success(
        request, f"{row.title} is closed: what it sends is refused from now on. What was accepted stays and goes on."
    )
    return _to(request, row)


@member(Role.ACCOUNTANT)
@require_POST
def reopen(request: CompanyRequest, feed: str) -> HttpResponse:
    """Take in orders of a closed feed again."""
    row = _feed(request, feed)
    try:
        opening.reopen(row, by=request.user)
    except roster.FeedError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{row.title} is open again. What it sent meanwhile was refused: have it sent again.")
    return _to(request, row)


def _feed(request: CompanyRequest, public_id: str) -> Feed:
    found: Feed = get_object_or_404(roster.of_company(request.company).select_related("company"), public_id=public_id)
    return found


def _said(request: CompanyRequest, form: FeedForm, error: roster.FeedError) -> HttpResponse:
    """Show what stands in the way beside the field that cures it."""
    form.add_error(error.field or None, str(error))
    return connection_page.show(request, feed_form=form, status=422)


def _to(request: CompanyRequest, feed: Feed) -> HttpResponse:
    anchor = "feeds" if feed.is_built_in else feed.name
    return redirect(buttons.connection_page(request.connection, f"#{anchor}"))

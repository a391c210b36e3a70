"""Feeds: add one, give it its secrets and rules, close it, open it again."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from daybook.feeds import opening, roster
from daybook.feeds.addresses import address_of
from daybook.feeds.models import Feed
from daybook.kit.translation import retold
from daybook.outbox import wake
from daybook.sources.source import Holds
from daybook.web import once
from daybook.web.access import CompanyRequest, Role, member
from daybook.web.settings import feed_acts, feed_pages, feed_sections
from daybook.web.settings.feed_forms import FORGET, FeedForm, NewFeedForm, RulesForm, fields_form, typed_fields


@member(Role.ACCOUNTANT)
@require_POST
def add(request: CompanyRequest) -> HttpResponse:
    """Add a feed, or open again the one of that name."""
    form = NewFeedForm(request.POST, feed=Feed(company=request.company))
    if not form.is_valid():
        return feed_pages.show_all(request, form=form, status=422)
    try:
        feed = opening.add(request.company, **form.cleaned_data, by=request.user)
    except roster.FeedError as error:
        form.add_error(error.field if error.field in form.fields else None, retold(str(error)))
        return feed_pages.show_all(request, form=form, status=422)
    messages.success(
        request,
        gettext("{title} is open. Say here how it is reached, or give its sender the addresses below.").format(
            title=feed.title
        ),
    )
    return feed_pages.to(request, feed)


@member(Role.ACCOUNTANT)
@require_POST
def save(request: CompanyRequest, feed: str) -> HttpResponse:
    """Store what a person typed into the source's own fields."""
    row = _feed(request, feed)
    form = fields_form(row, request.POST)
    if not form.is_valid():
        return feed_pages.show(request, row, form=form, status=422)
    typed = typed_fields(row)
    plain = {one.name: form.cleaned_data[one.name] for one in typed if one.holds is not Holds.SECRET}
    secrets = {one.name: form.cleaned_data[one.name].strip() for one in typed if one.holds is Holds.SECRET}
    forgotten = {name for name in secrets if form.cleaned_data.get(f"{FORGET}{name}")}
    stored = {name: text for name, text in secrets.items() if text or name in forgotten}
    changed = {name for name, value in plain.items() if value != row.settings.get(name, type(value)())}
    roster.change_fields(row, secrets=stored, settings=plain, by=request.user)
    labels = ", ".join(one.label for one in typed if stored.get(one.name) or one.name in changed)
    words = (
        gettext("Stored: {labels}.").format(labels=labels)
        if labels
        else gettext("Forgotten.")
        if stored
        else gettext("Nothing was entered; nothing changed.")
    )
    messages.success(request, words)
    return feed_pages.to(request, row)


@member(Role.ACCOUNTANT)
@require_POST
def make_secret(request: CompanyRequest, feed: str, field: str) -> HttpResponse:
    """Make the secret in an address; the page that follows shows the address this once."""
    row = _feed(request, feed)
    door = next((each for each in row.row.doors if each.secret == field), None)
    if door is None:
        raise Http404
    secret = roster.make_secret(row, field, by=request.user)
    once.keep(request, feed_sections.kept_as(row, field), address_of(row, door, secret))
    return feed_pages.to(request, row)


@member(Role.ACCOUNTANT)
@require_POST
def save_rules(request: CompanyRequest, feed: str) -> HttpResponse:
    """Store what the feed says of its own orders, and look again at every order that waits."""
    row = _feed(request, feed)
    form = RulesForm(request.POST, feed=row)
    if not form.is_valid():
        return feed_pages.show(request, row, form=form, status=422)
    try:
        opening.change_rules(row, form.cleaned_data, by=request.user)
    except roster.FeedError as error:
        return _said(request, row, form, error)
    wake.wake_prepare(request.company.pk)
    messages.success(request, gettext("Saved. Orders that wait are looked at again now."))
    return feed_pages.to(request, row)


@member(Role.ACCOUNTANT)
@require_POST
def close(request: CompanyRequest, feed: str) -> HttpResponse:
    """Take in nothing of the feed any more."""
    row = _feed(request, feed)
    roster.close(row, by=request.user)
    messages.success(
        request,
        gettext("{title} is closed: what it sends is refused from now on. What was accepted stays and goes on.").format(
            title=row.title
        ),
    )
    return feed_pages.to(request, row)


@member(Role.ACCOUNTANT)
@require_POST
def reopen(request: CompanyRequest, feed: str) -> HttpResponse:
    """Take in orders of a closed feed again."""
    row = _feed(request, feed)
    try:
        opening.reopen(row, by=request.user)
    except roster.FeedError as error:
        messages.error(request, retold(str(error)))
    else:
        messages.success(
            request,
            gettext("{title} is open again. What it sent meanwhile was refused: have it sent again.").format(
                title=row.title
            ),
        )
    return feed_pages.to(request, row)


def _feed(request: CompanyRequest, public_id: str) -> Feed:
    return feed_acts.found(request, public_id)


def _said(request: CompanyRequest, feed: Feed, form: FeedForm, error: roster.FeedError) -> HttpResponse:
    """Show what stands in the way beside the field that cures it."""
    form.add_error(error.field or None, retold(str(error)))
    return feed_pages.show(request, feed, form=form, status=422)

"""The page of all feeds and the page of one: how it is doing, and what a person says of it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext

from daybook.feeds import pairing, roster
from daybook.feeds.models import Feed
from daybook.sources.canonical import payouts
from daybook.sources.registry import with_doors
from daybook.sources.source import Tested
from daybook.web import live, once, pages
from daybook.web.access import CompanyRequest, may_change
from daybook.web.reading import feeds as reading
from daybook.web.settings import feed_sections
from daybook.web.settings.feed_forms import BackfillForm, FeedForm, NewFeedForm, offered

MOST = 200
"""Feeds on a page: a sender that names a new source with each order makes as many."""
STATES, STATE = "daybook/feeds/states.html", "daybook/feeds/state.html"


def show_all(request: CompanyRequest, *, form: NewFeedForm | None = None, status: int = 200) -> HttpResponse:
    """Show the list; htmx asks for its rows alone."""
    rows = _all(request)
    if request.headers.get("HX-Request"):
        return live.answer(request, STATES, rows)
    names = {each.feed.name for each in rows["states"]}
    context = {
        "title": gettext("Feeds"),
        "live": {**live.draw(request, STATES, rows), "url": live.address(request)},
        "may_change": may_change(request.membership),
        "new_feed": form or NewFeedForm(feed=Feed(company=request.company)),
        "to_set_up": offered(each for each in with_doors() if each.name not in names),
    }
    return pages.render(request, "daybook/feeds/list.html", context, status=status)


def _all(request: CompanyRequest) -> dict[str, Any]:
    found = list(roster.of_company(request.company).exclude(name=payouts.SOURCE)[:MOST])
    return {"company": request.company, "states": reading.states(request.company, found)}


def show(
    request: CompanyRequest,
    feed: Feed,
    *,
    form: FeedForm | None = None,
    tested: Tested | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show one feed. `form`: one that holds errors; `tested`: what a test of it found just now."""
    stands = {"company": request.company, "state": reading.states(request.company, [feed])[0]}
    if request.headers.get("HX-Request"):
        return live.answer(request, STATE, stands)
    page_form = form if not isinstance(form, BackfillForm) else None
    context = {
        "title": feed.title,
        "feed": feed,
        "state": stands["state"],
        "live": {**live.draw(request, STATE, stands), "url": reverse("web:feed-page", args=_named(request, feed))},
        "section": feed_sections.section(request, feed, page_form),
        "may_change": may_change(request.membership),
        "tested": tested,
        "can_be_paired": pairing.can_be_paired(feed),
        "code": once.take(request, f"pairing:{feed.public_id}"),
        "backfill_form": form if isinstance(form, BackfillForm) else BackfillForm(feed=feed),
        "can_look_back": feed.row.since is not None,
        "is_asked": feed.row.pull is not None,
    }
    return pages.render(request, "daybook/feeds/page.html", context, status=status)


def to(request: CompanyRequest, feed: Feed) -> HttpResponse:
    """Lead to the page of the feed."""
    return redirect(reverse("web:feed-page", args=_named(request, feed)))


def _named(request: CompanyRequest, feed: Feed) -> list[str]:
    return [request.company.public_id, feed.public_id]

"""What a person does with a feed beyond its settings: look, test, have it asked, pause it, bring its past, pair it."""

from dataclasses import replace
from datetime import datetime, time

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from daybook.feeds import dues, opening, pairing, roster
from daybook.feeds.models import Feed
from daybook.intake import backfilling, pulling
from daybook.kit.translation import retold
from daybook.sources.registry import SOURCES
from daybook.web import once
from daybook.web.access import CompanyRequest, Role, member
from daybook.web.language import figures
from daybook.web.settings import feed_pages
from daybook.web.settings.feed_forms import BackfillForm


def found(request: CompanyRequest, public_id: str) -> Feed:
    """Return the company's feed of this id. 404 where it has none."""
    mine = roster.of_company(request.company).select_related("company")
    feed: Feed = get_object_or_404(mine, public_id=public_id)
    return feed


@member()
@require_GET
def all_feeds(request: CompanyRequest) -> HttpResponse:
    """Show where the company's orders come from, and how that is going."""
    return feed_pages.show_all(request)


@member()
@require_GET
def page(request: CompanyRequest, feed: str) -> HttpResponse:
    """Show one feed."""
    return feed_pages.show(request, found(request, feed))


@member(Role.ACCOUNTANT)
@require_POST
def set_up(request: CompanyRequest, source: str) -> HttpResponse:
    """Make the company's first feed of a source, and lead to its page."""
    return feed_pages.to(request, roster.own(request.company, SOURCES[source], by=request.user))


@member(Role.ACCOUNTANT)
@require_POST
def test(request: CompanyRequest, feed: str) -> HttpResponse:
    """Ask the source whether it lets us in, and say what works."""
    row = found(request, feed)
    if row.row.check is None:
        raise Http404
    tested = pulling.test(row)
    said = replace(tested, works=[retold(each) for each in tested.works], wrong=retold(tested.wrong))
    return feed_pages.show(request, row, tested=said)


@member(Role.ACCOUNTANT)
@require_POST
def pull(request: CompanyRequest, feed: str) -> HttpResponse:
    """Have it asked at once, whatever it rests for."""
    row = found(request, feed)
    if row.is_pulled:
        dues.schedule(row)
        pulling.wake_due()
        messages.success(
            request,
            gettext("{title} is pulled now. What it brings appears here within seconds.").format(title=row.title),
        )
    else:
        messages.error(
            request, gettext("{feed} cannot be pulled: {why}.").format(feed=row.title, why=retold(row.why_not_pulled))
        )
    return feed_pages.to(request, row)


@member(Role.ACCOUNTANT)
@require_POST
def pause(request: CompanyRequest, feed: str) -> HttpResponse:
    """Ask it for nothing, and keep what it sends."""
    row = found(request, feed)
    if row.is_built_in:
        raise Http404
    roster.pause(row, by=request.user)
    messages.success(
        request,
        gettext("{title} is paused: it is not pulled, and what it sends is kept until you resume it.").format(
            title=row.title
        ),
    )
    return feed_pages.to(request, row)


@member(Role.ACCOUNTANT)
@require_POST
def resume(request: CompanyRequest, feed: str) -> HttpResponse:
    """Go on; what was kept is taken in."""
    row = found(request, feed)
    roster.resume(row, by=request.user)
    pulling.wake_due()
    messages.success(
        request,
        gettext("{title} goes on. What was kept meanwhile is taken in within a minute.").format(title=row.title),
    )
    return feed_pages.to(request, row)


@member(Role.ACCOUNTANT)
@require_POST
def backfill(request: CompanyRequest, feed: str) -> HttpResponse:
    """Begin to bring the past."""
    row = found(request, feed)
    form = BackfillForm(request.POST, feed=row)
    if not form.is_valid():
        return feed_pages.show(request, row, form=form, status=422)
    since = timezone.make_aware(datetime.combine(form.cleaned_data["since"], time.min))
    try:
        backfilling.begin(row, since, by=request.user)
    except roster.FeedError as error:
        form.add_error("since", retold(str(error)))
        return feed_pages.show(request, row, form=form, status=422)
    pulling.wake_due()
    messages.success(
        request,
        gettext("The orders since {day} are brought in, page by page, behind what comes now.").format(
            day=figures.long_day(since)
        ),
    )
    return feed_pages.to(request, row)


@member(Role.ACCOUNTANT)
@require_POST
def stop_backfill(request: CompanyRequest, feed: str) -> HttpResponse:
    """Bring no more of the past for now."""
    row = found(request, feed)
    if (under_way := backfilling.of_feed(row)) is not None:
        backfilling.stop(under_way, by=request.user)
        messages.success(request, gettext("Stopped. What was brought stays; it can go on where it is."))
    return feed_pages.to(request, row)


@member(Role.ACCOUNTANT)
@require_POST
def go_on(request: CompanyRequest, feed: str) -> HttpResponse:
    """Go on with the past where it was stopped."""
    row = found(request, feed)
    under_way = backfilling.of_feed(row)
    try:
        if under_way is not None:
            backfilling.go_on(under_way, by=request.user)
            pulling.wake_due()
            messages.success(request, gettext("It goes on where it was stopped."))
    except roster.FeedError as error:
        messages.error(request, retold(str(error)))
    return feed_pages.to(request, row)


@member(Role.ACCOUNTANT)
@require_POST
def pair(request: CompanyRequest, feed: str) -> HttpResponse:
    """Make a pairing code; the page that follows shows it this once."""
    row = found(request, feed)
    try:
        once.keep(request, f"pairing:{row.public_id}", pairing.make_code(row, by=request.user))
    except roster.FeedError as error:
        messages.error(request, retold(str(error)))
    return feed_pages.to(request, row)


@member(Role.ACCOUNTANT)
@require_POST
def end_overlap(request: CompanyRequest, feed: str, field: str) -> HttpResponse:
    """Let the secret that was replaced open no more."""
    row = found(request, feed)
    if row.row.field(field) is None:
        raise Http404
    roster.end_overlap(row, field, by=request.user)
    messages.success(request, gettext("The old secret opens no more."))
    return feed_pages.to(request, row)


@member(Role.ACCOUNTANT)
@require_POST
def brings(request: CompanyRequest, feed: str) -> HttpResponse:
    """Say whether it brings other sales, or news about the same ones."""
    row = found(request, feed)
    try:
        opening.change_brings(row, request.POST.get("brings", ""), by=request.user)
    except roster.FeedError as error:
        messages.error(request, retold(str(error)))
    else:
        messages.success(request, gettext("Saved."))
    return feed_pages.to(request, row)

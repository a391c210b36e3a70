"""Files in: feeds whose orders come in files, uploads looked at before they are taken in, and what became of each file."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from daybook.feeds import opening, places, roster
from daybook.feeds.incoming import PIECE, IncomingFile
from daybook.feeds.models import Feed
from daybook.intake import collecting, file_taking, files_due
from daybook.kit.translation import retold
from daybook.sources.registry import SOURCES
from daybook.web import live, pages
from daybook.web.access import CompanyRequest, Role, may_change, may_prepare, member, too_small
from daybook.web.forms.files_in import NewFeedForm, PlaceForm, UploadForm
from daybook.web.listing import Found, page_of
from daybook.web.reading import files_in as reading
from daybook.web.reading import refused_rows
from daybook.wire.errors import WireError


@member()
@require_GET
def page(request: CompanyRequest) -> HttpResponse:
    """List the feeds that read files, and the files that came; htmx asks for the list alone."""
    return _page(request)


def _page(
    request: CompanyRequest, new: NewFeedForm | None = None, upload: UploadForm | None = None, status: int = 200
) -> HttpResponse:
    feeds = reading.feeds_of(request.company)
    rows = IncomingFile.objects.filter(company=request.company)
    context = {
        "title": gettext("Files in"),
        "feeds": feeds,
        "files": page_of(Found(rows, rows.select_related("feed")), request.GET, 50),
        "asked": request.GET,
        "new_form": new or NewFeedForm(initial={"source": "table"}),
        "upload_form": upload or UploadForm(feeds=reading.choices(feeds), initial={"feed": request.GET.get("feed")}),
        "may_change": may_change(request.membership),
        "may_prepare": may_prepare(request.membership),
    }
    return pages.render(request, "daybook/files_in/page.html", context, status=status)


@member(Role.ACCOUNTANT)
@require_POST
def add(request: CompanyRequest) -> HttpResponse:
    """Add a feed whose orders come in files."""
    form = NewFeedForm(request.POST)
    if not form.is_valid():
        return _page(request, new=form, status=422)
    try:
        feed = opening.add(request.company, **form.cleaned_data, by=request.user)
    except roster.FeedError as error:
        form.add_error(error.field if error.field in form.fields else None, retold(str(error)))
        return _page(request, new=form, status=422)
    messages.success(
        request,
        gettext("{title} was added. Upload one of its files now, or say where to collect them.").format(
            title=feed.title
        ),
    )
    return redirect("web:filesin-feed", request.company.public_id, feed.public_id)


@member(Role.CLERK)
@require_POST
def upload(request: CompanyRequest) -> HttpResponse:
    """Keep a file; nothing of it is taken in before a person has seen what it would become."""
    form = UploadForm(request.POST, request.FILES, feeds=reading.choices(reading.feeds_of(request.company)))
    if not form.is_valid():
        return _page(request, upload=form, status=422)
    given = form.cleaned_data["file"]
    row = _feed(request, form.cleaned_data["feed"])
    kept = file_taking.keep_upload(row, reading.plain_name(given.name), lambda: given.chunks(PIECE), request.user)
    return redirect("web:filesin-file", request.company.public_id, kept.public_id)


@member()
@require_GET
def file(request: CompanyRequest, file: str) -> HttpResponse:
    """Show what a file would become, while nothing of it is taken in; afterwards what became of it."""
    row = _file(request, file)
    if request.headers.get("HX-Request"):
        return live.answer(request, "daybook/files_in/state.html", _state(request, row))
    if row.state == IncomingFile.State.SHOWN:
        return _shown(request, row)
    context = {"title": row.name, **_state(request, row)}
    context["live"] = {**live.draw(request, "daybook/files_in/state.html", context), "url": live.address(request)}
    return pages.render(request, "daybook/files_in/file.html", context)


def _state(request: CompanyRequest, row: IncomingFile) -> dict[str, Any]:
    return {
        "file": row,
        "company": request.company,
        "problems": row.problems,
        "more": max(0, row.refused - len(row.problems)),
        "open": refused_rows.open_of(row).exclude(raw=b"").count() if row.refused else 0,
    }


def _shown(request: CompanyRequest, row: IncomingFile, sent: Any = None, status: int = 200) -> HttpResponse:
    context = {
        "title": row.name,
        "file": row,
        "may_change": may_change(request.membership),
        "may_prepare": may_prepare(request.membership),
        **reading.of_upload(row, sent),
    }
    return pages.render(request, "daybook/files_in/preview.html", context, status=status)


@member(Role.CLERK)
@require_POST
def columns(request: CompanyRequest, file: str) -> HttpResponse:
    """Show what a file would become with these columns, or keep them for the feed."""
    row = _file(request, file)
    if row.state != IncomingFile.State.SHOWN or row.feed.row.matching is None:
        raise Http404
    sent = reading.sent(row, request.POST)
    if "keep" in request.POST and not may_change(request.membership):
        return too_small(request, Role.ACCOUNTANT)
    if sent.problems or "keep" not in request.POST:
        return _shown(request, row, sent, status=422 if sent.problems else 200)
    roster.change_fields(row.feed, secrets={}, settings={"mapping": sent.mapping.kept()}, by=request.user)
    messages.success(request, gettext("The columns are kept. Below is what the file becomes; nothing is taken in yet."))
    return redirect("web:filesin-file", request.company.public_id, row.public_id)


@member(Role.ACCOUNTANT)
@require_POST
def take(request: CompanyRequest, file: str) -> HttpResponse:
    """Take in a file that a person has looked at."""
    with transaction.atomic():
        row = file_taking.begin(_file(request, file))
        if row.state == IncomingFile.State.KEPT:
            files_due.wake_take(row)
    return redirect("web:filesin-file", request.company.public_id, row.public_id)


@member(Role.CLERK)
@require_POST
def aside(request: CompanyRequest, file: str) -> HttpResponse:
    """Take nothing of an uploaded file in."""
    row = _file(request, file)
    file_taking.put_aside(row)
    messages.success(request, gettext("{name} was put aside: nothing of it was taken in.").format(name=row.name))
    return redirect("web:filesin", request.company.public_id)


@member()
@require_GET
def original(request: CompanyRequest, file: str) -> HttpResponse:
    """Give back a file's bytes, as they came."""
    row = _file(request, file)
    content = file_taking.bytes_of(row)
    if not content:
        raise Http404
    return _download(row.name, content)


@member()
@require_GET
def refused(request: CompanyRequest, file: str) -> HttpResponse:
    """Give what of a file was not taken in as a file of its own, to be mended and uploaded."""
    name, content = refused_rows.as_file(_file(request, file))
    return _download(name, content)


def _download(name: str, content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{reading.ascii_name(name)}"'
    return response


@member(to_change=Role.ACCOUNTANT)
@require_http_methods(["GET", "POST"])
def feed(request: CompanyRequest, feed: str) -> HttpResponse:
    """Show where a feed's files are collected from; a POST says where."""
    row = _feed(request, feed)
    if request.method == "GET":
        return _feed_page(request, row)
    form = PlaceForm(request.POST)
    if form.is_valid():
        try:
            place = places.tidied(form.cleaned_data)
            places.save(row, place, password=form.cleaned_data["password"] or None, by=request.user)
        except roster.FeedError as error:
            form.add_error(error.field if error.field in form.fields else None, retold(str(error)))
        else:
            messages.success(
                request,
                gettext("Saved. Press Test.") if place.kind else gettext("Saved. Files are uploaded on the page."),
            )
            return redirect("web:filesin-feed", request.company.public_id, row.public_id)
    return _feed_page(request, row, form, status=422)


@member(Role.ACCOUNTANT)
@require_POST
def test(request: CompanyRequest, feed: str) -> HttpResponse:
    """List the place, and say what was found; a server's new key is shown for a person to compare."""
    return _test(request, _feed(request, feed))


def _test(request: CompanyRequest, row: Feed) -> HttpResponse:
    if reading.watched_of(row) is None:
        raise Http404
    try:
        found = collecting.test(row)
    except WireError as error:
        messages.error(request, retold(collecting.in_words(error)))
    else:
        if found:
            messages.success(request, retold(found))
        elif reading.of_feed(row)["trusted_key"]:
            messages.error(
                request, gettext("Another server answers than the one that was confirmed. Nothing was shown to it.")
            )
        else:
            messages.info(
                request, gettext("The server shows its key. Compare it below, then press This is our server.")
            )
    return redirect("web:filesin-feed", request.company.public_id, row.public_id)


@member(Role.ACCOUNTANT)
@require_POST
def trust(request: CompanyRequest, feed: str) -> HttpResponse:
    """Take the key that the server showed for its own, because a person has compared it; then test the place."""
    row = _feed(request, feed)
    try:
        places.confirm(row, request.POST.get("fingerprint", ""), by=request.user)
    except roster.FeedError as error:
        messages.error(request, retold(str(error)))
        return redirect("web:filesin-feed", request.company.public_id, row.public_id)
    return _test(request, row)


def _feed_page(request: CompanyRequest, row: Feed, form: PlaceForm | None = None, status: int = 200) -> HttpResponse:
    context = {"title": row.title, "may_change": may_change(request.membership), **reading.of_feed(row)}
    context["form"] = form or PlaceForm.of(context["place"])
    return pages.render(request, "daybook/files_in/feed.html", context, status=status)


def _feed(request: CompanyRequest, public_id: str) -> Feed:
    mine = roster.of_company(request.company).filter(source__in=[name for name, row in SOURCES.items() if row.files])
    found: Feed = get_object_or_404(mine.select_related("company"), public_id=public_id)
    return found


def _file(request: CompanyRequest, public_id: str) -> IncomingFile:
    mine = IncomingFile.objects.filter(company=request.company).select_related("feed__company")
    found: IncomingFile = get_object_or_404(mine, public_id=public_id)
    return found

"""Documents: the list, one document, and sending again."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from daybook.connections import endpoints, roster
from daybook.connections.models import Connection
from daybook.documents.causes import Cause
from daybook.documents.document import Document
from daybook.documents.kinds import SPECS
from daybook.intake import prepare
from daybook.intake.keeping_back import keep_back
from daybook.kit import clock
from daybook.outbox import approving
from daybook.outbox.judging import Verdict
from daybook.outbox.models import Entry
from daybook.outbox.states import MAPPABLE, State
from daybook.tables import searching
from daybook.web import buttons, live, pages, retrying, spreadsheets, titles, words
from daybook.web.access import CompanyRequest, Role, may_change, member
from daybook.web.doubt_form import DoubtForm
from daybook.web.language import figures
from daybook.web.listing import Found, asked_for, page_of
from daybook.web.reading import causes, linked, overview, paper
from daybook.web.reading import documents as reading
from daybook.web.views.saved_views import kept_views

LONGEST_NOTE = 300


@member()
@require_GET
def documents(request: CompanyRequest) -> HttpResponse:
    """Show the list; htmx asks for its rows alone."""
    rows, cause = _rows(request), asked_for(request.GET, "cause", reading.LONGEST_CAUSE)
    if request.headers.get("HX-Request"):
        return live.answer(request, "daybook/documents/rows.html", rows)
    part = {**live.draw(request, "daybook/documents/rows.html", rows), "url": live.address(request)}
    context = {
        "title": gettext("Documents"),
        "live": part,
        "asked": request.GET,
        "files": spreadsheets.MOST,
        "sorts": reading.SORTS,
        "views": kept_views(request, "documents"),
        "states": [(state, badge.text) for state, badge in words.STATES.items()] + words.more_states(),
        "kinds": [(kind, words.called(kind, 2)) for kind in SPECS],
        "connections": list(roster.of_company(request.company)),
        "cause": causes.explained(request.company, cause) if cause else None,
        "may_retry": may_change(request.membership),
    }
    return pages.render(request, "daybook/documents/list.html", context)


@member()
@require_GET
def as_file(request: CompanyRequest, form: str) -> HttpResponse:
    """Return what the filters name as a file, the newest first."""
    rows = reading.in_file(request.company, _found(request), spreadsheets.MOST[form])
    return spreadsheets.answer(form, f"documents-{request.company.public_id}", reading.FILE_HEAD, rows)


def _rows(request: CompanyRequest) -> dict[str, Any]:
    return {
        "page": page_of(_found(request), request.GET),
        "company": request.company,
        "looked_through": searching.looked_through(reading.searched(request.GET)),
        "is_filtered": any(
            request.GET.get(name) for name in ("state", "kind", "connection", "attention", "cause", "from", "to", "q")
        ),
        "may_retry": may_change(request.membership),
    }


def _found(request: CompanyRequest) -> Found[Entry]:
    connection = request.connection
    return reading.found(request.company, request.GET, today_began=overview.midnight(connection, clock.now()))


@member()
@require_GET
def document(request: CompanyRequest, document: str) -> HttpResponse:
    """Show one document with all that happened to it."""
    entry = _entry(request, document)
    context = _document(request, entry)
    if request.headers.get("HX-Request"):
        return live.answer(request, "daybook/documents/body.html", context)
    part = {**live.draw(request, "daybook/documents/body.html", context), "url": live.address(request)}
    return pages.render(request, "daybook/documents/page.html", {**context, "title": entry.number, "live": part})


@member()
@require_GET
def preview(request: CompanyRequest, document: str) -> HttpResponse:
    """Show a document as its ledger would, beside its order; what has no lines has no such page, and its own is shown."""
    entry = _entry(request, document)
    mapped = reading.mapped(entry)
    if not isinstance(mapped, Document):
        return redirect("web:document", request.company.public_id, entry.public_id)
    context = {
        "title": gettext("Preview of {number}").format(number=entry.number),
        "entry": entry,
        "sheet": paper.sheet(entry, mapped),
        **_ledger(entry),
    }
    return pages.render(request, "daybook/documents/preview.html", context)


def _document(request: CompanyRequest, entry: Entry) -> dict[str, Any]:
    mapped = reading.mapped(entry)
    return {
        "entry": entry,
        **_ledger(entry),
        "company": request.company,
        "closed": entry.organisation.connection if entry.organisation.connection.closed_at else None,
        "document": mapped,
        "lines": reading.lines(entry, mapped),
        "totals": reading.totals(entry),
        "steps": reading.timeline(entry),
        "siblings": reading.siblings(entry),
        "first_look": _first_look(entry),
        "seen": approving.digest(entry),
        "waits": linked.waits(entry.company_id, [entry]).get(entry.pk, []),
        "waiting": linked.waiting_for(entry),
        "about_it": linked.about(entry),
        "at_the_ledger": buttons.document_there(entry),
        "explanation": causes.of_entry(entry),
        "attention": causes.of_attention(entry),
        "may_retry": entry.state in reading.RETRYABLE and may_change(request.membership),
        "may_look": entry.state == State.POSTED
        and endpoints.can_be_asked(entry.organisation.connection)
        and may_change(request.membership),
        "may_send_anew": entry.state == State.POSTED and prepare.is_sent_anew(entry) and may_change(request.membership),
        "may_change": may_change(request.membership),
        "may_give_up": entry.state in MAPPABLE and may_change(request.membership),
        "may_keep": entry.state in MAPPABLE and entry.cause != Cause.KEPT_BACK and may_change(request.membership),
        "may_settle": bool(prepare.verdicts_on(entry)) and may_change(request.membership),
        "is_under_way": entry.state in {State.SENDING, State.UNKNOWN},
    }


@member(Role.ACCOUNTANT)
@require_POST
def retry_one(request: CompanyRequest, document: str) -> HttpResponse:
    """Look at one document again and send it where nothing stands in its way."""
    entry = get_object_or_404(Entry, company=request.company, public_id=document)
    tell(request, retrying.retry(request.company, [entry.public_id], request.user))
    return redirect("web:document", request.company.public_id, entry.public_id)


@member(Role.ACCOUNTANT)
@require_http_methods(["GET", "POST"])
def cancel(request: CompanyRequest, document: str) -> HttpResponse:
    """Ask first, saying what it means; then have one document not posted, unless an earlier call may have made it."""
    entry = _entry(request, document)
    if request.method == "GET":
        others = reading.siblings(entry).exclude(state=State.CANCELLED)
        context = {
            "title": gettext("Do not post {number}?").format(number=entry.number),
            "entry": entry,
            "others": others,
            **_ledger(entry),
        }
        return pages.render(request, "daybook/documents/cancel.html", context)
    if prepare.cancel(entry, request.user, _note(request)):
        messages.success(
            request,
            gettext("{number} will not be posted. To take that back, press Post it after all.").format(
                number=entry.number
            ),
        )
    else:
        messages.warning(
            request,
            gettext(
                "{number} cannot be cancelled: it stands in {ledger}, is on its way, or an earlier call "
                "may still make it."
            ).format(number=entry.number, ledger=titles.of(entry.organisation.ledger)),
        )
    return redirect("web:document", request.company.public_id, entry.public_id)


@member(Role.ACCOUNTANT)
@require_http_methods(["GET", "POST"])
def keep(request: CompanyRequest, document: str) -> HttpResponse:
    """Ask first, saying what it means; then let one document wait until a person lets it go."""
    entry = _entry(request, document)
    if request.method == "GET":
        context = {
            "title": gettext("Keep {number} back?").format(number=entry.number),
            "entry": entry,
            **_ledger(entry),
        }
        return pages.render(request, "daybook/documents/keep.html", context)
    if keep_back(entry, request.user, _note(request)):
        messages.success(
            request, gettext("{number} waits until somebody presses Try again.").format(number=entry.number)
        )
    else:
        messages.info(
            request,
            gettext("{number} is kept back already, is on its way, or nothing is left to do with it.").format(
                number=entry.number
            ),
        )
    return redirect("web:document", request.company.public_id, entry.public_id)


@member(Role.ACCOUNTANT)
@require_http_methods(["GET", "POST"])
def settle(request: CompanyRequest, document: str) -> HttpResponse:
    """Let a person say what became of a document that nobody can look for; first what each answer would mean."""
    entry = _entry(request, document)
    may_say = prepare.verdicts_on(entry)
    if not may_say:
        messages.info(
            request,
            gettext("Nobody has to say what became of {number}: Daybook knows, or looks by itself.").format(
                number=entry.number
            ),
        )
        return redirect("web:document", request.company.public_id, entry.public_id)
    is_mail = endpoints.is_of_mail(entry.organisation.connection)
    own = {"their_id": entry.public_id} if is_mail else {}
    form = DoubtForm(request.POST or None, may_say=may_say, initial=own)
    if request.method == "GET" or not form.is_valid():
        context = {
            "title": gettext("What became of {number}?").format(number=entry.number),
            "entry": entry,
            "form": form,
            **_ledger(entry),
        }
        context |= {"may_say": may_say, "organisation": entry.organisation, "is_mail": is_mail}
        return pages.render(request, "daybook/documents/settle.html", context, status=422 if form.errors else 200)
    said = form.cleaned_data
    verdict = Verdict(said["verdict"])
    if prepare.settle_doubt(entry, verdict, request.user, their_id=said["their_id"], note=said["note"]):
        messages.success(
            request,
            gettext("Your word on {number} counts; it stands with your name in its history.").format(
                number=entry.number
            ),
        )
    else:
        messages.info(
            request, gettext("{number} was settled meanwhile; nothing was changed.").format(number=entry.number)
        )
    return redirect("web:document", request.company.public_id, entry.public_id)


@member(Role.ACCOUNTANT)
@require_POST
def restore(request: CompanyRequest, document: str) -> HttpResponse:
    """Post after all what a person said shall not be posted: a new document in its place."""
    entry = _entry(request, document)
    if not prepare.restore(entry, request.user):
        messages.info(
            request,
            gettext("Nobody said that {number} shall not be posted; nothing was changed.").format(number=entry.number),
        )
        return redirect("web:document", request.company.public_id, entry.public_id)
    made = reading.siblings(entry).filter(kind=entry.kind, generation__gt=entry.generation).last()
    if made is None:
        messages.success(
            request, gettext("It is made as soon as the order is due; the order's page says what it waits for.")
        )
        return redirect("web:order", request.company.public_id, entry.order.public_id)
    if made.state == State.READY:
        said = gettext("{number} is posted after all.")
    else:
        said = gettext("{number} is tried after all; what it waits for stands here.")
    messages.success(request, said.format(number=made.number))
    return redirect("web:document", request.company.public_id, made.public_id)


@member(Role.ACCOUNTANT)
@require_POST
def send_anew(request: CompanyRequest, document: str) -> HttpResponse:
    """Send once more what was sent, as the order is now: its first file was lost, say."""
    entry = _entry(request, document)
    if not prepare.send_anew(entry, request.user):
        words_of = gettext(
            "Nothing was sent: it was sent again already, was not sent yet, or its order is not due any more."
        )
        messages.warning(request, words_of)
        return redirect("web:document", request.company.public_id, entry.public_id)
    made = reading.siblings(entry).filter(kind=entry.kind, organisation=entry.organisation_id).last()
    messages.success(request, gettext("{number} is sent again.").format(number=entry.number))
    return redirect("web:document", request.company.public_id, made.public_id if made else entry.public_id)


@member(Role.ACCOUNTANT)
@require_http_methods(["GET", "POST"])
def done(request: CompanyRequest, document: str) -> HttpResponse:
    """Take the flag off a document whose matter a person has settled; who, when and their note stay in its history."""
    entry = _entry(request, document)
    if request.method == "GET" and entry.attention:
        context = {
            "title": gettext("Done with {number}?").format(number=entry.number),
            "entry": entry,
            "attention": causes.of_attention(entry),
        }
        context |= _ledger(entry)
        return pages.render(request, "daybook/documents/done.html", context)
    if request.method == "POST" and prepare.attend(entry, request.user, _note(request)):
        messages.success(
            request,
            gettext("{number} does not need a person any more. Your note stands in its history.").format(
                number=entry.number
            ),
        )
    else:
        messages.info(request, gettext("Nothing is left to do with {number}.").format(number=entry.number))
    return redirect("web:document", request.company.public_id, entry.public_id)


def _first_look(entry: Entry) -> Connection | None:
    """Return the document's connection while a person has to look at what is posted there first."""
    connection = entry.organisation.connection
    is_there = connection.organisation_id == entry.organisation_id
    return connection if is_there and approving.is_waited_for(connection) else None


def _entry(request: CompanyRequest, document: str) -> Entry:
    rows = Entry.objects.select_related("order", "company", "given_up_by", "about", "organisation__connection__company")
    return get_object_or_404(rows, company=request.company, public_id=document)


def _ledger(entry: Entry) -> dict[str, str]:
    return {"ledger": titles.of(entry.organisation.ledger)}


def _note(request: CompanyRequest) -> str:
    return asked_for(request.POST, "note", LONGEST_NOTE)


@member(Role.ACCOUNTANT)
@require_POST
def retry(request: CompanyRequest) -> HttpResponse:
    """Look again at the ticked documents (`document`, several), or at all with one `cause`: first say what that means."""
    cause = asked_for(request.POST, "cause", reading.LONGEST_CAUSE)
    waiting = retrying.waiting(request.company, cause, _ticked(request))
    if not request.POST.get("sure") and waiting.exists():
        return _ask_first(request, cause, waiting)
    if cause:
        tell(request, retrying.retry_cause(request.company, cause, request.user))
    elif request.POST.getlist("document"):
        tell(request, retrying.retry(request.company, _ticked(request), request.user))
    else:
        messages.warning(request, gettext("Tick the documents to try again first."))
    return redirect(_list_address(request))


def _ask_first(request: CompanyRequest, cause: str, waiting: QuerySet[Entry]) -> HttpResponse:
    """Show what would be tried again, and change nothing."""
    count = waiting.count()
    context = {
        "title": ngettext("Try {count} document again?", "Try {count} documents again?", count).format(
            count=figures.figure(f"{count:,}")
        ),
        "count": count,
        "at_once": retrying.AT_ONCE,
        "rows": [(each, causes.title_of(each)) for each in waiting[: retrying.AT_ONCE]],
        "sums": retrying.sums(waiting),
        "passed_over": 0 if cause else len(set(_ticked(request))) - count,
        "cause": cause,
        "back": request.POST.get("back", "")[:500],
        "leave": _list_address(request),
    }
    return pages.render(request, "daybook/documents/retry.html", context)


def _ticked(request: CompanyRequest) -> list[str]:
    """Return the ids of the ticked documents; what cannot be an id is passed over."""
    return [public_id for public_id in request.POST.getlist("document") if public_id.isalnum()]


def tell(request: CompanyRequest, result: retrying.Result) -> None:
    """Say what became of a retry."""
    if result.again:
        messages.success(
            request,
            ngettext("{count} document is tried again.", "{count} documents are tried again.", result.again).format(
                count=result.again
            ),
        )
    if result.still == 1 and not (result.again or result.left):
        messages.warning(request, gettext("It still cannot go: {waits_for}.").format(waits_for=result.waits_for))
    elif result.still:
        messages.warning(
            request,
            gettext("{count} of them still cannot go: what they wait for has not changed.").format(count=result.still),
        )
    if result.left:
        messages.info(
            request,
            gettext("{count} more with this cause are tried now, one after the other.").format(
                count=figures.figure(f"{result.left:,}")
            ),
        )
    if not (result.again or result.still or result.left):
        messages.info(
            request, gettext("None of these waits for a retry: only held and rejected documents can be tried again.")
        )


def _list_address(request: CompanyRequest) -> str:
    """Return to the list with the filters it had; nothing else of the form is trusted."""
    asked = QueryDict(request.POST.get("back", "")[:500])
    kept = QueryDict(mutable=True)
    for name in ("state", "kind", "connection", "attention", "from", "to", "by", "q"):
        if asked.get(name):
            kept[name] = asked[name]
    return f"{reverse('web:documents', args=[request.company.public_id])}?{kept.urlencode()}"

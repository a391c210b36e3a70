"""The log of a company: what people and machines did, filtered, as a file, and whether it is whole."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from daybook.connections import roster
from daybook.history import verifying
from daybook.web import pages, spreadsheets
from daybook.web.access import CompanyRequest, Role, member
from daybook.web.listing import asked_for, page_of
from daybook.web.reading import log as reading

MOST_IN_A_FILE = 100_000
MOST_VERIFIED = 100_000


@member()
@require_GET
def log(request: CompanyRequest) -> HttpResponse:
    """Show the newest, or those that the filters name."""
    page = page_of(reading.found(request.company, request.GET, _zone(request)), request.GET)
    context = {
        "title": "Log",
        "page": page,
        "lines": reading.lines(request.company, page.rows),
        "asked": request.GET,
        "groups": reading.groups(),
        "people": reading.people(request.company),
        "is_filtered": reading.is_filtered(request.GET),
        "zone": str(_zone(request)),
        "may_verify": request.membership.role == Role.OWNER,
        "most_verified": MOST_VERIFIED,
    }
    return pages.render(request, "daybook/log.html", context)


@member()
@require_GET
def as_file(request: CompanyRequest) -> HttpResponse:
    """Return what the filters name as CSV, the newest first; it is written while it is read."""
    found = reading.found(request.company, request.GET, _zone(request))
    lines = reading.in_file(request.company, found, MOST_IN_A_FILE)
    head = ("At (UTC)", "Who", "About", "What", "Why", "Changes", "Position")
    return spreadsheets.answer("csv", f"log-{request.company.public_id}", head, _rows(lines))


@member()
@require_POST
def compare_head(request: CompanyRequest) -> HttpResponse:
    """Hold a position and its seal, noted from a mail, against the chain of the installation."""
    noted, seal = asked_for(request.POST, "position", 18).replace(",", ""), asked_for(request.POST, "seal", 64)
    if not noted.isascii() or not noted.isdigit() or not seal:
        messages.error(
            request, "Copy both lines of the mail: the position, a number, and the seal of 64 letters and digits."
        )
    elif (stands := verifying.stands_at(int(noted), seal)) is None:
        messages.error(
            request,
            f"Nothing has position {int(noted):,} here. If the number is copied right, the end of the log was cut off, or "
            "it went with a company that was deleted: ask whoever runs Daybook, and keep the mail.",
        )
    elif stands:
        messages.success(
            request, f"It matches: up to position {int(noted):,} the log is as it was when the mail was written."
        )
    else:
        messages.error(
            request,
            f"It does not match: position {int(noted):,} has another seal now. Copy both lines once more; if it stays so, the "
            "log was rewritten since. Keep the mail: it is the evidence.",
        )
    return redirect("web:log", request.company.public_id)


@member(Role.OWNER)
@require_POST
def verify(request: CompanyRequest) -> HttpResponse:
    """Hold the company's newest events against their seals, and say what that showed."""
    verdict = verifying.verify_newest(request.company.pk, MOST_VERIFIED)
    if verdict.broken_at:
        words = (
            f"The log was changed: position {verdict.broken_at} is not as it was sealed ({'; '.join(verdict.faults)}). "
            "Tell whoever runs Daybook: `daybook audit verify` says more, and a backup shows what stood there."
        )
        messages.error(request, words)
    else:
        forgotten = f", {verdict.forgotten:,} of them forgotten as the law allows" if verdict.forgotten else ""
        words = f"Whole: the newest {verdict.events:,} entries are as they were sealed{forgotten}."
        last = f" The last position is {verdict.position:,}, its seal {verdict.seal}." if verdict.events else ""
        messages.success(request, words + last)
    return redirect("web:log", request.company.public_id)


def _zone(request: CompanyRequest) -> ZoneInfo:
    connection = roster.of_company(request.company).first()
    return ZoneInfo((connection.facts.time_zone if connection is not None else "") or "UTC")


def _rows(lines: Iterator[reading.Line]) -> Iterator[spreadsheets.Row]:
    for line in lines:
        changes = "; ".join(f"{each.name}: {each.before} -> {each.after}" for each in line.changes)
        at, position = line.at.isoformat(timespec="seconds"), str(line.position or "")
        yield at, line.who, line.about, line.what, line.why, changes, position

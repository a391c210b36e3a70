"""The log of a company: what people and machines did, filtered, as a file, and whether it is whole."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_POST

from daybook.connections import roster
from daybook.history import verifying
from daybook.kit.translation import retold
from daybook.web import pages, spreadsheets
from daybook.web.access import CompanyRequest, Role, member
from daybook.web.language import figures
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
        "title": gettext("Log"),
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
    head = spreadsheets.headings("At (UTC)", "Who", "About", "What", "Why", "Changes", "Position")
    return spreadsheets.answer("csv", f"log-{request.company.public_id}", head, _rows(lines))


@member()
@require_POST
def compare_head(request: CompanyRequest) -> HttpResponse:
    """Hold a position and its seal, noted from a mail, against the chain of the installation."""
    noted, seal = asked_for(request.POST, "position", 18), asked_for(request.POST, "seal", 64)
    noted = noted.replace(",", "").replace(".", "")  # as it is written here
    if not noted.isascii() or not noted.isdigit() or not seal:
        messages.error(
            request,
            gettext("Copy both lines of the mail: the position, a number, and the seal of 64 letters and digits."),
        )
    elif (stands := verifying.stands_at(int(noted), seal)) is None:
        messages.error(
            request,
            gettext(
                "Nothing has position {noted} here. If the number is copied right, the end of the log "
                "was cut off, or it went with a company that was deleted: ask whoever runs Daybook, and "
                "keep the mail."
            ).format(noted=figures.figure(f"{int(noted):,}")),
        )
    elif stands:
        messages.success(
            request,
            gettext("It matches: up to position {noted} the log is as it was when the mail was written.").format(
                noted=figures.figure(f"{int(noted):,}")
            ),
        )
    else:
        messages.error(
            request,
            gettext(
                "It does not match: position {noted} has another seal now. Copy both lines once more; if "
                "it stays so, the log was rewritten since. Keep the mail: it is the evidence."
            ).format(noted=figures.figure(f"{int(noted):,}")),
        )
    return redirect("web:log", request.company.public_id)


@member(Role.OWNER)
@require_POST
def verify(request: CompanyRequest) -> HttpResponse:
    """Hold the company's newest events against their seals, and say what that showed."""
    verdict = verifying.verify_newest(request.company.pk, MOST_VERIFIED)
    if verdict.broken_at:
        words = gettext(
            "The log was changed: position {position} is not as it was sealed ({faults}). Tell whoever runs Daybook: "
            "`daybook audit verify` says more, and a backup shows what stood there."
        ).format(position=verdict.broken_at, faults="; ".join(retold(each) for each in verdict.faults))
        messages.error(request, words)
    else:
        messages.success(request, " ".join(_whole(verdict)))
    return redirect("web:log", request.company.public_id)


def _whole(verdict: verifying.Verdict) -> Iterator[str]:
    """Yield what is said of a log that nobody changed."""
    count, forgotten = figures.figure(f"{verdict.events:,}"), figures.figure(f"{verdict.forgotten:,}")
    if verdict.forgotten:
        words = gettext(
            "Whole: the newest {count} entries are as they were sealed, {forgotten} of them forgotten as the law allows."
        )
    else:
        words = ngettext(
            "Whole: the newest entry is as it was sealed.",
            "Whole: the newest {count} entries are as they were sealed.",
            verdict.events,
        )
    yield words.format(count=count, forgotten=forgotten)
    if verdict.events:
        position = figures.figure(f"{verdict.position:,}")
        yield gettext("The last position is {position}, its seal {seal}.").format(position=position, seal=verdict.seal)


def _zone(request: CompanyRequest) -> ZoneInfo:
    connection = roster.of_company(request.company).first()
    return ZoneInfo((connection.facts.time_zone if connection is not None else "") or "UTC")


def _rows(lines: Iterator[reading.Line]) -> Iterator[spreadsheets.Row]:
    for line in lines:
        changes = "; ".join(f"{each.name}: {each.before} -> {each.after}" for each in line.changes)
        at, position = line.at.isoformat(timespec="seconds"), str(line.position or "")
        yield at, line.who, line.about, line.what, line.why, changes, position

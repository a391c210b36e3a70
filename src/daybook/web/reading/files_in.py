"""What the pages of files in show: feeds, uploads with what they would become, and watched places."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from daybook.companies.models import Company
from daybook.feeds import places, roster
from daybook.feeds.incoming import IncomingFile, WatchedPlace
from daybook.feeds.models import Feed
from daybook.feeds.places import Kind
from daybook.intake import file_preview, file_taking
from daybook.kit.translation import gettext, retold
from daybook.sources.mapped import mapping as mappings
from daybook.sources.mapped.fields import FIELDS
from daybook.sources.mapped.mapping import ColumnMapping
from daybook.sources.mapped.matching import Matching, Sample
from daybook.sources.problems import NotAnOrderError, Problem
from daybook.sources.registry import SOURCES
from daybook.web import words
from daybook.web.forms.files_in import FOR_ALL, ColumnsForm, said_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Columns as a person sent them."""

    form: ColumnsForm
    mapping: ColumnMapping
    problems: Sequence[Problem]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One field on the page: its column, and the text for all orders where it may have one."""

    label: str
    help: str
    column: Any
    always: Any


def feeds_of(company: Company) -> list[Feed]:
    """Return the company's feeds that read files, the oldest first."""
    names = [name for name, source in SOURCES.items() if source.files]
    return list(roster.of_company(company).filter(source__in=names, closed_at=None).select_related("watched")[:200])


def choices(feeds: Sequence[Feed]) -> list[tuple[str, str]]:
    """Return what a person chooses a feed by."""
    return [(each.public_id, each.title) for each in feeds]


def watched_of(feed: Feed) -> WatchedPlace | None:
    """Return what is known of the feed's place."""
    return WatchedPlace.objects.filter(company_id=feed.company_id, feed=feed).first()


def plain_name(given: str) -> str:
    """Return an uploaded file's name without what leads elsewhere or cannot be shown."""
    name = given.replace("\\", "/").rpartition("/")[2]
    return "".join(each if each.isprintable() else "?" for each in name)[:200] or "file"


def ascii_name(name: str) -> str:
    """Return a name that can stand in a header."""
    return "".join(each if each.isascii() and each.isprintable() and each not in '"\\;' else "_" for each in name)


def of_feed(feed: Feed) -> dict[str, Any]:
    """Return what the page of one feed shows."""
    place, watched = places.of(feed), watched_of(feed)
    return {
        "feed": feed,
        "place": place,
        "watched": watched,
        "is_sftp": place.kind is Kind.SFTP,
        "is_certificate": place.kind in {Kind.FTPS, Kind.FTPS_IMPLICIT},
        "is_open": place.kind is Kind.FTP,
        "trusted_key": places.fingerprint_of(place.host_key),
        "shown_key": places.fingerprint_of(watched.shown_key) if watched else "",
        "has_password": places.PASSWORD in feed.secrets,
        "is_mapped": feed.row.matching is not None,
        "has_mapping": bool(feed.settings.get(mappings.SETTING)),
        "files": IncomingFile.objects.filter(company_id=feed.company_id, feed=feed)[:20],
    }


def sent(file: IncomingFile, posted: Mapping[str, Any]) -> Sent:
    """Return the columns that a person sent, and what is wrong with them. What the file has is read by its own habits."""
    matching = _matching(file.feed)
    habits = _habits_of(posted)
    try:
        form = _form(matching.sample(file_taking.bytes_of(file), habits), posted)
    except NotAnOrderError as error:
        return Sent(form=_form(Sample(), posted), mapping=habits, problems=error.problems)
    if not form.is_valid():
        wrong = [
            Problem(str(form.fields[name].label), " ".join(map(str, errors)), gettext("Choose anew."))
            for name, errors in form.errors.items()
            if name in form.fields
        ]
        return Sent(form=form, mapping=habits, problems=wrong)
    mapping = form.mapping()
    found = mappings.problems(mapping, is_xml=matching.has_paths)
    named = [Problem(_label(each.field), retold(each.problem), retold(each.cure)) for each in found]
    return Sent(form=form, mapping=mapping, problems=named)


def _matching(feed: Feed) -> Matching:
    assert feed.row.matching is not None  # noqa: S101 - the caller has asked
    return feed.row.matching


def _label(field: str) -> str:
    return words.field(FIELDS[field].label) if field in FIELDS else field.replace("_", " ")


def _habits_of(posted: Mapping[str, Any]) -> ColumnMapping:
    """Return only how the file is read, of what was sent: that tells which columns there are."""
    form = _form(Sample(), {name: value for name, value in posted.items() if ":" not in name})
    return form.mapping() if form.is_valid() else ColumnMapping()


def of_upload(file: IncomingFile, sent: Sent | None) -> dict[str, Any]:
    """Return what the page of an upload shows: its top, its columns, and what it would become."""
    body, feed = file_taking.bytes_of(file), file.feed
    if feed.row.matching is None:
        return {"preview": file_preview.of(feed, file.name, body, feed.settings), "can_take": True}
    faults = sent.problems if sent else ()
    try:
        mapping, is_kept = _mapping(feed, body) if sent is None else (sent.mapping, False)
        sample = feed.row.matching.sample(body, mapping)
    except NotAnOrderError as error:
        return {"preview": file_preview.Preview(problems=error.problems), "faults": faults}
    form = sent.form if sent else _form(sample, None, said_of(mapping))
    settings = file_preview.with_mapping(feed.settings, mapping)
    lacking = mappings.problems(mapping, is_xml=feed.row.matching.has_paths)
    is_whole = not faults and not lacking
    return {
        "preview": file_preview.of(feed, file.name, body, settings) if is_whole else None,
        "can_take": is_kept and is_whole,
        "is_guess": not is_kept and sent is None,
        "faults": faults,
        "lacking": lacking if sent is None else (),
        "form": form,
        "sample": sample if sample.rows else None,
        "groups": _groups(form),
        "habits": [form[name] for name in feed.row.matching.habits(body)],
        "has_paths": feed.row.matching.has_paths,
        "has_other_basis": mapping.carriage_has_other_basis,
        "is_one_line": "lines.quantity" not in mapping.columns and not mapping.lines_path,
    }


def _mapping(feed: Feed, body: bytes) -> tuple[ColumnMapping, bool]:
    """Return the feed's mapping, or a guess at one; and whether a person has made it. Raises NotAnOrderError."""
    if feed.settings.get(mappings.SETTING):
        return ColumnMapping.load(feed.settings[mappings.SETTING]), True
    return _matching(feed).offer(body), False


def _form(sample: Sample, posted: Mapping[str, Any] | None, initial: Mapping[str, Any] | None = None) -> ColumnsForm:
    return ColumnsForm(posted, headings=sample.of_order, lines=sample.of_line, initial=dict(initial or {}))


def _groups(form: ColumnsForm) -> list[tuple[str, list[Choice]]]:
    """Return the fields under their headings; what is seldom needed comes last."""
    groups: dict[str, list[Choice]] = {}
    for name, each in FIELDS.items():
        always = form[f"always:{name}"] if name in FOR_ALL else None
        choice = Choice(
            label=words.field(each.label), help=gettext(each.help), column=form[f"column:{name}"], always=always
        )
        groups.setdefault(gettext(each.group), []).append(choice)
    return list(groups.items())

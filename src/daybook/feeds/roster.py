"""Which feeds a company has, and whose feed an address is."""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import combinations
from secrets import token_urlsafe

from django.db import transaction
from django.db.models import F, QuerySet

from daybook.companies.models import Company, Person
from daybook.feeds import dues
from daybook.feeds.models import Backfill, Feed, before
from daybook.feeds.saving import about, saving
from daybook.history import telling
from daybook.history.kinds import Mover, What
from daybook.kit import clock
from daybook.sources.canonical.source import CANONICAL
from daybook.sources.registry import SOURCES
from daybook.sources.source import Door, Message, Source
from daybook.tables import reading

MADE_BYTES = 24
OVERLAP = timedelta(days=7)
"""So long a secret that was replaced opens too."""
NOTED_WITHIN = timedelta(seconds=5)
"""So exactly it is known when a feed was last heard of."""


class FeedError(Exception):
    """A person asked for what a feed cannot be; the text says what to do instead."""

    def __init__(self, words: str, field: str = "") -> None:
        super().__init__(words)
        self.field = field
        """Whose value is at fault."""


def of_company(company: Company) -> QuerySet[Feed]:
    """Return the company's feeds, the oldest first."""
    return Feed.objects.filter(company=company).order_by("id")


def id_of(company: Company, public_id: str) -> int:
    """Return the row's id of one of the company's feeds; 0: it has none that is called so."""
    return of_company(company).filter(public_id=public_id).values_list("pk", flat=True).first() or 0


def named(company: Company, names: Collection[str]) -> dict[str, Feed]:
    """Return the feeds that orders of our own API and files name as their source; one not met before is built in."""
    found = _named(company, names)
    new = sorted(set(names) - set(found))
    return found | _built_in(company, new) if new else found


def _named(company: Company, names: Collection[str]) -> dict[str, Feed]:
    found = reading.find(Feed, "company_id = %s AND name = ANY(%s) ORDER BY id", [company.pk, list(names)])
    return {feed.name: feed for feed in found}


@transaction.atomic
def _built_in(company: Company, names: Collection[str]) -> dict[str, Feed]:
    made = [Feed(company=company, source=_source_of(name), name=name) for name in names]
    Feed.objects.bulk_create(made, ignore_conflicts=True)
    let_meet(company.pk)
    found = _named(company, names)
    ours = {feed.public_id for feed in made}  # somebody else may have made one in the same moment, and told of it
    for feed in found.values():
        if feed.public_id in ours:
            telling.tell(about(feed), What.ADDED, mover=Mover.SENDER, after={"name": feed.name})
    return found


def named_if_any(company: Company, name: str) -> Feed:
    """Return the feed that orders name as their source; one that is not saved where there is none yet."""
    found = Feed.objects.filter(company=company, name=name).first()
    return found or Feed(company=company, source=_source_of(name), name=name)


def _source_of(name: str) -> str:
    """Return the source of a feed that orders name; a source's own name means its first feed, by whatever way they come."""
    return name if name in SOURCES else CANONICAL.name


_AT_ADDRESS = """
    feeds_feed.source = %s AND (feeds_feed.public_id = %s OR feeds_feed.id = (
        SELECT feed.id FROM feeds_feed feed JOIN companies_company company ON feed.company_id = company.id
        WHERE company.public_id = %s AND feed.name = %s
    )) ORDER BY feeds_feed.public_id = %s DESC LIMIT 1
"""


def at(source: Source, address: str) -> Feed | None:
    """Return the feed of a source at that part of an address: its own public id, or its company's for the first one."""
    if "\x00" in address:
        return None
    found = reading.find_with(Feed, "company", _AT_ADDRESS, [source.name, address, address, source.name, address])
    return found[0] if found else None


def is_genuine(feed: Feed | None, door: Door, message: Message, now: datetime) -> bool:
    """Tell whether a message is the feed's, by its secrets or those that open beside them for a while.

    Without a feed it takes as long to say no.
    """
    secrets = feed.open_secrets() if feed is not None else {}
    if door.is_genuine(message, secrets):
        return feed is not None
    replaced = feed.open_secrets_before(now) if feed is not None else {}
    return any(door.is_genuine(message, secrets | some) for some in _some_of(replaced))


def _some_of(replaced: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Yield each choice among secrets that were replaced: their senders are told of one after the other."""
    for count in range(1, len(replaced) + 1):
        yield from map(dict, combinations(replaced.items(), count))


def note_received(feed: Feed, now: datetime) -> None:
    """Remember when the source last reached us, to within NOTED_WITHIN: a row that each push writes is one they queue for."""
    last = feed.last_received_at
    is_refused_since = last is not None and feed.refused_at is not None and feed.refused_at >= last
    if last is None or is_refused_since or now - last >= NOTED_WITHIN:
        Feed.objects.filter(company_id=feed.company_id, pk=feed.pk).update(last_received_at=now)


def note_refused(feed: Feed | None, door: Door, message: Message, now: datetime) -> None:
    """Count what was refused at a feed's address; nothing where there is no such feed."""
    if feed is not None:
        why = door.why_refused(message, feed.open_secrets())
        Feed.objects.filter(company_id=feed.company_id, pk=feed.pk).update(
            refused=F("refused") + 1, refused_at=now, refused_why=why
        )


@transaction.atomic
def own(company: Company, source: Source, by: Person | None = None) -> Feed:
    """Return the company's first feed of a source, at the company's own address; made where there is none yet."""
    feed, is_new = Feed.objects.get_or_create(company=company, name=source.name, defaults={"source": source.name})
    if is_new:
        let_meet(company.pk)
        feed.refresh_from_db()
        telling.tell(about(feed), What.ADDED, by=by, after={"name": feed.name})
    return feed


def own_if_any(company: Company, source: Source) -> Feed:
    """Return the company's first feed of a source; one that is not saved where there is none yet."""
    found = Feed.objects.filter(company=company, source=source.name, name=source.name).first()
    return found or Feed(company=company, source=source.name, name=source.name)


def let_meet(company_id: int) -> None:
    """Say of each feed whether an order of it may be an order of another: where a person added one and there are several."""
    open_ones = Feed.objects.filter(company_id=company_id, closed_at=None, brings=Feed.Brings.SALES)
    does = open_ones.count() > 1 and open_ones.exclude(source=CANONICAL.name).exists()
    Feed.objects.filter(company_id=company_id).exclude(meets_others=does).update(meets_others=does)


@transaction.atomic
def make_secret(feed: Feed, field: str, by: Person | None = None) -> str:
    """Make the secret of a MADE field and return it, this once; the one before it opens for OVERLAP too."""
    secret = token_urlsafe(MADE_BYTES)
    change_fields(feed, secrets={field: hashlib.sha256(secret.encode()).hexdigest()}, settings={}, by=by)
    return secret


@transaction.atomic
def change_fields(
    feed: Feed, *, secrets: Mapping[str, str], settings: Mapping[str, object], by: Person | None = None
) -> None:
    """Keep what a person said of the source's own fields; the empty text forgets a secret, and the one before it.

    A secret that is replaced opens for OVERLAP beside the new one: the sender is told of it a little later.
    """
    mine = Feed.objects.select_for_update().select_related("company").get(company_id=feed.company_id, pk=feed.pk)
    for field, text in secrets.items():
        _keep_before(mine, field, text)
        mine.keep_secret(field, text)
    mine.settings |= settings
    with saving(mine, by):
        mine.save(update_fields=["secrets", "settings", "overlaps"])
    dues.schedule(mine)


def _keep_before(feed: Feed, field: str, text: str) -> None:
    """Let the secret that stands open for a while after it is replaced; where it is forgotten, at once no more."""
    one = feed.row.field(field)
    stands = feed.open_secret_if_any(field)
    is_shown = one is not None and one.is_shared
    if text and stands and stands != text and is_shown:
        feed.keep_secret(before(field), stands)
        feed.overlaps[field] = (clock.now() + OVERLAP).isoformat()
    elif not text:
        feed.keep_secret(before(field), "")
        feed.overlaps.pop(field, None)


@transaction.atomic
def end_overlap(feed: Feed, field: str, by: Person | None = None) -> None:
    """Let the secret before the present one open no more, from now on."""
    mine = Feed.objects.select_for_update().get(company_id=feed.company_id, pk=feed.pk)
    mine.keep_secret(before(field), "")
    if mine.overlaps.pop(field, None):
        mine.save(update_fields=["secrets", "overlaps"])
        telling.tell(about(mine), What.SAVED, by=by, after={before(field): "ended"})


@transaction.atomic
def pause(feed: Feed, by: Person | None = None) -> None:
    """Ask the feed's source for nothing, and keep what it sends until a person resumes the feed."""
    mine = Feed.objects.filter(company_id=feed.company_id, pk=feed.pk, closed_at=None, paused_at=None)
    if mine.update(paused_at=clock.now()):
        telling.tell(about(feed), What.STOPPED, by=by)
        feed.refresh_from_db()
        dues.schedule(feed)


@transaction.atomic
def resume(feed: Feed, by: Person | None = None) -> None:
    """Ask again at once; what was kept meanwhile is taken in by the next sweep."""
    mine = Feed.objects.filter(company_id=feed.company_id, pk=feed.pk).exclude(paused_at=None)
    if mine.update(paused_at=None, failures=0):
        telling.tell(about(feed), What.RESUMED, by=by)
        feed.refresh_from_db()
        dues.schedule(feed)


@transaction.atomic
def close(feed: Feed, by: Person | None = None) -> None:
    """Take in nothing of the feed any more; what was accepted stays, and goes on."""
    mine = Feed.objects.filter(company_id=feed.company_id, pk=feed.pk, closed_at=None)
    if mine.update(closed_at=clock.now(), due_at=None):
        let_meet(feed.company_id)
        Backfill.objects.filter(company_id=feed.company_id, feed=feed).update(due_at=None)
        telling.tell(about(feed), What.CLOSED, by=by)

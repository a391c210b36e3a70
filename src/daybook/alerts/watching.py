"""What becomes due is written as mails, and noted as told, in one transaction: no mail is written twice."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import connection as database
from django.db import transaction

from daybook.alerts import choices, finding, writing
from daybook.alerts.deciding import (
    Digest,
    Foreseen,
    Known,
    Verdict,
    Waiting,
    covers,
    is_warned_again,
    next_digest,
    still_known,
    verdict,
    warnings,
)
from daybook.alerts.finding import Key
from daybook.alerts.models import AlertMail, MailChoice, Told
from daybook.connections.models import Connection
from daybook.history import sealing
from daybook.outbox import counting

ALONE = 7_243_011
"""An advisory lock: one looks at a time."""
WARNINGS = [each.value for each in Foreseen]


def watch(now: datetime) -> None:
    """Write every mail that is due: what came to need a person, warnings, and summaries."""
    choices.begin(now)
    with transaction.atomic():
        _stand_alone()
        _tell_news(now)
        _warn(now)
    while _write_digest(now):
        pass


def _stand_alone() -> None:
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ALONE])


def _tell_news(now: datetime) -> None:
    found = finding.waiting()
    rows = {(row.connection_id, row.cause): row for row in Told.objects.exclude(cause__in=WARNINGS)}
    news = [each for key, each in found.items() if verdict(each, _known(rows.get(key)), now) is Verdict.TELL]
    _lower(found, rows)
    _note(news, now)
    said: dict[int, list[tuple[Waiting, Connection]]] = defaultdict(list)
    for each, connection in _with_connections(news):
        said[each.company_id].append((each, connection))
    wanted = choices.reachable().filter(at_once=True, membership__company__in=said)
    AlertMail.objects.bulk_create(writing.at_once(each.membership, said[each.membership.company_id]) for each in wanted)


def _known(row: Told | None) -> Known | None:
    if row is None:
        return None
    return Known(count=row.count, newest_id=row.newest_id, newest_at=row.newest_at, told_at=row.told_at)


def _lower(found: Mapping[Key, Waiting], rows: Mapping[Key, Told]) -> None:
    """Fewer wait where some were cured: then the next one is news, though no more wait than were told of once."""
    for key, row in rows.items():
        known = _known(row)
        left = still_known(found.get(key), known) if known is not None else 0
        if left < row.count:
            row.count = left
            row.save(update_fields=["count"])


def _note(news: Iterable[Waiting], now: datetime) -> None:
    rows = [
        Told(
            company_id=each.company_id,
            connection_id=each.connection_id,
            cause=each.cause,
            count=each.count,
            newest_id=each.newest_id,
            newest_at=each.newest_at,
            told_at=now,
        )
        for each in news
    ]
    _keep(rows)


def _keep(rows: Sequence[Told]) -> None:
    Told.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["connection", "cause"],
        update_fields=["count", "newest_id", "newest_at", "told_at"],
    )


def _with_connections(news: Sequence[Waiting]) -> list[tuple[Waiting, Connection]]:
    rows = Connection.objects.select_related("company", "organisation", "last_organisation")
    known = rows.in_bulk({each.connection_id for each in news})
    return [(each, known[each.connection_id]) for each in news]


def _warn(now: datetime) -> None:
    told = {(row.connection_id, row.cause): row.told_at for row in Told.objects.filter(cause__in=WARNINGS)}
    given: dict[int, list[tuple[Foreseen, Connection, datetime | None]]] = defaultdict(list)
    rows = []
    for connection, outlook in finding.outlooks(now):
        for what in warnings(outlook, now):
            if is_warned_again(told.get((connection.pk, what.value)), now):
                given[connection.company_id].append((what, connection, outlook.lapses_at))
                rows.append(Told(company_id=connection.company_id, connection=connection, cause=what, told_at=now))
    _keep(rows)
    wanted = choices.reachable().filter(warnings=True, membership__company__in=given)
    AlertMail.objects.bulk_create(
        writing.warning(each.membership, given[each.membership.company_id]) for each in wanted
    )


@transaction.atomic
def _write_digest(now: datetime) -> bool:
    """Write one summary that is due, and say when the next one is; False: none is due."""
    due = MailChoice.objects.select_for_update(skip_locked=True, of=("self",)).filter(digest_at__lte=now)
    choice = due.select_related("membership__person", "membership__company").order_by("digest_at").first()
    if choice is None:
        return False
    place, how_often = choice.membership, Digest(choice.digest)
    choice.digest_at = next_digest(how_often, now, choices.zone_of(place.company))
    choice.save(update_fields=["digest_at"])
    if choices.reachable().filter(pk=choice.pk).exists():
        writing.digest(place, how_often, _summary(choice, now)).save()
    return True


def _summary(choice: MailChoice, now: datetime) -> writing.Summary:
    company, since = choice.membership.company, now - covers(Digest(choice.digest))
    position, seal = sealing.head()
    return writing.Summary(
        since=since,
        posted=counting.posted_since(company, since).count(),
        under_way=counting.documents_under_way(company).count(),
        waiting=_with_connections(sorted(finding.waiting([company.pk]).values(), key=lambda each: -each.count)),
        position=position,
        seal=seal,
    )

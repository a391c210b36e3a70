"""What becomes due is written as mails, and noted as told, in one transaction: no mail is written twice."""

from collections import defaultdict
from datetime import datetime

from django.db import connection as database
from django.db import transaction

from daybook.alerts import choices, finding, places, told, writing
from daybook.alerts.deciding import (
    Digest,
    Foreseen,
    Verdict,
    covers,
    is_warned_again,
    next_digest,
    verdict,
    warnings,
)
from daybook.alerts.models import AlertMail, MailChoice, Told
from daybook.alerts.places import Found
from daybook.connections.models import Connection
from daybook.history import sealing
from daybook.outbox import counting

ALONE = 7_243_011
"""An advisory lock: one looks at a time."""


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
    found, known = finding.waiting(now), told.known()
    news = [each for key, each in found.items() if verdict(each, known.get(key), now) is Verdict.TELL]
    told.lower(found, known)
    told.note(news, now)
    said: dict[int, list[Found]] = defaultdict(list)
    for each in places.of(news):
        said[each.waiting.company_id].append(each)
    wanted = choices.reachable().filter(at_once=True, membership__company__in=said)
    AlertMail.objects.bulk_create(writing.at_once(each.membership, said[each.membership.company_id]) for each in wanted)


def _warn(now: datetime) -> None:
    warned = {(row.connection_id, row.cause): row.told_at for row in Told.objects.filter(cause__in=told.WARNINGS)}
    given: dict[int, list[tuple[Foreseen, Connection, datetime | None]]] = defaultdict(list)
    rows = []
    for connection, outlook in finding.outlooks(now):
        for what in warnings(outlook, now):
            if is_warned_again(warned.get((connection.pk, what.value)), now):
                given[connection.company_id].append((what, connection, outlook.lapses_at))
                rows.append(Told(company_id=connection.company_id, connection=connection, cause=what, told_at=now))
    told.keep(rows)
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
        waiting=places.of(sorted(finding.waiting(now, [company.pk]).values(), key=lambda each: -each.count)),
        position=position,
        seal=seal,
    )

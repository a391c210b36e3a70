"""Which files and watched places are due, and the jobs that see to them. A job is a hint: the rows are the truth."""

from datetime import datetime, timedelta

from django.db.models import Q

from daybook.connections import whereabouts
from daybook.feeds.incoming import FilePiece, IncomingFile
from daybook.intake import collecting, file_taking
from daybook.orders import retention
from daybook.outbox import wake as jobs

LOOK, TAKE = "intake.look_at_place", "intake.take_file"
OVERDUE = timedelta(seconds=20)
"""After an upload was begun: its own job has come by then, unless its worker died."""
_BATCH = 200


def wake(now: datetime) -> None:
    """Ask for every place to be looked at that is due, and for uploads to be gone on with."""
    if not whereabouts.is_sure():
        return  # a copy of the database would take what is the true one's
    for feed_id in collecting.due(now):
        jobs.defer(LOOK, lock=f"files:{feed_id}", feed_id=feed_id)
    waiting = IncomingFile.objects.filter(state=IncomingFile.State.KEPT, is_watched=False, came_at__lt=now - OVERDUE)
    for file in waiting.only("id", "feed_id")[:_BATCH]:
        wake_take(file)


def wake_take(file: IncomingFile) -> None:
    """Ask for an uploaded file to be taken in; in the caller's transaction."""
    jobs.defer(TAKE, lock=f"file:{file.pk}", file_id=file.pk)


def take(file_id: int) -> None:
    """Take in one file, where it is still to be."""
    file = IncomingFile.objects.filter(pk=file_id, state=IncomingFile.State.KEPT).first()
    if file is not None:
        file_taking.take_in(file)


def forget_bytes(now: datetime, kept_for: timedelta) -> int:
    """Forget the bytes of files older than that, or than their company says; what became of them stays."""
    return sum(_forget(whose, since) for whose, since in retention.by_company(now, kept_for))


def _forget(whose: Q, since: datetime) -> int:
    forgotten = 0
    over = FilePiece.objects.filter(whose, file__came_at__lt=since).exclude(file__state=IncomingFile.State.KEPT)
    while batch := list(over.values_list("id", flat=True)[:_BATCH]):
        forgotten += FilePiece.objects.filter(id__in=batch).delete()[0]
    return forgotten

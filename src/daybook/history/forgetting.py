"""Forgetting what events say, where somebody has a right to that: that something happened stays, and the chain holds."""

from django.db import connection, transaction

from daybook.history import telling
from daybook.history.kinds import About


@transaction.atomic
def forget(subject: About) -> int:
    """Take reason, values and salt from all that happened to something; return how many events that were.

    The database lets nobody do that but who says so in the same transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('daybook.forgetting', 'on', true)")
    forgotten = telling.about(subject).update(reason="", before=None, after=None, salt=b"")
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('daybook.forgetting', '', true)")
    return forgotten

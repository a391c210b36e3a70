"""The calls of a run: each goes out once, under a key where it writes, at a pace that leaves room for posting."""

import time
from datetime import timedelta

from daybook.connections import calls, windows
from daybook.connections.models import Connection
from daybook.kit import clock, ids
from daybook.wire.asks import Answer, Request
from daybook.wire.errors import Paused, Throttled
from daybook.wire.http import HttpClient

KEPT_A_MINUTE = 20
"""Calls of a minute that are left to posting and to people."""
KEPT_A_DAY = 100
"""The same of a day."""
LONGEST_WAIT = timedelta(minutes=3)
SHORT = timedelta(seconds=2)
MOST_TRIES = 5


class Caller:
    """Makes the calls of one run and counts them."""

    def __init__(self, connection: Connection, client: HttpClient, mark: str) -> None:
        self.connection = connection
        self.client = client
        self.mark = mark
        self.made = 0

    def __call__(self, request: Request) -> Answer:
        """Make a call; a ledger that asks to wait is waited for, and asked again: it carried nothing out."""
        key = "" if request.method == "GET" else f"{self.mark}-{ids.public_id()}"
        for _ in range(MOST_TRIES):
            self._leave_room()
            self.made += 1
            try:
                return calls.ask_once(self.connection, request, key=key, client=self.client)
            except (Throttled, Paused):
                self._rest()
        self.made += 1
        return calls.ask_once(self.connection, request, key=key, client=self.client)

    def _leave_room(self) -> None:
        """Wait for the next minute where little is left of this one. Raises Paused where little is left of the day."""
        row = self._row()
        now = clock.now()
        if row.limits_read_at is None:
            return
        is_scarce = row.day_remaining is not None and row.day_remaining <= KEPT_A_DAY
        if is_scarce and now < windows.ends(row.limits_read_at, row.day_began_at, windows.DAY):
            raise Paused("few calls are left of this day, and those are kept for posting: ask again tomorrow")
        ends = windows.ends(row.limits_read_at, row.minute_began_at)
        if row.minute_remaining is not None and row.minute_remaining <= KEPT_A_MINUTE and now < ends:
            _wait(ends - now)

    def _rest(self) -> None:
        """Wait as long as the connection rests. Raises Paused where that is long: the run goes on another time."""
        row = self._row()
        wait = (row.paused_until - clock.now()) if row.paused_until else SHORT
        if wait > LONGEST_WAIT:
            raise Paused(row.pause_reason or "the ledger asked to wait")
        _wait(max(wait, SHORT))

    def _row(self) -> Connection:
        return Connection.objects.get(pk=self.connection.pk, company_id=self.connection.company_id)


def _wait(wait: timedelta) -> None:
    time.sleep(clock.lasting(wait))

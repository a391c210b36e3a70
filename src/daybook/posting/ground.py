"""Before anything is sent: whether calls may be made, the organisation is as documents take it to be, and a token."""

import time
from dataclasses import dataclass, replace
from datetime import timedelta

from django.db import transaction

from daybook.catalog import known, problems, refresh
from daybook.connections import endpoints, features, organisation, roster, tokens
from daybook.connections.models import Connection, PostingSettings
from daybook.connections.tokens import Token
from daybook.documents.causes import Cause, Hold
from daybook.kit import clock, ids
from daybook.kit.money import plain
from daybook.ledgers.exchange import Access
from daybook.ledgers.ledger import Ledger
from daybook.outbox import approving, queue, wake
from daybook.outbox.models import Entry
from daybook.outbox.queue import Call
from daybook.outbox.states import Mover, State
from daybook.posting import limits, pacing
from daybook.wire import errors
from daybook.wire.asks import Request
from daybook.wire.http import HttpClient

CATALOG_AGE = timedelta(hours=24)
"""Accounts, rates, currencies and lock dates older than this are read again before anything goes."""
LIFE_FOR_A_CALL = timedelta(minutes=3)
"""What a token must have left: an attempt may wait a minute, and run and be sent again under the same token."""
CHANCE = 24
"""Characters of a key that are left to chance."""
SOON = timedelta(seconds=6)
"""A sweep comes every five: where calls may go again before the next one, a drain waits for that moment itself."""
A_MOMENT = timedelta(seconds=1)
HELD_AT_ONCE = 200
"""Documents in one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """What a drain sends with: one organisation, one client, and for each call the token that is current."""

    client: HttpClient
    ledger: Ledger
    connection: Connection
    settings: PostingSettings
    token: Token

    @property
    def options(self) -> frozenset[str]:
        """Return what the company chose of how things are sent, by name."""
        return frozenset({"allow_backorders"}) if self.settings.allow_backorders else frozenset()

    @property
    def access(self) -> Access:
        """Return what calls are dressed with now."""
        return endpoints.access(self.ledger, self.token.access_token, self.token.their_id)

    def renewed(self) -> "Sender":
        """Return it with the token that is current now: others renew it while a drain runs.

        Raises what `tokens.current_token` raises, and Paused where the connection, as last read, rests, or reaches
        another organisation by now.
        """
        if self.connection.paused_until is not None and self.connection.paused_until > clock.now():
            raise errors.Paused(self.connection.pause_reason)
        token = tokens.current_token(self.connection.id, now=clock.now(), client=self.client, at_least=LIFE_FOR_A_CALL)
        if token.organisation_id != self.token.organisation_id:
            raise errors.Paused("Another organisation was connected meanwhile.")
        return replace(self, token=token)

    def call(self, route: str, asked: Request) -> Call:
        """Return a writing call ready to be committed, with a key of its own naming the organisation (rules 3).

        Raises Paused where no organisation is reached any more.
        """
        if self.token.organisation_id is None:
            raise errors.Paused("No organisation is connected any more.")
        return Call(
            resource=route,
            organisation_id=self.token.organisation_id,
            token_fingerprint=self.token.fingerprint,
            method=asked.method,
            url=self.ledger.dress(asked, self.access, "").url,
            body=asked.body,
            idempotency_key=key(self.token.their_id, longest=self.ledger.terms.key_length),
        )


def key(their_id: str, *, longest: int) -> str:
    """Return a key that no other call has, and that names us and the organisation as far as there is room."""
    chance = ids.public_id(CHANCE)
    return f"{f'daybook-{their_id[:8]}-'[: longest - CHANCE]}{chance}"


def prepare(connection: Connection, client: HttpClient) -> Sender | None:
    """Check the ground before anything is sent; None: not now. Raises WireError."""
    ledger = endpoints.ledger_of(connection)
    _wait_for_the_window(connection, ledger)
    if not allowance(connection, ledger, 0).calls and not _is_window_open_again(connection, ledger, client):
        return None
    refresh.refresh(connection, max_age=CATALOG_AGE, client=client)
    settings = roster.posting_of(connection)
    if not _is_firm(connection):
        return None
    return Sender(
        client=client,
        ledger=ledger,
        connection=connection,
        settings=settings,
        token=tokens.current_token(connection.id, now=clock.now(), client=client),
    )


def may_commit(connection: Connection, sender: Sender, *, by_hand: bool = False) -> Connection | None:
    """Lock the connection's row and return it; None where no attempt may be committed: another organisation, or a stop.

    Wants the open transaction that will commit the attempt. `by_hand`: as `queue.begin_sending` has it.
    """
    now = Connection.objects.select_for_update(no_key=True).get(company=connection.company_id, id=connection.id)
    is_same = now.organisation_id == sender.token.organisation_id == connection.organisation_id
    is_shut = now.is_shut and not (by_hand and approving.is_waited_for(now))
    return now if is_same and now.is_connected and not is_shut else None


def _wait_for_the_window(connection: Connection, ledger: Ledger) -> None:
    """Begin with the window, not with the sweep that comes after it: a part of every minute would be lost."""
    allowed, now = allowance(connection, ledger, 0), clock.now()
    if not allowed.calls and allowed.until is not None and may_wait(allowed.until - now):
        time.sleep(max(0.0, clock.lasting(allowed.until - now)))
        connection.refresh_from_db()


def may_wait(wait: timedelta) -> bool:
    """Tell whether a drain may wait so long in its place at the worker: a longer wait only while nobody wants the place."""
    return wait <= SOON and (wait <= A_MOMENT or not wake.are_others_waiting())


def allowance(connection: Connection, ledger: Ledger, in_flight: int) -> limits.Allowance:
    """Return how many calls may start now, by the connection's row."""
    return limits.allowance(pacing.windows_of(connection), ledger.terms, in_flight=in_flight, now=clock.now())


def _is_window_open_again(connection: Connection, ledger: Ledger, client: HttpClient) -> bool:
    """Ask once an hour whether a day that was used up has begun anew: only the far side knows (xero-rules.md 2.1)."""
    until = allowance(connection, ledger, 0).until
    if until is None or until > clock.now():
        return False
    organisation.read_facts(connection, client=client)
    return bool(allowance(connection, ledger, 0).calls)


def _is_firm(connection: Connection) -> bool:
    """Hold what the organisation, as last read, no longer has a place for; False where that is everything.

    Accounts and tax rates are archived without notice (xero-rules.md 10.25).
    """
    found = known.of_connection(connection)
    blocking = [problem for problem in problems.problems_of(found) if problem.blocks]
    if blocking:
        _hold(connection, Hold(Cause.SETTINGS_INCOMPLETE, blocking[0].field, blocking[0].words))
        return False
    for kind, why in features.kept_back(endpoints.ledger_of(connection), found.scope or "").items():
        _hold(connection, why, kind=kind)
    for rate, tax_type in problems.stale_taxes(found):
        gone = f"{tax_type} is gone from {endpoints.ledger_of(connection).title}"
        _hold(connection, Hold(Cause.TAX_RATE_NOT_MAPPED, plain(rate), gone), tax_type=tax_type)
    return True


def _hold(connection: Connection, why: Hold, *, tax_type: str = "", kind: str = "") -> None:
    """Hold every waiting document, or those of a kind, or that name the tax type, so many in a transaction."""
    while _hold_some(connection, why, tax_type=tax_type, kind=kind) == HELD_AT_ONCE:
        pass


@transaction.atomic
def _hold_some(connection: Connection, why: Hold, *, tax_type: str, kind: str) -> int:
    waiting = Entry.objects.filter(
        company_id=connection.company_id, organisation=connection.organisation_id, state=State.READY
    )  # those too that wait for another document: that may be posted by this very drain
    if tax_type:
        waiting = waiting.filter(document__lines__contains=[{"tax_type": tax_type}])
    if kind:
        waiting = waiting.filter(kind=kind)
    entries = list(queue.locked(waiting)[:HELD_AT_ONCE])
    for entry in entries:
        queue.hold(entry, why, mover=Mover.POSTING)
    return len(entries)

"""Sending one committed attempt, and reading what came of it. No transaction is open here, and no state is moved.

Only the worker that sent may send the same bytes and key again, once, within a minute of the commit, under the same
token (how a document stays single, 5; xero-rules.md 3).
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

import structlog

from daybook.connections import calls, standing, stopping
from daybook.kit import clock
from daybook.ledgers.exchange import NotSent, Outcome, Unknown, no_answer
from daybook.ledgers.ledger import Ledger
from daybook.outbox import queue
from daybook.outbox.models import Attempt
from daybook.outbox.retrying import LEAVES_WITHIN
from daybook.posting.ground import Sender
from daybook.wire import errors
from daybook.wire.asks import Answer, Request

KEPT_ANSWER_BYTES = 1_000_000
Read = Callable[[Answer, bool], list[Outcome]]
"""What an answer means for each document; the flag: it answers a second sending."""

log = structlog.get_logger("daybook.posting")


@dataclass(frozen=True, slots=True)
class _Sending:
    """How one sending ended: an answer, or the client's error."""

    answer: Answer | None
    error: errors.WireError | None = None

    def is_clear(self, ledger: Ledger) -> bool:
        """Tell whether something was said about the documents, or the call was turned away, or never left."""
        if self.answer is None:
            return isinstance(self.error, errors.NotSent)
        is_cut = self.answer.status == HTTPStatus.OK and not ledger.is_whole(self.answer)
        return self.answer.status < 500 and not is_cut


def deliver(attempt: Attempt, sender: Sender, count: int, read: Read, *, by_hand: bool = False) -> list[Outcome]:
    """Send the attempt, store what came back, and return the outcome of each of its `count` documents, in its order.

    `by_hand`: as `queue.begin_sending` has it.
    """
    is_young = clock.now() - attempt.created_at <= LEAVES_WITHIN
    if not is_young or not queue.begin_sending(attempt, sender.connection.id, clock.now(), by_hand=by_hand):
        return _kept_back(attempt, count, _why_not(sender.connection.id))
    log.info("attempt sending", attempt=attempt.public_id, resource=attempt.resource, documents=count)
    sending, is_resent = _send(attempt, sender), False
    if _may_resend(sending, attempt, sender) and queue.begin_resending(
        attempt, sender.connection.id, clock.now(), by_hand=by_hand
    ):
        log.info("attempt sending again", attempt=attempt.public_id)
        sending, is_resent = _send(attempt, sender), True
    log.info("attempt answered", attempt=attempt.public_id, status=sending.answer.status if sending.answer else None)
    return _note_end(attempt, sender, sending, _read(sending, count, read, is_resent=is_resent))


def _send(attempt: Attempt, sender: Sender) -> _Sending:
    request = request_of(attempt, sender)
    try:
        answer = sender.client.send(request)
    except errors.WireError as error:
        return _Sending(None, error)
    left, is_well = sender.ledger.remaining(answer), 200 <= answer.status < 400
    calls.record_limits(sender.connection.id, left, clock.now(), is_well=is_well)
    return _Sending(answer)


def request_of(attempt: Attempt, sender: Sender) -> Request:
    """Return the stored request, byte for byte, under the token that it was committed with.

    Raises ValueError where another token is offered: the same key under another token may book twice (rules 3).
    """
    if hashlib.sha256(sender.token.access_token.encode()).hexdigest() != attempt.token_fingerprint:
        message = "the attempt was committed under another access token"
        raise ValueError(message)
    stored = Request(attempt.method, attempt.url, {}, bytes(attempt.body))
    return sender.ledger.dress(stored, sender.access, attempt.idempotency_key)


def _may_resend(sending: _Sending, attempt: Attempt, sender: Sender) -> bool:
    """Only where nothing clear came back, the ledger answers the same key once, and time does not forbid it."""
    route = sender.ledger.routes.get(attempt.resource)
    helps_after = sender.ledger.terms.resent_after if route is None or route.is_resent else frozenset()
    if not helps_after or sending.is_clear(sender.ledger):
        return False
    may_help = sending.answer is None or sending.answer.status in helps_after
    is_young = clock.now() - attempt.created_at <= LEAVES_WITHIN
    return may_help and is_young


def _why_not(connection_id: int) -> str:
    paused = standing.pause_in_words(connection_id, clock.now())
    return paused or stopping.in_words(connection_id) or "too old to be sent"


def _read(sending: _Sending, count: int, read: Read, *, is_resent: bool) -> list[Outcome]:
    if sending.answer is not None:
        return read(sending.answer, is_resent)
    error = sending.error or errors.OutcomeUnknown("no answer")
    return no_answer(error, count, never_left=isinstance(error, errors.NotSent) and not is_resent)


def _kept_back(attempt: Attempt, count: int, why: str) -> list[Outcome]:
    """The attempt may not leave (any more), so nothing was sent by us; where it was given up, others may already look."""
    given_up = not Attempt.objects.filter(
        id=attempt.id, company_id=attempt.company_id, result=Attempt.Result.PENDING, sent_at=None
    ).update(result=Attempt.Result.NOT_SENT, ended_at=clock.now(), note=why[:500])
    return [Unknown("given up by another worker") if given_up else NotSent(why)] * count


def _note_end(attempt: Attempt, sender: Sender, sending: _Sending, read: list[Outcome]) -> list[Outcome]:
    attempt.ended_at = clock.now()
    attempt.result = _result(read, sending.answer)
    if sending.answer is not None:
        attempt.http_status = sending.answer.status
        attempt.answer = sending.answer.body[:KEPT_ANSWER_BYTES]
        attempt.correlation_id = sender.ledger.call_id(sending.answer)[:100]
    error = _failure(sending, sender.ledger)
    attempt.note = str(error or "")[:500]
    attempt.save(update_fields=["ended_at", "result", "http_status", "answer", "correlation_id", "note"])
    if error is not None:
        calls.react(
            sender.connection.id, error, clock.now(), client=sender.client, fingerprint=sender.token.fingerprint
        )
    return read


def _failure(sending: _Sending, ledger: Ledger) -> errors.WireError | None:
    if sending.answer is None or sending.answer.status == HTTPStatus.OK:
        return sending.error
    unheard_of = errors.Unexpected("no answer that a writing call has", sending.answer.status)
    return ledger.failure(sending.answer) or unheard_of


def _result(read: list[Outcome], answer: Answer | None) -> Attempt.Result:
    if all(isinstance(outcome, NotSent) for outcome in read):
        return Attempt.Result.NOT_SENT
    if all(isinstance(outcome, Unknown) for outcome in read):
        return Attempt.Result.UNKNOWN
    if answer is not None and answer.status != HTTPStatus.OK:
        return Attempt.Result.REFUSED
    return Attempt.Result.ANSWERED

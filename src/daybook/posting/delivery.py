"""Sending one committed attempt, and reading what came of it. No transaction is open here, and no state is moved.

Only the worker that sent may send the same bytes and key again, once, within a minute of the commit, under the same
token (how a document stays single, 5; xero-rules.md 3).
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus

import structlog

from daybook.connections import calls, standing, tokens
from daybook.connections.models import Connection
from daybook.connections.tokens import Token
from daybook.kit import clock, ids
from daybook.ledgers.xero import outcomes, protocol
from daybook.ledgers.xero.outcomes import Outcome
from daybook.ledgers.xero.payloads import Endpoint, query_of
from daybook.outbox import queue
from daybook.outbox.models import Attempt
from daybook.outbox.queue import Call
from daybook.wire import errors
from daybook.wire.asks import Answer, Request
from daybook.wire.http import HttpClient

SEND_WITHIN = timedelta(seconds=60)
"""Of the attempt's commit; later it may not leave any more, so that a look later still sees all there will be."""
LIFE_FOR_A_CALL = timedelta(minutes=3)
"""What a token must have left: an attempt may wait a minute, and run and be sent again under the same token."""
KEPT_ANSWER_BYTES = 1_000_000

log = structlog.get_logger("daybook.posting")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """What a drain sends with: one organisation, one client, and for each call the token that is current."""

    client: HttpClient
    api_base: str
    connection: Connection
    token: Token
    allow_backorders: bool = False

    def renewed(self) -> "Sender":
        """Return it with the token that is current now: others renew it while a drain runs.

        Raises what `tokens.current_token` raises, and Paused where the connection rests or reaches another
        organisation by now.
        """
        standing.check(self.connection.id, clock.now())
        token = tokens.current_token(self.connection.id, now=clock.now(), client=self.client, at_least=LIFE_FOR_A_CALL)
        if token.organisation_id != self.token.organisation_id:
            raise errors.Paused("Another organisation was connected meanwhile.")
        return replace(self, token=token)

    def call(self, endpoint: Endpoint, body: bytes) -> Call:
        """Return the call that creates `body`'s documents, with a key of its own naming the tenant (rules 3)."""
        query = query_of(endpoint, allow_backorders=self.allow_backorders)
        return Call(
            resource=endpoint.resource,
            organisation_id=self.token.organisation_id,
            token_fingerprint=self.token.fingerprint,
            method="PUT",
            url=protocol.accounting_url(self.api_base, f"/{endpoint.resource}", query),
            body=body,
            idempotency_key=f"daybook-{self.token.tenant_id[:8]}-{ids.public_id(24)}",
        )


@dataclass(frozen=True, slots=True)
class _Sending:
    """How one sending ended: an answer, or the client's error."""

    answer: Answer | None
    error: errors.WireError | None = None

    @property
    def is_clear(self) -> bool:
        """Whether Xero said something about the documents, or turned the call away, or the call never left."""
        if self.answer is None:
            return isinstance(self.error, errors.NotSent)
        return self.answer.status < 500 and not _is_cut(self.answer)


def deliver(attempt: Attempt, sender: Sender, numbers: list[str], endpoint: Endpoint) -> list[Outcome]:
    """Send the attempt, store what came back, and return each document's outcome in the attempt's order."""
    if paused := standing.pause_in_words(sender.connection.id, clock.now()):
        return _kept_back(attempt, len(numbers), paused)
    if clock.now() - attempt.created_at > SEND_WITHIN or not queue.begin_sending(attempt, clock.now()):
        return _kept_back(attempt, len(numbers), "too old to be sent")
    log.info("attempt sending", attempt=attempt.public_id, resource=attempt.resource, documents=len(numbers))
    sending, resent = _send(attempt, sender), False
    if (
        not sending.is_clear
        and _may_resend(sending, attempt, clock.now())
        and not standing.pause_in_words(sender.connection.id, clock.now())
        and queue.begin_resending(attempt, clock.now())
    ):
        log.info("attempt sending again", attempt=attempt.public_id)
        sending, resent = _send(attempt, sender), True
    log.info("attempt answered", attempt=attempt.public_id, status=sending.answer.status if sending.answer else None)
    return _note_end(attempt, sender, sending, _read(sending, numbers, endpoint, resent=resent))


def _send(attempt: Attempt, sender: Sender) -> _Sending:
    request = request_of(attempt, sender.token.access_token)
    try:
        answer = sender.client.send(request)
    except errors.WireError as error:
        return _Sending(None, error)
    calls.record_limits(sender.connection.id, answer, clock.now())
    return _Sending(answer)


def request_of(attempt: Attempt, access_token: str) -> Request:
    """Return the stored request, byte for byte, under the token that it was committed with.

    Raises ValueError where another token is offered: the same key under another token may book twice (rules 3).
    """
    if hashlib.sha256(access_token.encode()).hexdigest() != attempt.token_fingerprint:
        message = "the attempt was committed under another access token"
        raise ValueError(message)
    return protocol.write_request(
        attempt.method,
        attempt.url,
        access_token=access_token,
        tenant_id=attempt.organisation.their_id,
        body=bytes(attempt.body),
        idempotency_key=attempt.idempotency_key,
    )


def _may_resend(sending: _Sending, attempt: Attempt, now: datetime) -> bool:
    """A 500 or 503 is stored under the key and would only be said again (rules 3); a cut answer is worth asking for."""
    gateway_lost_it = sending.answer is None or sending.answer.status in {200, 502, 504}
    return gateway_lost_it and now - attempt.created_at <= SEND_WITHIN


def _is_cut(answer: Answer) -> bool:
    if answer.status != 200:
        return False
    try:
        protocol.read_json(answer)
    except errors.OutcomeUnknown:
        return True
    return False


def _read(sending: _Sending, numbers: list[str], endpoint: Endpoint, *, resent: bool) -> list[Outcome]:
    if sending.answer is not None:
        return outcomes.read_answer(sending.answer, numbers, endpoint, resent=resent)
    error = sending.error or errors.OutcomeUnknown("no answer")
    return outcomes.no_answer(error, len(numbers), resent=resent)


def _kept_back(attempt: Attempt, count: int, why: str) -> list[Outcome]:
    """The attempt may not leave (any more), so nothing was sent by us; where it was given up, others may already look."""
    given_up = not Attempt.objects.filter(
        id=attempt.id, company_id=attempt.company_id, result=Attempt.Result.PENDING, sent_at=None
    ).update(result=Attempt.Result.NOT_SENT, ended_at=clock.now(), note=why[:500])
    return [outcomes.Unknown("given up by another worker") if given_up else outcomes.NotSent(why)] * count


def _note_end(attempt: Attempt, sender: Sender, sending: _Sending, read: list[Outcome]) -> list[Outcome]:
    attempt.ended_at = clock.now()
    attempt.result = _result(read, sending.answer)
    if sending.answer is not None:
        attempt.http_status = sending.answer.status
        attempt.answer = sending.answer.body[:KEPT_ANSWER_BYTES]
        attempt.correlation_id = protocol.correlation_id(sending.answer)[:100]
    error = sending.error or (
        protocol.error_in(sending.answer) if sending.answer and sending.answer.status != 200 else None
    )
    attempt.note = str(error or "")[:500]
    attempt.save(update_fields=["ended_at", "result", "http_status", "answer", "correlation_id", "note"])
    if error is not None:
        calls.react(
            sender.connection.id, error, clock.now(), client=sender.client, fingerprint=sender.token.fingerprint
        )
    return read


def _result(read: list[Outcome], answer: Answer | None) -> Attempt.Result:
    if all(isinstance(outcome, outcomes.NotSent) for outcome in read):
        return Attempt.Result.NOT_SENT
    if all(isinstance(outcome, outcomes.Unknown) for outcome in read):
        return Attempt.Result.UNKNOWN
    if answer is not None and answer.status != HTTPStatus.OK:
        return Attempt.Result.REFUSED
    return Attempt.Result.ANSWERED

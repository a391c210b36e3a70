"""What a fault does to a request: before it is looked at, in front of the books, or when its answer is ready.

One kind, one function. The kinds that strike at the books themselves are looked up by `api`.
"""

import time
from collections.abc import Callable, Sequence
from http import HTTPStatus

from werkzeug.wrappers import Request

from localxero import answers
from localxero.answers import Answer, json_answer
from localxero.calls import State
from localxero.faults import ConnectionCutError, FaultRule, of_kind
from localxero.journal import Entry

GATEWAY = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center></body></html>"


def _reset(_: FaultRule, __: State, ___: Request) -> None:
    raise ConnectionCutError


def _unavailable(_: FaultRule, __: State, ___: Request) -> Answer:
    """Answer as the whole API does when it is away (xero-rules.md 4.5)."""
    return answers.text(503, answers.UNAVAILABLE)


def _offline(_: FaultRule, __: State, ___: Request) -> Answer:
    return answers.text(503, answers.OFFLINE)


def _bad_gateway(_: FaultRule, __: State, ___: Request) -> Answer:
    return gateway(502)


def _throttled(rule: FaultRule, _: State, __: Request) -> Answer:
    return answers.rate_limited(rule.problem, rule.retry_after)


def _expired(_: FaultRule, state: State, __: Request) -> Answer:
    """Say once that the token has expired; it goes on living."""
    return answers.expired(state.clock.seconds())


def _expire(_: FaultRule, state: State, request: Request) -> None:
    """Let the token end for good: the request then fails as any with an expired token."""
    state.identity.expire(request.headers.get("Authorization", "").partition(" ")[2].strip())


def _withdraw(_: FaultRule, state: State, request: Request) -> None:
    """Let a person withdraw consent at this moment: the request then fails as any without."""
    state.identity.disconnect_tenant(request.headers.get("xero-tenant-id", "").strip().lower())


def _invalid_grant(_: FaultRule, __: State, ___: Request) -> Answer:
    return json_answer({"error": "invalid_grant"}, 400)


def _without_keys(_: FaultRule, __: State, request: Request) -> Answer | None:
    """Fail what carries a key, as when Xero's key store is down; nothing is kept (xero-rules.md 3, likely)."""
    return answers.server_error() if "Idempotency-Key" in request.headers else None


BEFORE: dict[str, Callable[[FaultRule, State, Request], Answer | None]] = {
    "consent_withdrawn": _withdraw,
    "token_expiry": _expire,
    "reset_before": _reset,
    "status_503": _unavailable,
    "identity_down": _unavailable,
    "organisation_offline": _offline,
    "status_502": _bad_gateway,
    "status_401_expired": _expired,
    "status_429": _throttled,
    "invalid_grant": _invalid_grant,
    "key_store_down": _without_keys,
}


def delay(fired: Sequence[FaultRule], kind: str) -> None:
    """Wait where a fault says so.

    On the accounting API this is done while the call holds its place among the five at once, and a delay after booking
    while its key waits for the answer, as when Xero itself is slow.
    """
    if rule := of_kind(fired, kind):
        time.sleep(rule.seconds)


def before(fired: Sequence[FaultRule], state: State, request: Request, entry: Entry) -> Answer | None:
    """Let the faults strike that come before anything is looked at."""
    for kind, strike in BEFORE.items():
        rule = of_kind(fired, kind)
        if rule is None:
            continue
        try:
            answer = strike(rule, state, request)
        except ConnectionCutError:
            entry.cut = "before"
            raise
        if answer is not None:
            entry.spoke(f"fault {rule.id}", f"{kind} answered {answer.status}")
            return answer
    return None


def after(fired: Sequence[FaultRule], answer: Answer, entry: Entry) -> Answer:
    """Let the faults strike that keep the true answer from the client."""
    if of_kind(fired, "reset_after"):
        entry.cut = "after"
        raise ConnectionCutError
    if of_kind(fired, "truncate_after"):
        entry.cut = "truncated"
        raise ConnectionCutError(_half_of(answer))
    if not of_kind(fired, "status_504_after"):
        return answer
    entry.cut = "gateway"
    return gateway(504)


def _half_of(answer: Answer) -> bytes:
    head = (
        f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}\r\nContent-Type: {answer.content_type}\r\n"
        f"Content-Length: {len(answer.body)}\r\n\r\n"
    )
    return head.encode() + answer.body[: len(answer.body) // 2]


def gateway(status: int) -> Answer:
    """Answer as a gateway in front of Xero does: HTML, and nothing known of what was booked."""
    return Answer(status, GATEWAY.format(f"{status} {HTTPStatus(status).phrase}").encode(), "text/html")

"""What a fault does to a request: before it is looked at, or when its answer is ready.

One kind, one function. Any simulator has these kinds; what else strikes before, it brings along:

    latency_before, reset_before, status_502                       before anything is looked at
    latency_after, reset_after, truncate_after, status_504_after   when the answer is ready
"""

import time
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import TypeVar

from werkzeug.wrappers import Request

from localkit.answers import Answer
from localkit.faults import ConnectionCutError, F, FaultRule, of_kind
from localkit.journal import Entry

S = TypeVar("S")
Strike = Callable[[F, S, Request], Answer | None]

GATEWAY = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center></body></html>"


def reset(_: FaultRule, __: object, ___: Request) -> None:
    """Cut the connection."""
    raise ConnectionCutError


def bad_gateway(_: FaultRule, __: object, ___: Request) -> Answer:
    """Answer as a gateway that reaches nobody."""
    return gateway(502)


def delay(fired: Sequence[FaultRule], kind: str) -> None:
    """Wait where a fault says so.

    Where calls are counted this is done while the call holds its place among those at once, and a delay after booking
    while its key waits for the answer, as when the vendor itself is slow.
    """
    if rule := of_kind(fired, kind):
        time.sleep(rule.seconds)


def before(
    strikes: Mapping[str, Strike[F, S]], fired: Sequence[F], state: S, request: Request, entry: Entry
) -> Answer | None:
    """Let the faults strike that come before anything is looked at, in the order of `strikes`."""
    for kind, strike in strikes.items():
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
    """Answer as a gateway in front of the vendor does: HTML, and nothing known of what was booked."""
    return Answer(status, GATEWAY.format(f"{status} {HTTPStatus(status).phrase}").encode(), "text/html")

"""What comes to the addresses of feeds: one route for each door of each source, drawn from the table of sources."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from daybook.api import answers, bodies, keys
from daybook.api.orders import REFUSALS
from daybook.companies import doors
from daybook.feeds import roster
from daybook.feeds.models import Feed
from daybook.intake import receipts, receive
from daybook.intake.receipts import Receipt
from daybook.intake.repeats import Result
from daybook.kit import clock
from daybook.sources.problems import NotAnOrderError
from daybook.sources.source import Door, Message, Source

_ANSWERS = {
    200: answers.ReceivedAnswer | answers.CallbackAnswer | answers.IgnoredAnswer | answers.OrdersAnswer,
    **REFUSALS,
    410: answers.RefusalAnswer,
    422: answers.RefusalAnswer,
}
_STRANGER = (
    "The address or the signature is not right. Check the feed's addresses and secrets in the company's settings."
)


def router_of(source: Source) -> Router:
    """Return the routes of a source: each feed of it has all of its doors."""
    router = Router(tags=[source.title])
    for door in source.doors:
        router.add_api_operation(
            f"/intake/{source.name}/{{feed}}{door.pattern}",
            [door.method],
            _view(source, door),
            summary=door.summary,
            operation_id=f"{source.name}_{door.name}",
            response=_ANSWERS,
            openapi_extra=_described(door),
        )
    return router


def _described(door: Door) -> dict[str, Any]:
    header = {
        "in": "header",
        "name": door.header,
        "schema": {"type": "string"},
        "description": door.header_help,
        "required": door.needs_header,
    }
    schema = {"$ref": f"#/components/schemas/{door.schema['title']}"}
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    return {"parameters": [header] if door.header else [], "requestBody": body}


def _view(source: Source, door: Door) -> Callable[..., Status[Any]]:
    if door.secret:

        def with_secret(request: HttpRequest, feed: str, secret: str) -> Status[Any]:
            return _take(request, source, door, feed, secret)

        return with_secret

    def without(request: HttpRequest, feed: str) -> Status[Any]:
        return _take(request, source, door, feed)

    return without


def _take(request: HttpRequest, source: Source, door: Door, address: str, secret: str = "") -> Status[Any]:
    """Take in one message. No secret set, an unknown address and a wrong signature are answered alike."""
    header = request.headers.get(door.header) if door.header else None
    message = Message(door=door.name, signature=header, secret=secret)
    if not door.may_be(message):
        return _refused(request, address, roster.at(source, address), door, message)
    message = replace(message, body=bodies.raw(request))
    feed = roster.at(source, address)
    if not roster.is_genuine(feed, door, message, clock.now()) or feed is None:
        return _refused(request, address, feed, door, message)
    if feed.closed_at is not None:
        return _closed(feed, door, message.body)
    roster.note_received(feed, clock.now())
    receipts = receive.take(feed, door, message.body)
    if len(receipts) == 1 and receipts[0].is_refused:
        raise NotAnOrderError(receipts[0].problems)
    answer = _answer(feed, receipts)
    receive.answered(feed.company, receipts, 200)
    return Status(200, answer)


def _answer(feed: Feed, receipts: list[Receipt]) -> Any:
    if len(receipts) != 1:
        return answers.orders(feed.company, receipts)
    (receipt,) = receipts
    if receipt.result is Result.WAITING:
        return answers.ignored(receipt)
    return answers.callback(receipt) if receipt.is_notice else answers.orders(feed.company, receipts).results[0]


def _refused(request: HttpRequest, address: str, feed: Feed | None, door: Door, message: Message) -> Status[Any]:
    """Count it, for the feed's section on the page, and answer 401. Raises TooManyTriesError, of such as these only."""
    keys.refuse_many(request, doors.PUSHES_BY_ADDRESS, address, doors.PUSHES_BY_COMPANY)
    roster.note_refused(feed, door, message, clock.now())
    return Status(401, answers.refusal(_STRANGER))


def _closed(feed: Feed, door: Door, body: bytes) -> Status[Any]:
    receive.note_closed(feed, door, body)
    why = receipts.closed(feed)
    return Status(410, answers.refusal(f"{why.problem} {why.cure}"))

"""What a Custom Gateway / Kornit X OMS sends: the order push and the status callback (docs/kornitx.md)."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest
from ninja import Router, Status

from daybook.api import answers, bodies, keys
from daybook.api.orders import REFUSALS
from daybook.companies import doors
from daybook.companies.models import Company
from daybook.intake import door, kornitx_access, receive
from daybook.intake.deliveries import Arrival, Door
from daybook.kit import clock
from daybook.sources import json_text
from daybook.sources.kornitx import reading, signature
from daybook.sources.problems import NotAnOrderError

router = Router(tags=["Kornit X"])
R = TypeVar("R")

_REFUSED = {**REFUSALS, 422: answers.RefusalAnswer}
_SIGNED = {
    "in": "header",
    "name": signature.HEADER,
    "schema": {"type": "string"},
    "description": "HMAC-SHA256 of the raw body under the company's key, as hex or base64.",
}
_PUSH = {
    "parameters": [{**_SIGNED, "required": True}],
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/KornitXOrder"}}},
    },
}
_CALLBACK = {
    "parameters": [{**_SIGNED, "required": False}],
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/KornitXCallback"}}},
    },
}
_STRANGER = "The address or the signature is not right. Check the push URL and the HMAC key in the company's settings."


@router.post(
    "/intake/kornitx/{company}",
    summary="Order push of the Generic API supplier integration",
    response={200: answers.ReceivedAnswer, **_REFUSED},
    openapi_extra=_PUSH,
)
def push(request: HttpRequest, company: str) -> Status[Any]:
    """Take in one order. No key set, an unknown company and a wrong signature are answered alike."""
    given = request.headers.get(signature.HEADER, "")
    sender = signature.has_form(given) and kornitx_access.signed_by(company, body := bodies.raw(request), given)
    if not sender:
        return _refused(request, company, kornitx_access.why_unsigned(company, given))
    kornitx_access.note_received(sender, clock.now())
    arrival = Arrival(door=Door.KORNITX_PUSH, raw=body)
    order = _read(reading.read_push, sender, arrival)
    receipt = receive.receive(sender, order, raw=body, arrival=arrival)
    answer = answers.orders(sender, [receipt]).results[0]
    receive.answered(sender, [receipt], 200)
    return Status(200, answer)


@router.put(
    "/intake/kornitx/{company}/status/{secret}",
    summary="Status callback of the Generic API notification integration",
    response={200: answers.CallbackAnswer, **_REFUSED},
    openapi_extra=_CALLBACK,
)
def callback(request: HttpRequest, company: str, secret: str) -> Status[Any]:
    """Take in shipments, cancellations and the status of one order; statuses without meaning here are kept too."""
    given = request.headers.get(signature.HEADER)
    has_form = door.secret_has_form(secret) and (given is None or signature.has_form(given))
    sender = has_form and kornitx_access.called_back(company, secret, body := bodies.raw(request), given)
    if not sender:
        return _refused(request, company, "a status callback's address or signature was not right")
    kornitx_access.note_received(sender, clock.now())
    told = _read(reading.read_callback, sender, Arrival(door=Door.KORNITX_CALLBACK, raw=body))
    receipt = receive.receive_callback(sender, told, raw=body)
    answer = answers.callback(receipt)
    receive.answered(sender, [receipt], 200)
    return Status(200, answer)


def _refused(request: HttpRequest, company: str, why: str) -> Status[Any]:
    """Count it, for the company's page, and answer 401. Raises TooManyTriesError, of such as these only."""
    keys.refuse_many(request, doors.PUSHES_BY_ADDRESS, company, doors.PUSHES_BY_COMPANY)
    kornitx_access.note_refused(company, why, clock.now())
    return Status(401, answers.refusal(_STRANGER))


def _read(read: Callable[[object], R], sender: Company, arrival: Arrival) -> R:
    """Return what the body says; where it is refused, keep that it came. Raises NotAnOrderError."""
    try:
        return read(json_text.parse(arrival.raw, junk_numbers=True))
    except NotAnOrderError:
        receive.note_refused(sender, arrival, source=reading.SOURCE)
        raise

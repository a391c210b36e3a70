"""Orders in the canonical form (docs/orders.md): send them, and ask how one stands."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import QueryEx, Router, Status

from daybook.api import answers, bodies, keys
from daybook.companies.models import Company
from daybook.intake import deliveries, judging, outlook, preview, receipts, receive
from daybook.intake.deliveries import Arrival
from daybook.intake.previewed import Preview
from daybook.orders.models import Order
from daybook.sources import json_text
from daybook.sources.problems import NotAnOrderError, Problem

router = Router(tags=["Orders"], auth=keys.ApiKeyBearer())

REFUSALS: dict[int, Any] = dict.fromkeys((400, 401, 403, 413, 415, 429), answers.RefusalAnswer)
_NO_SUCH_ORDER = "There is no such order. Check the id, and whether the API key is of the right company."
_Connection = Annotated[str, QueryEx(description="Daybook's own id of the connection that is asked about; empty: all.")]
KEY_HEADER = "Idempotency-Key"
LONGEST_KEY = 200
_BODY = {
    "parameters": [
        {
            "in": "header",
            "name": KEY_HEADER,
            "required": False,
            "schema": {"type": "string", "maxLength": LONGEST_KEY},
            "description": "The request's own key: the same key with the same body is a repeat, whatever came since.",
        }
    ],
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "anyOf": [
                        {"$ref": "#/components/schemas/CanonicalOrder"},
                        {
                            "type": "array",
                            "items": {"$ref": "#/components/schemas/CanonicalOrder"},
                            "minItems": 1,
                            "maxItems": bodies.MOST_ORDERS,
                        },
                    ]
                }
            }
        },
    },
}


@router.post(
    "/orders",
    summary="Send one order or a list",
    auth=keys.ApiKeyBearer(keys.Scope.ORDERS),
    response={
        200: answers.OrdersAnswer,
        207: answers.OrdersAnswer,
        410: answers.OrdersAnswer,
        422: answers.OrdersAnswer | answers.RefusalAnswer,
        **REFUSALS,
    },
    openapi_extra=_BODY,
)
def post_orders(request: HttpRequest) -> Status[Any]:
    """Take in orders, each on its own: a bad one never loses the good ones.

    The state that stands already changes nothing when it is sent again; an earlier state sent again stands again. Where
    a late repeat is possible, send `updated_at` or `sequence` in the order, or the header `Idempotency-Key`. What is
    answered as accepted is stored for good. **200**: all are kept. **207**: some were refused. **422**: all were
    refused, or the key came before with another body. **410**: all were refused because their feed was closed. Each
    result says what will happen to its order.
    """
    body, key, company = bodies.raw(request), _key(request), keys.company_of(request)
    arrival = Arrival(raw=body, key=key)
    try:
        payloads = _payloads(company, arrival)
    except NotAnOrderError as error:
        receive.keep_whole(company, arrival, error.problems)
        raise
    receipts = list(receive.receive_many(company, payloads, arrival=arrival))
    status, answer = _status(receipts), answers.orders(company, receipts)
    receive.answered(company, receipts, status)
    return Status(status, answer)


@router.post(  # before what takes any word in this place
    "/orders/preview",
    summary="What would become of an order if it were sent",
    auth=keys.ApiKeyBearer(keys.Scope.READ),
    response={200: Preview, 422: answers.RefusalAnswer, **REFUSALS},
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/CanonicalOrder"}}},
        }
    },
)
def preview_given(request: HttpRequest, connection: _Connection = "") -> Status[Any]:
    """Say which documents one order would get if it came now and came to stand. Nothing is written."""
    given = bodies.values(request)
    return Status(200, preview.of_given(keys.company_of(request), given, connection=connection))


@router.get(
    "/orders/{order}",
    summary="How an order stands, by Daybook's id",
    response={
        200: answers.StandingAnswer,
        401: answers.RefusalAnswer,
        403: answers.RefusalAnswer,
        404: answers.RefusalAnswer,
    },
)
def get_order(request: HttpRequest, order: str) -> Status[Any]:
    """Say what has become of an order and its documents."""
    company = keys.company_of(request)
    return _standing(
        company, Order.objects.select_related("feed").filter(company=company, public_id=_clean(order)).first()
    )


@router.get(
    "/orders",
    summary="How an order stands, by source and id",
    response={
        200: answers.StandingAnswer,
        401: answers.RefusalAnswer,
        403: answers.RefusalAnswer,
        404: answers.RefusalAnswer,
        422: answers.RefusalAnswer,
    },
)
def find_order(
    request: HttpRequest,
    source: Annotated[str, QueryEx(description="As it was sent.")],
    id: Annotated[str, QueryEx(description="As it was sent.")],  # noqa: A002 - the name in the address
) -> Status[Any]:
    """Say what has become of an order and its documents."""
    company = keys.company_of(request)
    found = Order.objects.filter(company=company, feed__name=_clean(source), source_id=_clean(id))
    return _standing(company, found.select_related("feed").first())


@router.get(
    "/orders/{order}/preview",
    summary="What would become of a stored order now",
    response={
        200: Preview,
        401: answers.RefusalAnswer,
        403: answers.RefusalAnswer,
        404: answers.RefusalAnswer,
        422: answers.RefusalAnswer,
    },
)
def preview_stored(request: HttpRequest, order: str, connection: _Connection = "") -> Status[Any]:
    """Say which documents the order has or would get, as the rules and the lists stand now. Nothing is written."""
    company = keys.company_of(request)
    found = preview.of_stored(company, _clean(order), connection=connection)
    return Status(404, answers.refusal(_NO_SUCH_ORDER)) if found is None else Status(200, found)


def _payloads(company: Company, arrival: Arrival) -> list[Any]:
    """Return the orders in a body, not read yet. Raises NotAnOrderError about the body as a whole."""
    given = json_text.parse(arrival.raw)
    payloads = given if isinstance(given, list) else [given]
    if not 1 <= len(payloads) <= bodies.MOST_ORDERS:
        cure = f"Send 1 to {bodies.MOST_ORDERS:,} orders a request."
        raise NotAnOrderError((Problem("", f"The list holds {len(payloads):,} orders.", cure),))
    if deliveries.is_reused(company, arrival):
        raise NotAnOrderError((judging.KEY_REUSED,))
    return payloads


def _key(request: HttpRequest) -> str:
    """Return the request's key. Raises NotAnOrderError where it cannot be kept."""
    key = request.headers.get(KEY_HEADER, "").strip()
    if len(key) > LONGEST_KEY or not key.isprintable():
        cure = f"Send up to {LONGEST_KEY} printable characters, such as a UUID."
        raise NotAnOrderError((Problem(KEY_HEADER, "The key is too long or not printable.", cure),))
    return key


def _standing(company: Company, order: Order | None) -> Status[Any]:
    if order is None:
        return Status(404, answers.refusal(_NO_SUCH_ORDER))
    return Status(200, answers.standing(company, order, outlook.of_orders(company, [order.pk])[order.pk]))


def _status(receipts: list[receipts.Receipt]) -> int:
    refused = sum(receipt.is_refused for receipt in receipts)
    if not refused:
        return 200
    if refused < len(receipts):
        return 207
    return 410 if all(receipt.is_closed for receipt in receipts) else 422


def _clean(name: str) -> str:
    """Return a name as it may be asked of the database, which knows no NUL."""
    return name.replace("\x00", "")

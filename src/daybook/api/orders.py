"""Orders in the canonical form (docs/orders.md): send them, and ask how one stands."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import QueryEx, Router, Status

from daybook.api import answers, bodies, keys
from daybook.companies.models import Company
from daybook.intake import outlook, receive
from daybook.intake.problems import NotAnOrderError, Problem
from daybook.orders.models import Order

router = Router(tags=["Orders"], auth=keys.ApiKeyBearer())

REFUSALS: dict[int, Any] = dict.fromkeys((400, 401, 413, 415, 429), answers.RefusalAnswer)
_BODY = {
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
    }
}


@router.post(
    "/orders",
    summary="Send one order or a list",
    response={200: answers.OrdersAnswer, 207: answers.OrdersAnswer, 422: answers.OrdersAnswer, **REFUSALS},
    openapi_extra=_BODY,
)
def post_orders(request: HttpRequest) -> Status[Any]:
    """Take in orders, each on its own: a bad one never loses the good ones.

    The same order again changes nothing, so anything may be sent twice. What is answered as accepted is stored for
    good. **200**: all are kept. **207**: some were refused. **422**: all were refused. Each result says what will
    happen to its order.
    """
    given = bodies.values(request)
    payloads = given if isinstance(given, list) else [given]
    if not 1 <= len(payloads) <= bodies.MOST_ORDERS:
        cure = f"Send 1 to {bodies.MOST_ORDERS:,} orders a request."
        raise NotAnOrderError((Problem("", f"The list holds {len(payloads):,} orders.", cure),))
    company = keys.company_of(request)
    receipts = list(receive.receive_many(company, payloads))
    return Status(_status(receipts), answers.orders(company, receipts))


@router.get(
    "/orders/{order}",
    summary="How an order stands, by Daybook's id",
    response={200: answers.StandingAnswer, 401: answers.RefusalAnswer, 404: answers.RefusalAnswer},
)
def get_order(request: HttpRequest, order: str) -> Status[Any]:
    """Say what has become of an order and its documents."""
    company = keys.company_of(request)
    return _standing(company, Order.objects.filter(company=company, public_id=_clean(order)).first())


@router.get(
    "/orders",
    summary="How an order stands, by source and id",
    response={
        200: answers.StandingAnswer,
        401: answers.RefusalAnswer,
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
    found = Order.objects.filter(company=company, source=_clean(source), source_id=_clean(id)).first()
    return _standing(company, found)


def _standing(company: Company, order: Order | None) -> Status[Any]:
    if order is None:
        words = "There is no such order. Check the id, and whether the API key is of the right company."
        return Status(404, answers.refusal(words))
    return Status(200, answers.standing(company, order, outlook.of_orders(company, [order.pk])[order.pk]))


def _status(receipts: list[receive.Receipt]) -> int:
    refused = sum(receipt.is_refused for receipt in receipts)
    if not refused:
        return 200
    return 422 if refused == len(receipts) else 207


def _clean(name: str) -> str:
    """Return a name as it may be asked of the database, which knows no NUL."""
    return name.replace("\x00", "")

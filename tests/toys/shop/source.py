"""PURE: the toy shop as a row of the table of sources."""

import hmac

from daybook.sources.source import Door, Field, Holds, Message, Secrets, Source
from tests.toys.shop import reading


def _knows_the_token(message: Message, secrets: Secrets) -> bool:
    token = secrets.get("token", "")
    return bool(token) and hmac.compare_digest((message.signature or "").encode(), token.encode())


TOYSHOP = Source(
    name="toyshop",
    title="Toy shop",
    about="Only in tests.",
    fields=(
        Field(name="token", label="Token", holds=Holds.SECRET, missing="No token: everything is refused"),
        Field(name="counter", label="Counter", help="Which of the shop's counters it is."),
        Field(name="is_gift_wrapped", label="Gift wrap", holds=Holds.FLAG),
    ),
    doors=(
        Door(
            name="sales",
            title="Toy shop's sales",
            label="Address for sales",
            summary="What the toy shop sold",
            method="POST",
            header="X-Toy-Token",
            header_help="The token.",
            needs_header=True,
            may_be=lambda message: bool(message.signature),
            is_genuine=_knows_the_token,
            why_refused=lambda _message, _secrets: "the token was wrong",
            read=reading.read,
            schema={"title": "ToyShopSales", "type": "object"},
        ),
    ),
)

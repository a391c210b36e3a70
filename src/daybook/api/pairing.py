"""A sender redeems a pairing code for its addresses and secrets."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import BaseModel, Field

from daybook.api import answers, bodies, keys
from daybook.companies import doors
from daybook.feeds import pairing
from daybook.kit import clock
from daybook.sources.problems import NotAnOrderError, Problem

router = Router(tags=["Pairing"])
_WRONG = "The code is wrong, was redeemed, or is older than 30 minutes. Make a new one on the feed's page."
_LONGEST = 40
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["code"],
                    "properties": {"code": {"type": "string", "examples": ["K7QX-M2PD"]}},
                }
            }
        },
    }
}


class PairedAddress(BaseModel):
    """Where to send what."""

    title: str
    method: str
    url: str
    header: str = Field(description="That carries the signature or the key; empty: none does.")


class PairedAnswer(BaseModel):
    """What a sender needs to send. It is told this once."""

    feed: str = Field(description="What orders name as their source.")
    source: str
    company: str = Field(description="The company's name, to be shown to whoever typed the code.")
    addresses: list[PairedAddress]
    secrets: dict[str, str] = Field(description="By name: keep them as you keep a password.")


@router.post(
    "/pair",
    summary="Redeem a pairing code",
    response={200: PairedAnswer, **dict.fromkeys((400, 404, 413, 415, 422, 429), answers.RefusalAnswer)},
    openapi_extra=_BODY,
)
def pair(request: HttpRequest) -> Status[Any]:
    """Give a sender its addresses and secrets for a code that a person made within the last 30 minutes, once."""
    given = bodies.values(request)
    code = given.get("code") if isinstance(given, dict) else None
    if not isinstance(code, str) or not 1 <= len(code) <= _LONGEST:
        raise NotAnOrderError((Problem("code", "The code is missing.", 'Send {"code": "K7QX-M2PD"}.'),))
    found = pairing.redeem(code, clock.now())
    if found is None:
        keys.refuse_many(request, doors.PAIRINGS_BY_ADDRESS)
        return Status(404, answers.refusal(_WRONG))
    answer = PairedAnswer(
        feed=found.feed.name,
        source=found.feed.source,
        company=found.feed.company.name,
        addresses=[
            PairedAddress(title=each.title, method=each.method, url=each.url, header=each.header)
            for each in found.addresses
        ],
        secrets=dict(found.secrets),
    )
    return Status(200, answer)

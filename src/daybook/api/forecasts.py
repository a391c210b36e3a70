"""When what waits will be in the ledger."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import BaseModel, Field

from daybook.api import answers, keys
from daybook.connections import roster
from daybook.connections.models import Connection
from daybook.kit import clock
from daybook.posting import foreseeing
from daybook.posting.forecast import Forecast

router = Router(tags=["Forecast"], auth=keys.ApiKeyBearer())


class PointAnswer(BaseModel):
    """How many documents are expected to wait at a moment."""

    at: datetime
    waiting: int


class QueueAnswer(BaseModel):
    """What waits and travels together."""

    documents: str = Field(description="Which ones, for people.", examples=["Invoice"])
    waiting: int
    calls: int = Field(description="The calls that these take.")


class ForecastAnswer(BaseModel):
    """What is to be expected of what waits for one connection."""

    connection: str = Field(description="Daybook's own id of the connection.")
    organisation: str
    waiting: int = Field(description="Documents that are ready to be sent.")
    calls: int = Field(description="The calls that they take.")
    awaiting_approval: int = Field(
        description="Documents that wait until a person approves another one in the ledger; not among those waiting."
    )
    calls_left: int | None = Field(description="Of today, for documents; null: not limited.")
    day_ends_at: datetime | None = Field(
        description="When the day's calls begin anew, at the latest; null: not limited."
    )
    is_in_at: datetime | None = Field(
        description="When all that waits now will be in the ledger; null: nothing waits, it takes longer than 30 days, "
        "or nobody knows: before a person has approved a first document and switched posting on, and while it is "
        "stopped."
    )
    lingers_seconds: int = Field(description="How long documents wait for each other now, so that calls go out full.")
    queues: list[QueueAnswer]
    points: list[PointAnswer] = Field(
        description="For a chart: from now until all of it is in; only now, where nobody knows when it goes on."
    )


class ForecastsAnswer(BaseModel):
    """One for each connection that is posted to by calls and is connected."""

    forecasts: list[ForecastAnswer]


@router.get(
    "/forecast",
    summary="When what waits will be in the ledger",
    response={200: ForecastsAnswer, 401: answers.RefusalAnswer, 403: answers.RefusalAnswer},
)
def get_forecast(request: HttpRequest) -> Status[Any]:
    """Say for each connection what waits, the calls it takes, the calls that are left, and when all will be in."""
    connections = list(roster.of_company(keys.company_of(request)))
    made = foreseeing.of_company(connections, clock.now())
    return Status(200, ForecastsAnswer(forecasts=[_answer(connection, found) for connection, found in made]))


def _answer(connection: Connection, found: Forecast) -> ForecastAnswer:
    return ForecastAnswer(
        connection=connection.public_id,
        organisation=connection.facts.name,
        waiting=found.waiting,
        calls=found.calls,
        awaiting_approval=found.awaits_approval,
        calls_left=found.day_left,
        day_ends_at=found.day_ends,
        is_in_at=found.is_in_at,
        lingers_seconds=round(found.lingers.total_seconds()),
        queues=[
            QueueAnswer(documents=each.title, waiting=each.waiting, calls=each.calls)
            for each in found.queues
            if each.waiting
        ],
        points=[PointAnswer(at=each.at, waiting=each.waiting) for each in found.points],
    )

"""What became of each payload, and what is kept of those that were not taken."""

from dataclasses import dataclass
from datetime import datetime

from daybook.companies import closed as closed_companies
from daybook.companies.models import Company
from daybook.feeds.models import Feed
from daybook.intake import deliveries
from daybook.intake.deliveries import Arrival
from daybook.intake.outlook import Outlook
from daybook.intake.storing import Incoming, Result, Stored
from daybook.orders.models import Delivery
from daybook.sources.problems import Problem

PAUSED = Problem("", "The feed is paused.", "It is taken in once a person resumes the feed.")
NO_SALES = Problem(
    "source",
    "This feed brings news about another feed's sales, and no orders of its own.",
    "Name the source whose sales these are; or let a person say on the feed's page that it brings other sales.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of one payload."""

    position: int
    """Its place among the payloads, from 0."""
    result: Result
    source: str = ""
    id: str = ""
    ref: str = ""
    order: str = ""
    """Daybook's own public id of the order; empty where it was refused."""
    outlook: Outlook | None = None
    """What will happen to it; None where it was refused, or documents are made later."""
    problems: tuple[Problem, ...] = ()
    stored: Stored | None = None
    """What `answered` notes; None where it was refused at once."""
    is_notice: bool = False
    """It was a message about an order, not an order."""
    is_closed: bool = False
    """It was refused because its feed is closed."""
    why: str = ""
    """Why it was ignored."""
    waits_for: Problem | None = None
    """Why it was kept for later."""

    @property
    def is_refused(self) -> bool:
        """Tell whether nothing of the payload was kept."""
        return self.result is Result.REFUSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A payload that is no order, or whose feed takes none."""

    problems: tuple[Problem, ...]
    position: int = 0
    source: str = ""
    id: str = ""
    feed: Feed | None = None
    is_closed: bool = False
    raw: bytes = b""
    """The payload by itself, where it came among others."""


def closed(feed: Feed) -> Problem:
    """Return what is said to whoever sends to a feed that is closed."""
    cure = "Open it again on its page, under Feeds, with Open again; then send this again."
    if feed.company.is_closed:
        return Problem(
            "source", "The company is closed: nothing of it is taken in.", closed_companies.words(feed.company)
        )
    title = feed.title_to_store
    return Problem("source", f"The feed {title} is closed: nothing of it is taken in.", cure)


def short(name: object) -> str:
    """Return what a refused payload called itself, as far as it can be shown."""
    text = str(name) if isinstance(name, str | int) else ""
    return text.encode("utf-8", "replace").decode().replace("\x00", "")[:200]


def row_of(company: Company, arrival: Arrival, refused: Refused, now: datetime) -> Delivery:
    """Return what is kept of a payload that was not taken: that it came, and what was wrong is in its answer."""
    row = arrival.delivery(company, refused.position, now)
    row.feed, row.source, row.result = refused.feed, refused.source[:40], Delivery.Result.REFUSED
    row.answered = row.answered or (410 if refused.is_closed else 422)
    row.problems, row.ref = deliveries.told(refused.problems), refused.id[:200]
    row.raw = row.raw or refused.raw
    row.body_hash = deliveries.digest(arrival.raw or bytes(row.raw))
    return row


def receipt(incoming: Incoming, stored: Stored, outlooks: dict[int, Outlook]) -> Receipt:
    """Return what became of an order that was read."""
    order = incoming.order
    is_refused = stored.result is Result.REFUSED
    return Receipt(
        position=incoming.position,
        result=stored.result,
        source=incoming.feed.name,
        id=order.id,
        ref=order.ref,
        order=stored.public_id,
        outlook=None if is_refused else outlooks.get(stored.order_id),
        problems=stored.problems,
        stored=None if is_refused else stored,
    )

"""Carrying what a source's talks ask: each ask goes out once, by the wire of its kind."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings

from daybook.feeds.models import Feed
from daybook.sources.source import T, Talk
from daybook.wire import http, neighbours
from daybook.wire.asks import Answer, Ask, Request
from daybook.wire.errors import Refused, Unexpected, WireError

Ears = Callable[[Ask], Any]
"""Carries one ask to where the feed's source is, and returns the answer. Raises a WireError."""


class NotAllowed(Refused):
    """Daybook itself does not ask there: whoever answers was not asked."""


_NEIGHBOUR = (
    "{} is an address of Daybook's own network, and whoever runs Daybook has not allowed feeds to reach it "
    "(DAYBOOK_FEEDS_REACH_NEIGHBOURS)"
)
_OPEN = "{} is not encrypted: enter an address that begins with https://"


def carry(talk: Talk[T], ask: Ears) -> T:
    """Ask what the talk asks, one ask after the other, and return what it found.

    A failed ask is thrown into the talk, which may know what that means; where it does not, the error is raised here, as
    is what the talk itself raises.
    """
    try:
        asked = next(talk)
        while True:
            try:
                answer = ask(asked)
            except WireError as error:
                asked = talk.throw(error)
            else:
                asked = talk.send(answer)
    except StopIteration as end:
        found: T = end.value
        return found
    finally:
        talk.close()


@contextmanager
def opened(feed: Feed) -> Iterator[Ears]:  # noqa: ARG001 - which place a feed of files has, its settings say
    """Give what carries the asks of the feed's talks, for as long as the block lasts."""
    client = http.shared_client(float(settings.CALL_TIMEOUT_SECONDS))

    def ask(asked: Ask) -> Answer:
        if not isinstance(asked, Request):
            raise Unexpected(f"no wire carries {type(asked).__name__} for this feed")
        refuse_neighbours(asked.url)
        return client.send(asked)

    yield ask


def refuse_neighbours(url: str) -> None:
    """Raise NotAllowed for an address that a person typed and that a stranger must not have Daybook call.

    Whoever may type an address of a feed sees what it answers: without this, they could read what only the machines of
    Daybook's own network are shown.
    """
    if settings.FEEDS_REACH_NEIGHBOURS:
        return
    if not url.lower().startswith("https://"):
        raise NotAllowed(_OPEN.format(url.split("?", maxsplit=1)[0][:100]))
    if neighbours.is_one(url):
        raise NotAllowed(_NEIGHBOUR.format(url.split("?", maxsplit=1)[0][:100]))


def refuse_neighbouring_server(host: str) -> None:
    """Raise NotAllowed for a server of files that leads into Daybook's own network, as `refuse_neighbours` does for addresses."""
    if not settings.FEEDS_REACH_NEIGHBOURS and neighbours.leads_to_one(host):
        raise NotAllowed(_NEIGHBOUR.format(host[:100]))

"""Where a source sends to: the addresses of a feed's doors."""

from django.conf import settings

from daybook.feeds.models import Feed
from daybook.sources.source import Door


def address_of(feed: Feed, door: Door, secret: str = "") -> str:
    """Return the address of a feed's door; the first feed of a source stands at its company's own."""
    base = f"{settings.PUBLIC_URL}/api/v1/intake/{feed.source}"
    name = feed.company.public_id if feed.name == feed.source else feed.public_id
    return f"{base}/{name}{door.pattern.replace('{secret}', secret)}"

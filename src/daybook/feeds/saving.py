"""Telling the history what is changed of a feed."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any

from daybook.feeds.models import BEFORE, Feed
from daybook.history import telling
from daybook.history.kinds import About, Subject
from daybook.history.telling import Secret, Somebody, as_text

RULES = ("number_prefix", "reference_template", "post_when")
"""What a feed may say instead of the connection."""


def about(feed: Feed) -> About:
    """Return how the history names the feed."""
    return About(feed.company_id, Subject.FEED, feed.pk)


def saving(feed: Feed, by: Somebody | None) -> AbstractContextManager[None]:
    """Tell what the block changes: the source's own fields, the rules, the statuses. Wants an open transaction."""
    return telling.saving(about(feed), lambda: values_of(feed), by=by)


def values_of(feed: Feed) -> dict[str, str]:
    """Return a feed's settings as text, as they stand in the database now."""
    stands = Feed.objects.get(company_id=feed.company_id, pk=feed.pk)
    return (
        {name: as_text(getattr(stands, name)) for name in (*RULES, "brings", "minutes")}
        | {f"status.{status}": as_text(means) for status, means in stands.status_table.items()}
        | {name: as_text(value) for name, value in _each(stands.settings)}
        | {field: Secret(sealed) for field, sealed in stands.secrets.items() if not field.endswith(BEFORE)}
    )


def _each(settings: Mapping[str, Any], within: str = "") -> Iterator[tuple[str, object]]:
    """Yield every setting by itself, those within others by a path of names: of many columns the one that changed is told."""
    for name, value in settings.items():
        if isinstance(value, dict):
            yield from _each(value, f"{within}{name}.")
        else:
            yield f"{within}{name}", value

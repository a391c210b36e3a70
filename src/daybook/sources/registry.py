"""PURE: every source there is. A new one is a folder and a row here."""

from daybook.sources.canonical.source import CANONICAL
from daybook.sources.kornitx.source import KORNITX
from daybook.sources.source import Source

SOURCES: dict[str, Source] = {each.name: each for each in (CANONICAL, KORNITX)}


def with_doors() -> list[Source]:
    """Return the sources whose feeds a person adds: those that send to addresses of their own, or are asked."""
    return [each for each in SOURCES.values() if each.is_added]

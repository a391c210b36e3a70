"""PURE: every source there is. A new one is a folder and a row here."""

from daybook.sources.canonical.source import CANONICAL
from daybook.sources.jsonfile.source import JSONFILE
from daybook.sources.kornitx.source import KORNITX
from daybook.sources.source import Source
from daybook.sources.table.source import TABLE
from daybook.sources.xml.source import XML

SOURCES: dict[str, Source] = {each.name: each for each in (CANONICAL, KORNITX, TABLE, XML, JSONFILE)}


def with_doors() -> list[Source]:
    """Return the sources whose feeds a person adds that send to addresses of their own, or are asked."""
    return [each for each in SOURCES.values() if each.doors or each.pull]


def with_files() -> list[Source]:
    """Return the sources that read files."""
    return [each for each in SOURCES.values() if each.files]

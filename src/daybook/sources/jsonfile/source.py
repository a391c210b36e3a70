"""PURE: files of our own form as a source."""

from daybook.sources.jsonfile.reading import read_file, reread
from daybook.sources.source import Source

JSONFILE = Source(
    name="jsonfile",
    title="Orders as JSON files",
    about="For whatever writes Daybook's own form of an order into files: a line of JSON each (docs/orders.md).",
    files=read_file,
    reread_of_file=reread,
)

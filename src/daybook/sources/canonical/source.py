"""PURE: our own form, by the REST API and from files. It needs no feed of anybody's making: what names it makes it."""

from daybook.sources.canonical.lines_of_json import read_file
from daybook.sources.source import Source

CANONICAL = Source(name="canonical", title="REST API and files")
JSON_FILES = Source(
    name="jsonfile",
    title="Orders as JSON files",
    about="For whatever writes Daybook's own form of an order into files: a line of JSON each (docs/orders.md).",
    files=read_file,
)

"""PURE: our own form, by the REST API and from files. It needs no feed of anybody's making: what names it makes it."""

from daybook.sources.source import Source

CANONICAL = Source(name="canonical", title="REST API and files")

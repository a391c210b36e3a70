"""PURE: the forms that order files may have: a row each. A new one is a row here, and a paragraph of docs/files.md."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from daybook.documents.causes import Hold
from daybook.documents.file_rules import FileRules
from daybook.documents.order_file import OrderFile
from daybook.ledgers.files.names import file_name
from daybook.ledgers.files.order_xml import orders_xml
from daybook.ledgers.files.plain_order import as_text, orders_json, plain_order
from daybook.ledgers.files.reasons import FileCause
from daybook.ledgers.files.sage import sage_csv
from daybook.ledgers.ledger import NamedFile

Orders = Sequence[tuple[str, OrderFile]]
"""Each under the number that people call it by."""
ENDING = re.compile(r"\.[a-z0-9]{1,8}")
NOT_AN_ENDING = frozenset({".part", ".tmp", ".filepart"})
"""Readers are told to leave these alone."""
LARGEST = 50_000_000
"""Bytes of one file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One form of order files."""

    name: str
    """Stored."""
    title: str
    about: str
    """When a company wants it."""
    ending: str
    write: Callable[[Orders, FileRules], bytes | Hold] | None
    """None: it is a program of the company's own, which is run apart (`wire/templates.py`)."""
    fields: tuple[str, ...] = ()
    """Which of the settings it asks for."""
    has_taxes: bool = False
    """It names a tax code for each rate."""


def _xml(orders: Orders, rules: FileRules) -> bytes | Hold:
    del rules
    return orders_xml(order for _, order in orders)


def _json(orders: Orders, rules: FileRules) -> bytes | Hold:
    del rules
    try:
        return orders_json(orders)
    except UnicodeEncodeError:
        return Hold(FileCause.TEXT_UNWRITABLE)


XML = Format(
    name="xml",
    title="XML in the OMS's own structure",
    about="For software that collects the OMS's Generic Filesystem files.",
    ending=".xml",
    write=_xml,
)
SAGE = Format(
    name="sage50",
    title="Sage 50: audit trail transactions (CSV)",
    about="For Sage 50's File, Import, Audit trail transactions.",
    ending=".csv",
    write=sage_csv,
    fields=("account", "nominal", "shipping_nominal", "department", "with_headings", "currency"),
    has_taxes=True,
)
JSON = Format(
    name="json",
    title="JSON",
    about="For a program: every field of the order, with what each line comes to.",
    ending=".json",
    write=_json,
)
TEMPLATE = Format(
    name="template",
    title="A template of your own",
    about="For anything else: you write what stands in the file, and look at it here with your own orders.",
    ending=".txt",
    write=None,
    fields=("template", "ending"),
)
FORMATS: Mapping[str, Format] = {each.name: each for each in (XML, SAGE, JSON, TEMPLATE)}


def choices() -> list[tuple[str, str]]:
    """Return them as a model's field asks for them: a new form is then no change of the field, and wants no migration."""
    return [(each.name, each.title) for each in FORMATS.values()]


def format_of(rules: FileRules) -> Format:
    """Return the form that was chosen; the OMS's own XML where a newer version knows it only."""
    return FORMATS.get(rules.format, XML)


def ending_of(rules: FileRules) -> str:
    """Return what the files' names end in."""
    return rules.ending if rules.ending and "ending" in format_of(rules).fields else format_of(rules).ending


def content(orders: Orders, rules: FileRules) -> bytes | Hold | None:
    """Return the file of these orders, or why there is none; None: a template is to be run for it."""
    write = format_of(rules).write
    if write is None:
        return None if rules.template.strip() else Hold(FileCause.FORMAT_INCOMPLETE, "The template")
    return checked(write(orders, rules))


def checked(written: bytes | Hold) -> bytes | Hold:
    """Return what was written, where one file may have so much."""
    if isinstance(written, Hold) or len(written) <= LARGEST:
        return written
    return Hold(FileCause.FILE_TOO_LARGE, f"{len(written):,} bytes")


def named(number: str, order: OrderFile, rules: FileRules) -> NamedFile | Hold | None:
    """Return the file of one order; None: a template is to be run for it."""
    written = content([(number, order)], rules)
    return NamedFile(file_name(number, ending_of(rules)), written) if isinstance(written, bytes) else written


def for_template(orders: Orders) -> str:
    """Return the orders as a template is given them: JSON in which decimals and days can be told from texts."""
    return json.dumps([plain_order(number, order) for number, order in orders], default=_tagged)


def _tagged(value: object) -> Mapping[str, str]:
    return {f"__{type(value).__name__}__": as_text(value)}

"""PURE: what a company decided about its order files: their form, and what accounting software wants named in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRules:
    """How a connection's files are written."""

    format: str = "xml"
    """Of `ledgers/files/formats.py`."""
    ending: str = ""
    """Of the files' names, with its dot; "": the format's own."""
    template: str = ""
    account: str = ""
    """The customer account that everything is booked to."""
    department: str = ""
    with_headings: bool = True
    nominal: str = ""
    shipping_nominal: str = ""
    """"": as `nominal`."""
    tax_codes: Mapping[Decimal, str] = field(default_factory=dict)
    """Rate as a fraction, normalised -> tax code."""
    currency: str = ""
    """The company's own; "": of any order that names no exchange rate."""


OF_XML = FileRules()

"""PURE: what a write changed of a record, field by field, for the journal."""

from typing import Any

import msgspec

from localkit.journal import Changes
from localxero.books.records import Record
from localxero.wire import xero_name

UNTOLD = {"updated_ms"}


def changes(before: Record | None, after: Record) -> Changes:
    """Return each field that differs, as it was and as it is; nothing for a new record. Lines are told by their number."""
    if before is None:
        return {}
    return {
        xero_name(name): (_told(had), _told(has))
        for name in after.__struct_fields__
        if name not in UNTOLD and (had := getattr(before, name)) != (has := getattr(after, name))
    }


def _told(value: Any) -> Any:
    if isinstance(value, tuple):
        return f"{len(value)} of them"
    return msgspec.to_builtins(value) if isinstance(value, Record) else value

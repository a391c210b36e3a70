"""What an installation holds, as plain values, so that two of them can be compared whatever their tables look like.

    section -> key -> {fact: value}        "documents" -> "uc9ggcp5t9fr" -> {"number": "AC-READY-1", "state": "ready", ...}

`before.py` reads it from the tables of old versions, `after.py` from today's. Only what stands in the inventory before
is asked for afterwards: new versions may know more.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

Facts = dict[str, Any]
Section = dict[str, Facts]
Inventory = dict[str, Section]


def section(rows: Iterable[Mapping[str, Any]]) -> Section:
    """Return rows by their `key`, their values in the one form that is compared. Raises AssertionError for a key twice."""
    made: Section = {}
    for row in rows:
        facts = {name: plain(value) for name, value in row.items() if name != "key"}
        assert row["key"] not in made, row["key"]
        made[str(row["key"])] = facts
    return made


def plain(value: Any) -> Any:
    """Return a value as it is compared: amounts without trailing zeros, moments in UTC, bytes as their hash."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return f"{len(value)} bytes {hashlib.sha256(value).hexdigest()}" if value else ""
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value


def lost(before: Inventory, after: Inventory) -> list[str]:
    """Return a line for everything that stood before and stands no longer, or otherwise; empty where nothing is lost."""
    lines: list[str] = []
    for name, rows in before.items():
        for key, facts in rows.items():
            found = after.get(name, {}).get(key)
            if found is None:
                lines.append(f"{name}: {key} is gone")
                continue
            lines += [
                f"{name}: {key}: {fact} was {value!r}, is {found.get(fact, '(not read)')!r}"
                for fact, value in facts.items()
                if found.get(fact, "(not read)") != value
            ]
        lines += [f"{name}: {key} is new" for key in sorted(after.get(name, {}).keys() - rows.keys())]
    return lines

"""PURE: the flag that one of the order stands over, as the order's row keeps it beside what a person was told.

What the ledger warned of, or says otherwise than we sent, is still to be seen once the order's own news is settled.
"""

from collections.abc import Mapping
from typing import Any

TOLD = "told"
"""Of what an order's row keeps (`OrderStanding.written_from`): what a person was last told of its documents."""


def of(about: str) -> str:
    """Return under what name the flag is kept; `about`: the document's own name there."""
    return f"{about}:beneath"


def flag(written_from: Mapping[str, Any], about: str) -> tuple[str, str]:
    """Return the flag and its words; "" where there is none."""
    kept = (written_from.get(TOLD) or {}).get(of(about))
    return (kept[0], kept[1]) if kept else ("", "")

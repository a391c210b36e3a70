"""PURE: by what a document that stands for a part of an order is known among those of its kind: the shop's own ids."""

import hashlib

LONGEST = 100
"""Of `outbox.models.Entry.key`."""
CANCELLED = "cancelled:"
"""Begins the keys of what was cancelled after posting: no id's key begins so."""
REST = "rest:"
"""The key of what of an order no shipment names, once all of it has left."""
OVER = "over:"
"""Stands for a part of the sale in the key of what of a payment no part of the sale has room for."""
_UNNAMED = "told:"


def of(*ids: str) -> str:
    """Return the key of what these ids name together; where it is too long, or could be another's, a hash tells it."""
    key = "/".join(ids)
    is_plain = len(key) <= LONGEST and not key.startswith(CANCELLED) and not any("/" in each for each in ids[1:])
    if is_plain:
        return key
    return f"id:{key[:50]}~{hashlib.sha256(chr(0).join(ids).encode()).hexdigest()[:40]}"


def of_rest(refund_id: str) -> str:
    """Return the key of what is paid out of a refund of whose money nobody tells.

    It is the refund's own, unless that could be another refund's with one of its payments ("a/b" beside "b" of "a"): then
    it ends as no payment's does.
    """
    key = of(refund_id)
    return of(refund_id, "") if key == refund_id and "/" in key else key


def of_cancelled(number: int) -> str:
    """Return the key of what was cancelled after posting, told the `number`-th time."""
    return f"{CANCELLED}{number}"


def of_shipment(shipment: str) -> str:
    """Return the key of a shipment by its id."""
    return of(shipment) if not shipment.startswith((REST, OVER, _UNNAMED)) else f"id:{of(shipment)}"[:LONGEST]


def of_unnamed(told: str, number: int) -> str:
    """Return the key of a shipment without an id: the `number`-th of those that are told in these words."""
    return f"{_UNNAMED}{hashlib.sha256(told.encode()).hexdigest()[:40]}.{number}"

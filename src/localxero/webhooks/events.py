"""What a delivery says and how it is signed (xero-rules.md 7; Xero's own xero-webhooks.yaml). Pure."""

import base64
import hashlib
import hmac
import random
import string
from collections.abc import Sequence
from datetime import datetime

import msgspec

CATEGORIES = ("CONTACT", "INVOICE", "CREDITNOTE")
PATHS = {"CONTACT": "Contacts", "INVOICE": "Invoices", "CREDITNOTE": "CreditNotes"}


class Event(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One thing that happened; `data` comes with credit notes only."""

    resource_url: str
    resource_id: str
    tenant_id: str
    tenant_type: str = "ORGANISATION"
    event_category: str
    event_type: str
    event_date_utc: str
    data: dict[str, str] | msgspec.UnsetType = msgspec.UNSET


class Numbered(msgspec.Struct, frozen=True):
    """An event with its place in the sequence of its app, and since when it waits."""

    sequence: int
    since: float
    event: Event


def moment(at: datetime) -> str:
    """Write an instant as events carry it: three decimals, no zone."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}"


def body(events: Sequence[Numbered], entropy: str) -> bytes:
    """Write a payload; without events it is an intent to receive.

    The blanks are Xero's own (GH:XeroAPI/XeroWebhooksReceiver#1): who signs anything but the raw body fails here, too.
    """
    numbers = [each.sequence for each in events] or [0]
    listed = msgspec.json.encode([each.event for each in events]).decode()
    return (
        f'{{"events":{listed},"firstEventSequence": {min(numbers)},"lastEventSequence": {max(numbers)}, '
        f'"entropy": "{entropy}"}}'
    ).encode()


def entropy(dice: random.Random) -> str:
    """Make the random word that is in every payload: 20 capitals."""
    return "".join(dice.choices(string.ascii_uppercase, k=20))


def wrong_signature(right: str) -> str:
    """Change one character of a signature, as Xero does in an intent to receive."""
    return f"{'A' if right[0] != 'A' else 'B'}{right[1:]}"


def signature(key: str, raw: bytes) -> str:
    """Sign: base64 of HMAC-SHA256 of the raw body."""
    return base64.b64encode(hmac.new(key.encode(), raw, hashlib.sha256).digest()).decode()

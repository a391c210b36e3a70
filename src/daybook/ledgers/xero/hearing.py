"""PURE: what Xero tells unasked: signed webhooks (after-the-sale rules: every event is a hint, what is true is looked up).

The body is signed with HMAC-SHA256 under the app's key, in Base64, in `x-xero-signature`; a body without events is the
question whether we check signatures. Unknown categories and fields are taken as they come.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from daybook.documents.kinds import Kind
from daybook.ledgers.exchange import Changed, Heard

SIGNATURE = "x-xero-signature"
_KINDS = {"INVOICE": Kind.INVOICE}
"""By category. Of bills and credit notes nothing is made yet; purchase orders are not told of."""


def hears(headers: Mapping[str, str], body: bytes, secret: str) -> Heard:
    """Return whether Xero sent this, and what changed. `headers`: names in lower case; `secret`: the webhook's key."""
    signature = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
    if not secret or not hmac.compare_digest(signature.encode(), headers.get(SIGNATURE, "").encode()):
        return Heard(is_genuine=False)
    try:
        told = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return Heard(is_genuine=True)
    events = told.get("events") if isinstance(told, dict) else None
    rows = events if isinstance(events, list) else []
    return Heard(is_genuine=True, changes=tuple(_changed(row) for row in rows if isinstance(row, dict)))


def _changed(event: Mapping[str, object]) -> Changed:
    return Changed(
        organisation=str(event.get("tenantId") or ""),
        kind=_KINDS.get(str(event.get("eventCategory") or "").upper()),
        their_id=str(event.get("resourceId") or ""),
        at=_moment(str(event.get("eventDateUtc") or "")),
    )


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

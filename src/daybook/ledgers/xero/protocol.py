"""PURE: requests for Xero's accounting API, and answers read. No socket, no table.

Sources: xero-rules.md 2.1 (limits), 4.1 (headers), 4.4 and 4.5 (errors).
"""

import math
import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from daybook.kit.money import Totals
from daybook.ledgers.exchange import Access, RemainingCalls
from daybook.wire.asks import Answer, Request
from daybook.wire.errors import (
    ConsentNeeded,
    Offline,
    OutcomeUnknown,
    Refused,
    Throttled,
    TokenExpired,
    Unexpected,
    WireError,
)

ACCOUNTING_PATH = "/api.xro/2.0"
NO_ID = "00000000-0000-0000-0000-000000000000"
_GUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_LARGEST_TOTAL = Decimal(10) ** 16
_decoder = msgspec.json.Decoder(float_hook=Decimal)


def ask(
    path: str,
    query: Mapping[str, str] | None = None,
    *,
    method: str = "GET",
    body: bytes = b"",
    modified_since: datetime | None = None,
    plain: str = "",
) -> Request:
    """Return a request for `path` (say `/Invoices`) of the accounting API, without address and access.

    `modified_since`: in UTC, said to the second (xero-rules.md 6). `plain`: what stands in the query as it is.
    """
    headers = {"If-Modified-Since": f"{modified_since:%Y-%m-%dT%H:%M:%S}"} if modified_since else {}
    address = f"{ACCOUNTING_PATH}{quote(path)}" + (f"?{urlencode(query, quote_via=quote, safe=plain)}" if query else "")
    return Request(method, address, headers, body)


def dress(asked: Request, access: Access, key: str) -> Request:
    """Return the request complete to the byte; an address that is whole already stays (xero-rules.md 4.1).

    `key`: of a writing call (xero-rules.md 3); "" for reads.
    """
    headers = {
        "Authorization": f"Bearer {access.token}",
        "xero-tenant-id": access.organisation,
        "Accept": "application/json",
        **asked.headers,
    }
    if asked.body:
        headers["Content-Type"] = "application/json"
    if key:
        headers["Idempotency-Key"] = key
    url = asked.url if "://" in asked.url else f"{access.base}{asked.url}"
    return Request(asked.method, url, headers, asked.body)


def correlation_id(answer: Answer) -> str:
    """Return Xero's id for support, "" where there is none."""
    return answer.headers.get("xero-correlation-id", "")


def remaining_calls(answer: Answer) -> RemainingCalls:
    """Read the three limit headers."""
    return RemainingCalls(
        day=_whole(answer.headers.get("x-daylimit-remaining")),
        minute=_whole(answer.headers.get("x-minlimit-remaining")),
        app_minute=_whole(answer.headers.get("x-appminlimit-remaining")),
    )


def read_json(answer: Answer) -> object:
    """Return the body's JSON, numbers as int or Decimal. Raises OutcomeUnknown on anything else (a truncated answer)."""
    try:
        return _decoder.decode(answer.body)
    except msgspec.DecodeError as error:
        raise OutcomeUnknown(words=f"the answer is not whole JSON: {error}", http_status=answer.status) from error


def is_whole(answer: Answer) -> bool:
    """Tell whether the body is JSON to its end."""
    try:
        read_json(answer)
    except OutcomeUnknown:
        return False
    return True


def failure(answer: Answer) -> WireError | None:
    """Return the error that an answer other than 2xx or 304 stands for, None where it is none (xero-rules.md 4.5)."""
    return None if 200 <= answer.status < 300 or answer.status == 304 else error_in(answer)


def raise_for_status(answer: Answer) -> None:
    """Raise the error that an answer other than 2xx or 304 stands for (xero-rules.md 4.5)."""
    if 200 <= answer.status < 300 or answer.status == 304:
        return
    raise error_in(answer)


def error_in(answer: Answer) -> WireError:
    """Return the error that a failing answer stands for."""
    words, status = words_in(answer), answer.status
    error: WireError = OutcomeUnknown(words, status) if status >= 500 else Unexpected(words, status)
    match status:
        case 401:
            error = _unauthorised(answer, words)
        case 403:
            error = ConsentNeeded(words, status)
        case 429:
            error = Throttled(words, status, problem=_problem(answer), retry_after=retry_after(answer))
        case 503:
            error = Offline(words, status, retry_after=retry_after(answer))
        case 400 | 404:
            error = Refused(words, status, messages=messages_in(answer))
    return error


def is_turned_away(error: WireError | None) -> bool:
    """Tell whether Xero sent a call away unread: throttled, or not let in (xero-rules.md 4.2). It booked nothing."""
    return isinstance(error, Throttled | TokenExpired | ConsentNeeded)


def retry_after(answer: Answer) -> int | None:
    """Return the seconds that Xero asks us to wait, None where it does not say.

    Xero says seconds (xero-rules.md 2.1); a gateway in front of it may say a date instead (RFC 9110 10.2.3), which
    counts from the answer's own Date.
    """
    said = answer.headers.get("retry-after", "").strip()
    if said.isdigit():
        return int(said)
    until, now = _http_date(said), _http_date(answer.headers.get("date", ""))
    return None if until is None or now is None else max(0, math.ceil((until - now).total_seconds()))


def answered_at(answer: Answer) -> datetime | None:
    """Return the server's own time of the answer, None where it does not say or cannot be read."""
    return _http_date(answer.headers.get("date", ""))


def words_in(answer: Answer) -> str:
    """Return Xero's own words in a failing answer, whatever form they have, at most 2,000 characters."""
    body = _loosely(answer)
    if isinstance(body, dict):
        for key in ("Detail", "Message", "Title", "error_description", "error"):
            if isinstance(body.get(key), str) and body[key]:
                return storable(body[key])[:2000]
    return storable(answer.body[:2000].decode("utf-8", "replace"))


def messages_in(answer: Answer) -> tuple[str, ...]:
    """Return every validation message of a 400 (xero-rules.md 4.4), else the top-level message."""
    body = _loosely(answer)
    elements = listed(body, "Elements")
    found = tuple(message for element in elements for message in validation_messages(element))
    return found or ((words_in(answer),) if answer.body else ())


def validation_messages(element: object, key: str = "ValidationErrors") -> tuple[str, ...]:
    """Return the messages of one element; Xero says `Message`, one official sample `Description` (4.3)."""
    rows = listed(element, key)
    texts = (row.get("Message") or row.get("Description") for row in rows if isinstance(row, dict))
    return tuple(storable(str(text)) for text in texts if text)


def listed(body: object, key: str) -> list[object]:
    """Return the list below `key`, an empty one where there is none."""
    rows = body.get(key) if isinstance(body, dict) else None
    return rows if isinstance(rows, list) else []


def storable(text: str) -> str:
    """Return the text without what JSON can say and a database cannot keep: NUL and half characters."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def id_in(element: Mapping[str, Any], key: str) -> str:
    """Return the id that Xero gave, "" where it is none: all its ids are GUIDs, and an error may carry zeros (4.3)."""
    text = str(element.get(key) or "")
    return text if _GUID.fullmatch(text) and text != NO_ID else ""


def status_in(element: Mapping[str, Any]) -> str:
    """Return a document's status, cut to what any of Xero's takes."""
    return storable(str(element.get("Status") or ""))[:20]


def totals_in(element: Mapping[str, Any]) -> Totals | None:
    """Return SubTotal, TotalTax and Total of a document, None where one is missing; numbers may come as text (6)."""
    try:
        totals = Totals(*(Decimal(str(element[field])) for field in ("SubTotal", "TotalTax", "Total")))
    except (KeyError, InvalidOperation):
        return None
    return totals if all(amount.is_finite() and abs(amount) < _LARGEST_TOTAL for amount in totals) else None


def _unauthorised(answer: Answer, words: str) -> WireError:
    """A scope that is missing is not cured by a refresh; Xero's misspelling `insufficent` is its own (4.5)."""
    challenge = answer.headers.get("www-authenticate", "").lower()
    if (
        "authorizationunsuccessful" in words.lower()
        or "insufficient_scope" in challenge
        or "insufficent_scope" in challenge
    ):
        return ConsentNeeded(words, 401)
    return TokenExpired(words, 401)


def _problem(answer: Answer) -> str:
    """Spelling varies (`daily`, `app-minute`): classify by prefix, as Xero's Java SDK does (2.1)."""
    text = answer.headers.get("x-rate-limit-problem", "").lower().replace("-", "")
    for prefix in ("appmin", "day", "dai", "min", "conc"):
        if text.startswith(prefix):
            return {"appmin": "appminute", "day": "day", "dai": "day", "min": "minute", "conc": "concurrent"}[prefix]
    return "minute"


def _loosely(answer: Answer) -> object:
    try:
        return msgspec.json.decode(answer.body)
    except msgspec.DecodeError:
        return None


def _http_date(text: str) -> datetime | None:
    try:
        stamp = parsedate_to_datetime(text)
    except ValueError:
        return None
    return stamp if stamp.tzinfo else None


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.strip().isdigit() else None

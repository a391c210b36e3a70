"""PURE: what a shop's HTTP answer means where the shop has nothing special to say with it (RFC 9110 15)."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from daybook.wire.asks import Answer
from daybook.wire.errors import LoginRefused, Offline, Refused, Throttled, Unexpected

_LONGEST_WORDS = 200
LONGEST_WAIT = 24 * 3600
"""Seconds; a shop that names a longer one is asked again after a day."""


def well(answer: Answer, what: str) -> Answer:
    """Return an answer that says yes. Raises what any other stands for; `what`: was asked, for the words.

    Raises Throttled and Offline with the seconds that the shop named, LoginRefused, Refused, Unexpected.
    """
    if 200 <= answer.status < 300:
        return answer
    words, wait = f"{what}: HTTP {answer.status}{_said(answer)}", retry_after(answer)
    match answer.status:
        case 429:
            raise Throttled(words, 429, retry_after=wait)
        case 401 | 403:
            raise LoginRefused(words, answer.status)
        case status if status >= 500:
            raise Offline(words, status, retry_after=wait)
        case status if status >= 400:
            raise Refused(words, status)
    raise Unexpected(words, answer.status)


def retry_after(answer: Answer) -> int | None:
    """Return how many seconds the header Retry-After names; None where it names none.

    A date is counted from the answer's own Date, so that their clock need not be ours.
    """
    given = answer.headers.get("retry-after", "").strip()
    if given.isascii() and given.isdigit():
        return min(int(given[:9]), LONGEST_WAIT)
    until, sent = _moment(given), _moment(answer.headers.get("date", ""))
    if until is None or sent is None:
        return None
    return min(max(0, round((until - sent).total_seconds())), LONGEST_WAIT)


def _moment(written: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(written)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _said(answer: Answer) -> str:
    """Return the beginning of a short text answer; a page of HTML says nothing to anybody."""
    text = " ".join(answer.body[:2000].decode("utf-8", "replace").split())
    return f", {text[:_LONGEST_WORDS]}" if text and not text.startswith("<") else ""

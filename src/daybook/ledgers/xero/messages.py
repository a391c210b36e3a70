"""PURE: Xero's validation messages recognised; they carry no codes, so their words are matched, loosely.

The wording is xero-rules.md 4.6. The words for people, with cause and cure, are in `documents/words` and `reasons.py`.
"""

import re
from collections.abc import Sequence

from daybook.documents.causes import AnyCause, Cause
from daybook.ledgers.exchange import Recognised
from daybook.ledgers.xero.reasons import XeroCause

_C = Cause
_QUOTED = r"""['"‘“]?(?P<subject>[^'"’”]+?)['"’”]?"""  # noqa: RUF001 - Xero's quotation marks vary
_PATTERNS: tuple[tuple[AnyCause, str], ...] = (
    (_C.NUMBER_TAKEN, r"(?:invoice|credit note|order)\s*(?:#|number|no\.?).{0,40}must be unique"),
    (_C.ITEM_CODE_TAKEN, rf"item with code {_QUOTED} already exists"),
    (_C.CONTACT_NAME_TAKEN, rf"contact name {_QUOTED} is already assigned"),
    (_C.CONTACT_NAME_TAKEN, r"contact name must be unique"),
    (_C.CONTACT_NUMBER_TAKEN, r"another contact has this contact number"),
    (_C.CONTACT_ARCHIVED, r"contact\b.{0,60}\barchived"),
    (_C.CONTACT_MISSING, r"contact must contain at least"),
    (_C.CONTACT_MISSING, r"contact must be specified"),
    (_C.CONTACT_REFUSED, r"contact name cannot be empty"),
    (_C.EMAIL_INVALID, r"e-?mail address must be valid"),
    (_C.CURRENCY_NOT_SUBSCRIBED, rf"not subscribed to currency {_QUOTED}(?=[.\s]|$)"),
    (_C.ACCOUNT_ARCHIVED, rf"account code {_QUOTED} has been (?:archived|deleted)"),
    (_C.TAX_RATE_INVALID, rf"taxtype code {_QUOTED} (?:does not exist|is not valid)"),
    (
        XeroCause.TAX_DOES_NOT_FIT_ACCOUNT,
        rf"taxtype code {_QUOTED} cannot be used with account code ['\"]?(?P<with>[^'\".]+)",
    ),
    (_C.ACCOUNT_NOT_USABLE, rf"account code {_QUOTED} is not a valid code"),
    (_C.ACCOUNT_MISSING, r"account (?:code|code or id|id) must be specified"),
    (XeroCause.PAYMENT_ACCOUNT_REFUSED, r"account type is invalid for making a payment"),
    (XeroCause.PAYMENT_ACCOUNT_REFUSED, r"account code or account id for the payment"),
    (XeroCause.PAYMENT_ACCOUNT_REFUSED, r"account could not be found"),
    (XeroCause.NOT_APPROVED, r"payments can only be made against authorised documents"),
    (XeroCause.DISCOUNT_REFUSED, rf"discount rate {_QUOTED} is invalid"),
    (XeroCause.DISCOUNT_REFUSED, r"discounts may not be applied"),
    (_C.ACCOUNT_OR_PRICE_INVALID, r"account must be valid"),
    (XeroCause.INVENTORY_ACCOUNT_ON_LINE, r"using an inventory account"),
    (_C.TAX_MISSING, r"taxtype (?:field )?is mandatory"),
    (_C.TAX_RATE_INVALID, r"tax ?(?:rate|type)\b.{0,60}must be valid"),
    (_C.TRACKING_INVALID, r"tracking (?:category|option)\b.{0,60}(?:do(?:es)? not exist|is not valid|archived)"),
    (_C.PERIOD_LOCKED, r"before the (?:end of year|year end|period) lock date(?:, currently set at (?P<subject>.+))?"),
    (_C.ALREADY_SETTLED, r"has (?:a )?payments? or credit notes? allocated"),
    (_C.STATUS_NOT_CHANGEABLE, r"not of valid status for modification"),
    (_C.STATUS_NOT_CREATABLE, r"not of valid (?:status|type) for creation"),
    (_C.NO_LINES, r"one or more line items must be specified"),
    (_C.DESCRIPTION_MISSING, r"description (?:field )?is mandatory"),
    (_C.LINE_TOTAL_DIFFERS, r"line total (?P<subject>-?[\d.,]+) does not match"),
    (_C.QUANTITY_NEGATIVE, rf"quantity value {_QUOTED} is invalid"),
    (_C.QUANTITY_NEGATIVE, r"quantity must not be less than zero"),
    (_C.TOTAL_NEGATIVE, r"total for this document must be greater than"),
    (_C.DUE_DATE_MISSING, r"due date cannot be empty"),
    (_C.PLAN_LIMIT_REACHED, r"reached the limit of (?P<subject>invoices|bills)"),
    (_C.EDITION_WITHOUT_INVOICES, r"edition does not support invoices"),
    (_C.PAYMENT_TOO_LARGE, r"payment amount exceeds the amount outstanding"),
    (_C.STOCK_SHORT, rf"(?:not enough|insufficient) (?:stock|quantity)(?:.{{0,30}}?\bitem {_QUOTED}(?=[ .:]))?"),
    (_C.STOCK_SHORT, r"(?:exceeds|more than) the quantity on hand"),
    (_C.ITEM_UNKNOWN, rf"item code {_QUOTED} (?:is not valid|is invalid|does not exist|cannot be found)"),
    (_C.TEXT_TOO_LONG, r"(?P<subject>[\w# ]+?) must not be more than \d+ characters"),
    (
        _C.BODY_UNREADABLE,
        r"could not be (?:deserialized|parsed|read)|no data (?:was provided|has been processed)|unexpected character",
    ),
)
_BOOK = tuple((cause, re.compile(pattern, re.IGNORECASE)) for cause, pattern in _PATTERNS)

_ALREADY_THERE = frozenset({_C.NUMBER_TAKEN, _C.ITEM_CODE_TAKEN})
_ALSO_THERE = re.compile(
    r"\b(?:invoice|credit note|order|item)\b.{0,120}\balready (?:exists|in use|been used)", re.IGNORECASE
)


def recognise(words: Sequence[str]) -> Recognised:
    """Return the first cause known in `words` (one document's messages, Xero's order); OTHER where none is."""
    for text in words:
        found = _recognise_one(text)
        if found.cause is not Cause.OTHER:
            return found
    return Recognised(Cause.OTHER)


def is_already_there(message: str) -> bool:
    """Return whether Xero says that it has such a document or item already.

    To our own creating call that is no refusal: it may be the echo of a first sending that got no answer (4.2).
    """
    return _recognise_one(message).cause in _ALREADY_THERE or bool(_ALSO_THERE.search(message))


def _recognise_one(text: str) -> Recognised:
    plain = " ".join(text.split())
    for cause, pattern in _BOOK:
        if match := pattern.search(plain):
            return Recognised(cause, _subject(match))
    return Recognised(Cause.OTHER)


def _subject(match: re.Match[str]) -> str:
    groups = match.groupdict(default="")
    parts = [groups[name].strip(" .'\"") for name in ("subject", "with") if groups.get(name)]
    return " / ".join(parts)[:500]

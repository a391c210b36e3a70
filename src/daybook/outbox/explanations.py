"""PURE: why an order or a document waits, in plain words for an accounts person: what happened, why, what to do."""

from dataclasses import replace
from decimal import Decimal, InvalidOperation

from daybook.companies.settings_table import LABELS
from daybook.documents.causes import Cause
from daybook.documents.explained import RETRY, Explanation
from daybook.documents.words import OURS, WORDS
from daybook.kit.money import plain
from daybook.kit.translation import day, gettext, retold, told
from daybook.ledgers import registry
from daybook.ledgers.files.reasons import FileCause
from daybook.ledgers.ledger import Wire

__all__ = ["Explanation", "explain", "title_to_store"]

_NOT_EXPLAINED = Explanation(
    "It needs a person",
    "Daybook has no words for this yet ({subject}).",
    "Look at the details below, cure what they name, then try again.",
    RETRY,
    "unknown",
)
_FIELDS = {
    **LABELS,
    "connection": "The connection to {ledger}",
    "customer_contact_id": LABELS["contact_name"],
    "supplier_contact_id": LABELS["supplier_contact_name"],
    "tax_mapping": "A tax rate",
}
"""What problems of the settings name beside the settings themselves."""
_NAMED = frozenset(
    {
        Cause.CONSENT_LACKS,
        Cause.FREE_BUT_CHARGED,
        Cause.LINE_ACCOUNT_MISSING,
        Cause.LINE_TAX_DIFFERS,
        Cause.PART_SHIPMENT_WAITS,
        Cause.PLAN_LIMIT_REACHED,
        Cause.RULE_UNUSABLE,
        Cause.TAX_OWED_BY_OTHERS,
        FileCause.FILE_TOO_LARGE,
        FileCause.FORMAT_INCOMPLETE,
    }
)
"""Causes whose subject we name ourselves; that of others is a name or a number of somebody's."""
_OF_A_DAY = frozenset(
    {
        Cause.BEFORE_START_DATE,
        Cause.DATE_IN_FUTURE,
        Cause.DISPATCH_DATE_MISSING,
        Cause.PAYMENT_BEFORE_ORDER,
        Cause.PERIOD_LOCKED,
    }
)
"""Causes whose subject is a day."""
KINDS_OF_LINES = (told("fee"), told("tip"), told("duty"), told("gift_card"), told("deposit"))
"""How causes name kinds of lines that are no goods."""


def explain(cause: str, subject: str = "", detail: str = "", *, ledger: str) -> Explanation:
    """Return what to tell a person, about this subject. Never raises: what is not known is said to be so.

    `ledger`: the name of the one it is about. `detail`, one sentence with figures of our own, goes behind the reason;
    a ledger's own words are shown apart.
    """
    title, known = gettext(registry.title(ledger)), _words(cause, ledger)
    if known is None:
        return _filled(_NOT_EXPLAINED, cause, title)
    words = _filled(known, in_words(cause, subject, title), title)
    said = retold(detail) if _is_ours(cause, ledger) else ""
    return words if said in words.why else replace(words, why=f"{words.why} {said}")


def title_to_store(cause: str, subject: str = "", *, ledger: str) -> str:
    """Return the title of what `explain` returns, in English whoever reads: history keeps it, and `retold` says it."""
    words, title = _words(cause, ledger) or _NOT_EXPLAINED, registry.title(ledger)
    name = _named(subject) or words.nameless.replace("{ledger}", title)
    return words.title.replace("{ledger}", title).replace("{subject}", name)


def _is_ours(cause: str, ledger: str) -> bool:
    """Tell whether the detail of a cause is a sentence of ours: a folder says nothing, all of its causes are ours."""
    there = registry.LEDGERS.get(ledger)
    return cause in OURS or (there is not None and there.wire is Wire.FILES and cause in there.reasons)


def _words(cause: str, ledger: str) -> Explanation | None:
    """Return a ledger's own words for a cause before those that hold for any of them."""
    own = registry.LEDGERS[ledger].reasons.get(cause) if ledger in registry.LEDGERS else None
    return own or (WORDS[Cause(cause)] if cause in WORDS else None)


def _filled(explanation: Explanation, subject: str, title: str) -> Explanation:
    name = _named(subject) or _fill(explanation.nameless, "", title)
    return replace(
        explanation,
        title=_fill(explanation.title, name, title),
        why=_fill(explanation.why, name, title),
        cure=_fill(explanation.cure, name, title),
    )


def _named(subject: str) -> str:
    return " ".join(subject.split())[:200].rstrip(".")


def _fill(text: str, name: str, title: str) -> str:
    """The subject last: it may hold anything."""
    return gettext(text).replace("{ledger}", title).replace("{subject}", name)


def in_words(cause: str, subject: str, title: str) -> str:
    """Return the subject as people say it: 20 % for 0.2, a setting's label for its field."""
    if cause == Cause.SETTINGS_INCOMPLETE:
        return gettext(_FIELDS.get(subject, subject)).replace("{ledger}", title)
    if cause == Cause.TAX_RATE_NOT_MAPPED:
        try:
            return f"{plain(Decimal(subject) * 100)} %"
        except InvalidOperation:
            return subject
    if cause in _OF_A_DAY:
        return day(subject)
    return retold(subject) if cause in _NAMED else subject

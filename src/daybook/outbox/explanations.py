"""PURE: why an order or a document waits, in plain words for an accounts person: what happened, why, what to do."""

from dataclasses import replace
from decimal import Decimal, InvalidOperation

from daybook.companies.settings_table import LABELS
from daybook.documents.explained import RETRY, Explanation
from daybook.documents.reasons import ATTENTION, ORDERS, SETTINGS, WAITING
from daybook.kit.money import plain
from daybook.ledgers.files.reasons import REASONS as OF_FILES
from daybook.ledgers.xero.reasons import REFUSALS

__all__ = ["EXPLANATIONS", "Explanation", "explain"]

_SUBJECT = "{subject}"
EXPLANATIONS: dict[str, Explanation] = {**OF_FILES, **REFUSALS, **WAITING, **ORDERS, **SETTINGS, **ATTENTION}
"""By cause; what our own rules and Xero both say (a locked period, no lines) is explained once."""

_NOT_EXPLAINED = Explanation(
    "It needs a person",
    "Daybook has no words for this yet ({subject}).",
    "Look at the details below, cure what they name, then try again.",
    RETRY,
    "unknown",
)
_FIELDS = {
    **LABELS,
    "connection": "The connection to Xero",
    "customer_contact_id": LABELS["contact_name"],
    "supplier_contact_id": LABELS["supplier_contact_name"],
    "tax_mapping": "A tax rate",
}


def explain(cause: str, subject: str = "", detail: str = "") -> Explanation:
    """Return what to tell a person, about this subject. Never raises: what is not known is said to be so.

    `detail`, one sentence with figures of our own, goes behind the reason; Xero's words are shown apart.
    """
    known = EXPLANATIONS.get(cause)
    if known is None:
        return _filled(_NOT_EXPLAINED, cause)
    words = _filled(known, _in_words(cause, subject))
    is_ours = any(cause in words_of for words_of in (SETTINGS, ORDERS, ATTENTION, OF_FILES))
    if not detail or not is_ours or detail in words.why:
        return words
    return replace(words, why=f"{words.why} {detail}")


def _filled(explanation: Explanation, subject: str) -> Explanation:
    name = " ".join(subject.split())[:200].rstrip(".") or explanation.nameless
    return replace(
        explanation,
        title=explanation.title.replace(_SUBJECT, name),
        why=explanation.why.replace(_SUBJECT, name),
        cure=explanation.cure.replace(_SUBJECT, name),
    )


def _in_words(cause: str, subject: str) -> str:
    """Return the subject as people say it: 20 % for 0.2, a setting's label for its field."""
    if cause == "settings_incomplete":
        return _FIELDS.get(subject, subject)
    if cause == "tax_rate_not_mapped":
        try:
            return f"{plain(Decimal(subject) * 100)} %"
        except InvalidOperation:
            return subject
    return subject

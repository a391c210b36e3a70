"""PURE: what of an order's documents is shown to a person, without moving them, and when that goes again."""

from dataclasses import replace

from daybook.documents import beneath
from daybook.documents.beneath import TOLD
from daybook.documents.causes import Cause, Hold
from daybook.documents.document import CreditNote, Document, Invoice
from daybook.documents.kinds import SPECS, Paper
from daybook.documents.mailed_invoice import MailedInvoice
from daybook.documents.order_file import OrderFile
from daybook.documents.sale import Sale
from daybook.intake import basis, conversion
from daybook.intake.draft import Doc, Draft
from daybook.kit.money import figure
from daybook.kit.translation import told
from daybook.ledgers.files.formats import SAGE
from daybook.mapping import suspicions
from daybook.mapping.steps import split_in
from daybook.outbox.needs import GONE
from daybook.outbox.states import State

LATE_HOLD = Cause.ON_HOLD_AFTER_DISPATCH


def flag_refunds(draft: Draft, doc: Doc) -> None:
    """Show on the document of the sale that will be posted whole that some of it was given back before: no credit note is made."""
    is_lowered = draft.rules.mapping.post_credit_notes
    back = basis.refunded(draft.facts) if SPECS[doc.kind].is_the_sale and not is_lowered else None
    if back is not None and _is_news_to_a_person(draft, f"{doc.about}:change", draft.basis(doc.kind, doc.key)):
        doc.flag(back.attention, "\n".join(filter(None, (doc.attention_detail, back.detail))))


def settle_credited(draft: Draft, *, is_all_noted: bool) -> None:
    """Take off the sale what its credit notes say by now."""
    for doc in draft.docs:
        if is_all_noted and SPECS[doc.kind].is_the_sale and doc.attention in {Cause.CREDIT_NOTE_NEEDED, Cause.REFUNDED}:
            _lift(draft, doc)


def flag_doubts(draft: Draft, doc: Doc, mapped: Paper | Hold) -> None:
    """Flag a document that books as a plain sale what may be none; the flag goes when the document says otherwise."""
    if doc.attention not in ("", suspicions.ATTENTION):
        return
    order = draft.facts.order
    taxed_in = "" if order is None else conversion.taxed_in(order)
    doubts = suspicions.suspicions(mapped, draft.rules.mapping, taxed_in) if isinstance(mapped, Document) else ()
    detail = "\n".join(doubts)
    if detail != doc.attention_detail:
        doc.flag(suspicions.ATTENTION if doubts else "", detail)


def forget_doubts(doc: Doc) -> None:
    """Take off what was to be looked at on a document that will not stand anywhere."""
    if doc.attention == suspicions.ATTENTION:
        doc.flag("", "")


def compare_all(draft: Draft) -> None:
    """Compare each posted document with the order."""
    for doc in draft.docs:
        compare(draft, doc)


def compare(draft: Draft, doc: Doc) -> None:
    """Flag a posted document that the order has left behind; the flag goes once the order is back. Nothing is sent.

    What somebody voided there is in no books: nothing is to be credited or corrected on it, whatever became of the order.
    """
    written = draft.written(doc)
    if doc.state != State.POSTED or written is None or doc is not draft.latest(doc.kind, doc.key):
        return
    now = draft.basis(doc.kind, doc.key)
    is_gone = doc.stand is not None and doc.stand.their_status in GONE
    change = None if is_gone else basis.change(written, now, draft.facts, lowered_by=_said_of(draft, doc), key=doc.key)
    spec = SPECS[doc.kind]
    if change is not None and (not spec.is_booked or spec.is_of_payouts):  # no note could lower it
        change = replace(change, attention=Cause.CHANGED_AFTER_POSTING)
    if not _is_news_to_a_person(draft, f"{doc.about}:change", None if change is None else now):
        return
    if change is not None:
        _flag_over(draft, doc, change.attention, change.detail)
    elif doc.attention in basis.ATTENTIONS:
        _lift(draft, doc)


def _flag_over(draft: Draft, doc: Doc, attention: str, words: str) -> None:
    """Flag what the order says by now, beneath the words of what else is to be seen: a warning of the ledger's, other amounts."""
    was = beneath.flag(draft.row.written_from, doc.about)
    if doc.attention not in basis.ATTENTIONS and was != (doc.attention, doc.attention_detail):
        was, told = (doc.attention, doc.attention_detail), draft.row.written_from.get(TOLD, {})
        draft.remember(TOLD, {**told, beneath.of(doc.about): list(was) if doc.attention else None})
    doc.flag(attention, "\n".join(filter(None, (was[1], words))))


def _lift(draft: Draft, doc: Doc) -> None:
    """Take off what the order said; what was to be seen before is shown again, unless a person has said that it is done."""
    attention, detail = beneath.flag(draft.row.written_from, doc.about)
    doc.flag("", "")
    if attention:
        doc.flag(attention, detail)


def _said_of(draft: Draft, doc: Doc) -> set[str]:
    """Return the refunds that a document is lowered by itself, or that have documents of their own in its ledger."""
    match doc.paper:
        case Invoice(lowered_by=lowered_by):
            return {each.refund for each in lowered_by}
        case OrderFile(sale=Sale()) if draft.rules.mapping.file.format == SAGE.name:
            return {each.id for each in draft.refunds}
        case OrderFile(sale=Sale(lowered_by=refunds)) | MailedInvoice(sale=Sale(lowered_by=refunds)):
            return set(refunds)
    return set()


def compare_following(draft: Draft, doc: Doc, now: Paper | Hold | None) -> None:
    """Flag a posted document that follows the sale where it would move other money now; None: it would not be made.

    What cannot be made at this moment says nothing: settings change, and what moved has moved.
    """
    was = doc.paper
    if doc.state != State.POSTED or was is None or isinstance(now, Hold) or doc is not draft.latest(doc.kind, doc.key):
        return
    words = None if now is not None and _is_same(was, now) else _otherwise(was, now)
    if not _is_news_to_a_person(draft, f"{doc.kind}:{doc.key}:change", words):
        return
    if words is not None:
        _flag_over(draft, doc, Cause.CHANGED_AFTER_POSTING, words)
    elif doc.attention in basis.ATTENTIONS:
        _lift(draft, doc)


def _is_same(was: Paper, now: Paper) -> bool:
    """Tell whether both move the same money: a note in finer steps than its currency has, by less than a unit for each line.

    Versions before split yen in hundredths: of 1,000 a third was 333.33, and is 333 by now.
    """
    if was.currency != now.currency or was.totals == now.totals:
        return was.currency == now.currency
    if not isinstance(was, CreditNote) or not isinstance(now, CreditNote):
        return False
    step = split_in(was.currency)
    gaps = [abs(one - other) for one, other in zip(was.totals, now.totals, strict=True)]
    return any(amount % step for amount in was.totals) and max(gaps) < step * len(was.lines)


def _otherwise(was: Paper, now: Paper | None) -> str:
    posted = told(f"It was posted over {_amount(was)}")
    if now is None:
        return f"{posted}; the order does not tell of it any more."
    return f"{posted}; the order says {_amount(now)} by now."


def _amount(paper: Paper) -> str:
    gross = paper.totals[2]
    return told(f"an unknown amount {paper.currency}") if gross is None else f"{figure(gross)} {paper.currency}"


def flag_late_hold(draft: Draft, *, is_late: bool) -> None:
    """Show on the documents that the OMS put the order on hold when it had left; once for each such word."""
    since = draft.row.on_hold_since
    if not _is_news_to_a_person(draft, "late_hold", since.isoformat() if is_late and since else None):
        return
    for doc in draft.docs:
        if is_late and not doc.attention and doc.state != State.CANCELLED:
            doc.flag(LATE_HOLD, "")
        elif not is_late and doc.attention == LATE_HOLD:
            doc.flag("", "")


def _is_news_to_a_person(draft: Draft, about: str, words: object) -> bool:
    """Tell whether this differs from what was last told of it, and remember it: what a person has settled stays so."""
    told = draft.row.written_from.get(TOLD, {})
    if told.get(about) == words:
        return False
    draft.remember(TOLD, {**told, about: words})
    return True

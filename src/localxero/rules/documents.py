"""What Xero refuses about any document as a whole."""

from collections.abc import Iterable, Iterator
from datetime import date

from localkit.rules import Rule
from localxero.books import RECEIVABLE, RECEIVABLE_CREDIT, Books
from localxero.books.arithmetic import ZERO
from localxero.books.records import CreditNote, Document
from localxero.drafting.documents import DocumentDraft
from localxero.rules import lines
from localxero.rules.contacts import EMAIL

APPROVED = ("SUBMITTED", "AUTHORISED")
DEAD = ("VOIDED", "DELETED")
NOT_PERMITTED = "You do not have permission to perform this action"
AnyDraft = DocumentDraft[Document]


def moved(draft: AnyDraft) -> bool:
    """Tell whether the change does more than end a document's life."""
    return draft.after.status not in DEAD


def numbered(books: Books, number: str, *, is_renamed_free: bool) -> list[Document]:
    """Find the sales invoices that have a number, and those that had it before they were renamed."""
    found = (*books.invoices_numbered(number), *(() if is_renamed_free else books.invoices_once_numbered(number)))
    return [each for each in found if each.type == RECEIVABLE]


def credit_notes_numbered(books: Books, number: str) -> list[Document]:
    """Find the customers' credit notes that have a number."""
    return [each for each in books.credit_notes_numbered(number) if each.type == RECEIVABLE_CREDIT]


def is_taken(holders: Iterable[Document], document_id: str, *, burnt: bool) -> bool:
    """Tell whether another document holds the number; `burnt`: a deleted one does, too."""
    return any(each.document_id != document_id and (burnt or each.status != "DELETED") for each in holders)


def contact_is_given(draft: AnyDraft) -> Iterator[str]:
    """Refuse a document without a contact, or with an id that is no contact's.

    Source: xero-rules.md 4.6, D-PO sample (sure; for an unknown ContactID: unsure)
    """
    if draft.contact is None:
        yield "A Contact must be specified for this type of transaction"


def changed_contact_is_valid(draft: AnyDraft) -> Iterator[str]:
    """Refuse a document whose contact fields could not be saved: a bad e-mail address.

    Source: xero-rules.md 4.2, 4.6 (likely)
    """
    address = draft.contact.email_address if draft.contact and draft.contact_changes else ""
    if address and not EMAIL.fullmatch(address):
        yield "Email address must be valid."


def contact_is_not_archived(draft: AnyDraft) -> Iterator[str]:
    """Refuse an archived contact on a new document.

    Source: xero-rules.md 4.6, 5.6 (likely)
    """
    if draft.contact and draft.contact.status != "ACTIVE" and moved(draft):
        yield (
            "The contact with the specified contact details has been archived. The contact must be un-archived "
            "before creating new invoices or credit notes."
        )


def currency_is_subscribed(draft: AnyDraft) -> Iterator[str]:
    """Refuse a currency that the organisation has not added, or whose plan has one currency only.

    Source: xero-rules.md 4.6, 5.3, D-PO sample (sure)
    """
    own = draft.books.organisation
    is_closed = not own.has_multicurrency and draft.after.currency_code != own.base_currency
    if is_closed or draft.after.currency_code not in draft.books.currencies:
        yield f"Organisation is not subscribed to currency {draft.after.currency_code}"


def rate_is_positive(draft: AnyDraft) -> Iterator[str]:
    """Refuse a CurrencyRate of nothing or less.

    Source: xero-rules.md 5.1, SPEC Invoice.CurrencyRate (likely; wording not found)
    """
    sent = draft.given.currency_rate
    if draft.after.currency_rate <= 0 or (sent is not None and sent < 0):
        yield "CurrencyRate must be greater than 0"


def has_lines(draft: AnyDraft) -> Iterator[str]:
    """Refuse a document without lines, but for a draft credit note.

    Source: xero-rules.md 4.6, Xero's page on credit notes (likely)
    """
    may_be_empty = isinstance(draft.after, CreditNote) and draft.after.status == "DRAFT"
    if not draft.after.lines and not may_be_empty:
        yield "One or more line items must be specified"


def total_is_not_negative(draft: AnyDraft) -> Iterator[str]:
    """Refuse a document whose total is below zero: that is a credit note.

    Source: xero-rules.md 4.6, 10.24 (likely)
    """
    if draft.after.total < ZERO:
        yield "The Total for this document must be greater than or equal to zero."


def reference_fits(draft: AnyDraft) -> Iterator[str]:
    """Refuse a Reference of more than 255 characters.

    Source: xero-rules.md 5.1 (sure on the cap; wording unsure)
    """
    if len(draft.after.reference) > 255:
        yield "Reference must not be more than 255 characters"


def branding_theme_exists(draft: AnyDraft) -> Iterator[str]:
    """Refuse a branding theme that the organisation does not have.

    Source: SPEC Invoice.BrandingThemeID (likely; wording not found)
    """
    theme = draft.given.branding_theme_id
    if theme and theme.lower() not in draft.books.branding_themes:
        yield "The branding theme could not be found"


def period_is_open(draft: AnyDraft) -> Iterator[str]:
    """Refuse a document dated on or before a lock date, and to approve a draft that lies there.

    Source: xero-rules.md 4.6, 5.7 (likely; for drafts a switch; period lock's wording unsure)
    """
    if not moved(draft) or (draft.after.status == "DRAFT" and not draft.setting.switches.drafts_respect_lock_dates):
        return
    before = draft.before
    if before is None or before.date != draft.after.date or before.status != draft.after.status:
        yield from lock_dates_refuse(draft)


def lock_dates_refuse(draft: AnyDraft) -> Iterator[str]:
    """Say which lock dates the document's date is not after."""
    yield from locked_on(draft.books, draft.after.date)


def locked_on(books: Books, day: date) -> Iterator[str]:
    """Say which lock dates a date is not after."""
    own = books.organisation
    for name, locked in (("end of year", own.end_of_year_lock_date), ("period", own.period_lock_date)):
        if locked and day <= locked:
            yield f"The document date cannot be before the {name} lock date, currently set at {spelt(locked)}"


def locked_document_stays(draft: AnyDraft) -> Iterator[str]:
    """Refuse to edit an approved document that lies in a locked period.

    Source: xero-rules.md 4.6 (likely; for the period lock date: unsure)
    """
    before, own = draft.before, draft.books.organisation
    if before is None or before.status not in {"AUTHORISED", "PAID"}:
        return
    for name, locked in (("end of year", own.end_of_year_lock_date), ("period", own.period_lock_date)):
        if locked and before.date <= locked:
            yield f"The document cannot be edited as it is currently dated before the {name} lock date"


def rate_is_plausible(draft: AnyDraft) -> Iterator[str]:
    """Warn of a CurrencyRate far from the day's; the document is saved with it.

    Source: xero-rules.md 5.3 (likely; wording and what counts as far: unsure)
    """
    usual = draft.books.rate(draft.after.currency_code)
    sent = draft.given.currency_rate
    if sent and usual and not usual / 2 <= draft.after.currency_rate <= usual * 2:
        yield f"The CurrencyRate {draft.after.currency_rate.normalize():f} differs widely from the current rate"


def spelt(value: date) -> str:
    """Write a date as in Xero's messages: 30-Sep-2021 (a help page that quotes one; likely)."""
    return f"{value:%d-%b-%Y}"


SHARED: tuple[Rule[AnyDraft], ...] = (
    contact_is_given,
    changed_contact_is_valid,
    contact_is_not_archived,
    currency_is_subscribed,
    rate_is_positive,
    has_lines,
    reference_fits,
    branding_theme_exists,
    *lines.RULES,
    total_is_not_negative,
)

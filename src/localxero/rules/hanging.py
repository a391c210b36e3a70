"""What Xero refuses about what hangs on records: history notes, files, and e-mails of invoices."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from localkit.rules import Rule
from localxero.books import RECEIVABLE, Books
from localxero.books.records import Attachment, Invoice, Note

LONGEST_NOTE = 2500
MOST_FILES = 10
NOT_IN_NAMES = set('<>:"/\\|?*+')
SENDABLE = {"SUBMITTED", "AUTHORISED", "PAID"}


@dataclass(frozen=True, slots=True)
class AttachmentDraft:
    """A file as sent, and the files that hang there already."""

    had: Sequence[Attachment]
    made: Attachment


@dataclass(frozen=True, slots=True)
class EmailDraft:
    """An invoice that is to be sent by e-mail, and how many were sent today."""

    books: Books
    invoice: Invoice
    sent_today: int


def note_has_details(draft: Note) -> Iterator[str]:
    """Refuse a note without Details.

    Source: SPEC HistoryRecord.Details (sure; wording not found)
    """
    if not draft.details.strip():
        yield "The Details field is mandatory for each history record"


def note_fits(draft: Note) -> Iterator[str]:
    """Refuse a note of more than 2500 characters.

    Source: xero-rules.md 5.7 (likely; wording not found)
    """
    if len(draft.details) > LONGEST_NOTE:
        yield "Details must not be more than 2500 characters"


def file_name_is_plain(draft: AttachmentDraft) -> Iterator[str]:
    """Refuse a file name with an angle bracket, colon, quote, slash, backslash, bar, question mark, star, plus or control character.

    Source: xero-rules.md 5.7 (likely; wording not found)
    """
    name = draft.made.file_name
    if not name.strip() or not name.isprintable() or NOT_IN_NAMES & set(name):
        yield "The file name contains characters that are not allowed"


def file_has_a_type(draft: AttachmentDraft) -> Iterator[str]:
    """Refuse a file whose name has no extension.

    Source: GH:XeroAPI/Xero-Java#142 (likely)
    """
    _, point, extension = draft.made.file_name.rpartition(".")
    if not point or not extension.strip():
        yield "The file couldn't be uploaded because it isn't a supported file type."


def files_are_few(draft: AttachmentDraft) -> Iterator[str]:
    """Refuse the eleventh file of a record; one of the same name takes the place of the old one.

    Source: xero-rules.md 5.7, D-INV (sure; wording not found)
    """
    names = {each.file_name.casefold() for each in draft.had}
    if draft.made.file_name.casefold() not in names and len(names) >= MOST_FILES:
        yield "The maximum number of attachments has been reached"


def file_is_not_empty(draft: AttachmentDraft) -> Iterator[str]:
    """Refuse a file without content; one over 10 MB (25 by a switch) is too large for the gate: 413.

    Source: xero-rules.md 5.7 (unsure; wording not found)
    """
    if not draft.made.content:
        yield "The file is empty"


def sent_invoice_is_a_sale(draft: EmailDraft) -> Iterator[str]:
    """Refuse to send a bill, or an invoice that is a draft, voided or deleted.

    Source: xero-rules.md 5.1, D-INV (sure; wording not found)
    """
    if draft.invoice.type != RECEIVABLE or draft.invoice.status not in SENDABLE:
        yield "Only ACCREC invoices with a status of SUBMITTED, AUTHORISED or PAID can be emailed"


def sent_invoice_has_an_address(draft: EmailDraft) -> Iterator[str]:
    """Refuse to send to a contact without an e-mail address.

    Source: SPEC /Invoices/{InvoiceID}/Email (likely; wording not found)
    """
    contact = draft.books.contacts.get(draft.invoice.contact_id)
    if contact is None or not contact.email_address:
        yield "The contact has no email address"


def emails_of_the_day_are_left(draft: EmailDraft) -> Iterator[str]:
    """Refuse more than 1,000 e-mails a day, 20 in a trial; a demo company sends none.

    Source: xero-rules.md 2.2, D-INV (sure; wording not found)
    """
    own = draft.books.organisation
    most = 0 if own.is_demo_company else 20 if own.plan == "TRIAL" else 1000
    if draft.sent_today >= most:
        yield "The daily limit of emails has been reached"


NOTE_RULES: tuple[Rule[Note], ...] = (note_has_details, note_fits)
ATTACHMENT_RULES: tuple[Rule[AttachmentDraft], ...] = (
    file_name_is_plain,
    file_has_a_type,
    files_are_few,
    file_is_not_empty,
)
EMAIL_RULES: tuple[Rule[EmailDraft], ...] = (
    sent_invoice_is_a_sale,
    sent_invoice_has_an_address,
    emails_of_the_day_are_left,
)

"""What Xero refuses about credit notes."""

from collections.abc import Iterator

from localkit.rules import Rule
from localxero.books import PAYABLE_CREDIT, RECEIVABLE_CREDIT
from localxero.books.records import CreditNote
from localxero.drafting.documents import DocumentDraft
from localxero.rules import documents, lines, settled, stock
from localxero.rules.documents import APPROVED, moved
from localxero.rules.invoices import INVOICE_MOVES

CreditNoteDraft = DocumentDraft[CreditNote]


def credit_note_type_may_be_created(draft: CreditNoteDraft) -> Iterator[str]:
    """Refuse any Type but ACCRECCREDIT and ACCPAYCREDIT.

    Source: xero-rules.md 5.7, SPEC CreditNote.Type (sure; wording as for invoices)
    """
    if draft.after.type not in {RECEIVABLE_CREDIT, PAYABLE_CREDIT}:
        yield "Credit Note not of valid type for creation"


def credit_note_status_may_be_created(draft: CreditNoteDraft) -> Iterator[str]:
    """Refuse to create a credit note that is already paid, voided or deleted.

    Source: xero-rules.md 5.1 of invoices (likely; wording as for invoices)
    """
    if draft.before is None and draft.after.status not in {"DRAFT", *APPROVED}:
        yield "Credit Note not of valid status for creation"


def credit_note_status_may_be_reached(draft: CreditNoteDraft) -> Iterator[str]:
    """Refuse a change of status that is not in the invoices' table, and any change of a finished credit note.

    Source: xero-rules.md 5.1 of invoices (likely; wording as for invoices)
    """
    if draft.before and draft.after.status not in INVOICE_MOVES.get(draft.before.status, set()):
        yield "Credit Note not of valid status for modification"


def credit_note_type_stays(draft: CreditNoteDraft) -> Iterator[str]:
    """Refuse to turn a customer's credit note into a supplier's, or the other way round.

    Source: SPEC CreditNote.Type (likely; wording unsure)
    """
    if draft.before and draft.after.type != draft.before.type:
        yield "Credit Note not of valid type for modification"


def credit_note_number_is_unique(draft: CreditNoteDraft) -> Iterator[str]:
    """Refuse the number of another credit note for a customer, a sales invoice's by a switch; suppliers' are free.

    Source: xero-rules.md 5.7, SPEC CreditNote.CreditNoteNumber (sure; wording and invoices' numbers unsure)
    """
    after, switches = draft.after, draft.setting.switches
    if after.type != RECEIVABLE_CREDIT or not moved(draft):
        return
    holders = documents.credit_notes_numbered(draft.books, after.number)
    if switches.credit_notes_share_the_invoices_numbers:
        holders += documents.numbered(draft.books, after.number, is_renamed_free=switches.renamed_numbers_are_free)
    if documents.is_taken(holders, after.document_id, burnt=switches.deleted_numbers_stay_burnt):
        yield "Credit Note # must be unique."


def approved_credit_note_stays(draft: CreditNoteDraft) -> Iterator[str]:
    """Refuse to rewrite an approved credit note, by a switch; voiding it is the way.

    Source: xero-rules.md 5.7 (unsure; wording as of its status)
    """
    before = draft.before
    if before is None or before.status != "AUTHORISED" or not moved(draft) or before.is_settled:
        return
    if not draft.setting.switches.approved_credit_notes_may_be_edited and settled.is_changed(draft, before):
        yield "Credit Note not of valid status for modification"


CREDIT_NOTE_RULES: tuple[Rule[CreditNoteDraft], ...] = (
    credit_note_type_may_be_created,
    credit_note_status_may_be_created,
    credit_note_status_may_be_reached,
    credit_note_type_stays,
    credit_note_number_is_unique,
    documents.period_is_open,
    documents.locked_document_stays,
    settled.settled_credit_note_stays,
    approved_credit_note_stays,
    *documents.SHARED,
    *lines.CREDIT_NOTE_RULES,
    *stock.RULES,
)
CREDIT_NOTE_WARNINGS: tuple[Rule[CreditNoteDraft], ...] = (documents.rate_is_plausible, *lines.WARNINGS)

"""Xero's own Python SDK over what hangs on records, the same for all that have it: history, files, PDF."""

from pathlib import Path

import pytest
from xero_python.accounting import AccountingApi, HistoryRecord, HistoryRecords
from xero_python.exceptions.http_status_exceptions import AccountingBadRequestException, NotFoundException

from .documents import NOBODY

pytestmark = pytest.mark.filterwarnings("ignore")

# What has history: how to write a note, how to read them.
HISTORY = {
    "contact": (AccountingApi.create_contact_history, AccountingApi.get_contact_history),
    "credit_note": (AccountingApi.create_credit_note_history, AccountingApi.get_credit_note_history),
    "invoice": (AccountingApi.create_invoice_history, AccountingApi.get_invoice_history),
    "item": (AccountingApi.create_item_history, AccountingApi.get_item_history),
    "payment": (AccountingApi.create_payment_history, AccountingApi.get_payment_history),
    "purchase_order": (AccountingApi.create_purchase_order_history, AccountingApi.get_purchase_order_history),
}
# What has files: create, update, list, read by name, read by id.
FILES = {
    "account": (
        AccountingApi.create_account_attachment_by_file_name,
        AccountingApi.update_account_attachment_by_file_name,
        AccountingApi.get_account_attachments,
        AccountingApi.get_account_attachment_by_file_name,
        AccountingApi.get_account_attachment_by_id,
    ),
    "contact": (
        AccountingApi.create_contact_attachment_by_file_name,
        AccountingApi.update_contact_attachment_by_file_name,
        AccountingApi.get_contact_attachments,
        AccountingApi.get_contact_attachment_by_file_name,
        AccountingApi.get_contact_attachment_by_id,
    ),
    "credit_note": (
        AccountingApi.create_credit_note_attachment_by_file_name,
        AccountingApi.update_credit_note_attachment_by_file_name,
        AccountingApi.get_credit_note_attachments,
        AccountingApi.get_credit_note_attachment_by_file_name,
        AccountingApi.get_credit_note_attachment_by_id,
    ),
    "invoice": (
        AccountingApi.create_invoice_attachment_by_file_name,
        AccountingApi.update_invoice_attachment_by_file_name,
        AccountingApi.get_invoice_attachments,
        AccountingApi.get_invoice_attachment_by_file_name,
        AccountingApi.get_invoice_attachment_by_id,
    ),
    "purchase_order": (
        AccountingApi.create_purchase_order_attachment_by_file_name,
        AccountingApi.update_purchase_order_attachment_by_file_name,
        AccountingApi.get_purchase_order_attachments,
        AccountingApi.get_purchase_order_attachment_by_file_name,
        AccountingApi.get_purchase_order_attachment_by_id,
    ),
}
PDFS = {
    "credit_note": AccountingApi.get_credit_note_as_pdf,
    "invoice": AccountingApi.get_invoice_as_pdf,
    "purchase_order": AccountingApi.get_purchase_order_as_pdf,
}


@pytest.fixture
def record_id(request, kind, xero, tenant):
    """The id of a record of that kind: a document made for this, or one of the books."""
    if kind in {"credit_note", "invoice", "payment", "purchase_order"}:
        made = {"credit_note": "credit_id", "purchase_order": "order_id"}.get(kind, f"{kind}_id")
        return request.getfixturevalue(made)
    held = {
        "account": xero.books(tenant).accounts,
        "contact": xero.books(tenant).contacts,
        "item": xero.books(tenant).items,
    }
    return next(iter(held[kind]))


def note(words):
    return HistoryRecords(history_records=[HistoryRecord(details=words)])


@pytest.mark.parametrize("kind", HISTORY)
class TestHistory:
    def test_takes_a_note_and_shows_it_first(self, accounting, tenant, kind, record_id):
        create, read = HISTORY[kind]
        (made,) = create(accounting, tenant, record_id, note("Order 7 é")).history_records
        assert made.details == "Order 7 é"
        newest, *_ = read(accounting, tenant, record_id).history_records
        assert (newest.details, newest.user, newest.changes) == ("Order 7 é", "System Generated", "Note")

    def test_is_not_that_of_nobody(self, accounting, tenant, kind, record_id, refused):
        create, read = HISTORY[kind]
        with refused("The document with the supplied id was not found for this endpoint."):
            create(accounting, tenant, NOBODY, note("x"))
        with pytest.raises(NotFoundException):
            read(accounting, tenant, NOBODY)

    def test_takes_no_empty_note(self, accounting, tenant, kind, record_id, refused):
        with refused("The Details field is mandatory for each history record"):
            HISTORY[kind][0](accounting, tenant, record_id, note(""))


def test_documents_write_their_history_by_themselves(accounting, tenant, invoice_id, payment_id):
    told = [each.changes for each in accounting.get_invoice_history(tenant, invoice_id).history_records]
    assert told == ["Edited", "Approved"]


@pytest.mark.parametrize("kind", FILES)
class TestFiles:
    def test_come_back_byte_for_byte(self, accounting, tenant, kind, record_id):
        create, _, listed, by_name, by_id = FILES[kind]
        content = bytes(range(256))
        (made,) = create(accounting, tenant, record_id, "proof é.png", content).attachments
        assert (made.file_name, made.mime_type, made.content_length) == ("proof é.png", "image/png", 256)
        assert [each.attachment_id for each in listed(accounting, tenant, record_id).attachments] == [
            made.attachment_id
        ]
        for read, word in ((by_name, "proof é.png"), (by_id, made.attachment_id)):
            assert Path(read(accounting, tenant, record_id, word, "image/png")).read_bytes() == content

    def test_of_the_same_name_take_the_old_ones_place(self, accounting, tenant, kind, record_id):
        create, update, listed, by_name, _ = FILES[kind]
        create(accounting, tenant, record_id, "note.txt", b"old")
        update(accounting, tenant, record_id, "note.txt", b"newer")
        assert [each.content_length for each in listed(accounting, tenant, record_id).attachments] == [5]
        assert Path(by_name(accounting, tenant, record_id, "note.txt", "text/plain")).read_bytes() == b"newer"

    def test_have_a_type(self, accounting, tenant, kind, record_id):
        words = "The file couldn't be uploaded because it isn't a supported file type."
        with pytest.raises(AccountingBadRequestException, match=words):
            FILES[kind][0](accounting, tenant, record_id, "note", b"x")
        assert FILES[kind][2](accounting, tenant, record_id).attachments == []

    def test_that_are_not_there_are_404(self, accounting, tenant, kind, record_id):
        _, _, listed, by_name, by_id = FILES[kind]
        for read, word in ((by_name, "none.txt"), (by_id, NOBODY)):
            with pytest.raises(NotFoundException):
                read(accounting, tenant, record_id, word, "text/plain")
        with pytest.raises(NotFoundException):
            listed(accounting, tenant, NOBODY)


class TestFilesOfADocument:
    def test_may_be_shown_to_the_customer(self, accounting, tenant, invoice_id, credit_id):
        (shown,) = accounting.create_invoice_attachment_by_file_name(
            tenant, invoice_id, "a.txt", b"x", include_online=True
        ).attachments
        (hidden,) = accounting.create_credit_note_attachment_by_file_name(
            tenant, credit_id, "a.txt", b"x", include_online=False
        ).attachments
        assert (shown.include_online, hidden.include_online) == (True, False)

    def test_show_on_it(self, accounting, tenant, invoice_id):
        accounting.create_invoice_attachment_by_file_name(tenant, invoice_id, "a.txt", b"x")
        (held,) = accounting.get_invoice(tenant, invoice_id).invoices
        assert (held.has_attachments, [each.file_name for each in held.attachments]) == (True, ["a.txt"])


@pytest.mark.parametrize("kind", PDFS)
class TestPdf:
    def test_is_one(self, accounting, tenant, kind, record_id):
        assert Path(PDFS[kind](accounting, tenant, record_id)).read_bytes().startswith(b"%PDF-")

    def test_is_of_what_is_there(self, accounting, tenant, kind, record_id):
        with pytest.raises(NotFoundException):
            PDFS[kind](accounting, tenant, NOBODY)

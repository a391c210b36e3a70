"""The witness sees what the books do not show."""

from dataclasses import replace

from tests.chaos.witness import Look, Record, Write, booked_in, breaches, numbers_in, resource_of

FIRST = Write("Invoices", "k1", "d1", frozenset({"A1"}), began=1, ended=2)
SECOND = Write("Invoices", "k2", "d2", frozenset({"A1", "A2"}), began=5, ended=6)
INVOICES = "/api.xro/2.0/Invoices"
IN_ORDER = {"k1": 1, "k2": 2}


def said(*writes: Write, looks: tuple[Look, ...] = (), committed: dict[str, int] = IN_ORDER) -> list[str]:
    return breaches(Record(list(writes), list(looks)), committed)


class TestADocumentThatIsSentAgain:
    def test_may_be_so_where_the_first_call_was_clear_and_booked_nothing(self):
        assert said(FIRST, SECOND) == []

    def test_may_not_be_so_once_it_is_booked(self):
        booked = replace(FIRST, booked=frozenset({"A1"}))
        assert said(booked, SECOND) == ["Invoices A1 was booked and sent again under another key"]

    def test_may_be_so_under_the_same_key_with_the_same_bytes(self):
        booked = replace(FIRST, booked=frozenset({"A1"}), is_clear=False)
        assert said(booked, replace(FIRST, began=3, ended=4)) == []

    def test_may_not_be_so_beside_a_call_that_is_under_way(self):
        assert said(replace(FIRST, ended=9), SECOND) == ["Invoices A1 was sent while another call for it was under way"]

    def test_may_be_so_by_a_worker_that_was_stopped_and_is_late(self):
        booked = replace(FIRST, booked=frozenset({"A1"}))
        assert said(booked, SECOND, committed={"k2": 1, "k1": 2}) == []


class TestADocumentInDoubt:
    DOUBTFUL = replace(FIRST, is_clear=False)

    def test_is_not_sent_again_without_a_look(self):
        assert said(self.DOUBTFUL, SECOND) == ["Invoices A1 was in doubt and sent again without a look"]

    def test_is_sent_again_after_one(self):
        assert said(self.DOUBTFUL, SECOND, looks=(Look("Invoices", 3, 4),)) == []

    def test_is_not_looked_for_by_a_look_that_began_before_its_end_or_elsewhere(self):
        for look in (Look("Invoices", 1.5, 4), Look("Invoices", 3, 5.5), Look("PurchaseOrders", 3, 4)):
            assert len(said(self.DOUBTFUL, SECOND, looks=(look,))) == 1


def test_a_key_is_never_used_for_two_bodies():
    assert said(FIRST, replace(FIRST, digest="d2", began=3)) == ["the key k1 was used for 2 bodies"]


def test_documents_are_read_from_requests_and_answers():
    asked = b'{"Invoices":[{"InvoiceNumber":"a1"},{"InvoiceNumber":"A2"}]}'
    answered = (
        b'{"Invoices":[{"InvoiceNumber":"A1","StatusAttributeString":"OK"},{"InvoiceNumber":"A2","HasErrors":true}]}'
    )
    assert numbers_in(INVOICES, asked) == {"A1", "A2"}
    assert booked_in(INVOICES, answered) == {"A1"}
    assert booked_in(INVOICES, answered[:40]) == frozenset()
    assert numbers_in("/api.xro/2.0/Items", b'{"Items":[{"Code":"X"}]}') == frozenset()
    assert resource_of("/api.xro/2.0/Invoices/1?x=y") == "Invoices"
    assert resource_of("/connect/token") == ""


class TestWhatHasNoNumber:
    PAID = Write("Payments", "k1", "d1", frozenset({"i1 stripe ch_1"}), began=1, ended=2, is_clear=False)
    AGAIN = replace(PAID, key="k2", digest="d2", began=5, ended=6)

    def test_is_told_by_what_it_settles_and_its_reference(self):
        asked = (
            b'{"Payments":[{"Invoice":{"InvoiceID":"I1"},"Reference":"stripe ch_1","Amount":5},'
            b'{"CreditNote":{"CreditNoteID":"N1"},"Reference":"stripe rf_1","Amount":5}]}'
        )
        path = "/api.xro/2.0/Payments?summarizeErrors=false"
        assert numbers_in(path, asked) == {"i1 stripe ch_1", "n1 stripe rf_1"}
        answered = b'{"Payments":[{"Invoice":{"InvoiceID":"I1"},"Reference":"stripe ch_1","ValidationErrors":[{}]}]}'
        assert booked_in(path, answered) == frozenset()
        assert booked_in(path, answered.replace(b"{}", b"")) == {"i1 stripe ch_1"}

    def test_is_an_allocation_by_its_note_and_its_invoice(self):
        path = "/api.xro/2.0/CreditNotes/N1/Allocations?summarizeErrors=false"
        assert resource_of(path) == "Allocations"
        assert resource_of("/api.xro/2.0/CreditNotes/N1") == "CreditNotes"
        assert numbers_in(path, b'{"Allocations":[{"Amount":5,"Invoice":{"InvoiceID":"I1"}}]}') == {"n1 i1"}

    def test_is_sent_again_only_after_a_reading_of_what_it_settles(self):
        assert said(self.PAID, self.AGAIN, looks=(Look("Payments", 3, 4, 'where=invoice.invoiceid==guid("i1")'),)) == []
        for look in (Look("Payments", 3, 4, 'where=guid("i2")'), Look("Invoices", 3, 4, "ids=i1")):
            assert len(said(self.PAID, self.AGAIN, looks=(look,))) == 1

    def test_is_an_allocation_sent_again_only_after_its_note_was_read(self):
        first = replace(self.PAID, resource="Allocations", numbers=frozenset({"n1 i1"}))
        again = replace(first, key="k2", digest="d2", began=5, ended=6)
        assert said(first, again, looks=(Look("CreditNotes", 3, 4, "/api.xro/2.0/creditnotes/n1"),)) == []
        assert len(said(first, again, looks=(Look("CreditNotes", 3, 4, "/api.xro/2.0/creditnotes/n2"),))) == 1

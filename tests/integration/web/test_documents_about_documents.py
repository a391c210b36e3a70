"""A document about another one, of a kind that Daybook has never heard of, is posted behind it and shown with it."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction
from django.urls import reverse

from daybook.connections.models import Connection, Organisation, TokenSet
from daybook.documents.document import AmountType
from daybook.documents.kinds import SPECS
from daybook.kit import clock, ids
from daybook.kit.money import Totals
from daybook.ledgers import registry
from daybook.outbox import entering, queue
from daybook.outbox.models import Entry
from daybook.outbox.needs import Until
from daybook.wire.http import HttpClient
from tests.integration.posting.test_drain import post
from tests.integration.posting.test_toy_ledger import Slate
from tests.integration.web.conftest import take_in
from tests.toys.note import SLATE_WITH_NOTES, SPEC, Note, ToyKind
from tests.world import Cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]


@pytest.fixture
def slate() -> Slate:
    return Slate()


@pytest.fixture
def acme(acme: Cast, slate: Slate, settings, monkeypatch) -> Cast:
    """Acme's invoice waits for Slate, which takes notes: a row in the table of kinds, and one in that of ledgers."""
    take_in(acme)
    monkeypatch.setitem(SPECS, ToyKind.NOTE, SPEC)
    monkeypatch.setitem(registry.LEDGERS, "slate", SLATE_WITH_NOTES)
    settings.SLATE_API_BASE = settings.SLATE_LINK_BASE = "https://slate.example"
    Organisation.objects.update(ledger="slate")
    Connection.objects.update(ledger="slate")
    TokenSet.objects.update(scope="slate")
    acme.connection.refresh_from_db()
    acme.client = HttpClient(10, slate)
    return acme


@pytest.fixture
def invoice(acme) -> Entry:
    return Entry.objects.select_related("order").get(company=acme.company)


@pytest.fixture
def note(acme, invoice) -> Entry:
    """A note about the invoice, which may go once that is posted."""
    note = enter(acme, invoice, "NOTE-1")
    with transaction.atomic():
        first, second = queue.locked(Entry.objects.filter(pk__in=[invoice.pk, note.pk]))
        queue.need(second, first, Until.POSTED)
    note.refresh_from_db()
    return note


def enter(cast: Cast, about: Entry, number: str) -> Entry:
    zero = Decimal("0.00")
    says = Note(
        number=number,
        contact_id="someone",
        date=date(2026, 3, 2),
        currency="GBP",
        amount_type=AmountType.EXCLUSIVE,
        lines=(),
        totals=Totals(zero, zero, zero),
        reference="",
        status="WRITTEN",
    )
    batch = entering.Batch(company_id=cast.company.pk, now=clock.now())
    entry = entering.enter(
        batch,
        order=about.order,
        kind=ToyKind.NOTE,
        generation=1,
        organisation_id=about.organisation_id,
        identity=cast.connection.organisation.identity,
        number=number,
        public_id=ids.public_id(),
        mapped=says,
    )
    entering.save(batch)
    Entry.objects.filter(pk=entry.pk).update(about=about)
    return entry


def page(client, name: str, cast: Cast, *named: str, **asked: str) -> str:
    answer = client.get(reverse(f"web:{name}", args=[cast.company.public_id, *named]), asked)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


class TestANoteAboutAnInvoice:
    def test_is_posted_behind_it(self, acme, slate, invoice, note):
        post(acme)
        assert [row["number"] for row in slate.rows] == [invoice.number, "NOTE-1"]
        assert [count for _, count in slate.calls] == [1, 1]

    def test_stands_on_the_order_s_page_with_what_it_waits_for(self, logged_in, acme, invoice, note):
        client = logged_in()
        text = page(client, "order", acme, invoice.order.public_id)
        to_the_invoice = f">Invoice {invoice.number}</a>"
        assert '<span>Note <div class="db-small">about <a' in text
        assert text.count(to_the_invoice) == 2
        assert f"{to_the_invoice} is posted" in text
        post(acme)
        assert f"{to_the_invoice} is posted" not in page(client, "order", acme, invoice.order.public_id)

    def test_says_on_its_page_what_it_is_about_and_what_it_waits_for(self, logged_in, acme, invoice, note):
        client = logged_in()
        text = page(client, "document", acme, note.public_id)
        assert "<h2>Note NOTE-1</h2>" in text
        assert (
            f'<dt>About</dt><dd><a class="db-link" href="/c/{acme.company.public_id}/documents/{invoice.public_id}/'
            in text
        )
        assert "<dt>Waits until</dt>" in text
        post(acme)
        assert "<dt>Waited until</dt>" in page(client, "document", acme, note.public_id)

    def test_stands_on_the_invoice_s_page(self, logged_in, acme, invoice, note):
        text = page(logged_in(), "document", acme, invoice.public_id)
        assert '>Note NOTE-1</a> <span class="db-quiet db-small">is about it</span>' in text
        assert "waits until it is posted</span>" in text

    def test_is_found_in_the_list_by_its_kind(self, logged_in, acme, invoice, note):
        client = logged_in()
        text = page(client, "documents", acme, kind="note")
        assert '<option value="note" selected> Notes</option>' in text
        assert f"about {invoice.number}</" in text
        assert '<span class="db-quiet db-small">behind 1 other</span>' in text
        assert f'{invoice.public_id}/"' not in text
        assert "NOTE-1" not in page(client, "documents", acme, kind="invoice")

    def test_written_by_a_version_that_knew_its_kind_is_shown_as_far_as_this_one_can(
        self, logged_in, acme, note, monkeypatch
    ):
        monkeypatch.delitem(SPECS, ToyKind.NOTE)
        client = logged_in()
        assert "cannot read what it says" in page(client, "document", acme, note.public_id)
        assert "NOTE-1" in page(client, "documents", acme)

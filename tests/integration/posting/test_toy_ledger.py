"""A ledger that Daybook has never heard of takes documents as Xero does: posting and looking know no ledger by name."""

import json
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from django.test import Client

from daybook.catalog import problems, refresh
from daybook.catalog.models import CatalogRead
from daybook.companies import people
from daybook.companies.models import Company, Membership
from daybook.connections import calls, consent, roster
from daybook.connections.models import Connection, Organisation, PostingSettings, TaxMapping, TokenSet
from daybook.documents.kinds import Kind
from daybook.intake.receive import receive
from daybook.kit import clock
from daybook.ledgers import registry
from daybook.outbox import approving
from daybook.outbox.models import Attempt, AttemptEntry, Entry
from daybook.reconciliation import witness
from daybook.reconciliation.report import compare_connection
from daybook.reconciliation.watching import look_at_one
from daybook.web import buttons
from daybook.wire.http import HttpClient
from localxero import LocalXero
from tests.integration.posting.test_drain import look, post, states
from tests.journeys.test_from_order_to_invoice import order
from tests.toys.ledger import SLATE
from tests.world import Cast, connected

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]


STRANGER = {
    "id": "99", "mark": "theirs", "contact": "1", "currency": "GBP", "version": "0", "totals": ["1", "0", "1"], "about": [],
}  # fmt: skip
LINE = {"id": "1", "sku": "MUG-11OZ-WHT", "quantity": 2, "unit_price": "6.25", "tax_rate": "0.2", "unit_cost": "2.1"}
LISTED = {
    "/token": {"access_token": "of-slate", "refresh_token": "next", "expires_in": 3600},
    "/facts": {"name": "Acme's slate", "country": "GB", "currency": "GBP", "zone": "Europe/London"},
    "/accounts": [{"code": "1", "name": "Sales", "use": "income"}, {"code": "9", "name": "Bank", "use": "bank"}],
    "/rates": [{"code": "full", "name": "The usual", "percent": "20"}],
    "/contacts": [{"id": "7", "name": "Web orders"}],
}


class Slate(httpx2.BaseTransport):
    """The far side: one list of rows. `says_nothing`: it writes, and its answer is lost."""

    def __init__(self) -> None:
        self.rows: list[dict] = []
        self.calls: list[tuple[str, int]] = []
        self.keys: list[str] = []
        self.full_at, self.says_nothing = 1000, False
        self.revoked: list[str] = []

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        path = request.url.path
        if path == "/revoke":
            self.revoked.append(request.headers["Authorization"])
            return httpx2.Response(200, json={})
        if path in LISTED:
            return httpx2.Response(200, json=LISTED[path])
        if request.method == "GET":
            wanted = request.url.params
            numbers, ids = wanted.get("numbers", "").split(","), wanted.get("ids", "").split(",")
            return httpx2.Response(200, json=[row for row in self.rows if row["number"] in numbers or row["id"] in ids])
        asked = json.loads(request.content)
        self.calls.append((str(request.url), len(asked)))
        self.keys.append(request.headers["Once"])
        said = [self._write(row) for row in asked]
        if self.says_nothing:
            raise httpx2.ReadError("the line is dead")
        return httpx2.Response(200, json=said)

    def _write(self, row: dict) -> dict:
        if len(self.rows) >= self.full_at:
            return {"mark": row["mark"], "error": "the slate is full"}
        if any(version != self._versions().get(their_id) for their_id, version in row["about"]):
            return {"mark": row["mark"], "error": "somebody has changed it meanwhile"}
        if row["number"] in {each["number"] for each in self.rows}:
            return {"mark": row["mark"], "error": "another one has this number"}
        self.rows.append(row | {"id": str(len(self.rows) + 1), "version": "0"})
        return self.rows[-1]

    def _versions(self) -> dict[str, str]:
        return {row["id"]: row["version"] for row in self.rows}


@pytest.fixture
def slate() -> Slate:
    return Slate()


@pytest.fixture
def acme(slate: Slate, settings, monkeypatch) -> Cast:
    """A company whose connection leads to Slate: one row in the table of ledgers."""
    monkeypatch.setitem(registry.LEDGERS, "slate", SLATE)
    cast = connected(LocalXero(limits="off"), untouched=True)
    Organisation.objects.update(ledger="slate")
    Connection.objects.update(ledger="slate")
    TokenSet.objects.update(scope="slate")
    cast.connection.refresh_from_db()
    cast.client = HttpClient(10, slate)
    return cast


class TestAToyLedger:
    def test_takes_documents_by_its_own_way_and_all_three_sides_agree(self, acme, slate):
        entries = acme.ready_invoices(31)
        post(acme)
        assert states(acme) == {"posted": 31}
        assert slate.calls == [("https://slate.example/slate", 30), ("https://slate.example/slate", 1)]
        assert {row["mark"] for row in slate.rows} == {entry.public_id for entry in entries}
        assert compare_connection(acme.connection, acme.client).difference == 0

    def test_is_looked_into_before_anything_is_sent_again(self, acme, slate):
        acme.ready_invoices(2)
        slate.says_nothing = True
        post(acme)
        assert states(acme) == {"unknown": 2}
        slate.says_nothing = False
        look(acme, later=timedelta(minutes=10))
        assert states(acme) == {"posted": 2}
        assert (len(slate.rows), Attempt.objects.count()) == (2, 1)
        assert set(AttemptEntry.objects.values_list("words", flat=True)) == {"found in Slate"}

    def test_says_no_in_its_own_words_and_its_neighbours_stand(self, acme, slate):
        acme.ready_invoices(2)
        slate.full_at = 1
        post(acme)
        refused = Entry.objects.get(state="rejected")
        assert (refused.cause, refused.detail) == ("slate_full", "the slate is full")
        assert states(acme) == {"posted": 1, "rejected": 1}

    def test_is_given_no_number_longer_than_it_takes(self, acme, slate):
        held, made = receive(acme.company, order("A-NUMBER-OF-22-LETTERS")), receive(acme.company, order("SHORT"))
        post(acme)
        assert (held.outlook.standing, held.outlook.cause) == ("held", "ref_unusable")
        assert made.outlook.standing == "documented"
        assert [row["number"] for row in slate.rows] == ["SHORT"]

    def test_is_given_keys_no_longer_than_it_takes_and_no_two_alike(self, acme, slate):
        acme.ready_invoices(31)
        post(acme)
        assert [len(key) for key in slate.keys] == [36, 36]
        assert len(set(slate.keys)) == 2
        assert all(key.startswith("daybook-") for key in slate.keys)


class TestOneSpaceOfNumbersForAllKinds:
    @pytest.fixture
    def tracked(self, acme):
        PostingSettings.objects.filter(connection=acme.connection).update(process_method="tracked")
        return acme

    def test_gives_an_order_one_of_each_kind(self, tracked, slate):
        receive(tracked.company, order("A-1", lines=[LINE]))
        post(tracked)
        assert sorted((row["kind"], row["number"]) for row in slate.rows) == [
            ("invoice", "A-1"),
            ("purchase_order", "A-1-PO"),
        ]
        assert compare_connection(tracked.connection, tracked.client).agrees

    def test_holds_an_order_whose_number_another_kind_has_and_says_whose(self, tracked):
        receive(tracked.company, order("A-1"))
        outlook = receive(tracked.company, order("A-1-PO")).outlook
        assert (outlook.standing, outlook.cause) == ("held", "number_taken_in_daybook")
        assert "It belongs to order A-1 (id A-1 of shop)." in outlook.explanation

    def test_finds_a_number_that_a_stranger_of_another_kind_holds(self, acme, slate):
        receive(acme.company, order("A-1"))
        slate.rows.append(STRANGER | {"number": "A-1", "kind": "purchase_order"})
        slate.says_nothing = True
        post(acme)
        slate.says_nothing = False
        look(acme)
        refused = Entry.objects.get()
        assert (refused.state, refused.cause) == ("rejected", "number_taken")


class TestADocumentAboutAnotherOne:
    @pytest.fixture
    def second(self, acme, slate):
        """An invoice that is about one which was posted before."""
        first = acme.ready_invoice()
        post(acme)
        second = acme.ready_invoice()
        Entry.objects.filter(pk=second.pk).update(about=first)
        return second

    def test_names_the_version_that_was_posted(self, acme, slate, second):
        post(acme)
        assert slate.rows[1]["about"] == [["1", "0"]]
        assert second.__class__.objects.get(pk=second.pk).state == "posted"

    def test_names_the_version_that_it_has_by_now(self, acme, slate, second):
        slate.rows[0]["version"] = "4"  # a person was there
        post(acme)
        assert slate.rows[1]["about"] == [["1", "4"]]
        assert states(acme) == {"posted": 2}

    def test_of_which_the_other_is_gone_is_held_and_blocks_nothing(self, acme, slate, second):
        slate.rows.clear()
        neighbour = acme.ready_invoice()
        post(acme)
        second.refresh_from_db()
        assert (second.state, second.cause) == ("held", "needed_ended")
        assert [row["number"] for row in slate.rows] == [neighbour.number]

    def test_knows_the_version_that_a_look_showed(self, acme, slate, second):
        slate.rows[0]["version"] = "4"
        first = Entry.objects.get(number=slate.rows[0]["number"])
        look_at_one(first, acme.connection, acme.client)
        first.refresh_from_db()
        assert first.their_version == "4"


class TestItsConsentAndLists:
    @pytest.fixture
    def olive(self, db):
        return people.add_person("olive@acme.example", password="mill pond lantern 7", name="Olive")

    @pytest.fixture
    def let_in(self, slate, olive, monkeypatch) -> Cast:
        """Olive has let Daybook in, Slate's lists were read, and it holds nothing that the day book does not know."""
        monkeypatch.setitem(registry.LEDGERS, "slate", SLATE)
        company, client = Company.objects.create(name="Acme"), HttpClient(10, slate)
        row = roster.add(company, olive, ledger="slate")
        row.client_id, row.client_secret = "app", "secret"
        row.save()
        page = urlsplit(consent.begin(row, olive))
        assert page.hostname == "login.slate.example"
        came_back = {"state": parse_qs(page.query)["state"][0], "code": "c", "slate": "S-1"}
        row = consent.finish(came_back, olive, documents_in_flight=lambda _: False, client=client, ledger="slate")
        PostingSettings.objects.create(connection=row, contact_name="Web orders", sales_account="1")
        TaxMapping.objects.create(connection=row, rate="0.2", tax_type="full")
        refresh.refresh(row, client=client)
        witness.run(client, now=clock.now())
        return Cast(None, company, row, client)

    def test_are_all_that_a_company_needs_to_post_there(self, let_in, slate, olive):
        assert problems.settings_problems(let_in.connection) == []
        assert receive(let_in.company, order("A-1")).is_refused is False
        entry = Entry.objects.get()
        approving.approve(entry, olive, approving.digest(entry))
        post(let_in)
        assert [(row["number"], row["contact"], row["totals"]) for row in slate.rows] == [
            ("A-1", "7", ["12.50", "2.50", "15.00"])
        ]

    def test_are_read_also_for_a_company_that_counts_items_where_it_has_no_list_of_them(self, let_in):
        PostingSettings.objects.filter(connection=let_in.connection).update(process_method="tracked")
        refresh.refresh(let_in.connection, client=let_in.client)
        reads = CatalogRead.objects.filter(organisation=let_in.connection.organisation)
        assert set(reads.values_list("resource", flat=True)) == {"Organisation", "Contacts", "Accounts", "TaxRates"}

    def test_are_left_where_it_names_no_way_to_an_organisation(self, let_in, slate):
        calls.disconnect(let_in.connection, client=let_in.client)
        assert slate.revoked == ["Bearer of-slate"]

    def test_let_nobody_be_tracked_where_it_takes_no_purchase_orders(self, let_in, slate, monkeypatch):
        only_invoices = replace(SLATE, forms={Kind.INVOICE: SLATE.forms[Kind.INVOICE]})
        monkeypatch.setitem(registry.LEDGERS, "slate", only_invoices)
        PostingSettings.objects.filter(connection=let_in.connection).update(process_method="tracked")
        said = {problem.field: problem.words for problem in problems.settings_problems(let_in.connection)}
        assert said["process_method"] == "Slate takes no purchase orders. Choose Untracked."

    def test_offer_tracked_on_the_page_only_where_it_takes_purchase_orders(self, let_in, olive, monkeypatch):
        people.join(let_in.company, olive, Membership.Role.OWNER)
        room = f"/c/{let_in.company.public_id}/connections/{let_in.connection.public_id}/rooms/method/"
        browser = Client()
        browser.force_login(olive, backend="allauth.account.auth_backends.AuthenticationBackend")
        assert 'value="tracked"' in browser.get(room).content.decode()
        only_invoices = replace(SLATE, forms={Kind.INVOICE: SLATE.forms[Kind.INVOICE]})
        monkeypatch.setitem(registry.LEDGERS, "slate", only_invoices)
        text = browser.get(room).content.decode()
        assert 'value="untracked"' in text
        assert 'value="tracked"' not in text

    def test_link_to_a_document_without_a_short_code(self, let_in, olive):
        receive(let_in.company, order("A-1"))
        entry = Entry.objects.get()
        approving.approve(entry, olive, approving.digest(entry))
        post(let_in)
        assert buttons.document_there(Entry.objects.get()) == "https://slate.example/slate/1"


class TestALedgerThatIsLookedAt:
    def test_shows_a_person_what_was_wiped_there(self, acme, slate):
        entry = acme.ready_invoice()
        post(acme)
        slate.rows.clear()
        entry.refresh_from_db()
        assert look_at_one(entry, acme.connection, acme.client)
        entry.refresh_from_db()
        assert (entry.attention, entry.attention_detail) == ("voided_in_xero", "Wiped in Slate.")

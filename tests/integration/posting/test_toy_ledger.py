"""A ledger that Daybook has never heard of takes documents as Xero does: posting and looking know no ledger by name."""

import json
from datetime import timedelta

import httpx2
import pytest

from daybook.connections.models import Connection, Organisation
from daybook.ledgers import registry
from daybook.outbox.models import Attempt, AttemptEntry, Entry
from daybook.reconciliation.report import compare_connection
from daybook.reconciliation.watching import look_at_one
from daybook.wire.http import HttpClient
from localxero import LocalXero
from tests.integration.posting.test_drain import look, post, states
from tests.toys.ledger import SLATE
from tests.world import Cast, connected

pytestmark = pytest.mark.django_db(transaction=True)


class Slate(httpx2.BaseTransport):
    """The far side: one list of rows. `says_nothing`: it writes, and its answer is lost."""

    def __init__(self) -> None:
        self.rows: list[dict] = []
        self.calls: list[tuple[str, int]] = []
        self.full_at, self.says_nothing = 1000, False

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.method == "GET":
            wanted = request.url.params
            numbers, ids = wanted.get("numbers", "").split(","), wanted.get("ids", "").split(",")
            return httpx2.Response(200, json=[row for row in self.rows if row["number"] in numbers or row["id"] in ids])
        asked = json.loads(request.content)
        self.calls.append((str(request.url), len(asked)))
        said = [self._write(row) for row in asked]
        if self.says_nothing:
            raise httpx2.ReadError("the line is dead")
        return httpx2.Response(200, json=said)

    def _write(self, row: dict) -> dict:
        if len(self.rows) >= self.full_at:
            return {"mark": row["mark"], "error": "the slate is full"}
        self.rows.append(row | {"id": str(len(self.rows) + 1)})
        return self.rows[-1]


@pytest.fixture
def slate() -> Slate:
    return Slate()


@pytest.fixture
def acme(slate: Slate, settings, monkeypatch) -> Cast:
    """A company whose connection leads to Slate: one row in the table of ledgers, one address."""
    monkeypatch.setitem(registry.LEDGERS, "slate", SLATE)
    settings.SLATE_API_BASE = "https://slate.example"
    cast = connected(LocalXero(limits="off"))
    Organisation.objects.update(ledger="slate")
    Connection.objects.update(ledger="slate")
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

    def test_is_asked_before_a_call_and_what_may_not_go_blocks_nothing(self, acme, slate):
        too_long, _ = acme.ready_invoice("A-NUMBER-OF-22-LETTERS"), acme.ready_invoice("SHORT")
        post(acme)
        too_long.refresh_from_db()
        assert (too_long.state, too_long.cause) == ("held", "ref_unusable")
        assert [row["number"] for row in slate.rows] == ["SHORT"]

    def test_shows_a_person_what_was_wiped_there(self, acme, slate):
        entry = acme.ready_invoice()
        post(acme)
        slate.rows.clear()
        entry.refresh_from_db()
        assert look_at_one(entry, acme.connection, acme.client)
        entry.refresh_from_db()
        assert (entry.attention, entry.attention_detail) == ("voided_in_xero", "Wiped in Slate.")

"""A version of Daybook without a ledger that an installation posts to: it says so everywhere, and waits."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from daybook.catalog import refresh
from daybook.companies import keys, people
from daybook.companies.models import Membership
from daybook.intake.receive import receive
from daybook.kit import clock
from daybook.ledgers import registry
from daybook.ops.cli import status
from daybook.outbox.models import Entry
from daybook.posting import sweeping
from daybook.reconciliation import watching
from tests.integration.posting.test_drain import look, post, states
from tests.integration.posting.test_toy_ledger import Slate, acme, slate  # noqa: F401 - fixtures
from tests.journeys.test_from_order_to_invoice import order
from tests.toys.ledger import SLATE
from tests.world import Cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]

PAGES = ("overview", "orders", "documents", "connection", "costs", "keys", "people")
OF_A_DOCUMENT = ("document", "document-cancel", "document-done", "document-settle")
TO_PRESS = ("document-retry", "document-look", "document-restore", "document-again", "document-settle")


@pytest.fixture
def waiting(acme: Cast, slate: Slate) -> Cast:  # noqa: F811
    """One document is posted, one unknown, one waits; then Slate's row is gone."""
    acme.ready_invoice("POSTED-1")
    post(acme)
    slate.says_nothing = True
    acme.ready_invoice("UNKNOWN-1")
    post(acme)
    slate.says_nothing = False
    acme.connection.refresh_from_db()
    acme.ready_invoice("READY-1")
    assert states(acme) == {"posted": 1, "unknown": 1, "ready": 1}
    return acme


@pytest.fixture
def owner(waiting: Cast) -> Client:
    olive = people.add_person("olive@acme.example", password="mill pond lantern 7", name="Olive")
    people.join(waiting.company, olive, Membership.Role.OWNER)
    client = Client(raise_request_exception=False)
    client.force_login(olive, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def taken_out(waiting: Cast, monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.delitem(registry.LEDGERS, "slate")
    return waiting


class TestAllThatWorksByItself:
    def test_leaves_everything_as_it_is(self, taken_out, slate):  # noqa: F811
        calls = len(slate.calls)
        sweeping.due(clock.now())
        post(taken_out)
        look(taken_out, later=timedelta(hours=1))
        watching.watch(taken_out.client, now=clock.now() + timedelta(hours=2))
        refresh.refresh_all(client=taken_out.client)
        assert states(taken_out) == {"posted": 1, "unknown": 1, "ready": 1}
        assert len(slate.calls) == calls

    def test_takes_orders_in_and_makes_no_document_yet(self, taken_out):
        receipt = receive(taken_out.company, order("LATER-1"))
        assert receipt.result == "accepted"
        assert not Entry.objects.filter(number="LATER-1").exists()

    def test_says_so_on_the_command_line(self, taken_out):
        said = next(each for each in status.read(clock.now()).companies if each.name == taken_out.company.name)
        assert said.documents == {"posted": 1, "unknown": 1, "ready": 1}


class TestAPage:
    def test_is_shown_with_what_is_wrong_and_none_fails(self, taken_out, owner):
        company = taken_out.company.public_id
        addresses = [reverse(f"web:{name}", args=[company]) for name in PAGES]
        for entry in Entry.objects.select_related("order"):
            addresses += [reverse(f"web:{name}", args=[company, entry.public_id]) for name in OF_A_DOCUMENT]
            addresses.append(reverse("web:order", args=[company, entry.order.public_id]))
        answers = {address: owner.get(address) for address in addresses}
        assert {address: each.status_code for address, each in answers.items() if each.status_code >= 400} == {}
        overview = " ".join(answers[addresses[0]].content.decode().split())
        assert "which this version of Daybook does not know" in overview

    @pytest.mark.parametrize("name", TO_PRESS)
    def test_has_no_button_that_fails_or_moves_anything(self, taken_out, owner, name):
        for entry in Entry.objects.all():
            address = reverse(f"web:{name}", args=[taken_out.company.public_id, entry.public_id])
            assert owner.post(address, {"verdict": "given_up"}).status_code < 500
        assert states(taken_out) == {"posted": 1, "unknown": 1, "ready": 1}

    @pytest.mark.parametrize(
        "name", ["connection-app", "connection-read-again", "connection-resume", "settings-save", "look"]
    )
    def test_of_the_settings_has_none_either(self, taken_out, owner, name):
        answer = owner.post(
            reverse(f"web:{name}", args=[taken_out.company.public_id]), {"client_id": "x", "then": "consent"}
        )
        assert answer.status_code < 500


class TestTheApi:
    def test_still_tells_how_an_order_stands(self, taken_out):
        key = keys.create_api_key(taken_out.company, "shop")
        secret = key[1] if isinstance(key, tuple) else key
        client = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {secret}"})
        known = Entry.objects.select_related("order__feed").get(number="POSTED-1").order
        answer = client.get("/api/v1/orders", {"source": known.feed.source, "id": known.source_id})
        assert answer.status_code < 500
        taken = client.post("/api/v1/orders", json.dumps([order("BY-API-1")]), content_type="application/json")
        assert taken.status_code == 200


class TestTheLedgerThatIsBack:
    def test_has_all_go_by_itself_and_nothing_twice(self, taken_out, slate, monkeypatch):  # noqa: F811
        receive(taken_out.company, order("LATER-1"))
        monkeypatch.setitem(registry.LEDGERS, "slate", SLATE)
        look(taken_out, later=timedelta(hours=1))
        post(taken_out)
        assert states(taken_out)["posted"] == 3
        assert sorted(row["number"] for row in slate.rows) == ["POSTED-1", "READY-1", "UNKNOWN-1"]

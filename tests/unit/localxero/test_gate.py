"""What stands before every endpoint: token, tenant, scope, limits, keys, faults."""

import threading
from datetime import timedelta

import httpx2
import pytest

from localxero import LocalXero
from localxero.oauth import App
from localxero.testing import signed_in

LINE = {"Description": "Mug", "Quantity": 1, "UnitAmount": 10, "AccountCode": "200"}


@pytest.fixture
def invoice(customer):
    return {"Type": "ACCREC", "Contact": customer, "InvoiceNumber": "A-1", "LineItems": [LINE]}


def problem(answer):
    """Read a refusal of the gate: six fields, of which three say something."""
    body = answer.json()
    assert (body["Type"], body["Extensions"], len(body), len(body["Instance"])) == (None, {}, 6, 36)
    return body["Title"], body["Status"], body["Detail"]


class TestTokens:
    def test_are_asked_for(self, client):
        answer = client.get("/Organisation", headers={"Authorization": ""})
        assert answer.status_code == 401
        assert problem(answer) == ("Unauthorized", 401, "AuthenticationUnsuccessful")

    def test_expire_after_half_an_hour(self, client, xero):
        xero.clock.advance(29 * 60)
        assert client.get("/Organisation").status_code == 200
        xero.clock.advance(60)
        answer = client.get("/Organisation")
        assert answer.status_code == 401
        assert answer.json()["Detail"] == "TokenExpired: token expired at 11/20/2026 12:30:00"

    @pytest.mark.parametrize("tenant", ["", "nonsense", "d410d223-a67f-4406-81ff-000000000000"])
    def test_open_connected_tenants_only(self, client, tenant):
        answer = client.get("/Organisation", headers={"xero-tenant-id": tenant})
        assert answer.status_code == 403
        assert problem(answer) == ("Forbidden", 403, "AuthenticationUnsuccessful")

    def test_open_nothing_once_consent_is_withdrawn(self, client, xero, gb):
        assert xero.disconnect(gb) == 1
        assert client.get("/Organisation").status_code == 403

    @pytest.mark.parametrize(
        ("scope", "method", "path", "status"),
        [
            ("accounting.settings.read", "GET", "/Accounts", 200),
            ("accounting.settings.read", "PUT", "/Currencies", 401),
            ("accounting.settings.read", "GET", "/Items", 200),
            ("accounting.invoices", "GET", "/Items", 200),
            ("accounting.invoices", "GET", "/Accounts", 401),
            ("accounting.contacts.read", "GET", "/Contacts", 200),
            ("accounting.contacts.read", "GET", "/PurchaseOrders", 401),
        ],
    )
    def test_open_what_their_scopes_say(self, xero, gb, scope, method, path, status):
        with signed_in(xero, gb, scope=scope) as client:
            answer = client.request(method, path)
        assert answer.status_code == status
        if status == 401:
            assert answer.json()["Detail"] == "AuthorizationUnsuccessful"
            assert answer.headers["WWW-Authenticate"] == "insufficient_scope"


class TestForm:
    def test_must_be_json(self, client):
        assert client.get("/Organisation", headers={"Accept": "*/*"}).status_code == 406

    def test_knows_its_paths(self, client):
        answer = client.get("/Nonsense")
        assert (answer.status_code, answer.text) == (404, "The resource you're looking for cannot be found")
        assert client.delete("/Invoices").status_code == 501

    def test_says_when_an_organisation_is_offline(self, client, xero, gb):
        xero.configure(gb, offline=True)
        answer = client.get("/Organisation")
        assert answer.status_code == 503
        assert answer.headers["content-type"].startswith("text/plain")


class TestLimits:
    @pytest.fixture
    def limited(self, gb):
        xero = LocalXero(limits="starter")
        xero.clock.freeze()
        with signed_in(xero, gb) as client:
            yield xero, client

    def test_count_sixty_a_minute(self, limited):
        xero, client = limited
        answers = [client.get("/Organisation") for _ in range(61)]
        assert [answer.status_code for answer in answers] == [200] * 60 + [429]
        assert answers[0].headers["X-MinLimit-Remaining"] == "59"
        assert answers[0].headers["X-DayLimit-Remaining"] == "999"
        assert answers[0].headers["X-AppMinLimit-Remaining"] == "9999"
        assert answers[-1].headers["X-Rate-Limit-Problem"] == "minute"
        xero.clock.advance(int(answers[-1].headers["Retry-After"]))
        assert client.get("/Organisation").status_code == 200

    def test_count_the_day(self, limited):
        xero, client = limited
        xero.state.limits.set(day=2, minute=None)
        assert [client.get("/Organisation").status_code for _ in range(3)] == [200, 200, 429]
        assert client.get("/Organisation").headers["X-Rate-Limit-Problem"] == "day"

    def test_count_those_in_flight(self, xero, gb):
        xero.state.limits.set("live")
        held = [xero.state.limits.enter("client", gb) for _ in range(6)]
        assert [each.problem for each in held] == [None] * 5 + ["concurrent"]
        assert held[-1].retry_after is None

    def test_are_checked_before_keys(self, limited):
        xero, client = limited
        xero.state.limits.set(minute=1)
        body = {"Code": "I-1"}
        assert client.put("/Items", json=body, headers={"Idempotency-Key": "k"}).status_code == 200
        assert client.put("/Items", json=body, headers={"Idempotency-Key": "k"}).status_code == 429


class TestIdempotencyKeys:
    KEY = {"Idempotency-Key": "k-1"}

    def test_replay_the_answer(self, client, invoice, xero, gb):
        first = client.put("/Invoices", json=invoice, headers=self.KEY)
        again = client.put("/Invoices", json=invoice, headers=self.KEY)
        assert first.content == again.content
        assert len(xero.books(gb).invoices) == 1
        assert [entry.replayed for entry in xero.state.journal.entries()] == [False, True]

    def test_live_six_minutes(self, client, invoice, xero):
        client.put("/Invoices", json=invoice, headers=self.KEY)
        xero.clock.advance(359)
        assert client.put("/Invoices", json=invoice, headers=self.KEY).status_code == 200
        xero.clock.advance(2)
        assert client.put("/Invoices", json=invoice, headers=self.KEY).status_code == 400

    @pytest.mark.parametrize(
        ("path", "change"), [("/Invoices", {"Reference": "x"}), ("/Invoices?unitdp=4", {}), ("/PurchaseOrders", {})]
    )
    def test_are_bound_to_their_request(self, client, invoice, path, change):
        client.put("/Invoices", json=invoice, headers=self.KEY)
        answer = client.put(path, json=invoice | change, headers=self.KEY)
        assert answer.status_code == 400
        assert answer.json()["Message"] == "Idempotency Key: k-1 is used with a different request."

    def test_keep_errors_too(self, client, invoice, xero, gb):
        refused = client.put("/Invoices", json=invoice | {"CurrencyCode": "CHF"}, headers=self.KEY)
        client.put("/Currencies", json={"Code": "CHF"})
        assert client.put("/Invoices", json=invoice | {"CurrencyCode": "CHF"}, headers=self.KEY).text == refused.text

    def test_have_at_most_128_characters(self, client, invoice):
        assert client.put("/Invoices", json=invoice, headers={"Idempotency-Key": "k" * 129}).status_code == 400
        assert client.put("/Invoices", json=invoice, headers={"Idempotency-Key": "k" * 128}).status_code == 200

    def test_are_ignored_on_reads(self, client):
        for path in ("/Organisation", "/Accounts"):
            assert client.get(path, headers=self.KEY).status_code == 200

    @pytest.mark.parametrize(("forgotten", "status"), [(False, 200), (True, 400)])
    def test_may_be_forgotten_with_the_token(self, xero, gb, invoice, forgotten, status):
        xero.state.switches.keys_forgotten_on_refresh = forgotten
        with signed_in(xero, gb) as client:
            client.put("/Invoices", json=invoice, headers=self.KEY)
        with signed_in(xero, gb) as client:
            assert client.put("/Invoices", json=invoice, headers=self.KEY).status_code == status

    def test_make_concurrent_repeats_wait_for_the_first(self, xero, gb, invoice):
        with xero.books(gb).lock:
            answers: list[int] = []

            def send():
                with signed_in(xero, gb) as client:
                    answers.append(client.put("/Invoices", json=invoice, headers=self.KEY).status_code)

            threads = [threading.Thread(target=send) for _ in range(8)]
            for thread in threads:
                thread.start()
        for thread in threads:
            thread.join(10)
        assert answers == [200] * 8
        assert len(xero.books(gb).invoices) == 1


class TestFaults:
    def test_cut_the_connection_before_or_after_booking(self, client, invoice, xero, gb):
        for kind, booked in (("reset_before", 0), ("reset_after", 1)):
            xero.add_fault(kind, method="PUT", path="/api.xro/2.0/Invoices", times=1)
            with pytest.raises(httpx2.ReadError):
                client.put("/Invoices", json=invoice)
            assert len(xero.books(gb).invoices) == booked

    def test_leave_the_answer_under_the_key(self, client, invoice, xero):
        xero.add_fault("truncate_after", times=1)
        headers = {"Idempotency-Key": "k"}
        with pytest.raises(httpx2.RemoteProtocolError):
            client.put("/Invoices", json=invoice, headers=headers)
        assert client.put("/Invoices", json=invoice, headers=headers).status_code == 200

    @pytest.mark.parametrize(("kind", "booked"), [("status_500_before", 0), ("status_500_after", 1)])
    def test_answer_500_and_keep_it_under_the_key(self, client, invoice, xero, gb, kind, booked):
        xero.add_fault(kind, times=1)
        headers = {"Idempotency-Key": "k"}
        assert [client.put("/Invoices", json=invoice, headers=headers).status_code for _ in range(2)] == [500, 500]
        assert len(xero.books(gb).invoices) == booked

    @pytest.mark.parametrize(
        ("kind", "status"), [("status_503", 503), ("status_429", 429), ("status_401_expired", 401)]
    )
    def test_answer_for_xero(self, client, xero, kind, status):
        xero.add_fault(kind, times=1)
        assert [client.get("/Organisation").status_code for _ in range(2)] == [status, 200]

    def test_strike_every_kth_or_by_seeded_dice(self, client, xero):
        xero.add_fault("status_503", every=3)
        assert [client.get("/Organisation").status_code for _ in range(6)] == [200, 200, 503] * 2
        xero.state.faults.clear()
        rolls = []
        for _ in range(2):
            xero.add_fault("status_503", probability=0.5, seed=7)
            rolls.append([client.get("/Organisation").status_code for _ in range(20)])
            xero.state.faults.clear()
        assert rolls[0] == rolls[1]
        assert {200, 503} == set(rolls[0])

    def test_are_written_in_the_journal(self, client, xero):
        xero.add_fault("status_503", times=1)
        client.get("/Organisation")
        assert xero.state.journal.entries()[-1].faults == ["status_503"]


class TestClockOfTheWholeProgram:
    def test_governs_update_stamps(self, client, invoice, xero):
        made = client.put("/Invoices", json=invoice).json()["Invoices"][0]
        assert made["UpdatedDateUTC"] == "/Date(1795176000000+0000)/"
        assert xero.clock.now() + timedelta(0) == xero.clock.now()


class TestApps:
    def test_do_not_see_each_others_connections(self, xero, gb):
        xero.register_app(
            App(client_id="other", client_secret="s", name="Other", redirect_uris=("https://other.example/cb",))
        )
        with signed_in(xero, gb) as client:
            theirs = xero.sign_in(xero.tenant_id("AU"), client_id="other")["access_token"]
            answer = client.get("/Organisation", headers={"Authorization": f"Bearer {theirs}"})
        assert answer.status_code == 403

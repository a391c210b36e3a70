"""Failures by script, and what the journal says of every request."""

import json

import httpx2
import pytest

from localxero.cli import main
from localxero.testing import in_process, signed_in

LINE = {"Description": "Mug", "Quantity": 1, "UnitAmount": 10, "AccountCode": "200"}
KEYED = {"Idempotency-Key": "k"}


@pytest.fixture
def http(xero):
    with in_process(xero) as client:
        yield client


def last(xero):
    return xero.state.journal.entries()[-1]


class TestKinds:
    def test_consent_is_withdrawn_after_so_many_calls(self, xero, client):
        xero.add_fault("consent_withdrawn", skip=2, times=1)
        assert [client.get("/Organisation").status_code for _ in range(4)] == [200, 200, 403, 403]
        assert xero.state.identity.connections == {}

    def test_a_token_expires_for_good(self, xero, client, gb):
        xero.add_fault("token_expiry", times=1)
        answers = [client.get("/Organisation") for _ in range(2)]
        assert [answer.status_code for answer in answers] == [401, 401]
        assert answers[0].json()["Detail"].startswith("TokenExpired: token expired at ")
        with signed_in(xero, gb) as fresh:
            assert fresh.get("/Organisation").status_code == 200

    def test_an_organisation_is_offline(self, xero, client, gb):
        xero.add_fault("organisation_offline", tenant_id=gb)
        assert "The Organisation is offline" in client.get("/Organisation").text
        au = xero.tenant_id("AU")
        with signed_in(xero, au) as other:
            assert other.get("/Organisation").status_code == 200

    def test_the_key_store_is_down(self, xero, client):
        xero.add_fault("key_store_down", times=1)
        assert client.put("/Items", json={"Code": "A"}, headers=KEYED).status_code == 500
        assert client.put("/Items", json={"Code": "A"}, headers=KEYED).status_code == 200
        xero.add_fault("key_store_down")
        assert client.put("/Items", json={"Code": "B"}).status_code == 200

    @pytest.mark.parametrize(("kind", "status", "booked"), [("status_502", 502, 0), ("status_504_after", 504, 1)])
    def test_a_gateway_fails_before_or_after_booking(self, xero, client, gb, kind, status, booked):
        before = len(xero.books(gb).items)
        xero.add_fault(kind, times=1)
        answer = client.put("/Items", json={"Code": "A"})
        assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html")
        assert len(xero.books(gb).items) == before + booked

    def test_identity_refuses_a_grant(self, xero, http):
        xero.add_fault("invalid_grant", times=1)
        answer = http.post("/connect/token", data={"grant_type": "x"}, auth=("client", "secret"))
        assert answer.json() == {"error": "invalid_grant"}


class TestScripts:
    SCRIPT = ({"kind": "status_503", "times": 1}, {"kind": "status_500_after", "method": "PUT", "skip": 1})

    def test_are_loaded_from_a_file(self, xero, tmp_path):
        path = tmp_path / "faults.json"
        path.write_text(json.dumps(self.SCRIPT))
        xero.add_fault("reset_before")
        assert [rule.kind for rule in xero.load_faults(path)] == ["status_503", "status_500_after"]
        assert len(xero.state.faults.rules()) == 2

    def test_replace_what_was_in_force(self, xero, http):
        for _ in range(2):
            assert len(http.put("/_local/faults", json=self.SCRIPT).json()) == 2
        assert len(xero.state.faults.rules()) == 2

    @pytest.mark.parametrize("text", ["", "{", '[{"kind": "nonsense"}]', '{"kind": "status_503", "probability": 2}'])
    def test_that_cannot_be_read_are_told_so(self, tmp_path, http, capsys, text):
        path = tmp_path / "faults.json"
        path.write_text(text)
        assert main(["serve", "--port", "0", "--faults", str(path)]) == 1
        assert "cannot use" in capsys.readouterr().err
        assert http.put("/_local/faults", content=text).status_code == 400


class TestJournal:
    def test_says_what_was_booked(self, xero, client, customer, http):
        made = client.put("/Invoices", json={"Type": "ACCREC", "Contact": customer, "LineItems": [LINE]}).json()
        entry = http.get("/_local/journal").json()[-1]
        assert entry["what"] == "1 booked"
        assert entry["booked"][0]["id"] == made["Invoices"][0]["InvoiceID"]

    @pytest.mark.parametrize(
        ("change", "rule"),
        [
            ({"Authorization": "Bearer x"}, "token_is_known"),
            ({"xero-tenant-id": "x"}, "tenant_is_connected"),
            ({"Idempotency-Key": "k" * 129}, "key_fits"),
        ],
    )
    def test_names_the_rule_that_spoke_at_the_gate(self, xero, client, change, rule):
        client.put("/Items", json={"Code": "A"}, headers=change)
        assert last(xero).rules[0]["rule"] == rule

    def test_names_scope_limit_body_and_query(self, xero, client, gb):
        with signed_in(xero, gb, scope="accounting.contacts") as narrow:
            narrow.get("/Accounts")
        assert last(xero).rules[0] == {"element": None, "rule": "scope_is_held", "message": "needs accounting.settings"}
        client.put("/Items", content=b"{")
        assert last(xero).rules[0]["rule"] == "body_is_readable"
        client.get("/Items", params={"where": "("})
        assert last(xero).rules[0]["rule"] == "query_is_readable"
        xero.state.limits.set(minute=0)
        client.get("/Items")
        assert last(xero).rules[0] == {
            "element": None,
            "rule": "limit_is_not_reached",
            "message": "minute limit reached",
        }

    def test_names_the_fault_that_cut_the_connection(self, xero, client, http):
        for kind, words in (
            ("reset_before", "connection reset before anything was looked at"),
            ("reset_after", "1 booked; connection reset after the answer was ready"),
            ("truncate_after", "1 booked; the answer was cut in half"),
        ):
            rule = xero.add_fault(kind, path="/api.xro/", times=1)
            with pytest.raises(httpx2.TransportError):
                client.put("/Items", json={"Code": kind})
            entry = http.get("/_local/journal", params={"path": "/api.xro/"}).json()[-1]
            assert (entry["what"], entry["fault_ids"]) == (words, [rule.id])

    def test_names_a_replay_and_a_refused_grant(self, xero, client, http):
        for _ in range(2):
            client.put("/Items", json={"Code": "A"}, headers=KEYED)
        assert http.get("/_local/journal").json()[-1]["what"] == "replayed under its key: nothing done"
        http.post("/connect/token", data={"grant_type": "x"}, auth=("client", "secret"))
        assert last(xero).rules[0]["rule"] == "unsupported_grant_type"


class TestEgress:
    def test_is_counted_per_app_and_month(self, xero, client, http):
        size = len(client.get("/Accounts").content)
        client.get("/Organisation")
        assert http.get("/_local/limits").json()["egress"] == [{"app": "client", "month": "2026-11", "bytes": size}]
        xero.clock.advance(30 * 86_400)
        xero.reset()
        assert xero.state.egress.usage() == []

    def test_counts_answers_to_writes_by_a_switch(self, xero, client):
        xero.state.switches.egress_counts_writes = False
        client.put("/Items", json={"Code": "A"})
        assert xero.state.egress.usage() == []
        xero.state.switches.egress_counts_writes = True
        client.put("/Items", json={"Code": "B"})
        assert len(xero.state.egress.usage()) == 1

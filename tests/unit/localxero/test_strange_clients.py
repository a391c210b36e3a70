"""What clients written by strangers stumbled over."""

import sys

import httpx
import httpx2
import pytest

from localxero.api import ROUTES
from localxero.cli import main
from localxero.gate import resources
from localxero.gate.faults import FaultRule
from localxero.testing import InProcessTransport, in_process, running

AUTHORIZE = {
    "response_type": "code",
    "client_id": "client",
    "redirect_uri": "http://localhost:8123/callback",
    "state": "s",
}


@pytest.fixture
def http(xero):
    with in_process(xero) as made:
        yield made


class TestScopes:
    @pytest.mark.parametrize(
        "scope",
        [
            "payroll.employees",
            "payroll.timesheets.read",
            "bankfeeds",
            "finance.statements.read",
            "paymentservices",
            "files",
        ],
    )
    def test_that_xero_knows_are_asked_for(self, http, scope):
        page = http.get(
            "/identity/connect/authorize", params=AUTHORIZE | {"scope": f"openid accounting.contacts {scope}"}
        )
        assert page.status_code == 200, page.text

    @pytest.mark.parametrize("scope", ["payroll.everything", "accounting.mugs", "accounting.transactions"])
    def test_that_are_refused_are_named(self, http, scope):
        page = http.get("/identity/connect/authorize", params=AUTHORIZE | {"scope": f"openid {scope}"})
        assert page.status_code == 500
        assert f"invalid_scope: {scope} (" in page.text


class TestNumbers:
    def test_that_are_empty_are_not_given(self, client, customer):
        line = {"Description": "Mug", "Quantity": "2", "UnitAmount": "10", "AccountCode": "200"}
        empty = dict.fromkeys(("LineAmount", "TaxAmount", "DiscountRate", "DiscountAmount"), "")
        body = {
            "Type": "ACCREC",
            "Contact": customer,
            "CurrencyRate": "",
            "SentToContact": "",
            "LineItems": [line | empty],
        }
        (made,) = client.put("/Invoices", json={"Invoices": [body]}).json()["Invoices"]
        assert made["Total"] == 24.00

    def test_that_are_none_are_still_refused(self, client):
        answer = client.put("/Items", json={"Code": "X", "SalesDetails": {"UnitPrice": "ten", "TaxType": ""}})
        assert (answer.status_code, answer.json()["Type"]) == (400, "PostDataInvalidException")

    def test_with_decimal_noise_are_rounded(self, client, customer):
        line = {"Description": "Mug", "Quantity": 1, "UnitAmount": "9.9500000000000011", "AccountCode": "200"}
        answer = client.put("/Invoices", json={"Type": "ACCREC", "Contact": customer, "LineItems": [line]})
        assert answer.json()["Invoices"][0]["SubTotal"] == 9.95


class TestResources:
    @pytest.mark.parametrize(
        ("path", "lacked"),
        [
            ("/Quotes", "Quotes"),
            ("/banktransactions/1", "BankTransactions"),
            ("/Contacts/1/CISSettings", "CISSettings"),
        ],
    )
    def test_that_are_lacked_are_named_with_what_there_is(self, client, path, lacked):
        answer = client.get(path)
        assert answer.status_code == 501
        assert f"has no {lacked}," in answer.json()["Message"]
        assert "Accounts, BrandingThemes, Contacts" in answer.json()["Message"]

    def test_of_other_apis_are_lacked_too(self, http):
        answer = http.get("/payroll.xro/1.0/Employees")
        assert (answer.status_code, "payroll.xro" in answer.text) == (501, True)

    def test_that_nobody_has_are_not_found(self, client):
        assert client.get("/Mugs").status_code == 404

    def test_are_listed_as_they_are_served(self):
        assert {route.path.split("/")[1] for route in ROUTES} == set(resources.HERE)
        assert not set(resources.HERE) & set(resources.LACKED)


class TestAProxyInFront:
    ASK = ("/.well-known/openid-configuration", {"X-Forwarded-Proto": "https", "Host": "xero.example"})

    def test_is_believed_where_it_is_on_this_machine(self):
        with running() as server:
            seen = httpx2.get(server.url + self.ASK[0], headers=self.ASK[1]).json()
        assert seen["token_endpoint"] == "https://xero.example/connect/token"

    @pytest.mark.parametrize(
        ("address", "trusted", "scheme"), [("203.0.113.9", (), "http"), ("203.0.113.9", "203.0.113.9", "https")]
    )
    def test_elsewhere_is_believed_where_it_was_named(self, xero, address, trusted, scheme):
        xero.trusted_proxies = frozenset([trusted] if trusted else [])
        transport = httpx2.WSGITransport(app=xero, remote_addr=address)
        with httpx2.Client(transport=transport, base_url="http://xero.example") as client:
            seen = client.get(self.ASK[0], headers={"X-Forwarded-Proto": "https, http"}).json()
        assert seen["token_endpoint"].startswith(f"{scheme}://")

    def test_says_nonsense_in_vain(self, http):
        seen = http.get(self.ASK[0], headers={"X-Forwarded-Proto": "javascript"}).json()
        assert seen["token_endpoint"].startswith("http://")


class TestFaultsThatCanNeverStrike:
    @pytest.mark.parametrize(
        ("path", "hint"),
        [
            ("/Invoices", "did you mean /api.xro/2.0/Invoices?"),
            ("Invoices", "did you mean /api.xro/2.0/Invoices?"),
            ("api.xro/2.0/Invoices", "it begins with one of /api.xro/"),
            ("http://localhost:8090/api.xro/2.0/Invoices", "leave scheme and host out"),
            ("/api.xro/2.0/Invoices?page=1", "without query"),
            ("/api.xro/2.0/*", "without patterns"),
            ("/api.xro/2.0/Invoces", "there is no such resource"),
            ("/controls", "it begins with one of"),
        ],
    )
    def test_are_refused_with_a_hint(self, http, path, hint):
        with pytest.raises(ValueError, match="can never match") as told:
            FaultRule(kind="status_503", path=path)
        assert hint in str(told.value)
        answer = http.post("/_local/faults", json={"kind": "status_503", "path": path})
        assert (answer.status_code, "can never match" in answer.text) == (400, True)

    def test_are_told_from_those_that_can(self):
        for path in (
            "/",
            "/api",
            "/api.xro/2.0/inv",
            "/api.xro/2.0/Invoices/1/Email",
            "/connect/token",
            "/connections",
        ):
            assert FaultRule(kind="status_503", path=path).path == path
        with pytest.raises(ValueError, match="strikes at the books"):
            FaultRule(kind="status_500_after", path="/connect/token")

    def test_strike_in_any_case(self, client, xero):
        xero.add_fault("status_503", path="/api.xro/2.0/invoices", times=1)
        assert client.get("/Invoices").status_code == 503


class TestXml:
    @pytest.mark.parametrize("body", [b"<Invoices/>", b"xml=%3CInvoices%2F%3E"])
    def test_is_refused_with_the_way_to_json(self, client, body):
        answer = client.put("/Invoices", content=body, headers={"Content-Type": "text/xml"})
        assert answer.status_code == 415
        for words in ("xero-python", "xero-node", "Xero.NetStandard.OAuth2", "pyxero", "xeroizer", "application/json"):
            assert words in answer.text

    def test_is_no_answer_either(self, client):
        answer = client.get("/Invoices", headers={"Accept": "text/xml"})
        assert (answer.status_code, "default_content_type" in answer.text) == (406, True)


class TestInProcess:
    @pytest.mark.parametrize("library", [httpx, httpx2])
    def test_serves_either_library(self, xero, library):
        with library.Client(transport=InProcessTransport(xero), base_url="http://localhost") as client:
            assert client.get("/_local/health").status_code == 200
            xero.add_fault("reset_before", path="/connections", times=1)
            with pytest.raises(library.ReadError):
                client.get("/connections")
            xero.add_fault("truncate_after", path="/connections", times=1)
            with pytest.raises(library.RemoteProtocolError):
                client.get("/connections")

    def test_makes_a_client_of_httpx_where_httpx2_is_not(self, xero, monkeypatch):
        monkeypatch.setitem(sys.modules, "httpx2", None)
        with in_process(xero) as client:
            assert isinstance(client, httpx.Client)
            assert client.get("/_local/health").status_code == 200


@pytest.mark.parametrize("port", ["65536", "-1"])
def test_ports_out_of_range_are_refused_in_words(capsys, port):
    assert main(["serve", f"--port={port}"]) == 1
    assert f"{port} is no port: choose one from 1 to 65535" in capsys.readouterr().err

import jsonschema_rs
import pytest

from localxero.app import LocalXero
from localxero.control.table import CONTROLS
from localxero.testing import in_process, signed_in


@pytest.fixture
def http(xero):
    with in_process(xero) as client:
        yield client


def ok(answer):
    assert answer.status_code == 200, answer.text
    return answer.json()


class TestControls:
    def test_health_names_the_organisations(self, http):
        names = [each["name"] for each in ok(http.get("/_local/health"))["organisations"]]
        assert names == ["Birch & Bell Ltd", "Southern Print Co Pty Ltd", "Harbor & Pine Inc"]

    def test_health_names_the_people(self, http, xero):
        people = ok(http.get("/_local/health"))["people"]
        assert [each["person_id"] for each in people] == list(xero.state.identity.people)

    def test_books_are_exported(self, http, gb):
        books = ok(http.get(f"/_local/books/{gb}"))
        assert books.keys() >= {"Invoices", "PurchaseOrders", "Items", "Contacts"}

    def test_clock_is_frozen_and_advanced(self, http):
        frozen = ok(http.post("/_local/clock", json={"at": "2026-12-01T00:00:00Z"}))
        assert frozen == {"now": "2026-12-01T00:00:00Z", "frozen": True, "speed": 1.0}
        assert ok(http.post("/_local/clock", json={"advance_seconds": 90}))["now"] == "2026-12-01T00:01:30Z"

    def test_faults_are_set_listed_and_lifted(self, http, client):
        ok(http.post("/_local/faults", json={"kind": "status_503", "path": "/api.xro/2.0/Items"}))
        assert client.get("/Items").status_code == 503
        assert client.get("/Organisation").status_code == 200
        assert ok(http.get("/_local/faults"))[0]["struck"] == 1
        assert ok(http.delete("/_local/faults")) == []
        assert client.get("/Items").status_code == 200

    def test_identity_can_be_down(self, http, client):
        ok(http.post("/_local/faults", json={"kind": "identity_down"}))
        assert http.post("/connect/token").status_code == 503
        assert client.get("/Organisation").status_code == 200

    def test_consent_is_withdrawn(self, http, client, gb):
        assert ok(http.post("/_local/disconnect", json={"tenant_id": gb})) == {"disconnected": 1}
        assert client.get("/Organisation").status_code == 403

    def test_journal_tells_and_forgets(self, http, client):
        client.get("/Organisation")
        (entry,) = ok(http.get("/_local/journal", params={"path": "/api.xro"}))
        assert (entry["method"], entry["status"], entry["app"]) == ("GET", 200, "client")
        ok(http.delete("/_local/journal"))
        assert ok(http.get("/_local/journal")) == []

    def test_limits_change(self, http, client):
        ok(http.post("/_local/limits", json={"mode": "starter", "minute": 1}))
        assert [client.get("/Organisation").status_code for _ in range(2)] == [200, 429]
        ok(http.post("/_local/limits", json={"mode": "off"}))
        assert client.get("/Organisation").status_code == 200

    def test_switches_change(self, http):
        assert ok(http.post("/_local/switches", json={"drafts_checked_for_stock": True}))["drafts_checked_for_stock"]
        assert http.post("/_local/switches", json={"nonsense": True}).status_code == 400

    def test_lock_dates_are_set(self, http, client, gb):
        ok(http.post(f"/_local/organisations/{gb}", json={"end_of_year_lock_date": "2026-03-31"}))
        own = client.get("/Organisation").json()["Organisations"][0]
        assert own["EndOfYearLockDate"] == "/Date(1774915200000+0000)/"

    def test_a_snapshot_that_contradicts_itself_is_refused_whole(self, http, client, customer, xero, gb):
        line = {"ItemCode": "STOCK-MUG", "Quantity": 1, "UnitAmount": 3}
        bill = {
            "Type": "ACCPAY",
            "Contact": customer,
            "Status": "AUTHORISED",
            "DueDate": "2026-12-20",
            "LineItems": [line],
        }
        assert client.put("/Invoices", json=bill).status_code == 200
        item_id = xero.books(gb).item_coded("STOCK-MUG").item_id
        snapshot = http.get("/_local/snapshot").text.replace(f'"item_id":"{item_id}","code"', '"item_id":"gone","code"')
        answer = http.post("/_local/restore", content=snapshot.encode())
        assert answer.status_code == 400
        assert "stock_moves" in answer.json()["error"]
        assert xero.books(gb).item_coded("STOCK-MUG").item_id == item_id

    @pytest.mark.parametrize("query", ["limit=x", "since=-1", "since=99999999999"])
    def test_the_journal_takes_numbers_only(self, http, query):
        assert http.get(f"/_local/journal?{query}").status_code == 400

    @pytest.mark.parametrize("url", ["http://[", "https://", "https://a:b/", "ftp://a"])
    def test_addresses_must_be_some(self, http, url):
        assert http.post("/_local/webhooks", json={"url": url}).status_code == 400
        assert http.post("/_local/apps", json={"client_id": "a", "redirect_uris": [url]}).status_code == 400

    def test_a_snapshot_brings_everything_back(self, http, client, gb, customer):
        before = ok(http.get(f"/_local/books/{gb}"))
        snapshot = http.get("/_local/snapshot").content
        client.put("/Invoices", json={"Type": "ACCREC", "Contact": customer, "LineItems": [{"Description": "x"}]})
        ok(http.post("/_local/restore", content=snapshot))
        assert ok(http.get(f"/_local/books/{gb}")) == before
        assert client.get("/Organisation").status_code == 200

    def test_reset_returns_to_the_seed(self, http, client, gb):
        client.put("/Items", json={"Code": "NEW"})
        ok(http.post("/_local/reset"))
        assert client.get("/Organisation").status_code == 401
        assert "NEW" not in {item["Code"] for item in ok(http.get(f"/_local/books/{gb}"))["Items"]}

    @pytest.mark.parametrize(
        ("method", "path", "body", "status"),
        [
            ("POST", "/_local/clock", b"{", 400),
            ("POST", "/_local/faults", b'{"kind": "nonsense"}', 400),
            ("POST", "/_local/limits", b'{"mode": "nonsense"}', 400),
            ("GET", "/_local/books/nonsense", b"", 400),
            ("GET", "/_local/nonsense", b"", 404),
            ("POST", "/_local/restore", b"{}", 400),
            ("POST", "/_local/apps", b"[]", 400),
        ],
    )
    def test_nonsense_is_told_so(self, http, method, path, body, status):
        answer = http.request(method, path, content=body)
        assert answer.status_code == status
        assert answer.json()["error"]


class TestState:
    def test_survives_in_a_file(self, xero, gb, customer, tmp_path):
        with signed_in(xero, gb) as client:
            client.put("/Invoices", json={"Type": "ACCREC", "Contact": customer, "LineItems": [{"Description": "x"}]})
            xero.save(tmp_path / "state.json")
            other = LocalXero()
            other.load(tmp_path / "state.json")
            assert other.export(gb) == xero.export(gb)

    def test_is_the_same_at_every_start(self, gb):
        assert LocalXero().export(gb) == LocalXero().export(gb)


class TestDescription:
    def test_names_every_control(self, http):
        described = ok(http.get("/_local/openapi.json"))
        assert described["openapi"] == "3.1.0"
        operations = {(verb.upper(), path) for path, verbs in described["paths"].items() for verb in verbs}
        assert {("POST", "/_local/faults"), ("DELETE", "/_local/apps/{client_id}")} <= operations
        assert len(operations) == len(CONTROLS.table)
        for verbs in described["paths"].values():
            for operation in verbs.values():
                assert operation["summary"]

    def test_is_sound(self, http):
        described = ok(http.get("/_local/openapi.json"))
        schemas = described["components"]["schemas"]
        root = {"$ref": "#/components/schemas/ClockBody", "components": {"schemas": schemas}}
        check = jsonschema_rs.validator_for(root)
        assert check.is_valid({"advance_seconds": 60})
        assert not check.is_valid({"nonsense": 1})

    def test_is_a_page_too(self, http):
        page = http.get("/_local/").text
        for words in ("Control API", "/_local/webhooks/{client_id}/intent", "advance_seconds"):
            assert words in page
        assert "https://" not in page

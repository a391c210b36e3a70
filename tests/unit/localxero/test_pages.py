import pytest

from localxero.testing import in_process
from localxero.webhooks import Reply

LINE = {"Description": "Mug", "Quantity": 3, "UnitAmount": 9.995, "AccountCode": "200"}


@pytest.fixture
def http(xero):
    with in_process(xero) as made:
        yield made


@pytest.fixture
def invoice(client, customer):
    body = {
        "Type": "ACCREC",
        "Contact": customer,
        "InvoiceNumber": "A-1",
        "Reference": "<b>order 7</b>",
        "Url": "https://shop.example/orders/7",
        "LineItems": [LINE],
    }
    return client.put("/Invoices", params={"unitdp": 4}, json=body).json()["Invoices"][0]


@pytest.fixture
def order(client, customer):
    body = {"Contact": customer, "PurchaseOrderNumber": "P-1", "LineItems": [LINE | {"AccountCode": "300"}]}
    return client.put("/PurchaseOrders", json=body).json()["PurchaseOrders"][0]


class TestPages:
    @pytest.mark.parametrize(
        "path",
        [
            "/",
            "/org/!bR7cB/",
            "/org/!bR7cB/invoices",
            "/org/!bR7cB/invoices?status=DRAFT&page=2",
            "/org/!bR7cB/bills",
            "/org/!bR7cB/purchase-orders",
            "/org/!bR7cB/contacts",
            "/org/!bR7cB/items",
            "/org/!bR7cB/accounts",
            "/org/!sPc4u/",
            "/org/!bR7cB/credit-notes",
            "/org/!bR7cB/invoices?q=order",
            "/org/!bR7cB/contacts?q=custom",
            "/org/!bR7cB/items?q=mug&page=²",
            "/apps",
            "/apps/client",
            "/webhooks",
            "/journal",
            "/journal?only=trouble",
            "/controls",
        ],
    )
    def test_open_and_say_what_they_are(self, http, path, invoice, order):
        page = http.get(path)
        assert page.status_code == 200
        assert "Local Xero: a simulator, not Xero" in page.text
        assert "object at 0x" not in page.text

    def test_show_an_invoice_where_xero_links_to_it(self, http, invoice):
        page = http.get(f"/app/!bR7cB/invoicing/view/{invoice['InvoiceID']}").text
        for words in ("Invoice A-1", "9.995", "29.99", "35.99", "200 Sales", 'href="https://shop.example/orders/7"'):
            assert words in page
        assert "&lt;b&gt;order 7" in page

    def test_follow_the_older_link_to_a_purchase_order(self, http, order):
        target = f"/Accounts/Payable/PurchaseOrders/View/{order['PurchaseOrderID']}/"
        page = http.get(
            "/organisationlogin/default.aspx",
            params={"shortcode": "!bR7cB", "redirecturl": target},
            follow_redirects=True,
        )
        assert "Purchase order P-1" in page.text

    def test_never_follow_a_link_elsewhere(self, http):
        params = {"shortcode": "!bR7cB", "redirecturl": "https://elsewhere.example/"}
        answer = http.get("/organisationlogin/default.aspx", params=params)
        assert answer.headers["location"] == "/org/!bR7cB/"

    @pytest.mark.parametrize(
        "path",
        [
            "/nope",
            "/apps/nope",
            "/org/!bR7cB/print/nope",
            "/org/!bR7cB/credit-notes/nope",
            "/org/nope/",
            "/org/!bR7cB/nope",
            "/app/!bR7cB/invoicing/view/nope",
            "/organisationlogin/x",
        ],
    )
    def test_say_what_is_not_there(self, http, path):
        assert http.get(path).status_code == 404

    def test_carry_controls(self, http, xero, client):
        http.post("/controls/faults", data={"kind": "status_503", "path": "/api.xro/2.0/Items", "times": "1"})
        assert client.get("/Items").status_code == 503
        http.post("/controls/faults", data={"lift": "1"})
        assert xero.state.faults.rules() == []
        http.post("/controls/limits", data={"mode": "starter"})
        assert xero.state.limits.ceilings.day == 1000
        http.post("/controls/clock", data={"do": "31m"})
        assert client.get("/Items").status_code == 401
        assert http.post("/controls/faults", data={"kind": "nonsense"}).status_code == 400

    def test_find_a_document_by_number_reference_or_contact(self, http, invoice):
        for text, found in (("a-1", True), ("order 7", True), ("custom gateway", True), ("nothing", False)):
            assert ("A-1" in http.get("/org/!bR7cB/invoices", params={"q": text}).text) is found

    def test_show_payments_credits_and_what_remains(self, http, client, customer):
        lines = [{"Description": "Mug", "Quantity": 1, "UnitAmount": 100, "AccountCode": "200", "TaxType": "NONE"}]
        base = {"Contact": customer, "Status": "AUTHORISED", "LineItems": lines}
        sent = base | {"Type": "ACCREC", "DueDate": "2026-12-20", "InvoiceNumber": "I-9"}
        sale = client.put("/Invoices", json=sent).json()["Invoices"][0]
        note = client.put("/CreditNotes", json=base | {"Type": "ACCRECCREDIT", "CreditNoteNumber": "CN-9"}).json()
        key = note["CreditNotes"][0]["CreditNoteID"]
        body = {"Amount": 30, "Invoice": {"InvoiceID": sale["InvoiceID"]}}
        client.put(f"/CreditNotes/{key}/Allocations", json={"Allocations": [body]})
        assert "Credit note CN-9" in http.get(f"/app/!bR7cB/invoicing/view/{sale['InvoiceID']}").text
        page = http.get(f"/org/!bR7cB/credit-notes/{key}").text
        assert "Invoice I-9" in page
        assert "70.00" in page


class TestTheWayBack:
    @pytest.mark.parametrize(
        ("change", "found"),
        [
            ({"Reference": "Order 7 https://shop.example/o/7."}, "https://shop.example/o/7"),
            ({"Reference": "Order 7"}, None),
            (
                {"LineItems": [LINE | {"Description": "See http://shop.example/o/8)", "AccountCode": "300"}]},
                "http://shop.example/o/8",
            ),
            ({"Reference": "javascript:alert(1)"}, None),
        ],
    )
    def test_is_found_in_a_purchase_order(self, http, client, customer, change, found):
        body = {"Contact": customer, "LineItems": [LINE | {"AccountCode": "300"}]} | change
        made = client.put("/PurchaseOrders", json=body).json()["PurchaseOrders"][0]
        page = http.get(f"/org/!bR7cB/purchase-orders/{made['PurchaseOrderID']}").text
        assert ("Go to source" in page) is (found is not None)
        if found:
            assert f'href="{found}"' in page


class TestPrinting:
    def test_shows_a_sheet_that_says_what_it_is(self, http, invoice, order):
        for key, words in ((invoice["InvoiceID"], "Invoice"), (order["PurchaseOrderID"], "Purchase order")):
            page = http.get(f"/org/!bR7cB/print/{key}").text
            assert f"<h1>{words}</h1>" in page
            assert "a simulator, not Xero" in page
            assert "Birch &amp; Bell Limited" in page


class TestThePortal:
    def test_registers_an_app_and_changes_it(self, http, xero):
        form = {"name": "My app", "kind": "web", "tier": "starter", "redirect_uris": "https://a.example/cb\r\n\r\n"}
        place = http.post("/apps", data=form).headers["location"]
        client_id = place.rpartition("/")[2]
        made = xero.state.identity.apps[client_id]
        assert (made.name, made.tier, made.redirect_uris) == ("My app", "starter", ("https://a.example/cb",))
        http.post(place, data={"do": "secret"})
        assert xero.state.identity.apps[client_id].client_secret != made.client_secret
        http.post(place, data={"name": "Mine", "tier": "plus", "broad_scopes": "on", "redirect_uris": ""})
        changed = xero.state.identity.apps[client_id]
        assert (changed.name, changed.tier, changed.broad_scopes) == ("Mine", "plus", True)
        http.post(place, data={"do": "remove"})
        assert client_id not in xero.state.identity.apps

    @pytest.mark.parametrize(("kind", "words"), [("native", "uses PKCE"), ("custom", "the app itself")])
    def test_makes_other_kinds(self, http, gb, kind, words):
        place = http.post("/apps", data={"name": "Other", "kind": kind, "tenant": gb}).headers["location"]
        assert words in http.get(place).text

    def test_refuses_a_redirect_uri_as_xero_does(self, http):
        assert http.post("/apps", data={"name": "x", "redirect_uris": "http://127.0.0.1/cb"}).status_code == 400

    def test_sets_up_a_webhook(self, http, xero, client):
        form = {"url": "https://hook.example", "category": ["CONTACT"], "copies": "2", "delay_seconds": "9"}
        http.post("/apps/client/webhook", data=form)
        made = xero.state.webhooks.subscriptions["client"]
        assert (made.categories, made.copies, made.delay_seconds) == (("CONTACT",), 2, 9.0)
        xero.courier.send = lambda _, __, ___: Reply(500)
        http.post("/apps/client/webhook", data={"do": "intent"})
        assert "answered 500" in http.get("/apps/client").text
        assert "intent to receive" in http.get("/webhooks").text
        made.status = "active"
        client.put("/Contacts", json={"Name": "New one"})
        http.post("/webhooks", data={})
        (delivery, _) = xero.deliver_webhooks()
        http.post("/webhooks", data={"again": str(delivery.id)})
        assert len(xero.deliver_webhooks()) == 1
        assert http.post("/apps/client/webhook", data={"url": "x", "copies": "many"}).status_code == 400
        http.post("/apps/client/webhook", data={"do": "remove"})
        assert xero.state.webhooks.subscriptions == {}


class TestControls:
    def test_load_and_lift_scripts(self, http, xero):
        http.post("/controls/faults", data={"script": '[{"kind": "status_503"}, {"kind": "status_429"}]'})
        assert len(xero.state.faults.rules()) == 2
        assert "any method, any path" in http.get("/controls").text
        http.post("/controls/faults", data={"lift": "all"})
        assert xero.state.faults.rules() == []
        assert http.post("/controls/faults", data={"script": "nonsense"}).status_code == 400

    def test_set_single_ceilings_and_switches(self, http, xero):
        http.post("/controls/limits", data={"minute": "7", "day": "x"})
        assert xero.state.limits.ceilings.minute == 7
        http.post("/controls/switches", data={"name": "drafts_checked_for_stock"})
        assert xero.state.switches.drafts_checked_for_stock
        assert http.post("/controls/switches", data={"name": "nonsense"}).status_code == 302

    def test_take_an_organisation_offline_and_back(self, http, client, gb):
        for status in (503, 200):
            http.post("/controls/disconnect", data={"tenant": gb, "do": "offline"})
            assert client.get("/Organisation").status_code == status
        http.post("/controls/disconnect", data={"tenant": gb})
        assert client.get("/Organisation").status_code == 403

    @pytest.mark.parametrize("do", ["freeze", "resume", "1d", "x60", "x1", "reset", "nonsense"])
    def test_turn_the_clock(self, http, do):
        assert http.post("/controls/clock", data={"do": do}).status_code == 302

    @pytest.mark.parametrize("path", ["/controls/clock", "/_local/reset", "/apps"])
    def test_are_not_for_other_sites(self, http, path):
        assert http.post(path, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403

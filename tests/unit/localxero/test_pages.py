import pytest

from localxero.testing import in_process

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
            "/journal",
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
        "path", ["/nope", "/org/nope/", "/org/!bR7cB/nope", "/app/!bR7cB/invoicing/view/nope", "/organisationlogin/x"]
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

import pytest

LINE = {"Description": "Mug", "Quantity": 3, "UnitAmount": 2.12345, "AccountCode": "300"}


@pytest.fixture
def order(customer):
    return {"Contact": customer, "PurchaseOrderNumber": "PO-A", "Date": "2026-11-20", "LineItems": [LINE]}


def messages(answer):
    return [each["Message"] for each in answer.json()["Elements"][0]["ValidationErrors"]]


class TestPurchaseOrders:
    def test_keep_prices_to_four_decimals(self, client, order):
        body = client.put("/PurchaseOrders", json=order).text
        assert '"UnitAmount":2.1235' in body
        assert '"LineAmount":6.37' in body

    @pytest.mark.parametrize("key", ["PO-A", "po-a"])
    def test_are_found_by_number(self, client, order, key):
        client.put("/PurchaseOrders", json=order)
        assert client.get(f"/PurchaseOrders/{key}").json()["PurchaseOrders"][0]["PurchaseOrderNumber"] == "PO-A"

    @pytest.mark.parametrize("method", ["PUT", "POST"])
    def test_have_unique_numbers(self, client, order, method):
        client.put("/PurchaseOrders", json=order)
        assert messages(client.request(method, "/PurchaseOrders", json=order)) == ["Order number must be unique"]

    def test_may_be_changed_by_number_if_switched_so(self, client, order, xero):
        xero.state.switches.post_updates_purchase_order_by_number = True
        client.put("/PurchaseOrders", json=order)
        assert client.post("/PurchaseOrders", json=order | {"Reference": "r"}).status_code == 200

    def test_never_make_a_contact(self, client, order):
        answer = client.put("/PurchaseOrders", json=order | {"Contact": {"Name": "Nobody Yet"}})
        assert messages(answer) == ["A Contact must be specified for this type of transaction"]

    def test_buy_tracked_items_on_their_inventory_account_and_move_no_stock(self, client, order, xero, gb):
        lines = [{"ItemCode": "STOCK-MUG", "Quantity": 5, "UnitAmount": 2}]
        booked = client.put("/PurchaseOrders", json=order | {"LineItems": lines, "Status": "AUTHORISED"}).json()
        assert booked["PurchaseOrders"][0]["LineItems"][0]["AccountCode"] == "630"
        assert xero.books(gb).item_coded("STOCK-MUG").quantity_on_hand == 100

    def test_are_always_paged(self, client, order):
        client.put("/PurchaseOrders", json=order)
        body = client.get("/PurchaseOrders", params={"DateFrom": "2026-11-20", "DateTo": "2026-11-20"}).json()
        assert body["pagination"]["itemCount"] == 1
        assert client.get("/PurchaseOrders", params={"DateTo": "2026-11-19"}).json()["PurchaseOrders"] == []
        assert client.get("/PurchaseOrders", params={"Status": "DELETED"}).json()["PurchaseOrders"] == []

    def test_warn_when_a_draft_is_marked_sent(self, client, order):
        answer = client.put("/PurchaseOrders?summarizeErrors=false", json=order | {"SentToContact": True})
        element = answer.json()["PurchaseOrders"][0]
        assert element["StatusAttributeString"] == "WARNING"

    def test_are_deleted_from_draft_and_then_stay(self, client, order):
        made = client.put("/PurchaseOrders", json=order).json()["PurchaseOrders"][0]
        url = f"/PurchaseOrders/{made['PurchaseOrderID']}"
        assert client.post(url, json={"Status": "DELETED"}).status_code == 200
        assert client.post(url, json={"Status": "DRAFT"}).status_code == 400

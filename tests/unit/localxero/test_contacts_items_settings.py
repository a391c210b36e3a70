import pytest

from localxero.testing import signed_in

TRACKED = {
    "Code": "NEW",
    "Name": "New",
    "InventoryAssetAccountCode": "630",
    "PurchaseDetails": {"UnitPrice": 1.2345, "COGSAccountCode": "310"},
    "SalesDetails": {"UnitPrice": 9.9999, "AccountCode": "200"},
}


def messages(answer):
    assert answer.status_code == 400, answer.text
    return [each["Message"] for each in answer.json()["Elements"][0]["ValidationErrors"]]


class TestContacts:
    def test_have_unique_names(self, client):
        (message,) = messages(client.put("/Contacts", json={"Name": "custom gateway orders"}))
        assert message == (
            "The contact name custom gateway orders is already assigned to another contact. "
            "The contact name must be unique across all active contacts."
        )

    def test_may_take_the_name_of_an_archived_one(self, client):
        assert client.put("/Contacts", json={"Name": "Old Customer Ltd"}).status_code == 200

    def test_have_unique_numbers_archived_ones_too(self, client, xero, gb):
        archived = next(c for c in xero.books(gb).contacts.values() if c.status == "ARCHIVED")
        answer = client.put("/Contacts", json={"Name": "N", "ContactNumber": archived.contact_number})
        assert messages(answer) == ["Another contact has this contact number. Please enter a different contact number."]

    @pytest.mark.parametrize(
        ("body", "message"),
        [
            ({"Name": "N", "EmailAddress": "nope"}, "Email address must be valid."),
            ({"Name": "N", "EmailAddress": "ü@x.example"}, "Email address must be valid."),
            (
                {},
                (
                    "The Contact must contain at least 1 of the following elements to identify the contact: "
                    "Name, ContactID, ContactNumber"
                ),
            ),
            ({"Name": "a<b"}, "The contact name must not contain < or >."),
        ],
    )
    def test_are_refused_in_xeros_words(self, client, body, message):
        assert messages(client.put("/Contacts", json=body)) == [message]

    def test_are_changed_by_post_on_the_name_alone(self, client, customer, xero, gb):
        client.post("/Contacts", json={"Name": "Custom Gateway Orders", "EmailAddress": "new@x.example"})
        contact = xero.books(gb).contacts[customer["ContactID"]]
        assert contact.email_address == "new@x.example"
        assert contact.contact_number == "C0001"

    def test_are_found(self, client):
        found = client.get("/Contacts", params={"where": 'Name=="custom gateway orders"'}).json()["Contacts"]
        assert [each["Name"] for each in found] == ["Custom Gateway Orders"]
        assert len(client.get("/Contacts", params={"searchTerm": "harbour"}).json()["Contacts"]) == 4

    def test_are_hidden_when_archived(self, client):
        names = {each["Name"] for each in client.get("/Contacts").json()["Contacts"]}
        everybody = client.get("/Contacts", params={"includeArchived": "true"}).json()["Contacts"]
        assert {each["Name"] for each in everybody} - names == {"Old Customer Ltd"}

    def test_are_got_by_number(self, client):
        assert client.get("/Contacts/C0001").json()["Contacts"][0]["Name"] == "Custom Gateway Orders"


class TestItems:
    def test_are_tracked_with_two_accounts(self, client):
        item = client.put("/Items", json=TRACKED, params={"unitdp": 4}).json()["Items"][0]
        assert (item["IsTrackedAsInventory"], item["QuantityOnHand"]) == (True, 0)
        assert item["SalesDetails"]["UnitPrice"] == 9.9999

    def test_round_prices_without_unitdp(self, client):
        assert client.put("/Items", json=TRACKED).json()["Items"][0]["SalesDetails"]["UnitPrice"] == 10

    def test_have_unique_codes(self, client):
        client.put("/Items", json=TRACKED)
        assert messages(client.put("/Items", json=TRACKED)) == ["Price List Item with Code 'NEW' already exists"]
        assert client.post("/Items", json=TRACKED).status_code == 200

    @pytest.mark.parametrize(
        "change",
        [
            {"Code": "x" * 31},
            {"Name": "x" * 51},
            {"InventoryAssetAccountCode": "200"},
            {"PurchaseDetails": {"COGSAccountCode": "200"}},
            {"PurchaseDetails": {}},
            {"SalesDetails": {"AccountCode": "999"}},
            {"SalesDetails": {"TaxType": "NOPE"}},
            {"Code": ""},
        ],
    )
    def test_are_refused(self, client, change):
        assert messages(client.put("/Items", json=TRACKED | change))

    def test_are_got_by_code(self, client):
        assert client.get("/Items/stock-mug").json()["Items"][0]["QuantityOnHand"] == 100

    def test_are_deleted_unless_used(self, client, customer):
        client.put("/Items", json=TRACKED)
        assert client.delete("/Items/NEW").status_code == 204
        assert client.get("/Items/NEW").status_code == 404
        body = {"Type": "ACCREC", "Contact": customer, "LineItems": [{"ItemCode": "STOCK-MUG", "Quantity": 1}]}
        client.put("/Invoices", json=body)
        assert client.delete("/Items/STOCK-MUG").status_code == 400

    def test_may_be_sent_five_hundred_at_once_and_no_more(self, client):
        items = [{"Code": f"I{number}"} for number in range(501)]
        assert client.put("/Items", json={"Items": items[:500]}).status_code == 200
        assert client.put("/Items", json={"Items": items}).status_code == 400


class TestSettings:
    def test_of_the_organisation(self, client):
        own = client.get("/Organisation").json()["Organisations"][0]
        assert (own["BaseCurrency"], own["CountryCode"], own["ShortCode"]) == ("GBP", "GB", "!bR7cB")
        assert own["Timezone"] == "GMTSTANDARDTIME"

    def test_name_what_may_be_done(self, client, xero, gb):
        xero.configure(gb, not_allowed=("CreateApprovedInvoice",))
        actions = {a["Name"]: a["Status"] for a in client.get("/Organisation/Actions").json()["Actions"]}
        assert actions["CreateApprovedInvoice"] == "NOT-ALLOWED"
        assert actions["CreateDraftInvoice"] == "ALLOWED"

    def test_hold_the_usual_accounts(self, client):
        accounts = {a["Code"]: a for a in client.get("/Accounts").json()["Accounts"]}
        kinds = {code: accounts[code]["Type"] for code in ("200", "310", "630", "090")}
        assert kinds == {"200": "REVENUE", "310": "DIRECTCOSTS", "630": "INVENTORY", "090": "BANK"}
        assert accounts["860"]["SystemAccount"] == "ROUNDING"
        found = client.get("/Accounts", params={"where": 'Type=="INVENTORY" AND Status=="ACTIVE"'}).json()
        assert [a["Code"] for a in found["Accounts"]] == ["630"]

    def test_hold_tax_rates_of_the_country(self, client, xero):
        rates = {t["TaxType"]: t["EffectiveRate"] for t in client.get("/TaxRates").json()["TaxRates"]}
        assert (rates["OUTPUT2"], rates["RROUTPUT"], rates["NONE"]) == (20, 5, 0)
        with signed_in(xero, xero.tenant_id("AU")) as other:
            rates = {t["TaxType"]: t["EffectiveRate"] for t in other.get("/TaxRates").json()["TaxRates"]}
        assert rates["OUTPUT"] == 10

    def test_take_one_more_currency(self, client):
        assert client.put("/Currencies", json={"Code": "CHF"}).status_code == 200
        codes = {c["Code"] for c in client.get("/Currencies").json()["Currencies"]}
        assert codes == {"GBP", "EUR", "USD", "CHF"}
        assert client.put("/Currencies", json={"Code": "XXX"}).status_code == 400

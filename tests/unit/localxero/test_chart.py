"""Accounts, tax rates, tracking categories and branding themes."""

import pytest

LINE = {"Description": "Mug", "Quantity": 1, "UnitAmount": 10, "AccountCode": "200"}


def messages(answer):
    assert answer.status_code == 400, answer.text
    return [each["Message"] for each in answer.json()["Elements"][0]["ValidationErrors"]]


class TestAccounts:
    NEW = {"Code": "201", "Name": "Web sales", "Type": "REVENUE"}

    def test_are_made(self, client):
        made = client.put("/Accounts", json=self.NEW).json()["Accounts"][0]
        assert (made["Class"], made["TaxType"], made["Status"]) == ("REVENUE", "OUTPUT2", "ACTIVE")
        assert client.get("/Accounts/201").json()["Accounts"][0]["AccountID"] == made["AccountID"]

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"Name": "Sales"}, "Please enter a unique Name."),
            ({"Code": "200"}, "Please enter a unique Code."),
            ({"Code": ""}, "Please enter a unique Code."),
            ({"Code": "x" * 11}, "Account Code must not be more than 10 characters"),
            ({"Type": "NOPE"}, "Account type is not valid"),
            ({"Type": "BANK"}, "Bank account number must be specified"),
            ({"TaxType": "INPUT2"}, "The TaxType code 'INPUT2' cannot be used with account code '201'."),
        ],
    )
    def test_are_refused(self, client, change, message):
        assert messages(client.put("/Accounts", json=self.NEW | change)) == [message]

    def test_come_one_at_a_time(self, client):
        answer = client.put("/Accounts", json={"Accounts": [self.NEW, self.NEW | {"Code": "202"}]})
        assert answer.json()["Type"] == "PostDataInvalidException"

    def test_are_changed_and_archived(self, client, customer):
        key = client.put("/Accounts", json=self.NEW).json()["Accounts"][0]["AccountID"]
        assert client.post(f"/Accounts/{key}", json={"Code": "209"}).status_code == 200
        assert client.get("/Accounts/201").status_code == 404
        assert client.post(f"/Accounts/{key}", json={"Status": "ARCHIVED"}).status_code == 200
        body = {"Type": "ACCREC", "Contact": customer, "LineItems": [LINE | {"AccountCode": "209"}]}
        assert "has been archived" in messages(client.put("/Invoices", json=body))[0]

    def test_of_the_system_stay(self, client):
        assert messages(client.post("/Accounts/610", json={"Status": "ARCHIVED"}))
        assert messages(client.delete("/Accounts/610"))

    def test_are_deleted_unless_used(self, client):
        key = client.put("/Accounts", json=self.NEW).json()["Accounts"][0]["AccountID"]
        assert client.delete(f"/Accounts/{key}").json()["Accounts"][0]["Status"] == "DELETED"
        assert client.get(f"/Accounts/{key}").status_code == 404
        assert messages(client.delete("/Accounts/310")) == ["This account cannot be deleted because it is in use"]


class TestTaxRates:
    NEW = {
        "Name": "City tax",
        "ReportTaxType": "OUTPUT",
        "TaxComponents": [{"Name": "City", "Rate": 10}, {"Name": "On top", "Rate": 5, "IsCompound": True}],
    }

    def test_are_made_with_a_type_of_their_own(self, client):
        made = client.put("/TaxRates", json=self.NEW).json()["TaxRates"][0]
        assert (made["TaxType"], made["EffectiveRate"]) == ("TAX001", 15.5)
        assert (made["CanApplyToRevenue"], made["CanApplyToExpenses"]) == (True, False)
        assert [each["Name"] for each in made["TaxComponents"]] == ["City", "On top"]

    def test_tax_a_line(self, client, customer):
        client.put("/TaxRates", json=self.NEW)
        body = {"Type": "ACCREC", "Contact": customer, "LineItems": [LINE | {"TaxType": "TAX001"}]}
        assert client.put("/Invoices", json=body).json()["Invoices"][0]["TotalTax"] == 1.55

    @pytest.mark.parametrize(
        "change", [{"Name": ""}, {"Name": "No VAT"}, {"TaxComponents": []}, {"ReportTaxType": None}]
    )
    def test_are_refused(self, client, change):
        assert len(messages(client.put("/TaxRates", json=self.NEW | change))) == 1

    def test_are_deleted_unless_used_or_xeros_own(self, client, customer):
        client.put("/TaxRates", json=self.NEW)
        gone = self.NEW | {"TaxType": "TAX001", "Status": "DELETED"}
        assert client.post("/TaxRates", json=gone).json()["TaxRates"][0]["Status"] == "DELETED"
        client.put("/TaxRates", json=self.NEW)
        body = {"Type": "ACCREC", "Contact": customer, "LineItems": [LINE | {"TaxType": "TAX001"}]}
        client.put("/Invoices", json=body)
        assert messages(client.post("/TaxRates", json=gone)) == ["The tax rate is in use and cannot be deleted"]
        own = {"TaxType": "OUTPUT2", "Status": "DELETED"}
        assert "System defined tax rates cannot be deleted" in messages(client.post("/TaxRates", json=own))


class TestTracking:
    @pytest.fixture
    def region(self, client):
        return next(
            each for each in client.get("/TrackingCategories").json()["TrackingCategories"] if each["Name"] == "Region"
        )

    @pytest.fixture
    def put(self, client, customer):
        def send(*tracking):
            lines = [LINE | {"Tracking": list(tracking)}]
            return client.put("/Invoices", json={"Type": "ACCREC", "Contact": customer, "LineItems": lines})

        return send

    def test_of_lines_is_by_names_or_by_ids(self, put, region):
        named = put({"Name": "region", "Option": "North"}, {"Name": "Channel", "Option": "Web shop"})
        shown = named.json()["Invoices"][0]["LineItems"][0]["Tracking"]
        assert [(each["Name"], each["Option"]) for each in shown] == [("Region", "North"), ("Channel", "Web shop")]
        ids = {
            "TrackingCategoryID": region["TrackingCategoryID"],
            "TrackingOptionID": region["Options"][0]["TrackingOptionID"],
        }
        assert put(ids).json()["Invoices"][0]["LineItems"][0]["Tracking"][0]["Option"] == "North"

    def test_makes_no_option_by_naming_it(self, put):
        words = ["The tracking category and option specified do not exist"]
        assert messages(put({"Name": "Region", "Option": "Mars"})) == words
        assert messages(put({"Name": "Nope", "Option": "North"})) == words

    def test_of_a_line_is_by_two_categories_at_most(self, put):
        north, south = {"Name": "Region", "Option": "North"}, {"Name": "Region", "Option": "South"}
        assert messages(put(north, south)) == ["A line item can have a maximum of 2 tracking categories"]

    def test_survives_a_change_of_the_line(self, put, client):
        made = put({"Name": "Region", "Option": "North"}).json()["Invoices"][0]
        line = {"LineItemID": made["LineItems"][0]["LineItemID"], "Quantity": 2}
        after = client.post(f"/Invoices/{made['InvoiceID']}", json={"LineItems": [line]}).json()["Invoices"][0]
        assert after["LineItems"][0]["Tracking"] == made["LineItems"][0]["Tracking"]

    def test_has_two_active_categories_at_most(self, client, region):
        words = ["The maximum number of tracking categories has been reached"]
        assert messages(client.put("/TrackingCategories", json={"Name": "Third"})) == words
        url = f"/TrackingCategories/{region['TrackingCategoryID']}"
        assert client.post(url, json={"Status": "ARCHIVED"}).status_code == 200
        assert client.put("/TrackingCategories", json={"Name": "Third"}).status_code == 200
        listed = client.get("/TrackingCategories").json()["TrackingCategories"]
        assert [each["Name"] for each in listed] == ["Channel", "Third"]
        everything = client.get("/TrackingCategories", params={"includeArchived": "true"}).json()
        assert len(everything["TrackingCategories"]) == 3

    def test_options_are_made_renamed_and_deleted_unless_used(self, client, region, put):
        url = f"/TrackingCategories/{region['TrackingCategoryID']}/Options"
        made = client.put(url, json={"Name": "Centre"}).json()["Options"][0]
        key = made["TrackingOptionID"]
        assert client.post(f"{url}/{key}", json={"Name": "Middle"}).json()["Options"][0]["Name"] == "Middle"
        assert messages(client.put(url, json={"Name": "middle"})) == ["A tracking option with this name already exists"]
        put({"Name": "Region", "Option": "Middle"})
        assert messages(client.delete(f"{url}/{key}")) == ["The tracking option is in use and cannot be deleted"]
        other = region["Options"][1]["TrackingOptionID"]
        assert client.delete(f"{url}/{other}").json()["Options"][0]["IsDeleted"] is True

    def test_categories_are_deleted_unless_used(self, client, region, put):
        put({"Name": "Region", "Option": "North"})
        assert messages(client.delete(f"/TrackingCategories/{region['TrackingCategoryID']}"))
        other = next(
            each for each in client.get("/TrackingCategories").json()["TrackingCategories"] if each["Name"] == "Channel"
        )
        gone = client.delete(f"/TrackingCategories/{other['TrackingCategoryID']}")
        assert gone.json()["TrackingCategories"][0]["Status"] == "DELETED"


def test_branding_themes_begin_with_the_default(client):
    themes = client.get("/BrandingThemes").json()["BrandingThemes"]
    assert [(each["Name"], each["SortOrder"]) for each in themes] == [("Standard", 0), ("Special Projects", 1)]
    one = client.get(f"/BrandingThemes/{themes[1]['BrandingThemeID']}").json()["BrandingThemes"]
    assert one == themes[1:]

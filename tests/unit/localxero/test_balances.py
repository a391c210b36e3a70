import pytest

from localxero.testing import in_process

LINES = [
    {"Description": "Mug", "Quantity": 1, "UnitAmount": 10, "AccountCode": "200", "TaxType": "OUTPUT2"},
    {"Description": "Book", "Quantity": 1, "UnitAmount": 5, "AccountCode": "200", "TaxType": "ZERORATEDOUTPUT"},
]


@pytest.fixture
def sold(client, customer):
    """An order invoiced, paid, credited in full and paid back, and beside it one that is only invoiced."""
    asked = {"Contact": customer, "Status": "AUTHORISED", "Date": "2026-11-20", "LineItems": LINES}
    for number in ("1005", "10051"):
        body = asked | {"Type": "ACCREC", "DueDate": "2026-12-20", "InvoiceNumber": number}
        assert client.put("/Invoices", json=body).status_code == 200
    paid = {"InvoiceNumber": "1005", "Code": "090", "Amount": "17.00"}
    assert client.post("/Payments", json=paid).status_code == 200
    body = asked | {"Type": "ACCRECCREDIT", "CreditNoteNumber": "1005-CR1"}
    assert client.put("/CreditNotes", json=body).status_code == 200
    back = {"CreditNoteNumber": "1005-CR1", "Code": "090", "Amount": "17.00"}
    assert client.post("/Payments", json=back).status_code == 200


@pytest.fixture
def asked(xero, gb):
    """Return the balances of a number as {code: (debit, credit, balance)}, of accounts and of tax types."""
    with in_process(xero) as http:

        def ask(number=""):
            answer = http.get(f"/_local/balances/{gb}", params={"number": number})
            assert answer.status_code == 200, answer.text
            return tuple(
                {each["code"]: (each["debit"], each["credit"], each["balance"]) for each in answer.json()[side]}
                for side in ("accounts", "tax")
            )

        yield ask


class TestBalances:
    def test_of_a_refunded_order_are_nothing_on_every_account_it_touched(self, sold, asked):
        accounts, tax = asked("1005")
        assert accounts == {
            "090": (17.00, 17.00, 0.00),
            "200": (15.00, 15.00, 0.00),
            "610": (34.00, 34.00, 0.00),
            "820": (2.00, 2.00, 0.00),
        }
        assert tax == {"OUTPUT2": (2.00, 2.00, 0.00)}

    def test_of_another_order_are_not_among_them(self, sold, asked):
        accounts, _ = asked("10051")
        assert accounts["610"] == (17, 0, 17)
        assert "090" not in accounts

    def test_of_everything_come_to_nothing_together(self, sold, asked):
        accounts, tax = asked()
        assert sum(round(balance * 100) for _, _, balance in accounts.values()) == 0
        assert tax["OUTPUT2"] == (2.00, 4.00, -2.00)

    def test_of_drafts_there_are_none(self, client, customer, asked):
        before = asked()
        body = {"Type": "ACCREC", "Contact": customer, "LineItems": LINES}
        assert client.put("/Invoices", json=body).status_code == 200
        assert asked() == before

    def test_are_a_page(self, sold, xero):
        with in_process(xero) as http:
            home = next(iter(xero.state.organisations.values())).organisation.short_code
            page = http.get(f"/org/{home}/balances", params={"q": "1005"}).text
        assert "numbered 1005" in page
        assert page.count("17.00") == 2
        assert page.count("15.00") == 2
        assert "OUTPUT2" in page

    def test_of_an_unknown_organisation_are_refused(self, xero):
        with in_process(xero) as http:
            assert http.get("/_local/balances/none").status_code == 400

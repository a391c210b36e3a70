"""What becomes of a gateway's fees is chosen on a page of its own."""

from datetime import date

import pytest

from daybook.connections.models import Gateway
from daybook.history.models import Event
from tests.integration.payments.shop import account_of
from tests.integration.web.test_connection_settings import page, words

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stripe(acme) -> Gateway:
    account = account_of(acme).account_id
    return Gateway.objects.create(connection=acme.connection, name="stripe", currency="GBP", account_id=account)


def test_a_bill_for_each_payout_needs_its_contact_account_and_tax_and_goes_back_to_the_bank(logged_in, acme, stripe):
    client = logged_in("accountant")
    address = page("gateway-fees", acme.company, stripe.pk)
    assert "left to the bank" in words(client.get(page("settings-room", acme.company, "payments")))
    answer = client.post(address, {"how": "bill", "since": "2026-03-01"})
    assert (answer.status_code, words(answer).count("A bill needs this.")) == (422, 3)
    contact = next(each for each in acme.books("Contacts")["Contacts"] if each["ContactStatus"] == "ACTIVE")
    found = words(client.post(address, {"how": "bill", "find": "contact", "contact": contact["Name"][:5]}))
    assert contact["Name"] in found
    chosen = {"how": "bill", "contact": contact["Name"], "account": "404", "tax_type": "NONE", "since": "2026-03-01"}
    assert "becomes a bill of its fees" in words(client.post(address, chosen, follow=True))
    stripe.refresh_from_db()
    assert (stripe.fees_contact_id, stripe.fees_since) == (contact["ContactID"], date(2026, 3, 1))
    assert Event.objects.filter(company_id=acme.company.pk, after__has_key="fees.stripe in GBP").exists()
    assert "a bill for each payout" in words(client.get(page("settings-room", acme.company, "payments")))
    assert client.post(address, {"how": "bill", "contact": "Nobody", "since": "x"}).status_code == 422
    client.post(address, {"how": ""})
    stripe.refresh_from_db()
    assert stripe.fees_since is None

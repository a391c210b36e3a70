"""The button that makes a gateway's clearing account: proposed, allowed, made, or said why not."""

import re

import pytest

from daybook.connections.models import Gateway, PostingSettings, TokenSet
from daybook.history.models import Event
from localxero.testing import signed_in
from tests.integration.web.test_connection_settings import decide, page, words

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stripe(acme) -> Gateway:
    return Gateway.objects.create(connection=acme.connection, name="stripe", currency="GBP")


def names(acme) -> list[str]:
    rows = signed_in(acme.xero, acme.tenant_id).get("/Accounts").json()["Accounts"]
    return [each["Name"] for each in rows]


def withdraw(acme) -> None:
    """The consent covers reading settings only."""
    tokens = TokenSet.objects.get(connection=acme.connection)
    tokens.scope = re.sub(r"accounting\.settings\b(?!\.)", "accounting.settings.read", tokens.scope)
    tokens.save()


class TestMakingAnAccount:
    def test_is_proposed_with_a_free_code_and_made_by_one_button(self, logged_in, acme, stripe):
        client = logged_in("accountant")
        assert "Make it in Xero" in words(client.get(page("settings-room", acme.company, "payments")))
        address = page("gateway-account", acme.company, stripe.pk)
        form = client.get(address).context["form"]
        assert (form["code"].value(), form["name"].value()) == ("611", "Stripe clearing GBP")
        answer = client.post(address, {"code": "612", "name": "Stripe"}, follow=True)
        assert "612 Stripe was made in Xero" in words(answer)
        stripe.refresh_from_db()
        assert stripe.account_id
        assert names(acme).count("Stripe") == 1
        assert "Make it in Xero" not in words(answer)
        assert Event.objects.filter(company_id=acme.company.pk).exists()

    def test_leads_through_consent_where_the_permission_lacks(self, logged_in, acme, stripe, served):
        withdraw(acme)
        client = logged_in("accountant")
        address = page("gateway-account", acme.company, stripe.pk)
        assert "one permission more" in words(client.get(address))
        answer = client.post(address, {"code": "611", "name": "Stripe clearing GBP"})
        assert "accounting.settings" in answer["Location"]
        assert PostingSettings.objects.get(connection=acme.connection).make_accounts
        assert "Stripe clearing GBP" not in names(acme)
        client.get(decide(served, answer["Location"], "GB"))
        answer = client.post(address, {"code": "611", "name": "Stripe clearing GBP"}, follow=True)
        assert "was made in Xero" in words(answer)

    @pytest.mark.parametrize(
        ("sent", "said"),
        [
            ({"code": "200"}, "200 Sales has this code"),
            ({"name": "sales"}, "200 Sales has this name"),
            ({"code": ""}, "required"),
            ({"code": "1" * 11}, "at most 10"),
            ({"name": "x" * 151}, "at most 150"),
            ({"name": "a\x00b"}, "Null characters"),
        ],
    )
    def test_of_what_can_not_be_says_so_at_its_field(self, logged_in, acme, stripe, sent, said):
        typed = {"code": "611", "name": "Stripe clearing GBP"} | sent
        answer = logged_in("accountant").post(page("gateway-account", acme.company, stripe.pk), typed)
        assert answer.status_code == 422
        assert said in words(answer)
        assert "Stripe clearing GBP" not in names(acme)

    def test_of_another_company_is_not_there(self, logged_in, acme, birch):
        theirs = Gateway.objects.create(connection=birch.connection, name="stripe", currency="AUD")
        client = logged_in("accountant")
        assert client.get(page("gateway-account", acme.company, theirs.pk)).status_code == 404
        assert client.post(page("gateway-account", acme.company, theirs.pk), {}).status_code == 404

    def test_is_for_those_who_may_change_settings(self, logged_in, acme, stripe):
        client = logged_in("viewer")
        assert client.get(page("gateway-account", acme.company, stripe.pk)).status_code == 403
        assert "Make it in Xero" not in words(client.get(page("settings-room", acme.company, "payments")))

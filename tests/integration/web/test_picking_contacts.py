"""Choosing a contact on the settings page: a search of the ledger, as it is typed or by a button."""

import pytest

from daybook.connections.models import ChannelContact, PostingSettings, TokenSet
from daybook.intake.receive import receive
from tests.integration.contacts.orders import an_order, names_of, post
from tests.integration.web.test_connection_settings import page, settings_of, words

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]


class TestASearch:
    def test_as_it_is_typed_shows_the_results_alone(self, logged_in, acme):
        client = logged_in("accountant")
        answer = client.get(page("contacts-pick", acme.company), {"find": "contact_name", "contact_name": "gateway"})
        assert answer.status_code == 200
        text = words(answer)
        assert "Custom Gateway Orders" in text
        assert "<form" not in text

    @pytest.mark.parametrize(("typed", "said"), [("c", "at least two"), ("nobody at all", "no active contact like")])
    def test_that_finds_nothing_says_what_to_do(self, logged_in, acme, typed, said):
        client = logged_in("accountant")
        answer = client.get(page("contacts-pick", acme.company), {"find": "contact_name", "contact_name": typed})
        assert said in words(answer)

    def test_by_the_button_keeps_what_was_typed_elsewhere_and_saves_nothing(self, logged_in, acme):
        client = logged_in("accountant")
        typed = settings_of(client, acme.company) | {"contact_name": "print", "number_prefix": "WEB-"}
        answer = client.post(page("contacts-pick", acme.company), typed | {"find": "contact_name"})
        assert answer.status_code == 200
        assert "Print Fulfilment Partners" in words(answer)
        assert 'value="WEB-"' in words(answer)
        assert PostingSettings.objects.get(connection=acme.connection).number_prefix == ""

    def test_s_result_fills_its_field_until_it_is_saved(self, logged_in, acme):
        client = logged_in("accountant")
        typed = settings_of(client, acme.company) | {"contact_name": "print"}
        taken = client.post(
            page("contacts-pick", acme.company), typed | {"take": "contact_name:Print Fulfilment Partners"}
        )
        assert 'value="Print Fulfilment Partners"' in words(taken)
        client.post(page("settings-save", acme.company), typed | {"contact_name": "Print Fulfilment Partners"})
        there = acme.xero.books(acme.tenant_id).contact_named("Print Fulfilment Partners")
        assert PostingSettings.objects.get(connection=acme.connection).contact_id == there.contact_id

    def test_is_for_those_who_may_change_settings(self, logged_in, acme):
        asked = {"find": "contact_name", "contact_name": "gateway"}
        assert logged_in("viewer").get(page("contacts-pick", acme.company), asked).status_code == 403

    def test_of_no_such_field_or_another_company_is_not_there(self, logged_in, acme):
        client = logged_in("accountant")
        assert client.get(page("contacts-pick", acme.company), {"find": "client_id"}).status_code == 404
        assert client.get("/c/abcdefghjkmn/connection/contacts/", {"find": "contact_name"}).status_code == 404


class TestAContactForEachChannel:
    def test_is_named_by_the_orders_of_that_channel_alone(self, logged_in, acme):
        client = logged_in("accountant")
        typed = settings_of(client, acme.company) | {
            "contact_per": "channel", "new_channel": "Amazon", "new_channel_contact": "Print Fulfilment Partners",
        }  # fmt: skip
        assert client.post(page("settings-save", acme.company), typed).status_code == 302
        receive(acme.company, an_order("A-1", channel="amazon"))
        receive(acme.company, an_order("A-2", channel="ebay"))
        post(acme)
        assert names_of(acme) == {"A-1": "Print Fulfilment Partners", "A-2": "Custom Gateway Orders"}

    @pytest.mark.parametrize(
        ("channel", "contact", "said"),
        [
            ("Amazon", "", "Fill in both"),
            ("", "Print Fulfilment Partners", "Fill in both"),
            ("Amazon", "Nobody", "no contact named"),
        ],
    )
    def test_that_is_not_said_whole_is_refused_by_field(self, logged_in, acme, channel, contact, said):
        client = logged_in("accountant")
        typed = settings_of(client, acme.company) | {"new_channel": channel, "new_channel_contact": contact}
        answer = client.post(page("settings-save", acme.company), typed)
        assert answer.status_code == 422
        assert said in words(answer)
        assert not ChannelContact.objects.exists()

    def test_is_taken_away_by_emptying_it(self, logged_in, acme):
        client = logged_in("accountant")
        row = ChannelContact.objects.create(
            connection=acme.connection, channel="pos", contact_name="Custom Gateway Orders", contact_id="x"
        )
        typed = settings_of(client, acme.company) | {f"channel-{row.pk}": ""}
        client.post(page("settings-save", acme.company), typed)
        assert not ChannelContact.objects.exists()


class TestWhatIsAskedAnew:
    def test_is_said_before_the_button_once_a_feature_is_switched_on(self, logged_in, acme):
        TokenSet.objects.update(scope="accounting.settings.read accounting.contacts.read accounting.invoices")
        client = logged_in("accountant")
        typed = settings_of(client, acme.company) | {"contact_per": "customer"}
        answer = client.post(page("settings-save", acme.company), typed)
        assert answer["Location"] == page("settings-room", acme.company, "connect")
        text = words(client.get(answer["Location"]))
        said = "Customers as contacts: Daybook may make contacts; Xero will ask you again."
        assert text.index(said) < text.index("Get Access Token</button>")

    def test_is_nothing_where_nothing_is_lacking(self, logged_in, acme):
        assert "has not allowed all of this" not in words(
            logged_in("viewer").get(page("settings-room", acme.company, "connect"))
        )

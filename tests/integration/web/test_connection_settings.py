"""Connecting, settings and secrets, as a person does it, against a local Xero on a real socket."""

import html
import re
from datetime import timedelta
from decimal import Decimal

import httpx2
import pytest
from django.urls import reverse

from daybook.companies import people
from daybook.companies.models import Person
from daybook.companies.settings_table import ON_PAGE
from daybook.connections.models import Connection, Organisation, PostingSettings, TaxMapping, TokenSet
from daybook.feeds import roster as roster_of_feeds
from daybook.history.models import Event
from daybook.kit import clock
from daybook.sources.kornitx import signature
from daybook.sources.kornitx.source import KORNITX
from localxero import LocalXero
from tests.world import connected, leave, take_from_kornitx

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]

SECRET = "a-client-secret-nobody-may-see"
HMAC_KEY = "an-hmac-key-nobody-may-see"


def page(name: str, company, *arguments) -> str:
    return reverse(f"web:{name}", args=[company.public_id, *arguments])


def words(answer) -> str:
    return " ".join(answer.content.decode().split())  # as a browser shows it


def settings_of(client, company) -> dict:
    """What the settings form would send as it stands."""
    form = client.get(page("settings-room", company, "all")).context["form"]
    values = {bound.name: bound.value() for bound in form}
    return {name: value for name, value in values.items() if value is not None and value is not False}


@pytest.fixture
def cedar(logged_in, acme, served):
    """Not connected yet; the owner of Acme owns it too."""
    client = logged_in("owner")
    company = people.create_company("Cedar", owner=Person.objects.get(email="owner@acme.example"))
    return client, company


def begin(client, company, **credentials) -> str:
    sent = {"client_id": "client", "client_secret": "secret", "then": "consent"} | credentials
    answer = client.post(page("connection-app", company), sent)
    assert answer.status_code == 302
    return answer["Location"]


def decide(served, url: str, country: str | None = "AU", decision: str = "allow") -> str:
    """Decide on Xero's page; return the address that the browser is sent back to, without the host."""
    countries = [country] if country else ["GB", "AU"]
    form = {"decision": decision, "tenant": [served.xero.tenant_id(each) for each in countries]}
    answer = httpx2.post(url, data=form)
    return answer.headers["Location"].removeprefix("http://localhost:8000")


class TestTheSettingsPage:
    def test_shows_each_setting_of_the_table_with_its_label_and_help(self, cedar):
        client, company = cedar

        text = html.unescape(words(client.get(page("settings-room", company, "all"))))

        for one in ON_PAGE:
            controls = len(re.findall(f'name="{one.name}"', text))
            assert controls == (2 if one.name == "process_method" else 1), one.name
            assert one.label in text
            assert one.help.replace("{ledger}", "Xero") in text


class TestConnecting:
    def test_fills_in_and_saves_what_the_original_shows(self, cedar, served):
        client, company = cedar

        answer = client.get(decide(served, begin(client, company)), follow=True)

        text = words(answer)
        assert "Connected to Southern Print Co Pty Ltd" in text
        assert served.xero.tenant_id("AU") in text
        assert "AUD" in text
        assert Connection.objects.get(company=company).is_connected

    def test_offers_the_chart_right_away_with_the_usual_codes(self, cedar, served):
        client, company = cedar
        client.get(decide(served, begin(client, company)), follow=True)

        sent = settings_of(client, company)

        assert sent["sales_account"] == "200"
        assert sent["cogs_account"] == "310"
        assert sent["inventory_account"] == "630"

    def test_lets_a_person_choose_among_several(self, cedar, served):
        client, company = cedar
        for other in Connection.objects.exclude(company=company):
            leave(other)

        answer = client.get(decide(served, begin(client, company), country=None), follow=True)
        assert "Which organisation" in words(answer)
        answer = client.post(page("connection-choose", company), {"tenant": served.xero.tenant_id("GB")}, follow=True)

        assert "Connected to Birch &amp; Bell Ltd" in words(answer)

    @pytest.mark.parametrize(
        ("alter", "says"),
        [
            (lambda back: back.replace("code=", "code=x"), "could not be used any more"),
            (lambda back: back.replace("state=", "state=x"), "belongs to no request of Daybook"),
        ],
    )
    def test_a_spoilt_answer_says_what_to_do(self, cedar, served, alter, says):
        client, company = cedar

        answer = client.get(alter(decide(served, begin(client, company))), follow=True)

        assert says in words(answer)
        assert not Connection.objects.get(company=company).is_connected

    def test_a_denial_says_what_to_do(self, cedar, served):
        client, company = cedar

        answer = client.get(decide(served, begin(client, company), decision="deny"), follow=True)

        assert "Access was not allowed" in words(answer)
        assert answer.redirect_chain[-1][0] == page("settings-room", company, "connect")

    def test_a_replay_changes_nothing(self, cedar, served):
        client, company = cedar
        back = decide(served, begin(client, company))
        client.get(back)

        assert "was used before" in words(client.get(back, follow=True))

    def test_a_wrong_secret_is_named(self, cedar, served):
        client, company = cedar
        sent = {"client_id": "client", "client_secret": "wrong", "then": "consent"}

        answer = client.post(page("connection-app", company), sent, follow=True)

        assert "Xero does not take them" in words(answer)
        assert Connection.objects.get(company=company).pause_cause == "app"
        assert "login.xero.com" not in str(answer.redirect_chain)

        tried = words(client.post(page("connection-resume", company), follow=True))

        assert "Xero still does not take" in tried
        assert "The pause is over" not in tried

        begin(client, company)

        assert Connection.objects.get(company=company).paused_until is None

    def test_a_secret_that_was_replaced_meanwhile_is_named(self, cedar, served):
        client, company = cedar
        url = begin(client, company)
        row = Connection.objects.get(company=company)
        row.client_secret = "replaced at Xero"
        row.save()

        answer = client.get(decide(served, url), follow=True)

        assert "Client Secret" in words(answer)
        assert not Connection.objects.get(company=company).is_connected

    def test_an_organisation_of_another_company_is_refused(self, cedar, served):
        client, company = cedar

        answer = client.get(decide(served, begin(client, company), country="GB"), follow=True)

        assert "is connected to another company here already" in words(answer)

    def test_without_credentials_the_fields_say_what_is_missing(self, cedar):
        client, company = cedar

        answer = client.post(page("connection-app", company), {"client_id": "", "client_secret": ""})

        assert answer.status_code == 422
        assert set(answer.context["app_form"].errors) == {"client_id", "client_secret"}

    def test_disconnecting_keeps_the_settings(self, logged_in, acme):
        client = logged_in("owner")
        assert "What stays" in words(client.get(page("connection-disconnect", acme.company)))

        answer = client.post(page("connection-disconnect", acme.company), follow=True)

        assert "Disconnected" in words(answer)
        assert "(disconnected)" in words(answer)
        assert PostingSettings.objects.get(connection__company=acme.company).contact_name == "Custom Gateway Orders"


class TestSaving:
    def test_changes_and_says_so(self, logged_in, acme):
        client = logged_in("accountant")

        sent = settings_of(client, acme.company) | {"process_method": "tracked", "number_prefix": "AC-"}
        answer = client.post(page("settings-save", acme.company), sent, follow=True)

        settings = PostingSettings.objects.get(connection__company=acme.company)
        assert answer.status_code == 200, answer.context["form"].errors
        assert "Saved." in words(answer)
        assert (settings.process_method, settings.number_prefix) == ("tracked", "AC-")
        told = Event.objects.get(what="saved")
        assert (told.person.email, told.after["number_prefix"]) == ("accountant@acme.example", "AC-")

    def test_adds_a_tax_rate(self, logged_in, acme):
        client = logged_in("accountant")

        sent = settings_of(client, acme.company) | {"new_rate": "8.875", "new_tax_type": "OUTPUT2", "tax-5": ""}
        client.post(page("settings-save", acme.company), sent)

        stored = dict(TaxMapping.objects.filter(connection__company=acme.company).values_list("rate", "tax_type"))
        assert stored[Decimal("0.08875")] == "OUTPUT2"
        assert stored[Decimal("0.05")] == ""

    @pytest.mark.parametrize(
        ("field", "value", "says"),
        [
            ("contact_name", "Nobody at all", "has no contact named"),
            ("contact_name", "Old Customer Ltd", "is archived in Xero"),
            ("number_prefix", "A/B", "Use only letters"),
            ("reference_template", "{nonsense}", "is not known"),
            ("sales_account", "800", "not among those that fit"),
            ("new_rate", "abc", "percentage"),
            ("new_rate", "-5", "percentage"),
            ("new_rate", "1e400", "percentage"),
            ("new_rate", "1e9999999", "percentage"),
            ("payment_terms_days", "-1", "0"),
            ("start_date", "yesterday", "date"),
            ("tax-20", "INPUT2", "valid choice"),
        ],
    )
    def test_a_wrong_value_is_said_at_its_field(self, logged_in, acme, field, value, says):
        client = logged_in("accountant")

        sent = settings_of(client, acme.company) | {field: value}
        answer = client.post(page("settings-save", acme.company), sent)

        assert answer.status_code == 422
        assert says in " ".join(answer.context["form"].errors[field])

    def test_the_box_on_top_leads_to_each_wrong_field(self, logged_in, acme):
        client = logged_in("accountant")
        wrong = {"contact_name": "Nobody at all", "tax-20": "INPUT2", "process_method": "both"}

        text = words(client.post(page("settings-save", acme.company), settings_of(client, acme.company) | wrong))

        box = text.split('id="faults"')[1].split("</div>")[0]
        assert "Nothing was saved" in box
        for anchor, label in (("id_contact_name", "Contact Name"), ("id_tax-20", "20 %"), ("method", "Process Method")):
            assert re.search(f'href="#{anchor}">{label}</a>', box, re.IGNORECASE), label
            assert f' id="{anchor}"' in text
        assert box.count("<li>") == 3

    def test_the_box_names_the_fields_of_the_app_too(self, logged_in, acme):
        answer = logged_in("owner").post(page("connection-app", acme.company), {"client_id": "two words"})

        assert 'href="#id_client_id">Client ID</a>' in words(answer)

    def test_finds_the_contact_and_keeps_its_id(self, logged_in, acme):
        client = logged_in("accountant")

        sent = settings_of(client, acme.company) | {"contact_name": "  print fulfilment   partners "}
        client.post(page("settings-save", acme.company), sent)

        settings = PostingSettings.objects.get(connection__company=acme.company)
        assert settings.contact_id == settings.supplier_contact_id

    def test_the_example_follows_what_is_typed(self, logged_in, acme):
        query = {"number_prefix": "AC-", "reference_template": "{ref} of {customer}"}

        text = words(logged_in("viewer").get(page("settings-example", acme.company), query))

        assert "AC-10452" in text
        assert "10452 of Jo Bloggs" in text


class TestAViewer:
    def test_finds_no_button_and_no_open_field(self, logged_in, acme):
        viewer = logged_in("viewer")
        open_to_a_viewer = ["Find"]  # a search changes nothing

        index = words(viewer.get(page("connection", acme.company)))
        shown = index.split('<div class="db-page"')[1].split('<footer class="db-foot">')[0]
        assert re.findall("<button[^>]*>([^<]*)", shown) == open_to_a_viewer
        for room, fieldset in [("all", "<fieldset disabled>"), ("connect", '<fieldset disabled class="db-stack">')]:
            text = words(viewer.get(page("settings-room", acme.company, room)))
            shown = text.split('<div class="db-page"')[1].split('<footer class="db-foot">')[0]
            assert "<button" not in shown
            assert 'class="db-button' not in shown
            assert re.findall("<fieldset[^>]*>", shown) == [fieldset]
            assert shown.index("You can look at these settings") < shown.index("<fieldset")


class TestSecrets:
    def test_stand_on_no_page(self, logged_in, acme):
        client = logged_in("owner")
        row = acme.connection
        client.post(page("connection-app", acme.company), {"client_id": "client", "client_secret": SECRET})
        feed = take_from_kornitx(acme.company, key=HMAC_KEY)
        row.refresh_from_db()
        secrets = [SECRET, HMAC_KEY, row.token_set.access_token, row.token_set.refresh_token]

        for name in (
            "overview",
            "orders",
            "documents",
            "connection",
            "costs",
            "feeds",
            "inbox",
            "keys",
            "people",
            "connection-disconnect",
        ):
            text = words(client.get(page(name, acme.company)))
            assert not [secret for secret in secrets if secret in text], name
        text = words(client.get(page("feed-page", acme.company, feed.public_id)))
        assert not [secret for secret in secrets if secret in text]

    def test_an_empty_secret_keeps_the_stored_one(self, logged_in, acme):
        client = logged_in("owner")

        client.post(page("connection-app", acme.company), {"client_id": "other", "client_secret": ""})

        row = Connection.objects.get(company=acme.company)
        assert (row.client_id, row.client_secret) == ("other", "secret")

    def test_the_callback_address_is_shown_once_and_works(self, logged_in, acme):
        client = logged_in("owner")

        feed = roster_of_feeds.own(acme.company, KORNITX)
        after = client.post(page("feed-secret", acme.company, feed.public_id, "callback"))["Location"]
        url = client.get(after).context["section"].made[0].url

        assert url not in words(client.get(after))
        path = url.removeprefix("http://localhost:8000")
        assert client.put(path, b"{}", "application/json").status_code != 401
        assert client.put(path + "x", b"{}", "application/json").status_code == 401

    def test_the_hmac_key_opens_the_push(self, logged_in, acme):
        client = logged_in("owner")
        feed = roster_of_feeds.own(acme.company, KORNITX)
        client.post(page("feed", acme.company, feed.public_id), {"hmac_key": HMAC_KEY})

        path = f"/api/v1/intake/kornitx/{acme.company.public_id}"
        signed = {signature.HEADER: signature.sign(HMAC_KEY, b"{}")}

        assert client.post(path, b"{}", "application/json", headers=signed).status_code != 401
        client.post(page("feed", acme.company, feed.public_id), {"remove_hmac_key": "on"})
        assert client.post(path, b"{}", "application/json", headers=signed).status_code == 401


class TestAPause:
    def test_a_person_may_end_it(self, logged_in, acme):
        Connection.objects.filter(company=acme.company).update(paused_until="2999-01-01T00:00Z", pause_reason="Busy.")
        client = logged_in("accountant")
        assert "Busy." in words(client.get(page("overview", acme.company)))

        client.post(page("connection-resume", acme.company))

        assert Connection.objects.get(company=acme.company).paused_until is None


def test_a_company_of_another_xero_is_not_offered_our_lists(logged_in, acme):
    other = connected(LocalXero(limits="off"), "Elm", "AU", untouched=True)

    text = words(logged_in("owner").get(page("settings-room", acme.company, "all")))

    assert other.company.name not in text
    assert "BASEXCLUDED" not in text


class TestTwoEditors:
    def open_and_change(self, logged_in, acme, **theirs):
        """Ann has the page open; Olive saves `theirs` meanwhile. Returns Ann's browser and what her form would send."""
        ann, olive = logged_in("accountant"), logged_in("owner")
        opened = settings_of(ann, acme.company) | {
            "base": ann.get(page("settings-room", acme.company, "all")).context["base"]
        }
        base = olive.get(page("settings-room", acme.company, "all")).context["base"]
        olive.post(page("settings-save", acme.company), settings_of(olive, acme.company) | {"base": base} | theirs)
        return ann, opened

    def test_keep_each_other_s_changes(self, logged_in, acme):
        ann, opened = self.open_and_change(
            logged_in, acme, number_prefix="OL-", include_orders_with_errors="on", **{"tax-5": ""}
        )

        answer = ann.post(page("settings-save", acme.company), opened | {"payment_terms_days": "14"}, follow=True)

        stored = PostingSettings.objects.get(connection__company=acme.company)
        assert (stored.number_prefix, stored.payment_terms_days) == ("OL-", 14)
        assert stored.include_orders_with_errors
        assert TaxMapping.objects.get(connection__company=acme.company, rate="0.05").tax_type == ""
        assert "owner@acme.example changed" in words(answer)
        assert "Number prefix" in words(answer).split("while you had the page open")[0]

    def test_the_second_is_told_both_values_where_both_changed_one_field_and_loses_nothing(self, logged_in, acme):
        ann, opened = self.open_and_change(logged_in, acme, number_prefix="OL-", payment_terms_days="7")
        mine = opened | {"number_prefix": "AN-", "reference_template": "{ref}"}

        answer = ann.post(page("settings-save", acme.company), mine)

        assert answer.status_code == 409
        assert "owner@acme.example changed this to “OL-”" in words(answer)
        assert 'value="AN-"' in words(answer)
        assert PostingSettings.objects.get(connection__company=acme.company).number_prefix == "OL-"

        again = settings_of_shown(answer) | {"base": answer.context["base"]}
        assert ann.post(page("settings-save", acme.company), again).status_code == 302
        stored = PostingSettings.objects.get(connection__company=acme.company)
        assert (stored.number_prefix, stored.reference_template, stored.payment_terms_days) == ("AN-", "{ref}", 7)

    def test_a_forged_token_counts_as_none(self, logged_in, acme):
        ann = logged_in("accountant")
        sent = settings_of(ann, acme.company) | {"number_prefix": "AN-", "base": "made up"}

        assert ann.post(page("settings-save", acme.company), sent).status_code == 302


def settings_of_shown(answer) -> dict:
    values = {bound.name: bound.value() for bound in answer.context["form"]}
    return {name: value for name, value in values.items() if value not in {None, False}}


class TestTheBanner:
    NAMES = ("overview", "orders", "documents", "connection", "costs", "keys", "people")

    def test_stands_on_every_page_and_leads_to_the_field(self, logged_in, acme):
        PostingSettings.objects.filter(connection__company=acme.company).update(sales_account="999", contact_id="")
        client = logged_in("owner")

        for name in self.NAMES:
            text = words(client.get(page(name, acme.company)))
            assert "The settings are not complete" in text, name
            assert f'href="{page("settings-room", acme.company, "accounts")}#id_sales_account"' in text, name
            assert f'href="{page("settings-room", acme.company, "contact")}#id_contact_name"' in text, name

    def test_says_that_no_worker_runs(self, logged_in, acme):
        assert "Nothing is being posted" in words(logged_in("viewer").get(page("orders", acme.company)))

    def test_a_pause_says_why_and_until_when_and_can_be_ended_from_any_page(self, logged_in, acme):
        until = clock.now() + timedelta(minutes=10)
        Connection.objects.filter(company=acme.company).update(
            paused_until=until, pause_reason="Xero, or this organisation, is offline for the moment."
        )
        client = logged_in("accountant")

        text = words(client.get(page("costs", acme.company)))
        sent = {"back": page("costs", acme.company)}
        answer = client.post(page("connection-resume", acme.company), sent)

        assert "is offline for the moment" in text
        assert "Try now" in text
        assert answer["Location"] == page("costs", acme.company)
        assert "is offline for the moment" not in words(client.get(page("costs", acme.company)))

    @pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/c/nobody/", "", "/c/x/\0"])
    def test_leads_back_nowhere_else(self, logged_in, acme, back):
        answer = logged_in("accountant").post(page("connection-resume", acme.company), {"back": back})

        assert answer["Location"] == page("overview", acme.company)

    def test_lost_consent(self, logged_in, acme):
        Connection.objects.filter(company=acme.company).update(
            status="needs_consent", status_reason="Somebody disconnected Daybook in Xero."
        )

        text = words(logged_in("viewer").get(page("documents", acme.company)))

        assert "Xero asks for consent again" in text
        assert "Somebody disconnected Daybook in Xero." in text
        assert "Try now" not in text


@pytest.mark.parametrize(
    ("posts", "scope", "said"),
    [
        (False, "", "payments are not posted"),
        (True, "accounting.contacts accounting.invoices", "the permission to post payments is missing"),
        (True, "", ""),
    ],
)
def test_reminders_of_the_ledger_are_warned_of_where_customers_pay_in_the_shop(logged_in, acme, posts, scope, said):
    client = logged_in("accountant")
    assert "may remind customers" not in words(client.get(page("settings-room", acme.company, "payments")))
    Organisation.objects.filter(pk=acme.connection.organisation_id).update(sends_reminders=True)
    PostingSettings.objects.filter(connection=acme.connection).update(post_payments=posts)
    if scope:
        TokenSet.objects.update(scope=scope)
    shown = words(client.get(page("settings-room", acme.company, "payments")))
    assert ("may remind customers" in shown) is bool(said)
    assert said in shown

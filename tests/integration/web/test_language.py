"""Pages speak the language of who reads them; what is stored, and what programs read, is English."""

import pytest
from django.test import Client
from django.urls import reverse

from daybook.companies import keys, people
from daybook.companies.models import ItemCost, Person
from tests.integration.web.conftest import PASSWORD, take_in

pytestmark = pytest.mark.django_db

GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.8"}


def words(answer) -> str:
    return " ".join(answer.content.decode().split())  # as a browser shows it


def choose(client: Client, language: str) -> None:
    assert client.post(reverse("account_language"), {"language": language}).status_code == 302


def costs(cast) -> str:
    return reverse("web:costs", args=[cast.company.public_id])


@pytest.fixture
def german(logged_in) -> Client:
    """A browser that asks for English, of Acme's owner, who has chosen German."""
    client = logged_in("owner")
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en-gb"
    choose(client, "de")
    return client


class TestAChoice:
    def test_holds_from_the_next_page_on(self, logged_in, acme):
        client = logged_in("owner")
        there = reverse("web:documents", args=[acme.company.public_id])
        before = client.get(there)
        choose(client, "de")
        after = client.get(there)
        assert "<h1>Documents</h1>" in words(before) or "Documents" in words(before)
        assert "Belege" in words(after)
        assert "Belege" not in words(before)
        assert (before["Content-Language"], after["Content-Language"]) == ("en-gb", "de")

    def test_writes_days_and_amounts_as_they_are_written_there(self, german, logged_in, acme):
        entry = take_in(
            acme, lines=[{"id": "1", "sku": "MUG", "quantity": 1234, "unit_price": "6.25", "tax_rate": "0.2"}]
        )
        there = reverse("web:document", args=[acme.company.public_id, entry.public_id])
        said, amount = words(german.get(there)), f"{entry.gross:,.2f}"
        assert f"{entry.date:%d.%m.%Y}" in said
        assert amount.translate(str.maketrans(",.", ".,")) in said
        english = words(logged_in("viewer").get(there))
        assert f"{entry.date:%-d %b %Y}" in english
        assert amount in english

    @pytest.mark.parametrize("page", ["proof", "dryrun", "reconciliation"])
    def test_says_from_when_until_when(self, german, acme, page):
        shown = words(german.get(reverse(f"web:{page}", args=[acme.company.public_id])))

        assert "Bis</label>" in shown.replace("Bis </label>", "Bis</label>")
        assert "Auf</label>" not in shown.replace("Auf </label>", "Auf</label>")

    def test_is_nobody_else_s(self, german, logged_in, acme):
        there = costs(acme)
        assert "Einstandspreise" in words(german.get(there))
        assert "Item costs" in words(logged_in("viewer").get(there))

    def test_may_be_left_to_the_browser_again(self, german, acme):
        choose(german, "")
        assert "Item costs" in words(german.get(costs(acme)))
        assert "Einstandspreise" in words(german.get(costs(acme), headers=GERMAN))

    def test_of_a_language_that_daybook_does_not_speak_is_none(self, german, acme):
        choose(german, "tlh")
        assert Person.objects.get(email="owner@acme.example").language == ""
        assert "Item costs" in words(german.get(costs(acme)))


class TestABrowser:
    def test_is_answered_in_its_own_language(self, db):
        page = Client().get(reverse("account_login"), headers=GERMAN)
        assert "Anmelden" in words(page)
        assert page["Content-Language"] == "de"
        assert "Accept-Language" in page["Vary"]

    def test_is_answered_in_english_where_daybook_does_not_speak_its_own(self, db):
        page = Client().get(reverse("account_login"), headers={"Accept-Language": "tlh, fr;q=0.5"})
        assert "Log in" in words(page)
        assert page["Content-Language"] == "en-gb"

    def test_loses_its_language_to_the_person_s_as_they_log_in(self, acme):
        person = people.add_person("ann@acme.example", password=PASSWORD)
        people.join(acme.company, person, "owner")
        person.language = "en-gb"
        person.save(update_fields=["language"])
        client = Client()
        sent = {"login": person.email, "password": PASSWORD}
        assert client.post(reverse("account_login"), sent, headers=GERMAN).status_code == 302
        assert "Item costs" in words(client.get(costs(acme), headers=GERMAN))


class TestWhatIsSaid:
    def test_of_a_form_that_was_refused(self, german, acme):
        page = words(german.post(costs(acme), {"sku": "", "currency": "ZZZ", "unit_cost": "2.50"}))
        assert "ISO 4217 kennt keine solche Währung; schreiben Sie sie wie GBP." in page
        assert "Dieses Feld ist zwingend erforderlich." in page  # Django's own
        assert "Einstandspreis ohne Steuer" in page

    def test_of_days_as_a_browser_sends_them(self, german, acme):
        there = reverse("web:reconciliation", args=[acme.company.public_id])
        page = words(german.post(there, {"since": "2026-03-02", "until": "2026-03-01"}))
        assert "Das liegt vor dem ersten Tag: Wählen Sie einen späteren." in page

    def test_of_what_was_done(self, german, acme):
        page = words(german.post(costs(acme), {"sku": "MUG", "currency": "GBP", "unit_cost": "2.50"}, follow=True))
        assert "MUG wurde gespeichert." in page
        assert ItemCost.objects.get().unit_cost == 2.5

    def test_of_settings_and_their_choices(self, german, logged_in, acme):
        there = reverse("web:settings-room", args=[acme.company.public_id, acme.connection.public_id, "when"])
        assert "Wann und wie" in words(german.get(there))
        assert "When and how" in words(logged_in("viewer").get(there))

    def test_of_a_document_is_stored_in_english(self, german, logged_in, acme):
        entry = take_in(acme)
        place = [acme.company.public_id, entry.public_id]
        said = words(german.post(reverse("web:document-cancel", args=place), {"note": "doppelt"}, follow=True))
        assert f"{entry.number} wird nicht gebucht." in said
        english = words(logged_in("viewer").get(reverse("web:document", args=place)))
        assert "Cancelled" in english
        assert "Storniert" not in english


def test_the_operator_s_tables_are_in_english(german, acme):
    Person.objects.filter(email="owner@acme.example").update(is_staff=True, is_superuser=True)
    page = words(german.get("/operator/companies/company/", headers=GERMAN))
    assert "Select company to change" in page


class TestAProgram:
    """Programs look for words that they know."""

    @pytest.fixture
    def ask(self, acme, german):
        key = keys.create_api_key(acme.company, "shop")[1]

        def asked(method: str, path: str, language: str, **sent):
            headers = {"Authorization": f"Bearer {key}", "Accept-Language": language}
            answer = getattr(german, method)(path, headers=headers, **sent)
            return answer.status_code, {k: v for k, v in answer.json().items() if k not in {"request_id", "id"}}

        return asked

    def test_is_refused_in_english(self, ask):
        sent = {"data": '{"source": "shop", "id": ""}', "content_type": "application/json"}
        in_german = ask("post", "/api/v1/orders", "de", **sent)
        assert in_german == ask("post", "/api/v1/orders", "en", **sent)
        assert in_german[0] == 422

    def test_is_told_in_english_why_an_order_waits(self, ask, acme):
        entry = take_in(acme, rate="0.175")
        path = f"/api/v1/orders/{entry.order.public_id}"
        in_german = ask("get", path, "de")
        assert in_german == ask("get", path, "en")
        assert "tax rate" in str(in_german)

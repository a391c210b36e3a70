"""People, keys, item costs and the first operator."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from daybook.companies import keys, people
from daybook.companies.models import ApiKey, Company, ItemCost, Membership, Person
from daybook.history.models import Event
from tests.integration.web.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def page(name: str, cast, *arguments) -> str:
    return reverse(f"web:{name}", args=[cast.company.public_id, *arguments])


def words(answer) -> str:
    return answer.content.decode()


class TestKeys:
    def test_are_shown_once_and_a_reload_makes_no_other(self, logged_in, acme):
        client, url = logged_in(), page("keys", acme)

        answer = client.post(url, {"name": "Web shop", "scopes": ["read", "orders"]})
        client.head(url)
        plaintext = client.get(answer["Location"]).context["plaintext"]

        assert keys.find_api_key(plaintext).name == "Web shop"
        assert plaintext not in words(client.get(url))
        assert ApiKey.objects.count() == 1

    def test_wait_sealed_for_the_page_that_shows_them(self, logged_in, acme):
        client = logged_in()

        client.post(page("keys", acme), {"name": "Web shop", "scopes": ["read"]})

        assert keys.PREFIX not in str(dict(client.session.items()))

    def test_of_somebody_who_left_are_shown_as_such(self, logged_in, acme, person_with):
        client, leaver = logged_in(), person_with("accountant")
        keys.create_api_key(acme.company, "Web shop", leaver)
        assert "No longer here" not in words(client.get(page("keys", acme)))

        people.leave(acme.company, leaver)

        assert "No longer here" in words(client.get(page("keys", acme)))

    @pytest.mark.parametrize(("sent", "works"), [({}, False), ({"keys": "revoke"}, False), ({"keys": "keep"}, True)])
    def test_end_with_their_maker_unless_an_owner_keeps_them(self, logged_in, acme, birch, person_with, sent, works):
        client, leaver = logged_in(), person_with("accountant")
        _, theirs = keys.create_api_key(acme.company, "Web shop", leaver)
        _, elsewhere = keys.create_api_key(birch.company, "Web shop", leaver)
        url = page("people-remove", acme, leaver.pk)

        asked = words(client.get(url))
        client.post(url, sent)

        assert "Web shop" in asked
        assert not leaver.memberships.exists()
        assert bool(keys.find_api_key(theirs)) is works
        assert keys.find_api_key(elsewhere)

    def test_open_what_was_ticked_and_end_with_their_day(self, logged_in, acme):
        client, url = logged_in(), page("keys", acme)

        client.post(url, {"name": "Reports", "scopes": ["read"], "expires_on": "2099-05-31"})
        refused = [client.post(url, {"name": "x", "scopes": ["read"], "expires_on": "2001-05-31"})]
        refused.append(client.post(url, {"name": "x", "scopes": ["read"], "expires_on": "9999-12-31"}))
        refused += [client.post(url, {"name": "x"}), client.post(url, {"name": "x", "scopes": ["all"]})]

        made = ApiKey.objects.get()
        assert (made.opens, made.is_over(datetime(2099, 5, 31, 12, tzinfo=UTC))) == (["read"], False)
        assert made.is_over(datetime(2099, 6, 1, 1, tzinfo=UTC))
        assert "31 May 2099" in words(client.get(url))
        assert '<span class="db-badge">Read</span>' in words(client.get(url))
        assert all("db-errors" in words(answer) for answer in refused)
        told = Event.objects.get(company=acme.company, subject_kind="key").after
        assert told == {"name": "Reports", "scopes": "read", "works_until": "2099-05-31"}

    def test_end_when_revoked(self, logged_in, acme):
        key, plaintext = keys.create_api_key(acme.company, "Web shop")

        logged_in().post(page("key-revoke", acme, key.public_id))

        assert keys.find_api_key(plaintext) is None
        assert ApiKey.objects.get().revoked_at


class TestPeople:
    def test_the_last_owner_stays(self, logged_in, acme):
        client = logged_in()
        owner = Person.objects.get(email="owner@acme.example")

        for url, sent in (
            (page("people-remove", acme, owner.pk), {}),
            (page("people-role", acme, owner.pk), {"role": "viewer"}),
        ):
            assert "owner@acme.example is the only owner" in words(client.post(url, sent, follow=True))

        assert Membership.objects.get(person=owner).role == "owner"

    def test_a_role_changes(self, logged_in, acme, person_with):
        viewer = person_with("viewer")

        logged_in().post(page("people-role", acme, viewer.pk), {"role": "accountant"})

        assert viewer.memberships.get().role == "accountant"


class TestCosts:
    def upload(self, client, acme, text: str | bytes):
        content = text if isinstance(text, bytes) else text.encode()
        return client.post(page("costs-upload", acme), {"file": SimpleUploadedFile("costs.csv", content)}, follow=True)

    def test_a_file_is_taken_and_replaces(self, logged_in, acme):
        ItemCost.objects.create(company=acme.company, sku="MUG", currency="GBP", unit_cost="1")

        answer = self.upload(logged_in(), acme, "\ufeffSKU;Currency;Unit_Cost\nMUG;gbp;2.35\nPEN;GBP;0.1234\n")

        assert "2 costs were saved" in words(answer)
        assert ItemCost.objects.get(sku="MUG").unit_cost == Decimal("2.35")

    def test_a_file_may_end_its_lines_as_an_old_mac_does(self, logged_in, acme):
        self.upload(logged_in(), acme, "sku,currency,unit_cost\rMUG,GBP,2\rPEN,GBP,1\r")

        assert ItemCost.objects.count() == 2

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("sku,currency\nA,GBP\n", "lacks the column unit_cost"),
            ("sku,currency,unit_cost\n,GBP,1\n", "Row 2: the SKU is empty"),
            ("sku,currency,unit_cost\nA,POUND,1\n", "Row 2: “POUND” is no currency"),
            ("sku,currency,unit_cost\nA,GBP,1\nB,GBP,x\n", "Row 3: “x” is no number"),
            ("sku,currency,unit_cost\nA,GBP,-1\n", "not an amount"),
            ("sku,currency,unit_cost\nA,ZZZ,1\n", "Row 2: “ZZZ” is no currency"),
            ("sku,currency,unit_cost\nA,GBP,NaN\n", "is no number"),
            ("sku,currency,unit_cost\nA,GBP,1_0\n", "is no number"),
            ("sku,currency,unit_cost\nA,GBP,0.00001\n", "not an amount"),
            ("x" * 200_000 + ",sku,currency,unit_cost\nA,GBP,1\n", "this is not CSV"),
            ("sku,currency,unit_cost\nA,GBP," + "1" * 200_000 + "\n", "this is not CSV"),
            ("sku,currency,unit_cost\nA,GBP,1\nA,gbp,2\n", "stands in the file twice"),
            (b"\xff\xfe\x00", "is not UTF-8"),
        ],
    )
    def test_a_wrong_row_is_named_and_nothing_is_saved(self, logged_in, acme, text, says):
        answer = self.upload(logged_in(), acme, text)

        assert says in words(answer)
        assert not ItemCost.objects.exists()

    def test_one_is_added_and_deleted(self, logged_in, acme):
        client = logged_in()

        client.post(page("costs", acme), {"sku": "MUG", "currency": "gbp", "unit_cost": "2.5"})
        cost = ItemCost.objects.get(company=acme.company)
        client.post(page("cost-delete", acme, cost.pk))

        assert cost.currency == "GBP"
        assert not ItemCost.objects.exists()


class TestSettingUp:
    def test_makes_the_first_operator_and_their_company_once(self, db):
        url = reverse("web:setup", args=[people.create_setup_link()])
        client = Client()

        answer = client.post(url, {"email": "op@x.example", "password": PASSWORD, "company": "First Ltd"}, follow=True)

        assert Person.objects.get().is_staff
        assert answer.redirect_chain[-1][0] == reverse("web:overview", args=[Company.objects.get().public_id])
        assert "Begin the set-up" in words(answer)
        assert Client().get(url).status_code == 404

    def test_a_weak_password_does_not_spend_the_link(self, db):
        url = reverse("web:setup", args=[people.create_setup_link()])

        Client().post(url, {"email": "op@x.example", "password": "short", "company": "First Ltd"})

        assert not Person.objects.exists()
        assert Client().get(url).status_code == 200

    def test_an_invented_link_is_not_there(self, db):
        assert Client().get(reverse("web:setup", args=["invented"])).status_code == 404

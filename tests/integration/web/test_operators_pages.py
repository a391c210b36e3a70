"""The operator's pages change who belongs where as every other way does: told to the history, and no last owner goes."""

import pytest
from django.test import Client
from django.urls import reverse

from daybook.companies import people
from daybook.companies.models import Company, Membership
from daybook.history.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def olive():
    return people.add_person("olive@example.com", operator=True)


@pytest.fixture
def client(olive):
    client = Client()
    client.force_login(olive, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_a_company_made_and_renamed_there_is_told(client, olive):
    places = {"memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0}
    assert client.post(reverse("admin:companies_company_add"), {"name": "Cedar", **places}).status_code == 302
    cedar = Company.objects.get(name="Cedar")
    page = reverse("admin:companies_company_change", args=[cedar.pk])
    assert client.post(page, {"name": "Cedar & Co", **places}).status_code == 302

    assert list(Event.objects.order_by("id").values_list("what", "person", "before", "after")) == [
        ("made", olive.pk, None, {"name": "Cedar"}),
        ("joined", olive.pk, None, {"role": "owner"}),
        ("saved", olive.pk, {"name": "Cedar"}, {"name": "Cedar & Co"}),
    ]


def test_an_account_closed_there_is_told_to_its_companies(client, olive):
    ann = people.add_person("ann@example.com", name="Ann")
    people.create_company("Acme", owner=ann)
    places = {"memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0}
    page = reverse("admin:companies_person_change", args=[ann.pk])
    assert client.post(page, {"name": "Ann Miller", **places}).status_code == 302

    told = Event.objects.latest("id")
    assert (told.subject_kind, told.subject_id, told.person) == ("person", ann.pk, olive)
    assert (told.before, told.after) == ({"is_active": "yes"}, {"is_active": "no", "name": "changed"})


def test_a_role_changed_there_is_told_and_the_last_owner_stays():
    olive, ann = people.add_person("olive@example.com", operator=True), people.add_person("ann@example.com")
    acme = people.create_company("Acme", owner=ann)
    people.join(acme, olive, "viewer")
    client = Client()
    client.force_login(olive, backend="allauth.account.auth_backends.AuthenticationBackend")
    hers, owners = Membership.objects.get(person=olive), Membership.objects.get(person=ann)

    answer = client.post(reverse("admin:companies_membership_change", args=[hers.pk]), {"role": "accountant"})
    assert answer.status_code == 302
    client.post(reverse("admin:companies_membership_change", args=[owners.pk]), {"role": "viewer"})
    client.post(reverse("admin:companies_membership_delete", args=[owners.pk]), {"post": "yes"})

    assert dict(Membership.objects.values_list("person__email", "role")) == {
        "olive@example.com": "accountant",
        "ann@example.com": "owner",
    }
    told = Event.objects.latest("id")
    assert (told.what, told.subject_id, told.person, told.after) == (
        "role_changed",
        olive.pk,
        olive,
        {"role": "accountant"},
    )

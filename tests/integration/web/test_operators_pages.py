"""The operator's pages change who belongs where as every other way does: told to the history, and no last owner goes."""

import pytest
from django.test import Client
from django.urls import reverse

from daybook.companies import people
from daybook.companies.models import Membership
from daybook.history.models import Event

pytestmark = pytest.mark.django_db


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

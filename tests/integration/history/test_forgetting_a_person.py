"""A person who is forgotten is nobody's name any more, and the history's chain holds."""

import pytest
from django.test import Client
from django.urls import reverse

from daybook.companies import forgetting, invitations, keys, people
from daybook.companies.models import ApiKey, Membership, Person
from daybook.history import telling
from daybook.history.kinds import About, Subject, What
from daybook.history.models import Event
from daybook.history.sealing import seal_all
from daybook.history.verifying import verify

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme():
    company = people.create_company("Acme", owner=people.add_person("boss@example.com", name="Boss"))
    ann = people.add_person("ann@example.com", name="Ann Miller", password="mill pond lantern 7")
    people.join(company, ann, "accountant", by=ann)
    keys.create_api_key(company, "shop", ann)
    telling.tell(About(company.pk, Subject.ORDER, 1), What.NOTED, reason="Ann Miller said that it was dispatched.")
    telling.tell(About(company.pk, Subject.ORDER, 1), What.NOTED, by=ann, reason="ask ANN@example.com")
    telling.tell(About(company.pk, Subject.ORDER, 2), What.NOTED, by=ann, reason="Broken mug.")
    seal_all()
    return company


def ann() -> Person:
    return people.find_person("ann@example.com")


def test_stands_nowhere_by_name(acme):
    invitations.invite(acme, "guest@example.com", "viewer", Person.objects.get(name="Boss"))
    pk, invited = ann().pk, Event.objects.get(what="invited").pk
    assert forgetting.forget_person(ann()) == 3  # that they joined, and two notes; that they left says nothing itself

    everything = " ".join(str(row) for row in (*Event.objects.values_list(), *Person.objects.values_list()))
    assert "Miller" not in everything
    assert "ann@example.com" not in everything.lower()
    assert Event.objects.get(reason="Broken mug.").person_id == pk
    assert Event.objects.get(pk=invited).after == {"role": "viewer"}
    assert not Membership.objects.filter(person=pk).exists()
    assert ApiKey.objects.get(revoked_at=None).created_by_id == pk


def test_leaves_the_chain_whole(acme):
    forgetting.forget_person(ann())
    seal_all()
    verdict = verify()
    assert (verdict.broken_at, verdict.forgotten, verdict.unsealed) == (0, 3, 0)


def test_is_logged_out_and_stays_out(acme):
    client, person = Client(), ann()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    forgetting.forget_person(person)
    assert client.get(reverse("web:orders", args=[acme.public_id])).url.startswith("/accounts/login/")
    assert not Person.objects.get(pk=person.pk).has_usable_password()


def test_who_is_the_last_owner_is_not_forgotten(acme):
    boss = Person.objects.get(name="Boss")
    with pytest.raises(people.LastOwnerError):
        forgetting.forget_person(boss)
    assert Person.objects.get(name="Boss").is_active


def test_of_another_company_nothing_is_forgotten(acme):
    birch = people.create_company("Birch")
    telling.tell(About(birch.pk, Subject.ORDER, 1), What.NOTED, reason="Ann Miller of ours rang.")
    forgetting.forget_person(ann())
    assert Event.objects.filter(company=birch, reason="Ann Miller of ours rang.").exists()

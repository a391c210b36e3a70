import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from daybook.companies import invitations, keys, people
from daybook.companies.models import ApiKey, Membership, Person, SetupLink
from daybook.kit import clock

GOOD = "correct horse battery"
pytestmark = pytest.mark.django_db


class TestAddingAPerson:
    def test_knows_the_address_in_any_case(self) -> None:
        ann = people.add_person("Ann@Example.com", password=GOOD)
        assert people.find_person("ann@EXAMPLE.com") == ann
        assert ann.check_password(GOOD)

    def test_is_refused_twice(self) -> None:
        people.add_person("ann@example.com")
        with pytest.raises(people.EmailRefusedError, match="exists already"):
            people.add_person("ANN@example.com")

    @pytest.mark.parametrize("email", ["ann", "", "ann@", "a b@example.com"])
    def test_is_refused_without_an_address(self, email: str) -> None:
        with pytest.raises(people.EmailRefusedError, match="not an e-mail address"):
            people.add_person(email)

    def test_is_refused_with_a_weak_password(self) -> None:
        with pytest.raises(people.PasswordRefusedError, match="too short"):
            people.add_person("ann@example.com", password="short")
        assert not Person.objects.exists()


class TestMembership:
    def test_is_found_by_its_own_person_only(self) -> None:
        ann, bob = people.add_person("ann@example.com"), people.add_person("bob@example.com")
        acme = people.create_company("Acme", owner=ann)

        assert people.membership(ann, acme.public_id).role == "owner"
        for person, company in ((bob, acme.public_id), (ann, "nosuchcompany")):
            with pytest.raises(people.NotFoundError, match="there is no such company"):
                people.membership(person, company)

    def test_leaves_no_company_without_an_owner(self) -> None:
        ann, bob = people.add_person("ann@example.com"), people.add_person("bob@example.com")
        acme = people.create_company("Acme", owner=ann)
        people.join(acme, bob, "viewer")

        with pytest.raises(people.LastOwnerError):
            people.leave(acme, ann)
        with pytest.raises(people.LastOwnerError):
            people.join(acme, ann, "viewer")
        people.join(acme, bob, "owner")
        people.leave(acme, ann)
        assert [place.person for place in Membership.objects.filter(company=acme)] == [bob]


class TestFindingACompany:
    def test_goes_by_id_or_by_a_name_that_only_one_has(self) -> None:
        acme = people.create_company("Acme")
        assert people.find_company("acme") == people.find_company(acme.public_id) == acme
        people.create_company("ACME")
        with pytest.raises(people.NotFoundError, match="several"):
            people.find_company("acme")
        with pytest.raises(people.NotFoundError, match="no company"):
            people.find_company("Birch")


class TestASetUpLink:
    def test_works_once(self) -> None:
        token = people.create_setup_link()
        assert people.setup_link_works(token)
        first = people.use_setup_link(token, email="ann@example.com", password=GOOD)
        assert first.is_staff
        assert not people.setup_link_works(token)
        with pytest.raises(people.SetupLinkError):
            people.use_setup_link(token, email="eve@example.com", password=GOOD)

    def test_stays_usable_after_a_weak_password(self) -> None:
        token = people.create_setup_link()
        with pytest.raises(people.PasswordRefusedError):
            people.use_setup_link(token, email="ann@example.com", password="short")
        assert people.setup_link_works(token)

    def test_is_replaced_by_the_next_one(self) -> None:
        old, new = people.create_setup_link(), people.create_setup_link()
        assert not people.setup_link_works(old)
        assert people.setup_link_works(new)

    def test_ends_after_a_day_and_once_somebody_exists(self) -> None:
        token = people.create_setup_link()
        SetupLink.objects.update(created_at=clock.now() - timedelta(hours=25))
        assert not people.setup_link_works(token)

        token = people.create_setup_link()
        people.add_person("ann@example.com")
        assert not people.setup_link_works(token)
        with pytest.raises(people.SetupLinkError, match="people exist"):
            people.create_setup_link()

    def test_is_stored_only_as_a_hash(self) -> None:
        token = people.create_setup_link()
        assert token not in str(SetupLink.objects.values())


@pytest.mark.django_db(transaction=True)
def test_a_set_up_link_used_twice_at_once_makes_one_person() -> None:
    token = people.create_setup_link()
    made: list[Person] = []
    refused: list[Exception] = []

    def use(email: str) -> None:
        try:
            made.append(people.use_setup_link(token, email=email, password=GOOD))
        except people.SetupLinkError as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=use, args=(f"{name}@example.com",)) for name in ("ann", "bob", "eve")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert (len(made), len(refused)) == (1, 2)


@pytest.mark.django_db(transaction=True)
def test_an_invitation_answered_in_every_way_at_once_is_answered_once() -> None:
    boss, guest = people.add_person("boss@example.com"), people.add_person("guest@example.com")
    acme = people.create_company("Acme", owner=boss)
    invitation, token = invitations.invite(acme, guest.email, "viewer", boss)
    refused: list[Exception] = []

    def answer(way: Callable[[], object]) -> None:
        try:
            if way() is False:
                refused.append(invitations.InvitationError())
        except invitations.InvitationError as error:
            refused.append(error)
        finally:
            connection.close()

    ways = (
        lambda: invitations.accept(token, guest),
        lambda: invitations.accept(token, guest),
        lambda: invitations.decline(token),
        lambda: invitations.withdraw(invitation, boss),
    )
    threads = [threading.Thread(target=answer, args=(way,)) for way in ways]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    invitation.refresh_from_db()
    assert len(refused) == 3
    assert guest.memberships.exists() is (invitation.answer == "accepted")


class TestAnApiKey:
    def test_is_found_by_its_plaintext_which_is_not_stored(self) -> None:
        acme = people.create_company("Acme")
        key, plaintext = keys.create_api_key(acme, "OMS")

        assert len(plaintext) == 47
        assert plaintext.startswith("dbk_")
        found = keys.find_api_key(plaintext)
        assert found == key
        assert found.company == acme
        assert plaintext not in str(ApiKey.objects.values())

    def test_is_no_longer_found_once_revoked(self) -> None:
        key, plaintext = keys.create_api_key(people.create_company("Acme"), "OMS")
        keys.revoke(key)
        assert keys.find_api_key(plaintext) is None

    @pytest.mark.parametrize("guess", ["", "dbk_", "dbk_" + "A" * 43, "Bearer", "dbk_\x00"])
    def test_is_not_found_by_a_guess(self, guess: str) -> None:
        keys.create_api_key(people.create_company("Acme"), "OMS")
        assert keys.find_api_key(guess) is None

    def test_notes_its_use_at_most_once_a_minute(self) -> None:
        key, _ = keys.create_api_key(people.create_company("Acme"), "OMS")
        start = clock.now()
        for seconds in (0, 30, 90):
            keys.note_use(key, start + timedelta(seconds=seconds))
        key.refresh_from_db()
        assert key.last_used_at == start + timedelta(seconds=90)

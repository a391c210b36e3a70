"""How people join a company: an owner asks, the invited person decides, and nobody learns who has an account."""

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from daybook.companies import invitations, people
from daybook.companies.models import Company, Invitation, Membership, Person
from daybook.kit import clock
from tests.integration.web.conftest import PASSWORD

pytestmark = pytest.mark.django_db
GUEST = "guest@one.example"


@dataclass(frozen=True)
class Place:
    company: Company


def words(answer) -> str:
    return " ".join(answer.content.decode().split())  # as a browser shows it


@pytest.fixture
def acme(db):
    """A company without Xero: nothing here asks for it."""
    return Place(people.create_company("Acme"))


@pytest.fixture
def birch(db):
    return Place(people.create_company("Birch"))


@pytest.fixture
def page(acme):
    return reverse("web:people", args=[acme.company.public_id])


@pytest.fixture
def invited(acme, person_with):
    """Invite the guest by an owner who does not log in here, and return the link's address."""
    owner = person_with("owner")

    def make(email: str = GUEST, role: str = "accountant") -> str:
        return reverse("web:invitation", args=[invitations.invite(acme.company, email, role, owner)[1]])

    return make


@pytest.fixture
def with_mail(settings):
    settings.MAIL_IS_SET_UP = True
    settings.DEFAULT_FROM_EMAIL = "daybook@acme.example"


def browser(email: str | None = None) -> Client:
    client = Client()
    if email:
        assert client.login(email=email, password=PASSWORD)
    return client


def answered(client: Client, url: str, sent: dict | None = None, answer: str = "accept"):
    return client.post(f"{url}/{answer}", sent or {})


class TestAnOwnerInvites:
    def test_and_the_link_is_shown_once(self, logged_in, acme, page):
        client = logged_in()

        after = client.post(page, {"email": " Guest@One.example", "role": "viewer"})
        link = client.get(after["Location"]).context["link"]

        assert link.startswith("http://localhost:8000/invitation/")
        assert link not in words(client.get(page))
        assert GUEST in words(client.get(page))
        assert Client().get(link).status_code == 200

    @pytest.mark.parametrize("has_mail", [True, False])
    def test_and_is_told_the_same_whether_there_is_an_account_or_not(self, logged_in, page, settings, has_mail):
        settings.MAIL_IS_SET_UP = has_mail
        client = logged_in()
        said = []
        for has_account in (False, True):
            if has_account:
                people.add_person(GUEST, password=PASSWORD)
            answer = words(client.post(page, {"email": GUEST, "role": "viewer"}, follow=True))
            said.append(re.sub(r'invitations?/[\w-]+|name="csrf[^>]+>|\d\d:\d\d:\d\d', "", answer))

        assert said[0] == said[1]

    def test_by_mail_where_mail_is_set_up_and_sees_no_link(self, logged_in, page, with_mail):
        answer = logged_in().post(page, {"email": GUEST, "role": "viewer"}, follow=True)

        (sent,) = mail.outbox
        assert sent.to == [GUEST]
        link = re.search(r"http://localhost:8000(/invitation/\S+)", sent.body)[1]
        assert Client().get(link).status_code == 200
        assert link not in words(answer)

    def test_by_mail_in_the_language_that_somebody_known_here_has_chosen(self, logged_in, page, with_mail):
        guest = people.add_person(GUEST, password=PASSWORD)
        guest.language = "de"
        guest.save()
        logged_in().post(page, {"email": GUEST, "role": "viewer"}, follow=True)

        assert mail.outbox[0].subject == "Einladung zu Acme in Daybook"

    def test_and_is_shown_the_link_where_the_mail_server_fails(self, logged_in, page, settings):
        settings.MAIL_IS_SET_UP = True
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens

        answer = logged_in().post(page, {"email": GUEST, "role": "viewer"}, follow=True)

        assert "could not be sent" in words(answer)
        assert answer.context["link"]
        assert not Invitation.objects.get().is_mailed

    def test_nobody_who_belongs_there_already(self, logged_in, page, person_with):
        person_with("viewer")

        answer = logged_in().post(page, {"email": "VIEWER@acme.example", "role": "owner"})

        assert "belongs to Acme already" in words(answer)
        assert not Invitation.objects.exists()

    @pytest.mark.parametrize("email", ["no address", "\u017fam@one.example", "a\x00@one.example", ""])
    def test_nobody_by_what_is_no_address(self, logged_in, page, email):
        answer = logged_in().post(page, {"email": email, "role": "viewer"})

        assert answer.context["form"].errors["email"]
        assert not Invitation.objects.exists()

    def test_only_so_many_within_a_day(self, logged_in, page, acme):
        owner = people.add_person("boss@acme.example")
        people.join(acme.company, owner, "owner")
        for number in range(invitations.A_DAY):
            invitations.invite(acme.company, f"a{number}@one.example", "viewer", owner)

        answer = logged_in().post(page, {"email": GUEST, "role": "viewer"})

        assert "tomorrow" in words(answer)


class TestTheInvited:
    def test_sees_company_and_role_before_anything(self, invited):
        url = invited()

        shown = words(Client().get(url))

        assert "Acme" in shown
        assert "Accountant" in shown
        assert not Person.objects.filter(email=GUEST).exists()
        assert Invitation.objects.get().answer == ""

    def test_makes_an_account_with_a_password_of_their_own(self, invited, acme):
        client, url = browser(), invited()

        answer = answered(client, url, {"name": "Gus", "password": PASSWORD})

        assert answer["Location"] == reverse("web:overview", args=[acme.company.public_id])
        assert client.get(answer["Location"]).status_code == 200
        guest = people.find_person(GUEST)
        assert guest.check_password(PASSWORD)
        assert guest.memberships.get().role == "accountant"
        assert guest.address_proven_at is None  # an owner handed the link over, so nobody proved the address

    def test_with_a_weak_password_is_told_and_may_try_again(self, invited):
        url = invited()

        answer = answered(browser(), url, {"password": "short"})

        assert answer.status_code == 422
        assert answer.context["form"].errors["password"]
        assert not Person.objects.filter(email=GUEST).exists()
        assert Client().get(url).status_code == 200

    def test_accepts_with_the_account_they_have(self, invited, acme):
        guest = people.add_person(GUEST, password=PASSWORD)
        client, url = browser(GUEST), invited()

        answered(client, url, {"password": "another password 99"})

        assert guest.memberships.get().role == "accountant"
        guest.refresh_from_db()
        assert guest.check_password(PASSWORD)

    def test_is_led_back_to_the_invitation_by_logging_in(self, invited):
        people.add_person(GUEST, password=PASSWORD)
        client, url = Client(), invited()

        log_in = re.search(r'href="(/accounts/login/[^"]+)"', words(client.get(url)))[1]
        answer = client.post(log_in, {"login": GUEST, "password": PASSWORD})

        assert answer["Location"] == url
        assert "Accept" in words(client.get(url))

    def test_of_an_account_cannot_be_replaced_by_a_new_one(self, invited):
        people.add_person(GUEST, password=PASSWORD)
        client, url = Client(), invited()

        answer = answered(client, url, {"password": "another password 99"})

        assert answer.status_code == 422
        assert people.find_person(GUEST).check_password(PASSWORD)
        assert not people.find_person(GUEST).memberships.exists()
        assert "_auth_user_id" not in client.session

    def test_sees_the_same_page_with_an_account_and_without(self, invited):
        url, seen = invited(), []
        for has_account in (False, True):
            if has_account:
                people.add_person(GUEST, password=PASSWORD)
            seen.append(re.sub(r'name="csrf[^>]+>', "", words(Client().get(url))))

        assert seen[0] == seen[1]

    def test_declines_with_the_link_alone(self, invited):
        url = invited()

        answered(browser(), url, answer="decline")

        assert Invitation.objects.get().answer == "declined"
        assert answered(browser(), url, {"password": PASSWORD}).status_code == 404
        assert not Person.objects.filter(email=GUEST).exists()

    def test_keeps_the_role_they_were_given_meanwhile(self, invited, acme):
        guest = people.add_person(GUEST, password=PASSWORD)
        url = invited(role="viewer")
        people.join(acme.company, guest, "owner")

        answered(browser(GUEST), url)

        assert guest.memberships.get().role == "owner"

    def test_with_a_second_factor_is_asked_for_it_before_they_accept(self, invited):
        guest = people.add_person(GUEST, password=PASSWORD)
        _factor(guest)
        client, url = Client(), invited()

        client.post(reverse("account_login"), {"login": GUEST, "password": PASSWORD, "next": url})
        answered(client, url)

        assert "_auth_user_id" not in client.session
        assert not guest.memberships.exists()


class TestAnInvitation:
    def test_is_not_for_another_account(self, invited, birch, person_with):
        stranger = person_with("owner", birch.company)
        client, url = browser(stranger.email), invited()

        shown, answer = words(client.get(url)), answered(client, url)

        assert "Only the account of guest@one.example can accept" in shown
        assert answer.status_code == 404
        assert [place.company for place in stranger.memberships.all()] == [birch.company]
        assert Invitation.objects.get().answer == ""

    def test_works_once(self, invited):
        url = invited()
        answered(browser(), url, {"password": PASSWORD})
        guest = people.find_person(GUEST)
        guest.memberships.all().delete()

        assert answered(browser(GUEST), url).status_code == 404
        assert Client().get(url).status_code == 404
        assert not guest.memberships.exists()

    def test_ends_when_it_is_withdrawn(self, invited, logged_in, acme):
        url = invited()
        owner = browser("owner@acme.example")

        withdraw = reverse("web:people-withdraw", args=[acme.company.public_id, Invitation.objects.get().public_id])
        for _ in range(2):
            assert owner.post(withdraw, follow=True).status_code == 200

        assert answered(browser(), url, {"password": PASSWORD}).status_code == 404
        assert not Person.objects.filter(email=GUEST).exists()

    def test_cannot_be_withdrawn_by_another_company_s_owner(self, invited, birch, person_with):
        url = invited()
        owner = browser(person_with("owner", birch.company).email)

        owner.post(reverse("web:people-withdraw", args=[birch.company.public_id, Invitation.objects.get().public_id]))

        assert Client().get(url).status_code == 200

    def test_ends_after_seven_days(self, invited):
        url = invited()
        Invitation.objects.update(expires_at=clock.now() - timedelta(seconds=1))

        assert answered(browser(), url, {"password": PASSWORD}).status_code == 404
        assert "does not work" in words(Client().get(url))

    def test_ends_when_another_is_made_for_the_address(self, invited):
        first, second = invited(), invited(role="viewer")

        assert Client().get(first).status_code == 404
        assert Client().get(second).status_code == 200

    @pytest.mark.parametrize("how", ["left", "demoted"])
    def test_ends_with_the_inviter_s_right_to_invite(self, invited, acme, how):
        url, owner = invited(), people.find_person("owner@acme.example")
        people.join(acme.company, people.add_person("second@acme.example"), "owner")

        people.leave(acme.company, owner) if how == "left" else people.join(acme.company, owner, "viewer")

        assert answered(browser(), url, {"password": PASSWORD}).status_code == 404

    def test_is_stored_as_a_hash_only(self, invited):
        token = invited().rsplit("/", 1)[1]

        assert token not in str(Invitation.objects.values().get())

    @pytest.mark.parametrize("token", ["invented", "%00", "x" * 3000, "a b", "\u017f"])
    def test_that_nobody_made_does_not_work(self, acme, token):
        assert Client().get(f"/invitation/{token}").status_code == 404
        assert Client().post(f"/invitation/{token}/accept", {"password": PASSWORD}).status_code == 404

    @pytest.mark.parametrize("answer", ["accept", "decline"])
    def test_is_answered_by_a_form_of_ours_only(self, invited, answer):
        people.add_person(GUEST, password=PASSWORD)
        client, url = Client(enforce_csrf_checks=True), invited()
        client.login(email=GUEST, password=PASSWORD)

        assert client.get(f"{url}/{answer}").status_code == 405
        assert client.post(f"{url}/{answer}").status_code == 403
        assert Invitation.objects.get().answer == ""

    def test_opened_from_a_mail_proves_the_address(self, logged_in, page, with_mail):
        logged_in().post(page, {"email": GUEST, "role": "viewer"})
        url = re.search(r"/invitation/\S+", mail.outbox[0].body)[0]

        answered(browser(), url, {"password": PASSWORD})

        assert people.find_person(GUEST).address_proven_at


class TestAnAddressThatOnlyAnOwnerVouchedFor:
    def test_is_not_taken_for_its_owner_by_the_operator(self, invited):
        """Or whoever makes an account for another company's address is made its owner one day."""
        answered(browser(), invited(), {"password": PASSWORD})

        with pytest.raises(people.AddressNotProvenError, match=r"daybook person password guest@one\.example"):
            people.find_proven_person(GUEST)

    def test_is_theirs_once_the_operator_gave_them_a_password(self, invited):
        client = browser()
        answered(client, invited(), {"password": PASSWORD})

        people.set_password(people.find_person(GUEST), "another password 99")

        assert people.find_proven_person(GUEST)
        assert client.get("/")["Location"].startswith(reverse("account_login"))


def test_nobody_is_added_on_the_operator_s_pages(person_with, acme):
    operator = person_with("owner")
    Person.objects.filter(pk=operator.pk).update(is_staff=True, is_superuser=True)
    client = browser(operator.email)

    for model in ("person", "membership"):
        assert client.get(f"/operator/companies/{model}/add/").status_code == 403
    client.post("/operator/companies/company/add/", {"name": "New Ltd"} | _no_inlines())

    assert Membership.objects.get(company__name="New Ltd").person == operator


def _no_inlines() -> dict[str, str]:
    return {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}


def _factor(person: Person) -> None:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(person, generate_totp_secret())

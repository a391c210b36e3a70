"""A person's own account: which doors there are, whose an address is, the second factor, lost passwords, sessions."""

import re
from datetime import timedelta
from importlib import import_module

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from daybook.companies import addresses, forgetting, invitations, people, second_factor
from daybook.companies.models import AddressChange, Company, CompanySettings, Invitation, Person
from daybook.history.models import Event
from daybook.kit import clock
from daybook.ops.cli import rotation
from daybook.secrets import factors
from daybook.web import accounts
from tests.integration.web.conftest import PASSWORD

pytestmark = pytest.mark.django_db

NEW = "a brass kettle 42"
ROUTES = {
    "login/",
    "logout/",
    "inactive/",
    "signup/",
    "reauthenticate/",
    "password/change/",
    "password/reset/",
    "password/reset/done/",
    r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
    "password/reset/key/done/",
    "address/",
    "address/<str:token>/",
    "2fa/",
    "2fa/authenticate/",
    "2fa/reauthenticate/",
    "2fa/totp/activate/",
    "2fa/totp/deactivate/",
    "2fa/recovery-codes/",
    "2fa/recovery-codes/generate/",
    "2fa/recovery-codes/download/",
    "language/",
    "mail/",
    "sessions/",
    "sessions/<int:session>/end/",
}
"""Each was read and judged; another one needs the same before it stands here."""
ALLAUTH_S_OTHERS = (
    "",
    "email/",
    "confirm-email/",
    "confirm-email/x/",
    "password/set/",
    "login/code/",
    "login/code/confirm/",
    "signup/passkey/",
    "phone/change/",
    "3rdparty/",
    "2fa/webauthn/",
    "2fa/trust/",
)


@pytest.fixture(autouse=True)
def no_limits_left_over():
    cache.clear()


@pytest.fixture
def acme(db) -> Company:
    return people.create_company("Acme")


@pytest.fixture
def ann(acme) -> Person:
    """Acme's owner."""
    return member(acme, "ann@acme.example", "owner")


@pytest.fixture
def vic(acme) -> Person:
    """Acme's viewer."""
    return member(acme, "vic@acme.example", "viewer")


@pytest.fixture
def with_mail(settings):
    settings.MAIL_IS_SET_UP = True
    settings.DEFAULT_FROM_EMAIL = "daybook@acme.example"


def member(company: Company, email: str, role: str) -> Person:
    person = people.add_person(email, password=PASSWORD)
    people.join(company, person, role)
    return person


def words(answer) -> str:
    return " ".join(answer.content.decode().split())  # as a browser shows it


def log_in(person: Person, password: str = PASSWORD, **sent) -> Client:
    client = Client()
    client.post(reverse("account_login"), {"login": person.email, "password": password, **sent})
    return client


def is_in(client: Client) -> bool:
    return client.get(reverse("account_address")).status_code == 200


def switch_on(client: Client) -> str:
    """Set the second factor up as a person does, and return its secret."""
    url = reverse("mfa_activate_totp")
    confirm(client, url)
    client.get(url)
    secret = client.session["mfa.totp.secret"]
    assert client.post(url, {"code": code(secret)}).status_code == 302
    return secret


def confirm(client: Client, url: str) -> None:
    """Type the password again, as pages that matter ask."""
    asked = client.get(url)
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    assert client.post(asked["Location"], {"password": PASSWORD})["Location"] == url


def code(secret: str) -> str:
    cache.clear()  # a code works once; in a test the next one is not due yet
    _, present, _ = counters()
    return format_hotp_value(hotp_value(secret, present))


def overview(company: Company) -> str:
    return reverse("web:overview", args=[company.public_id])


class TestTheDoors:
    def test_are_those_that_were_judged(self):
        assert {str(pattern.pattern) for pattern in accounts.urlpatterns} == ROUTES

    def test_are_no_others(self, vic):
        client, sent = log_in(vic), {"email": "x@y.example", "action_add": ""}

        for path in ALLAUTH_S_OTHERS:
            assert client.get(f"/accounts/{path}").status_code == 404, path
            assert client.post(f"/accounts/{path}", sent).status_code == 404, path

    def test_open_without_a_fault_for_anybody(self, vic):
        for client in (Client(), log_in(vic)):
            for route in ROUTES:
                if not re.search("[<^]", route):
                    assert client.get(f"/accounts/{route}").status_code in {200, 302, 404}, route

    def test_let_nobody_sign_up(self, db):
        answer = Client().post("/accounts/signup/", {"email": "x@y.example", "password1": NEW, "password2": NEW})

        assert "by invitation" in words(answer)
        assert not Person.objects.exists()

    @pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example", "/\\evil.example", "http://localhost/"])
    def test_lead_nowhere_else(self, vic, to):
        answer = Client().post(reverse("account_login"), {"login": vic.email, "password": PASSWORD, "next": to})

        assert answer["Location"] == "/"


class TestAnAddress:
    def test_of_allauth_s_own_table_opens_nothing(self, ann, vic, with_mail):
        EmailAddress.objects.create(user=vic, email="boss@other.example", verified=True, primary=True)

        client = Client()
        client.post(reverse("account_login"), {"login": "boss@other.example", "password": PASSWORD})
        client.post(reverse("account_reset_password"), {"email": "boss@other.example"})

        assert not is_in(client)
        assert "no account with it" in mail.outbox[0].body

    def test_is_known_in_any_case(self, vic):
        client = Client()
        client.post(reverse("account_login"), {"login": "VIC@Acme.example ", "password": PASSWORD})

        assert is_in(client)

    def test_with_letters_that_only_look_equal_is_not_taken(self, db):
        people.add_person("sam@one.example", password=PASSWORD)

        with pytest.raises(people.EmailRefusedError):
            people.add_person("\u017fam@one.example", password=PASSWORD)
        with pytest.raises(people.NotFoundError):
            people.find_person("\u017fam@one.example")

    def test_changes_by_an_owner_and_the_person_together(self, acme, ann, vic):
        owner, url = log_in(ann), reverse("web:people-address", args=[acme.public_id, vic.pk])

        after = owner.post(url, {"email": "Victor@acme.example"})
        link = owner.get(after["Location"]).context["link"].removeprefix("http://localhost:8000")
        assert people.find_person("vic@acme.example") == vic  # nothing has changed yet
        assert owner.get(link).status_code == 302  # asks an owner for their password first ...
        confirm(owner, link)
        assert owner.post(link).status_code == 404  # ... and then it is not theirs
        person = log_in(vic)
        confirm(person, link)
        assert "victor@acme.example" in words(person.get(link))
        person.post(link)

        vic.refresh_from_db()
        assert vic.email == "victor@acme.example"
        assert vic.address_proven_at is None
        assert is_in(log_in(vic))
        assert person.post(link).status_code == 404

    def test_changes_by_a_link_mailed_to_it(self, vic, with_mail):
        person, url = log_in(vic), reverse("account_address")

        assert person.post(url, {"email": "victor@acme.example"})["Location"].startswith("/accounts/reauthenticate/")
        confirm(person, reverse("mfa_activate_totp"))
        person.post(url, {"email": "victor@acme.example"})
        (sent,) = mail.outbox
        link = re.search(r"/accounts/address/\S+", sent.body)[0]
        person.post(link)

        vic.refresh_from_db()
        assert sent.to == [vic.email] == ["victor@acme.example"]
        assert vic.address_proven_at
        assert mail.outbox[1].to == ["vic@acme.example"]

    def test_of_somebody_else_is_not_taken_nor_told_of(self, ann, vic, with_mail):
        person = log_in(vic)
        confirm(person, reverse("mfa_activate_totp"))

        is_in(person)  # reads what logging in said

        said = [
            re.sub(
                r'name="csrf[^>]+>', "", words(person.post(reverse("account_address"), {"email": email}, follow=True))
            )
            for email in (ann.email, "nobody@acme.example")
        ]
        link = re.search(r"/accounts/address/\S+", mail.outbox[0].body)[0]
        AddressChange.objects.filter(email=ann.email).update(ended_at=None)

        assert said[0].replace(ann.email, "") == said[1].replace("nobody@acme.example", "")
        assert "cannot be yours" in words(person.post(link))
        vic.refresh_from_db()
        assert vic.email == "vic@acme.example"

    def test_changes_by_nobody_without_mail_alone(self, vic):
        person = log_in(vic)
        confirm(person, reverse("mfa_activate_totp"))

        answer = person.post(reverse("account_address"), {"email": "victor@acme.example"})

        assert "ask an owner" in words(answer)
        assert not AddressChange.objects.exists()

    def test_is_not_tried_without_end(self, vic):
        for number in range(addresses.A_DAY):
            addresses.begin(vic, f"a{number}@one.example", vic, is_mailed=False)

        with pytest.raises(addresses.AddressChangeError, match="tomorrow"):
            addresses.begin(vic, "one.more@one.example", vic, is_mailed=False)

    def test_link_ends_with_the_owner_who_made_it(self, acme, ann, vic):
        token = addresses.begin(vic, "victor@acme.example", ann, is_mailed=False)
        people.join(acme, people.add_person("second@acme.example"), "owner")

        people.leave(acme, ann)

        with pytest.raises(addresses.AddressChangeError):
            addresses.finish(token, vic)

    def test_link_ends_after_a_day(self, vic):
        token = addresses.begin(vic, "victor@acme.example", vic, is_mailed=True)
        AddressChange.objects.update(expires_at=clock.now() - timedelta(seconds=1))

        with pytest.raises(addresses.AddressChangeError):
            addresses.finish(token, vic)


class TestALostPassword:
    def test_without_mail_is_explained_and_no_fault(self, vic):
        url = reverse("account_reset_password")

        for answer in (Client().get(url), Client().post(url, {"email": vic.email})):
            assert answer.status_code == 200
            assert "daybook person password" in words(answer)
        assert not mail.outbox

    def test_with_mail_is_answered_alike_for_everybody(self, vic, with_mail):
        url, answers = reverse("account_reset_password"), []
        for email in (vic.email, "nobody@acme.example"):
            answer = Client().post(url, {"email": email}, follow=True)
            answers.append((answer.redirect_chain, re.sub(r'name="csrf[^>]+>', "", words(answer))))

        assert answers[0] == answers[1]
        assert [sent.to for sent in mail.outbox] == [[vic.email], ["nobody@acme.example"]]

    def test_is_replaced_by_a_link_to_this_daybook(self, vic, with_mail):
        elsewhere, client = log_in(vic), Client()
        Client().post(reverse("account_reset_password"), {"email": vic.email}, headers={"host": "127.0.0.1:666"})
        link = re.search(r"http://localhost:8000(/accounts/password/\S+)", mail.outbox[0].body)[1]

        form = client.get(link)["Location"]
        client.post(form, {"password1": NEW, "password2": NEW})

        assert not is_in(client)
        assert not is_in(elsewhere)
        assert is_in(log_in(vic, NEW))
        assert "Bad Token" in words(Client().get(link))

    def test_does_not_replace_the_second_factor(self, vic, with_mail):
        switch_on(log_in(vic))
        Client().post(reverse("account_reset_password"), {"email": vic.email})
        client = Client()
        link = re.search(r"/accounts/password/\S+", mail.outbox[0].body)[0]
        client.post(client.get(link)["Location"], {"password1": NEW, "password2": NEW})

        after = log_in(vic, NEW)

        assert not is_in(client)
        assert not is_in(after)

    def test_is_no_fault_where_the_mail_server_is_away(self, vic, settings):
        settings.MAIL_IS_SET_UP = True
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens

        for email in (vic.email, "nobody@acme.example"):
            assert Client().post(reverse("account_reset_password"), {"email": email}).status_code == 302


class TestTheSecondFactor:
    def test_is_asked_for_at_log_in(self, vic):
        secret = switch_on(log_in(vic))

        client = log_in(vic)

        assert not is_in(client)
        client.post(reverse("mfa_authenticate"), {"code": code(secret)})
        assert is_in(client)

    def test_ends_log_ins_that_were_made_without_it(self, vic):
        elsewhere, here = log_in(vic), log_in(vic)

        switch_on(here)

        assert is_in(here)
        assert not is_in(elsewhere)

    def test_is_sealed_at_rest(self, vic):
        secret = switch_on(log_in(vic))

        stored = {row.type: row.data for row in Authenticator.objects.filter(user=vic)}

        assert factors.unseal(stored["totp"]["secret"]) == secret
        assert secret not in str(stored)
        assert factors.is_sealed(stored["recovery_codes"]["seed"])

    def test_goes_along_when_a_key_is_replaced(self, vic, settings):
        old = settings.ENCRYPTION_KEYS
        secret = switch_on(log_in(vic))
        settings.ENCRYPTION_KEYS = f"new:{'B' * 43}=,{old}"

        tally = rotation.rotate()
        settings.ENCRYPTION_KEYS = f"new:{'B' * 43}="

        assert (tally.resealed, tally.unreadable) == (2, [])
        assert rotation.rotate().current == 2
        client = log_in(vic)
        client.post(reverse("mfa_authenticate"), {"code": code(secret)})
        assert is_in(client)

    def test_without_its_key_is_no_fault(self, vic, settings):
        secret = switch_on(log_in(vic))
        settings.ENCRYPTION_KEYS = f"new:{'B' * 43}="

        answer = log_in(vic).post(reverse("mfa_authenticate"), {"code": code(secret)})

        assert "key that seals your second factor is missing" in words(answer)
        assert len(rotation.rotate().unreadable) == 2

    def test_of_an_older_version_is_sealed_by_the_migration(self, vic):
        secret = generate_totp_secret()
        Authenticator.objects.create(user=vic, type="totp", data={"secret": secret})
        Authenticator.objects.create(user=vic, type="recovery_codes", data={"seed": "ab12", "used_mask": 3})
        migration = import_module("daybook.companies.migrations.0005_people_join_by_invitation")

        for _ in range(2):
            migration.seal_factors(apps, None)

        seed = Authenticator.objects.get(type="recovery_codes").data
        assert (factors.unseal(seed["seed"]), seed["used_mask"]) == ("ab12", 3)
        client = log_in(vic)
        client.post(reverse("mfa_authenticate"), {"code": code(secret)})
        assert is_in(client)

    def test_is_told_to_the_history_when_it_comes_and_goes(self, vic):
        client = log_in(vic)
        switch_on(client)
        client.post(reverse("mfa_deactivate_totp"))

        told = Event.objects.filter(subject_kind="person", what="saved").order_by("id")
        assert list(told.values_list("person", "before", "after")) == [
            (vic.pk, {"second_factor": "no"}, {"second_factor": "yes"}),
            (vic.pk, {"second_factor": "yes"}, {"second_factor": "no"}),
        ]

    def test_that_is_lost_is_taken_away_by_the_operator(self, vic):
        switch_on(log_in(vic))

        assert second_factor.forget(vic)

        assert is_in(log_in(vic))


class TestACompanyThatAsksForIt:
    @pytest.fixture(autouse=True)
    def asks(self, acme):
        CompanySettings.objects.filter(company=acme).update(require_second_factor=True)

    def test_leads_members_to_set_it_up_and_then_lets_them_in(self, acme, vic):
        client = log_in(vic)

        answer = client.get(overview(acme))
        assert answer.status_code == 403
        assert reverse("mfa_activate_totp") in words(answer)
        switch_on(client)

        assert client.get(overview(acme)).status_code == 200

    def test_shows_and_changes_nothing_before(self, acme, ann):
        client = log_in(ann)

        answer = client.post(reverse("web:keys", args=[acme.public_id]), {"name": "x"})

        assert answer.status_code == 403
        assert not acme.api_keys.exists()
        assert is_in(client)

    def test_is_not_told_to_strangers(self, acme, db):
        stranger = log_in(member(people.create_company("Birch"), "bea@birch.example", "owner"))

        assert stranger.get(overview(acme)).status_code == 404

    def test_does_not_ask_elsewhere(self, vic):
        birch = people.create_company("Birch")
        people.join(birch, vic, "viewer")

        assert log_in(vic).get(overview(birch)).status_code == 200


class TestAskingForIt:
    def test_takes_an_owner_who_has_one(self, acme, ann):
        client, url = log_in(ann), reverse("web:people-second-factor", args=[acme.public_id])

        assert "your own second factor first" in words(client.post(url, {"needed": "yes"}, follow=True))
        assert not CompanySettings.objects.get(company=acme).require_second_factor
        switch_on(client)
        client.post(url, {"needed": "yes"})
        assert CompanySettings.objects.get(company=acme).require_second_factor

        client.post(url, {"needed": "no"})
        assert not CompanySettings.objects.get(company=acme).require_second_factor


class TestASession:
    def test_ends_after_hours_without_use(self, vic, settings):
        settings.SESSION_IDLE_SECONDS = 3600
        client = log_in(vic)
        assert is_in(client)

        age(client, "session_used", 3000)
        assert is_in(client)
        age(client, "session_used", 3700)

        assert not is_in(client)

    def test_is_not_used_by_a_page_that_refreshes_itself(self, acme, vic, settings):
        settings.SESSION_IDLE_SECONDS = 3600
        client = log_in(vic)
        is_in(client)
        age(client, "session_used", 3000)

        assert client.get(overview(acme), headers={"hx-request": "true"}).status_code == 200
        age(client, "session_used", 700)

        assert not is_in(client)

    def test_ends_some_days_after_log_in_however_busy(self, vic, settings):
        settings.SESSION_LIVES_SECONDS = 86400
        client = log_in(vic)
        is_in(client)

        age(client, "session_began", 86500)

        assert not is_in(client)

    def test_ends_with_the_browser(self, vic):
        assert log_in(vic).cookies["sessionid"]["max-age"] == ""

    def test_elsewhere_ends_when_the_password_changes(self, vic):
        here, elsewhere = log_in(vic), log_in(vic)

        here.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})

        assert is_in(here)
        assert not is_in(elsewhere)

    def test_elsewhere_ends_at_the_press_of_a_button(self, vic):
        here, elsewhere = log_in(vic), log_in(vic)

        here.post(reverse("usersessions_list"))

        assert is_in(here)
        assert not is_in(elsewhere)


class TestTheListOfSessions:
    def test_names_each_device_and_ends_the_one_that_is_chosen(self, vic):
        here, phone, desk = log_in(vic), log_in(vic), log_in(vic)
        iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 Version/19.0 Safari/604.1"
        UserSession.objects.filter(session_key=phone.session.session_key).update(user_agent=iphone)
        theirs = UserSession.objects.get(session_key=phone.session.session_key)
        before = here.get(reverse("usersessions_list")).content.decode()

        here.post(reverse("usersessions_end", args=[theirs.pk]))

        assert "Safari on iPhone" in before
        assert before.count("This one") == 1
        assert [is_in(each) for each in (here, phone, desk)] == [True, False, True]
        told = Event.objects.filter(subject_kind="person", subject_id=vic.pk, what="saved").latest("id")
        assert told.after == {"log_ins_ended": "1"}

    def test_is_nobody_else_s(self, vic, ann):
        theirs = log_in(ann)
        row = UserSession.objects.get(session_key=theirs.session.session_key)

        assert log_in(vic).post(reverse("usersessions_end", args=[row.pk])).status_code == 404
        assert is_in(theirs)


def test_what_is_over_is_forgotten(acme, ann, vic):
    lives, over = log_in(ann), log_in(vic)
    Session.objects.filter(session_key=over.session.session_key).update(expire_date=clock.now() - timedelta(days=1))
    invitations.invite(acme, "guest@one.example", "viewer", ann)
    addresses.begin(vic, "victor@acme.example", ann, is_mailed=False)

    forgetting.forget_old(now=clock.now())
    assert [row.user for row in UserSession.objects.all()] == [ann]
    assert is_in(lives)
    assert (Invitation.objects.count(), AddressChange.objects.count()) == (1, 1)
    forgetting.forget_old(now=clock.now() + timedelta(days=98))

    assert (Invitation.objects.count(), AddressChange.objects.count()) == (0, 0)


def age(client: Client, mark: str, seconds: int) -> None:
    """Let a mark of the session be that much older."""
    session = client.session
    session[mark] -= seconds
    session.save()


def test_the_migration_trusts_no_address_that_allauth_s_page_may_have_changed(ann, vic):
    Person.objects.update(address_proven_at=None)
    EmailAddress.objects.create(user=vic, email="boss@other.example")
    migration = import_module("daybook.companies.migrations.0005_people_join_by_invitation")

    migration.judge_addresses(apps, None)

    assert Person.objects.get(pk=ann.pk).address_proven_at
    assert Person.objects.get(pk=vic.pk).address_proven_at is None
    assert not EmailAddress.objects.exists()

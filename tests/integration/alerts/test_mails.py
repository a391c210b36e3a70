"""Mails to people: what is due goes to whom it concerns, once, over a real mail server; and stops where they say so."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from daybook.alerts import choices, finding, sending, watching
from daybook.alerts.deciding import Digest
from daybook.alerts.models import AlertMail, MailChoice, Told
from daybook.companies import people
from daybook.companies.models import Company, CompanySettings, Membership, Person
from daybook.connections import stopping
from daybook.connections.models import Connection, TokenSet
from daybook.feeds.models import Feed
from daybook.history import verifying
from daybook.history.models import Event
from daybook.history.sealing import seal_all
from daybook.intake.receive import receive
from daybook.kit import clock
from daybook.orders.models import Delivery
from tests.integration.payments.shop import order
from tests.integration.web.conftest import *  # noqa: F403  # its cast
from tests.integration.web.conftest import PASSWORD, take_in
from tests.smtp_server import smtp_server
from tests.world import feed_of, take_from_kornitx

pytestmark = [pytest.mark.django_db, pytest.mark.drawn]


@pytest.fixture
def server(settings):
    with smtp_server() as running:
        settings.MAIL_IS_SET_UP, settings.EMAIL_HOST, settings.EMAIL_PORT = True, "127.0.0.1", running.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.DEFAULT_FROM_EMAIL = "Daybook <daybook@own.example>"
        yield running


@pytest.fixture
def owner(acme, person_with):
    return person_with("owner")


def go(after: timedelta = timedelta()) -> None:
    """What the worker's job does."""
    watching.watch(clock.now() + after)
    sending.send_due(clock.now() + after)


def hold(cast, serial: int) -> None:
    """Have something wait for a person: a tax rate that nobody has mapped."""
    take_in(cast, serial, rate="0.19")


def refuse(cast, customer: str) -> None:
    """Have a delivery refused: its feed is closed."""
    sent = order("R1", customer={"name": customer})
    assert receive(cast.company, sent).problems


class TestWhatNeedsAPerson:
    def test_is_mailed_once_with_a_link_and_without_customers(self, acme, owner, server):
        hold(acme, 1)
        hold(acme, 2)
        go()
        go()

        (mail,) = server.taken
        text = mail.message.get_content()
        assert mail.recipients == [owner.email]
        assert "2 documents" in text
        assert f"http://localhost:8000/c/{acme.company.public_id}/needs/#tax_rate_not_mapped-" in text
        assert "Jo Bloggs" not in mail.content.decode()
        assert "ORD-" not in mail.content.decode()
        assert "15.00" not in mail.content.decode()
        assert AlertMail.objects.get().state == "sent"

    def test_is_muted_for_an_hour_and_told_then(self, acme, owner, server):
        hold(acme, 1)
        go()
        hold(acme, 2)
        go(timedelta(minutes=59))
        assert len(server.taken) == 1

        go(timedelta(minutes=61))

        assert "2 documents" in server.taken[1].message.get_content()

    def test_goes_to_those_alone_who_want_it_and_are_known(self, acme, owner, person_with, server):
        for role in ("accountant", "clerk", "viewer"):
            person_with(role)
        unproven = people.add_person("new@acme.example", password=PASSWORD, is_proven=False)
        people.join(acme.company, unproven, "owner")
        hold(acme, 1)

        go()

        assert {mail.recipients[0] for mail in server.taken} == {owner.email, "accountant@acme.example"}

    def test_of_another_company_is_not_theirs(self, acme, birch, owner, server):
        hold(birch, 1)

        go()

        assert server.taken == []

    @pytest.mark.parametrize(
        ("stands", "says"),
        [({"status": "needs_consent"}, "asks for consent again"), ({"pause_cause": "app"}, "does not take the app")],
    )
    def test_a_connection_that_a_person_must_mend_is_told_once_until_it_works_again(
        self, acme, owner, server, stands, says
    ):
        mine = Connection.objects.filter(pk=acme.connection.pk)
        works = mine.values(*stands).get()
        mine.update(**stands)
        go()
        go(timedelta(hours=5))
        assert [says in mail.message["Subject"] for mail in server.taken] == [True]

        mine.update(**works)
        go(timedelta(hours=6))
        mine.update(**stands)
        go(timedelta(hours=7))

        assert len(server.taken) == 2

    def test_goes_to_nobody_whom_the_company_s_pages_are_closed_to(self, acme, owner, server):
        people.join(acme.company, owner, "owner")
        CompanySettings.objects.filter(company=acme.company).update(require_second_factor=True)
        hold(acme, 1)
        go()
        assert server.taken == []

        Authenticator.objects.create(user=owner, type=Authenticator.Type.TOTP, data={"secret": "sealed"})
        hold(acme, 2)
        go(timedelta(hours=2))

        assert [mail.recipients for mail in server.taken] == [[owner.email]]

    def test_costs_the_same_statements_for_many_idle_companies(self, acme, owner):
        choices.begin(clock.now())
        with CaptureQueriesContext(
            database,
        ) as few:
            finding.waiting(clock.now())
            finding.outlooks(clock.now())
        for each in Company.objects.bulk_create(Company(name=f"Idle {number}") for number in range(30)):
            Membership.objects.create(company=each, person=owner, role="owner")
            Connection.objects.create(company=each, status="connected")
        choices.begin(clock.now())
        with CaptureQueriesContext(database) as many:
            finding.waiting(clock.now())
            finding.outlooks(clock.now())

        assert len(many) == len(few) <= 12  # of feeds and first looks three


class TestWhereThingsComeIn:
    def test_refused_deliveries_are_told_of_by_feed_without_what_they_say(self, acme, owner, server):
        Feed.objects.filter(pk=feed_of(acme.company, "shop").pk).update(closed_at=clock.now())
        refuse(acme, "Jo Bloggs")
        refuse(acme, "Jo Bloggs")
        go()
        go(timedelta(minutes=30))

        (mail,) = server.taken
        text = mail.message.get_content()
        (delivery, _) = Delivery.objects.filter(result="refused")
        assert "Refused deliveries (2 deliveries)" in text
        assert f"/c/{acme.company.public_id}/inbox/?result=open&feed={delivery.feed.public_id}" in text
        assert "Bloggs" not in mail.content.decode()

        refuse(acme, "Jo Bloggs")
        go(timedelta(minutes=61))
        assert "3 deliveries" in server.taken[1].message.get_content()

    def test_what_named_no_feed_is_told_of_too(self, acme, owner, server):
        receive(acme.company, {"id": "1", "source": "no such/source", "lines": []})
        go()

        lines = server.taken[0].message.get_content().splitlines()
        assert f"http://localhost:8000/c/{acme.company.public_id}/inbox/?result=open" in lines

    @pytest.mark.parametrize(
        ("stands", "works", "says"),
        [
            ({"failures": 3, "problem": "No answer"}, {"failures": 0, "problem": ""}, "Orders cannot be fetched"),
            (
                {"last_received_at": clock.now() - timedelta(days=4)},
                {"last_received_at": clock.now() + timedelta(days=1)},
                "No orders for 3 days",
            ),
        ],
    )
    def test_a_feed_that_fails_or_is_quiet_is_told_of_once_until_it_works_again(
        self, acme, owner, server, stands, works, says
    ):
        feed = Feed.objects.filter(pk=take_from_kornitx(acme.company, key="a-key").pk)
        feed.update(failures=1, problem="No answer")
        go()
        assert server.taken == []  # once is a hiccup
        feed.update(**stands)
        go()
        go(timedelta(hours=5))
        (mail,) = server.taken
        assert says in mail.message["Subject"]
        assert f"/c/{acme.company.public_id}/feeds/{feed.get().public_id}/" in mail.message.get_content()

        feed.update(**works)
        go(timedelta(hours=6))
        feed.update(**stands)
        go(timedelta(hours=7))
        assert len(server.taken) == 2
        feed.update(**works)
        go(timedelta(hours=8))
        feed.update(paused_at=clock.now(), **stands)
        go(timedelta(hours=9))
        assert len(server.taken) == 2  # a person has paused it

    def test_a_first_document_that_waits_to_be_looked_at_is_told_of_once(self, acme, owner, server):
        Connection.objects.filter(pk=acme.connection.pk).update(posting_stops=stopping.from_the_start())
        go()
        assert server.taken == []
        take_in(acme, 1)
        go()
        take_in(acme, 2)
        go(timedelta(hours=5))

        (mail,) = server.taken
        assert "The first document waits for you" in mail.message["Subject"]
        assert f"http://localhost:8000/c/{acme.company.public_id}/" in mail.message.get_content()


class TestOnce:
    def test_an_end_that_nobody_knows_is_not_repeated(self, acme, owner, server):
        server.drops_after_taking = 1
        hold(acme, 1)
        go()
        go(timedelta(hours=2))

        assert len(server.taken) == 1
        assert AlertMail.objects.get().state == "unknown"

    def test_what_was_never_shown_to_the_server_goes_later(self, acme, owner, server):
        server.drops_before_mail = True
        hold(acme, 1)
        go()
        server.drops_before_mail = False
        go(timedelta(minutes=1))
        assert server.taken == []

        go(timedelta(minutes=16))

        assert len(server.taken) == 1
        assert AlertMail.objects.get().tries == 2

    def test_a_process_that_died_over_it_leaves_it_for_a_person(self, acme, owner, server):
        hold(acme, 1)
        watching.watch(clock.now())
        AlertMail.objects.update(state="sending", tried_at=clock.now() - timedelta(minutes=11))

        sending.send_due(clock.now())

        assert server.taken == []
        assert AlertMail.objects.get().state == "unknown"

    def test_a_refused_address_is_shown_to_its_owner(self, acme, owner, server):
        server.refuses[owner.email] = "550 No such mailbox"
        hold(acme, 1)
        go()
        client = Client()
        client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")

        shown = client.get(reverse("account_mail")).content.decode()

        assert "Refused by the mail server" in shown
        assert "No such mailbox" in shown


class TestWarnings:
    def test_of_a_consent_that_lapses_and_of_calls_that_run_out(self, acme, owner, server):
        now = clock.now()
        TokenSet.objects.filter(connection=acme.connection).update(refreshed_at=now - timedelta(days=55))
        Connection.objects.filter(pk=acme.connection.pk).update(
            day_remaining=300, calls_a_day=5000, limits_read_at=now, day_began_at=now - timedelta(hours=1)
        )
        go()
        go(timedelta(hours=2))

        (mail,) = server.taken
        text = mail.message.get_content()
        assert "ends on" in text
        assert "nearly used up" in text
        assert Told.objects.filter(cause__in=["consent_lapses", "calls_run_out"]).count() == 2


class TestSummaries:
    def test_carry_the_head_of_the_log_which_shows_a_rewritten_one(self, acme, owner, server, logged_in):
        hold(acme, 1)
        seal_all()
        choices.begin(clock.now())
        MailChoice.objects.update(digest=Digest.DAILY, digest_at=clock.now(), at_once=False)

        go()
        go()

        (mail,) = server.taken
        said = dict(line.split(": ", 1) for line in mail.message.get_content().splitlines() if ": " in line)
        position, seal = int(said["Position"]), said["Seal"]
        assert verifying.stands_at(position, seal) is True
        assert verifying.stands_at(position, "0" * 64) is False
        assert verifying.stands_at(position + 1000, seal) is None
        assert MailChoice.objects.get().digest_at > clock.now()
        client = Client()
        client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
        url = reverse("web:log-head", args=[acme.company.public_id])
        for sent, words in (
            ({"position": str(position), "seal": seal}, "It matches"),
            ({"position": str(position), "seal": "0" * 64}, "It does not match"),
            ({"position": "99999999", "seal": seal}, "Nothing has position"),
            ({"position": "x", "seal": ""}, "Copy both lines"),
        ):
            assert words in client.post(url, sent, follow=True).content.decode()


class TestWhoReadsGerman:
    ENGLISH = re.compile(r"\b(the|and|of|is|are|it|needs?|waits?|to|has|yet|with|your)\b")
    """Words that no German sentence has."""

    @pytest.fixture
    def german(self, acme, owner, person_with):
        """The owner; an accountant of the same company has chosen no language."""
        Person.objects.filter(pk=owner.pk).update(language="de")
        person_with("accountant")
        return owner

    def mails(self, server) -> dict[str, tuple[str, str]]:
        """Subject and text of what was sent, by whom it went to."""
        found = {mail.recipients[0]: mail.message for mail in server.taken}
        return {to: (message["Subject"], message.get_content()) for to, message in found.items()}

    def said_in(self, text: str) -> str:
        """A mail without its addresses."""
        return re.sub(r"http\S+", "", text)

    def test_is_told_in_german_what_came_to_wait_and_others_are_not(self, acme, german, server):
        hold(acme, 1)
        hold(acme, 2)
        Feed.objects.filter(pk=feed_of(acme.company, "shop").pk).update(closed_at=clock.now())
        refuse(acme, "Jo Bloggs")
        go()

        mails = self.mails(server)
        subject, text = mails.pop(german.email)
        assert subject == "Acme: 2 Sachen sind zu klären"
        assert "(2 Belege)" in text
        assert "Abgelehnte Zustellungen (1 Zustellung)" in text
        assert not self.ENGLISH.search(self.said_in(text)), text
        ((subject, text),) = mails.values()
        assert subject == "Acme: 2 things need a person"
        assert "(2 documents)" in text

    def test_is_told_in_german_how_the_day_was(self, acme, german, server):
        hold(acme, 1)
        seal_all()
        choices.begin(clock.now())
        MailChoice.objects.update(digest=Digest.DAILY, digest_at=clock.now(), at_once=False)
        go()

        mails = self.mails(server)
        subject, text = mails.pop(german.email)
        assert subject == "Acme: Ihr Tag, 1 anzusehen"
        assert "Acme, der letzte Tag (seit " in text
        assert not self.ENGLISH.search(self.said_in(text)), text
        ((subject, text),) = mails.values()
        assert subject == "Acme: your day, 1 to look at"
        assert "Acme, the last day (since " in text


class TestTheLinkThatStops:
    def link(self, server) -> str:
        header = server.taken[0].message["List-Unsubscribe"]
        assert server.taken[0].message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        return header.strip("<>").removeprefix("http://localhost:8000")

    def test_works_in_one_press_without_a_log_in_and_is_told(self, acme, owner, server):
        hold(acme, 1)
        go()
        link, stranger = self.link(server), Client(enforce_csrf_checks=True)

        assert "Stop them" in stranger.get(link).content.decode()  # a scanner that opens links stops nothing
        assert MailChoice.objects.get().at_once
        assert stranger.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200

        assert not MailChoice.objects.get().at_once
        assert MailChoice.objects.get().warnings
        told = Event.objects.filter(subject_kind="person", what="saved").latest("id")
        assert (told.before, told.after) == ({"mails_at_once": "yes"}, {"mails_at_once": "no"})
        hold(acme, 2)
        go(timedelta(hours=2))
        assert len(server.taken) == 1

    @pytest.mark.parametrize("change", [lambda it: it[:-2] + "xx", lambda it: "/mail/stop/WzEsImF0X29uY2UiXQ:1:x"])
    def test_that_was_changed_opens_nothing(self, acme, owner, server, change):
        hold(acme, 1)
        go()

        answer = Client().post(change(self.link(server)))

        assert answer.status_code == 404
        assert MailChoice.objects.get().at_once


class TestTheirOwnPage:
    def test_keeps_what_is_chosen_for_one_company_and_drops_what_waits(self, acme, birch, owner):
        people.join(birch.company, owner, "viewer")
        hold(acme, 1)
        watching.watch(clock.now())
        assert AlertMail.objects.count() == 1
        client = Client()
        client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")

        client.post(reverse("account_mail"), {"company": acme.company.public_id, "digest": "daily"})

        mine = MailChoice.objects.get(membership__company=acme.company)
        assert (mine.at_once, mine.warnings, mine.digest) == (False, False, "daily")
        assert mine.digest_at > clock.now()
        assert AlertMail.objects.count() == 0
        assert MailChoice.objects.get(membership__company=birch.company).digest == "never"

    def test_changes_nothing_of_a_company_that_is_not_theirs(self, acme, birch, owner):
        client = Client()
        client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")

        assert client.post(reverse("account_mail"), {"company": birch.company.public_id}).status_code == 404

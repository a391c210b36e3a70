"""Invoices by mail through a real mail server: one for each order, whatever dies, hangs, refuses or drops the line."""

from dataclasses import dataclass
from datetime import timedelta

import pypdfium2
import pytest

from daybook.companies.models import Company, Person
from daybook.connections import mailing, roster
from daybook.connections.models import Connection, PostingSettings
from daybook.connections.outgoing import MailAccess
from daybook.connections.reaching import ReachError
from daybook.intake import prepare
from daybook.intake.receive import receive
from daybook.kit import clock
from daybook.outbox.judging import Verdict
from daybook.outbox.models import Attempt, Entry
from daybook.posting import drain
from daybook.reconciliation.resolve import Patience, resolve
from daybook.wire.http import HttpClient
from tests.smtp_server import RunningSmtp, smtp_server

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = Patience(call_timeout=timedelta(seconds=1), look_after=timedelta(seconds=5))


@pytest.fixture
def server(settings):
    settings.CALL_TIMEOUT_SECONDS = 1
    with smtp_server() as running:
        yield running


@dataclass
class Sender:
    company: Company
    connection: Connection
    server: RunningSmtp

    def order(self, number: str, email: str = "ann@example.com", **said: object) -> None:
        customer = {"name": "Ann Smith", "email": email}
        line = {"sku": "MUG", "description": "Mug", "quantity": 2, "unit_price": "6.25", "tax_rate": "0.2"}
        order = {
            "source": "shop",
            "id": number,
            "number": number,
            "dispatched": True,
            "currency": "GBP",
            "lines": [line],
        }
        dated = {"ordered_at": "2026-11-01T10:00:00Z", "dispatched_at": "2026-11-02T10:00:00Z"}
        receive(self.company, {**order, **dated, "customer": customer, **said})

    def send(self) -> None:
        Connection.objects.update(paused_until=None)
        drain.drain(self.connection.pk, HttpClient(10))

    def look(self) -> int:
        return resolve(HttpClient(10), now=clock.now() + timedelta(minutes=30), patience=PATIENCE)

    def states(self) -> list[str]:
        return list(Entry.objects.order_by("id").values_list("state", flat=True))

    def plan(self, **said: object) -> None:
        MailAccess.objects.filter(connection=self.connection).update(**said)

    def pause(self) -> str:
        self.connection.refresh_from_db()
        return self.connection.pause_reason


@pytest.fixture
def acme(server) -> Sender:
    company = Company.objects.create(name="Acme")
    connection = roster.add(company, ledger="mail")
    MailAccess.objects.create(
        connection=connection, host="127.0.0.1", port=server.port, security="none", sender="bills@acme.example",
        seller="Acme Ltd\n1 High Street", bcc="copies@acme.example", footer="Thank you",
    )  # fmt: skip
    mailing.check(connection)
    connection.refresh_from_db()
    return Sender(company, connection, server)


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_bounded() for page in document)


class TestAnOrder:
    def test_becomes_one_mail_with_its_invoice(self, acme):
        acme.order("1001")
        acme.send()
        acme.send()
        (taken,) = acme.server.taken
        entry = Entry.objects.get()
        assert acme.states() == ["posted"]
        assert taken.recipients == ["ann@example.com", "copies@acme.example"]
        assert taken.message["Message-ID"] == f"<{entry.public_id}.invoice@acme.example>"
        assert taken.message["Subject"] == "Invoice 1001"
        assert "Bcc" not in taken.message
        said = text_of(taken.pdf)
        for words in ("Acme Ltd", "1001", "Mug", "Ann Smith", "12.50", "2.50", "15.00", "Page 1 of 1", "Thank you"):
            assert words in said
        assert (entry.net, entry.tax, entry.gross) == (12.5, 2.5, 15)

    def test_is_mailed_less_what_was_given_back_before(self, acme):
        refund = {"id": "r1", "payments": [{"id": "re_1", "amount": "5.00"}]}
        acme.order("1001", refunds=[refund])
        acme.order("1002", refunds=[{"id": "r2", "payments": [{"id": "re_2", "amount": "15.00"}]}])
        acme.send()
        (taken,) = acme.server.taken
        said = text_of(taken.pdf)
        for words in ("1001", "8.33", "1.67", "10.00"):
            assert words in said

    def test_on_hold_is_left_out_and_one_in_error_only_goes_where_that_is_wanted(self, acme):
        acme.order("1001", on_hold=True)
        acme.order("1002", has_error=True)
        acme.send()
        assert acme.server.taken == []
        PostingSettings.objects.update_or_create(
            connection=acme.connection, defaults={"include_orders_with_errors": True}
        )
        prepare.prepare_company(acme.company.pk)
        acme.send()
        assert [each.message["Subject"] for each in acme.server.taken] == ["Invoice 1002"]

    @pytest.mark.parametrize(
        ("email", "cause"),
        [("", "address_missing"), ("nobody", "address_unusable"), ("a@b@c", "address_unusable"),
         ("ann@example.com\nBcc: eve@example.com", "address_unusable"), ("ann@example.com, eve@example.com", "address_unusable")],
    )  # fmt: skip
    def test_without_one_usable_address_waits_for_a_person(self, acme, email, cause):
        acme.order("1001", email)
        acme.send()
        assert acme.states() == ["held"]
        assert Entry.objects.get().cause == cause
        assert acme.server.taken == []

    @pytest.mark.parametrize("name", ["محمد الأحمد", "山田太郎", "दिल्ली", "Ὀδυσσεύς", 'O\'Neil "Bob" <x>', "Zoë, Ltd."])
    def test_of_a_customer_of_any_script_is_mailed(self, acme, name):
        acme.order("1001", customer={"name": name, "email": "ann@example.com"})
        acme.send()
        (taken,) = acme.server.taken
        assert taken.message["To"].addresses[0].display_name == name
        assert taken.pdf.startswith(b"%PDF")

    def test_in_letters_that_no_font_has_is_shown_to_a_person(self, acme):
        acme.order("1001", customer={"name": "\U000e0cff\U0001e7ff", "email": "ann@example.com"})
        acme.send()
        assert Entry.objects.get().cause == "no_font"
        assert acme.server.taken == []


class TestAnUnclearEnd:
    def test_is_shown_and_never_repeated_by_itself(self, acme):
        acme.server.drops_after_taking = 1
        acme.order("1001")
        acme.send()
        assert acme.states() == ["unknown"]
        assert "needs a person" in acme.pause()
        for _ in range(3):
            acme.look()
            acme.send()
        assert acme.states() == ["unknown"]
        assert len(acme.server.taken) == 1

    def test_is_sent_again_under_the_same_id_where_a_person_says_so(self, acme):
        acme.server.drops_after_taking = 1
        acme.order("1001")
        acme.send()
        person = Person.objects.create_user("ann@acme.example", "secret")
        assert prepare.settle_doubt(Entry.objects.get(), Verdict.MISSING, person)
        acme.send()
        assert acme.states() == ["posted"]
        first, second = acme.server.taken
        assert first.message["Message-ID"] == second.message["Message-ID"]

    def test_that_a_person_saw_arrive_is_posted(self, acme):
        acme.server.drops_after_taking = 1
        acme.order("1001")
        acme.send()
        person = Person.objects.create_user("ann@acme.example", "secret")
        assert prepare.settle_doubt(Entry.objects.get(), Verdict.STANDS, person, their_id="seen in the copies")
        acme.send()
        assert (acme.states(), len(acme.server.taken)) == (["posted"], 1)

    def test_of_a_worker_that_died_before_it_began_goes_again(self, acme, monkeypatch):
        acme.order("1001")
        acme.server.drops_before_mail = True
        acme.send()
        assert acme.states() == ["ready"]
        acme.server.drops_before_mail = False
        acme.send()
        assert (acme.states(), len(acme.server.taken)) == (["posted"], 1)


class Died(BaseException):
    """As a kill: nothing of ours catches it."""


class TestAKill:
    @pytest.mark.parametrize("step", ["claimed", "begun", "handed_over"])
    def test_at_any_step_never_sends_a_second_one_by_itself(self, acme, step):
        acme.order("1001")
        plan = MailAccess.objects.get()
        from daybook.outbox import queue
        from daybook.posting import mails, printed

        claimed = mails._claim(acme.connection, plan, printed.prepared(acme.connection, plan))
        attempt = claimed[0][0]
        if step != "claimed":
            assert queue.begin_sending(attempt, acme.connection.pk, clock.now())
        if step == "handed_over":
            with mailing.session(plan) as session:
                session.send(plan.sender, claimed[0][2].to, (), bytes(attempt.body))
        # the worker is gone; another one gives its attempt up, and looks
        acme.look()
        Attempt.objects.update(ended_at=clock.now() - timedelta(hours=1))
        acme.look()
        acme.send()
        expected = {"claimed": ("posted", 1), "begun": ("unknown", 0), "handed_over": ("unknown", 1)}[step]
        assert (acme.states()[0], len(acme.server.taken)) == expected


class TestTheServer:
    def test_that_does_not_take_one_address_takes_the_others(self, acme):
        acme.server.refuses["ann@example.com"] = "550 no such user"
        acme.order("1001")
        acme.order("1002", "bob@example.com")
        acme.send()
        assert acme.states() == ["rejected", "posted"]
        assert Entry.objects.first().cause == "address_refused"

    def test_that_takes_one_address_later_is_asked_again_later(self, acme):
        acme.server.refuses["ann@example.com"] = "450 greylisted"
        acme.order("1001")
        acme.order("1002", "bob@example.com")
        acme.send()
        assert acme.states() == ["ready", "posted"]
        acme.server.refuses.clear()
        acme.send()
        assert acme.states() == ["ready", "posted"]
        Entry.objects.update(not_before=None)
        acme.send()
        assert acme.states() == ["posted", "posted"]

    def test_that_refuses_the_mail_is_shown_to_a_person(self, acme):
        acme.server.answers_mail = "554 too large"
        acme.order("1001")
        acme.send()
        assert acme.states() == ["rejected"]
        assert Entry.objects.get().cause == "mail_refused"

    def test_that_is_away_pauses_the_connection_and_nothing_is_in_doubt(self, acme):
        acme.plan(port=1)
        acme.order("1001")
        acme.send()
        assert acme.states() == ["ready"]
        assert "could not be reached" in acme.pause()

    def test_that_hangs_after_the_mail_leaves_a_doubt(self, acme):
        acme.server.hangs = 3
        acme.order("1001")
        acme.send()
        assert acme.states() == ["unknown"]

    def test_that_does_not_answer_is_not_connected(self, server):
        connection = roster.add(Company.objects.create(name="Birch"), ledger="mail")
        MailAccess.objects.create(
            connection=connection, host="127.0.0.1", port=1, security="none", sender="a@b.example"
        )
        with pytest.raises(ReachError, match="could not be reached"):
            mailing.check(connection)


class TestASchedule:
    def test_sends_nothing_before_its_run_and_then_one_pdf_for_each_customer(self, acme):
        acme.plan(every="hourly", is_together=True, next_run_at=clock.now() + timedelta(minutes=30))
        for number, email in (("1001", "ann@example.com"), ("1002", "bob@example.com"), ("1003", "Ann@Example.com")):
            acme.order(number, email)
        acme.send()
        assert acme.server.taken == []
        acme.plan(next_run_at=clock.now())
        acme.send()
        assert acme.states() == ["posted"] * 3
        subjects = sorted(each.message["Subject"] for each in acme.server.taken)
        assert subjects == ["Invoice 1001, 1003", "Invoice 1002"]
        both = next(each for each in acme.server.taken if each.message["Subject"] == subjects[0])
        assert len(pypdfium2.PdfDocument(both.pdf)) == 2
        assert MailAccess.objects.get().next_run_at > clock.now()

    def test_leaves_what_comes_after_its_run_to_the_next_one(self, acme):
        acme.plan(every="hourly", next_run_at=clock.now() - timedelta(minutes=1))
        acme.order("1001")
        acme.send()
        assert acme.server.taken == []
        assert MailAccess.objects.get().next_run_at > clock.now()

    def test_is_not_kept_where_mailing_is_switched_off(self, acme):
        acme.plan(is_enabled=False)
        acme.order("1001")
        acme.send()
        assert acme.states() == ["ready"]
        assert acme.server.taken == []

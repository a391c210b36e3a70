"""What Xero refused goes by itself once its cause is cured in Xero and the lists were read again; once for each cure."""

from datetime import date, timedelta

import httpx2
import pytest
from msgspec.structs import replace

from daybook.catalog import problems, refresh
from daybook.catalog.models import Contact
from daybook.connections.models import ChannelContact, Connection, Gateway, PostingSettings
from daybook.intake import curing, prepare
from daybook.intake.receive import receive
from daybook.kit import clock
from daybook.orders.models import Order
from daybook.outbox.explanations import explain
from daybook.outbox.models import Attempt, Entry
from daybook.wire.http import HttpClient
from localxero import LocalXero
from tests.integration.posting.test_drain import post
from tests.integration.posting.test_killed_worker import one_mug
from tests.world import Cast, connected, feed_of, posting

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def xero() -> LocalXero:
    return LocalXero(limits="off")


@pytest.fixture
def acme(xero: LocalXero) -> Cast:
    cast = connected(xero, untouched=True)
    PostingSettings.objects.update(document_status="AUTHORISED")
    return cast


def contact_is(cast: Cast, status: str) -> None:
    books, contact_id = cast.xero.books(cast.tenant_id), posting(cast.company).contact_id
    books.put_contact(replace(books.contacts[contact_id], status=status))


def account_is(cast: Cast, status: str) -> None:
    books = cast.xero.books(cast.tenant_id)
    books.put_account(replace(books.account("200"), status=status))


def locked_up_to(cast: Cast, day: date | None) -> None:
    books = cast.xero.books(cast.tenant_id)
    books.organisation = replace(books.organisation, period_lock_date=day)


BROKEN = [
    ("contact_archived", lambda cast: contact_is(cast, "ARCHIVED"), lambda cast: contact_is(cast, "ACTIVE")),
    ("account_archived", lambda cast: account_is(cast, "ARCHIVED"), lambda cast: account_is(cast, "ACTIVE")),
    (
        "period_locked",
        lambda cast: locked_up_to(cast, date(2026, 3, 31)),
        lambda cast: locked_up_to(cast, date(2026, 1, 31)),
    ),
]


def read_again(cast: Cast) -> int:
    """As the job does after a Refresh, a Save, and once a day."""
    refresh.refresh(cast.connection, client=cast.client)
    prepare.prepare_company(cast.company.pk)
    return curing.cure(cast.company.pk)


def refused(cast: Cast, break_it) -> Entry:
    receive(cast.company, one_mug("7"))
    break_it(cast)
    post(cast)
    entry = Entry.objects.get()
    assert entry.state == "rejected"
    return entry


@pytest.mark.parametrize(("cause", "break_it", "mend_it"), BROKEN)
class TestARefusedDocument:
    def test_goes_once_the_cause_is_cured_and_read(self, acme, cause, break_it, mend_it):
        assert refused(acme, break_it).cause == cause
        mend_it(acme)
        assert curing.cure(acme.company.pk) == 0  # nothing read since tells that it is cured
        assert read_again(acme) == 1
        post(acme)
        assert (Entry.objects.get().state, len(acme.invoices())) == ("posted", 1)

    def test_names_its_cure_where_the_lists_show_the_cause_and_goes_when_they_do_not(
        self, acme, cause, break_it, mend_it
    ):
        refused(acme, break_it)
        read_again(acme)
        held = Entry.objects.get()
        words = explain(held.cause, held.subject, held.detail, ledger="xero")
        assert "Refresh from Xero" in words.cure
        mend_it(acme)
        read_again(acme)
        post(acme)
        assert (Entry.objects.get().state, len(acme.invoices())) == ("posted", 1)

    def test_is_not_sent_without_end_where_xero_refuses_it_although_the_lists_are_well(
        self, acme, cause, break_it, mend_it
    ):
        refused(acme, break_it)
        mend_it(acme)
        for _ in range(3):
            read_again(acme)
            break_it(acme)
            post(acme)
            mend_it(acme)
        assert Attempt.objects.filter(resource="Invoices").count() == 2
        curing.forget(acme.company)  # a person presses Refresh
        assert read_again(acme) == 1


def test_many_that_nothing_has_cured_keep_none_from_going(acme):
    orders = Order.objects.bulk_create(
        [
            Order(company=acme.company, feed=feed_of(acme.company), source_id=f"OLD-{number}", ref=f"OLD-{number}")
            for number in range(4 * curing.AT_ONCE)
        ]
    )
    Entry.objects.bulk_create(
        [
            Entry(
                company=acme.company, organisation=acme.connection.organisation, order=each, kind="invoice",
                number=each.ref, number_space="xero", state="rejected", cause="period_locked", date=date(2020, 1, 1),
            )
            for each in orders
        ]
    )  # fmt: skip
    receive(acme.company, one_mug("7"))
    contact_is(acme, "ARCHIVED")
    post(acme)
    entry = Entry.objects.get(number="7")
    assert entry.state == "rejected"
    contact_is(acme, "ACTIVE")
    locked_up_to(acme, date(2020, 12, 31))
    assert read_again(acme) == 1
    post(acme)
    assert len(acme.invoices()) == 1


class Away(httpx2.BaseTransport):
    """Xero, which answers nothing at the moment."""

    def __init__(self) -> None:
        self.calls = 0

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self.calls += 1
        return httpx2.Response(503, request=request)


class TestListsThatCannotBeReadJustAfterARefusal:
    @pytest.mark.parametrize(("cause", "break_it", "mend_it"), BROKEN)
    def test_are_read_again_by_themselves_and_cure_it(self, acme, cause, break_it, mend_it):
        entry = refused(acme, break_it)
        mend_it(acme)
        assert curing.read_again(acme.client, entry.state_since + timedelta(minutes=4)) == 0
        assert curing.read_again(acme.client, entry.state_since + timedelta(minutes=6)) == 1
        assert curing.read_again(acme.client, entry.state_since + timedelta(minutes=11)) == 0  # they were read since
        prepare.prepare_company(acme.company.pk)
        assert curing.cure(acme.company.pk) == 1
        post(acme)
        assert (Entry.objects.get().state, len(acme.invoices())) == ("posted", 1)

    def test_cost_nine_calls_a_day_while_xero_is_away_and_none_while_posting_rests(self, acme):
        entry, away = refused(acme, BROKEN[2][1]), Away()
        looks = [entry.state_since + timedelta(minutes=5 * n) for n in range(400)]
        for now in looks:
            Connection.objects.update(paused_until=None)
            curing.read_again(HttpClient(10, away), now)
        assert away.calls == 9
        Connection.objects.update(paused_until=looks[1] + timedelta(hours=1))
        assert curing.read_again(acme.client, looks[1]) == 0
        assert Connection.objects.get().paused_until

    def test_are_left_alone_where_nothing_was_refused(self, acme):
        assert curing.read_again(acme.client, clock.now()) == 0


class TestTheLockMessage:
    def test_names_the_documents_own_date(self, acme):
        entry = refused(acme, BROKEN[2][1])
        assert "would be dated 2 Mar 2026" in explain(entry.cause, entry.subject, ledger="xero").why


class TestTheDailyReading:
    @pytest.mark.parametrize(("field", "at"), [("contact_name", 0), ("sales_account", 1)])
    def test_puts_what_was_archived_on_the_settings_list_with_its_cure(self, acme, field, at):
        assert problems.settings_problems(acme.connection) == []
        BROKEN[at][1](acme)
        refresh.refresh_all(max_age=timedelta(0), client=acme.client)
        (problem,) = problems.settings_problems(acme.connection)
        assert (problem.field, problem.blocks) == (field, True)
        assert "archived" in problem.words
        assert "Refresh from Xero" in problem.words
        BROKEN[at][2](acme)
        refresh.refresh_all(max_age=timedelta(0), client=acme.client)
        assert problems.settings_problems(acme.connection) == []

    def test_says_that_a_contact_is_gone(self, acme):
        PostingSettings.objects.update(contact_id="00000000-0000-0000-0000-00000000abcd")
        refresh.refresh_all(max_age=timedelta(0), client=acme.client)
        (problem,) = problems.settings_problems(acme.connection)
        assert "merged or deleted" in problem.words

    def test_finds_the_contact_that_was_named_before_there_was_an_organisation(self, acme):
        known = posting(acme.company).contact_id
        PostingSettings.objects.update(contact_id="")
        refresh.refresh_all(max_age=timedelta(0), client=acme.client)
        assert PostingSettings.objects.get().contact_id == known

    def test_reads_the_contacts_of_channels_and_of_fees_too(self, acme):
        """What was refused for one of them was never sent again by itself: nobody looked whether it is restored."""
        books = acme.xero.books(acme.tenant_id)
        web, bank = [each.contact_id for each in books.contacts.values() if each.status == "ACTIVE"][:2]
        ChannelContact.objects.create(connection=acme.connection, channel="web", contact_name="W", contact_id=web)
        Gateway.objects.create(connection=acme.connection, name="stripe", currency="GBP", fees_contact_id=bank)
        PostingSettings.objects.update(contact_per="channel")
        receive(acme.company, one_mug("7") | {"channel": "Web"})
        books.put_contact(replace(books.contacts[web], status="ARCHIVED"))
        post(acme)
        assert (Entry.objects.get().state, Entry.objects.get().cause) == ("rejected", "contact_archived")
        assert read_again(acme) == 0
        books.put_contact(replace(books.contacts[web], status="ACTIVE"))
        assert read_again(acme) == 1
        post(acme)
        assert Entry.objects.get().state == "posted"
        named = Contact.objects.filter(organisation=acme.connection.organisation, contact_id__in=[web, bank])
        assert set(named.values_list("status", flat=True)) == {"ACTIVE"}

    def test_makes_one_call_for_both_contacts(self, acme):
        before = len(acme.xero.state.journal.entries())
        refresh.refresh(acme.connection, resources=("Contacts",), client=acme.client)
        assert len(acme.xero.state.journal.entries()) - before == 1
        assert Connection.objects.get().checked_at > clock.now() - timedelta(minutes=1)

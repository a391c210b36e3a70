"""Documents leave the day book for Xero. Asserted on what Xero's books hold, not on calls made."""

from datetime import timedelta
from decimal import Decimal

import httpx2
import pytest

from daybook.catalog.models import Account, TaxRate
from daybook.connections import roster
from daybook.connections.models import Connection, TokenSet
from daybook.kit import clock
from daybook.outbox.models import Attempt, Entry
from daybook.outbox.states import State
from daybook.posting import claiming, drain, ground, settling, sweeping
from daybook.posting.batching import Batch
from daybook.reconciliation.resolve import Patience, resolve
from daybook.wire.http import HttpClient
from tests.world import Cast

pytestmark = pytest.mark.django_db(transaction=True)

SOON = Patience(call_timeout=timedelta(seconds=10), look_after=timedelta(seconds=120))


def age(company_id: int) -> None:
    """What waits has lingered long enough."""
    Entry.objects.filter(company_id=company_id, state="ready").update(state_since=clock.now() - timedelta(minutes=10))


def post(cast: Cast) -> None:
    age(cast.company.id)
    Connection.objects.filter(id=cast.connection.id).update(paused_until=None)
    drain.drain(cast.connection.id, cast.client)


def look(cast: Cast, later: timedelta = timedelta(minutes=10)) -> None:
    Connection.objects.filter(id=cast.connection.id).update(paused_until=None)
    resolve(cast.client, now=clock.now() + later, patience=SOON)


def states(cast: Cast) -> dict[str, int]:
    counted: dict[str, int] = {}
    for state in Entry.objects.filter(company=cast.company).values_list("state", flat=True):
        counted[state] = counted.get(state, 0) + 1
    return counted


def numbers_in_xero(cast: Cast) -> list[str]:
    return sorted(invoice["InvoiceNumber"] for invoice in cast.invoices())


class TestPosting:
    def test_puts_every_waiting_invoice_into_xero_once_and_to_the_cent(self, acme):
        entries = acme.ready_invoices(3)
        post(acme)
        assert numbers_in_xero(acme) == sorted(entry.number for entry in entries)
        assert [invoice["Total"] for invoice in acme.invoices()] == [Decimal("15.00")] * 3
        assert states(acme) == {"posted": 3}

    def test_shows_a_person_that_xero_saved_a_draft_without_its_account(self, acme):
        entry = acme.ready_invoice()
        books = acme.xero.books(acme.tenant_id)
        books.remove_account(books.account("200"))
        post(acme)
        entry.refresh_from_db()
        words = "Account code 200 has been removed as it does not match a recognised account."
        assert (entry.state, entry.attention, entry.attention_detail) == ("posted", "xero_warned", words)
        assert "AccountCode" not in acme.invoices()[0]["LineItems"][0]

    def test_keeps_xeros_id_status_and_totals_with_the_entry(self, acme):
        entry = acme.ready_invoice()
        post(acme)
        entry.refresh_from_db()
        in_xero = acme.invoices()[0]
        assert (entry.their_id, entry.their_status) == (in_xero["InvoiceID"], "DRAFT")
        assert (entry.their_net, entry.their_tax, entry.their_gross) == (entry.net, entry.tax, entry.gross)
        assert entry.attention == ""

    def test_sends_full_batches_of_fifty_and_lets_a_young_rest_wait(self, acme):
        acme.ready_invoices(120)
        Entry.objects.update(state_since=clock.now() + timedelta(minutes=1))  # young, however slow the machine
        drain.drain(acme.connection.id, acme.client)
        assert (len(acme.invoices()), states(acme)) == (100, {"posted": 100, "ready": 20})
        assert Attempt.objects.filter(resource="Invoices").count() == 2

    def test_never_sends_anything_twice_when_it_runs_again(self, acme):
        acme.ready_invoices(5)
        post(acme)
        post(acme)
        assert len(acme.invoices()) == 5

    def test_settles_each_document_on_its_own_when_one_is_refused(self, acme):
        entries = acme.ready_invoices(3)
        broken = entries[1]
        broken.document["lines"][0]["tax_type"] = "NO-SUCH"
        broken.save()
        post(acme)
        broken.refresh_from_db()
        assert states(acme) == {"posted": 2, "rejected": 1}
        assert (broken.cause, broken.subject) == ("tax_rate_invalid", "NO-SUCH")
        assert "NO-SUCH" in broken.detail

    def test_leaves_a_stopped_connections_documents_waiting(self, acme):
        acme.ready_invoice()
        Connection.objects.filter(id=acme.connection.id).update(status=Connection.Status.NEEDS_CONSENT)
        post(acme)
        assert (acme.invoices(), states(acme)) == ([], {"ready": 1})

    def test_sends_nothing_of_another_organisation(self, acme):
        entry = acme.ready_invoice()
        another = roster.organisation_of(acme.connection, "another")
        Entry.objects.filter(id=entry.id).update(organisation=another)
        post(acme)
        assert (acme.invoices(), states(acme)) == ([], {"ready": 1})


class TestUnclearAnswers:
    def test_the_same_bytes_are_sent_once_more_when_the_answer_is_lost_and_book_once(self, acme, xero):
        acme.ready_invoices(4)
        xero.add_fault("reset_after", path="/api.xro/2.0/Invoices", times=1)
        post(acme)
        assert (len(acme.invoices()), states(acme)) == (4, {"posted": 4})
        assert Attempt.objects.get().resent_at is not None

    @pytest.mark.parametrize(
        ("fault", "times"),
        [
            ("reset_before", 2),
            ("reset_after", 2),
            ("truncate_after", 2),
            ("status_500_before", 1),
            ("status_500_after", 1),
        ],
    )
    def test_documents_are_in_doubt_until_a_look_and_end_up_in_xero_once(self, acme, xero, fault, times):
        """A lost answer is asked for once more; a 500 is not: Xero keeps it under the key."""
        acme.ready_invoices(4)
        xero.add_fault(fault, path="/api.xro/2.0/Invoices", method="PUT", times=times)
        post(acme)
        assert states(acme) == {"unknown": 4}
        look(acme)
        post(acme)
        assert (len(acme.invoices()), states(acme)) == (4, {"posted": 4})

    def test_a_look_does_not_happen_too_soon_after_the_call(self, acme, xero):
        acme.ready_invoice()
        xero.add_fault("status_500_after", path="/api.xro/2.0/Invoices", method="PUT", times=2)
        post(acme)
        look(acme, later=timedelta(seconds=60))
        assert states(acme) == {"unknown": 1}

    def test_a_number_that_somebody_else_took_in_xero_needs_a_person(self, acme, xero):
        entry = acme.ready_invoice()
        post(acme)
        Entry.objects.filter(id=entry.id).update(state="ready", their_id="", public_id="someoneelse")
        post(acme)
        assert states(acme) == {"unknown": 1}
        look(acme)
        entry.refresh_from_db()
        assert (entry.state, entry.cause) == (State.REJECTED, "number_taken")
        assert len(acme.invoices()) == 1

    def test_nothing_is_tried_without_end(self, acme, xero):
        acme.ready_invoice()
        xero.add_fault("status_500_before", path="/api.xro/2.0/Invoices", method="PUT")
        for _ in range(12):
            post(acme)
            look(acme)
        assert states(acme) == {"rejected": 1}
        assert Entry.objects.get().cause == "gave_up"


class TestTurnedAway:
    def test_a_throttled_call_leaves_the_documents_ready_and_the_connection_resting(self, acme, xero):
        acme.ready_invoices(2)
        xero.add_fault("status_429", path="/api.xro/2.0/Invoices", method="PUT", times=1)
        post(acme)
        acme.connection.refresh_from_db()
        assert states(acme) == {"ready": 2}
        assert acme.connection.paused_until > clock.now()
        assert sweeping.due(clock.now()) == []
        post(acme)
        assert states(acme) == {"posted": 2}

    def test_an_expired_token_is_renewed_and_the_documents_go_in_a_new_attempt(self, acme, xero):
        acme.ready_invoices(2)
        xero.add_fault("status_401_expired", path="/api.xro/2.0/Invoices", method="PUT", times=1)
        post(acme)
        assert (states(acme), len(acme.invoices())) == ({"posted": 2}, 2)
        fingerprints = Attempt.objects.values_list("token_fingerprint", flat=True)
        assert len(set(fingerprints)) == 2

    def test_an_access_token_that_xero_never_takes_makes_the_connection_rest_and_say_so(self, acme, xero):
        acme.ready_invoices(2)
        xero.add_fault("status_401_expired", path="/api.xro/2.0/Invoices", method="PUT")
        TokenSet.objects.update(refreshed_at=clock.now() - timedelta(minutes=10))
        for _ in range(4):
            age(acme.company.id)
            drain.drain(acme.connection.id, acme.client)
        acme.connection.refresh_from_db()
        assert Attempt.objects.count() == 2
        assert acme.connection.paused_until > clock.now()
        assert "refuses the access" in acme.connection.pause_reason
        assert states(acme) == {"ready": 2}

    def test_consent_withdrawn_in_xero_stops_the_connection_and_keeps_the_backlog(self, acme, xero):
        acme.ready_invoices(2)
        xero.disconnect(acme.tenant_id)
        post(acme)
        acme.connection.refresh_from_db()
        assert acme.connection.status == Connection.Status.NEEDS_CONSENT
        assert states(acme) == {"ready": 2}

    def test_xero_being_down_costs_nothing(self, acme):
        acme.ready_invoices(2)
        acme.client = HttpClient(1, httpx2.MockTransport(refuse_connection))
        post(acme)
        acme.connection.refresh_from_db()
        assert states(acme) == {"ready": 2}
        assert acme.connection.paused_until > clock.now()


def refuse_connection(request: httpx2.Request) -> httpx2.Response:
    message = "connection refused"
    raise httpx2.ConnectError(message, request=request)


class TestADayWhoseCallsAreUsedUp:
    @pytest.fixture
    def used_up(self, acme, xero):
        acme.ready_invoice()
        xero.state.limits.set("starter")
        Connection.objects.update(day_remaining=3, minute_remaining=60, limits_read_at=clock.now())
        return acme

    def test_sends_nothing_and_asks_nothing_within_the_hour(self, used_up):
        post(used_up)
        used_up.connection.refresh_from_db()
        assert (states(used_up), used_up.connection.day_remaining) == ({"ready": 1}, 3)

    def test_goes_on_when_xero_says_an_hour_later_that_a_new_day_has_begun(self, used_up):
        Connection.objects.update(limits_read_at=clock.now() - timedelta(minutes=61))
        post(used_up)
        assert states(used_up) == {"posted": 1}


class TestASecondWorker:
    def test_may_not_send_what_was_given_up_as_lost(self, acme):
        entry = acme.ready_invoice()
        sender = ground.prepare(acme.connection, acme.client)
        age(acme.company.id)
        claimed = claiming.claim(acme.connection, sender, Batch("Invoices", 1))
        look(acme, later=timedelta(minutes=3))
        entry.refresh_from_db()
        assert entry.state == State.UNKNOWN
        settling.carry_out(claimed, sender)  # the paused worker wakes up
        assert acme.invoices() == []
        look(acme)
        post(acme)
        assert (len(acme.invoices()), states(acme)) == (1, {"posted": 1})

    def test_takes_other_documents_than_the_first(self, acme):
        acme.ready_invoices(60)
        sender = ground.prepare(acme.connection, acme.client)
        first = claiming.claim(acme.connection, sender, Batch("Invoices", 50))
        second = claiming.claim(acme.connection, sender, Batch("Invoices", 50))
        assert len(first.entries) == 50
        assert len(second.entries) == 10
        assert not {entry.id for entry in first.entries} & {entry.id for entry in second.entries}


class TestTheGround:
    def test_is_checked_before_a_batch_and_an_archived_account_holds_everything(self, acme):
        acme.ready_invoices(2)
        Account.objects.filter(organisation=acme.connection.organisation, code="200").update(status="ARCHIVED")
        post(acme)
        held = set(Entry.objects.values_list("state", "cause", "subject"))
        assert (acme.invoices(), held) == ([], {("held", "settings_incomplete", "sales_account")})

    def test_holds_only_the_documents_of_a_tax_rate_that_is_gone(self, acme):
        entry, other = acme.ready_invoices(2)
        other.document["lines"][0]["tax_type"] = "RROUTPUT"
        other.save()
        TaxRate.objects.filter(organisation=acme.connection.organisation, tax_type="RROUTPUT").delete()
        post(acme)
        other.refresh_from_db()
        assert (other.state, other.cause, other.subject) == ("held", "tax_rate_not_mapped", "0.05")
        assert numbers_in_xero(acme) == [entry.number]

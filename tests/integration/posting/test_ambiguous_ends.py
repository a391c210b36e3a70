"""Every end of a call that leaves doubt comes to exactly one document, and no key ever carries two bodies or two tokens."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta

import httpx2
import psycopg
import pytest
from django.db import InterfaceError, OperationalError
from django.db import connection as database
from django.db import connections as databases

from daybook.companies import people
from daybook.companies.models import Person
from daybook.connections import tokens
from daybook.connections.models import Connection, TokenSet
from daybook.documents.causes import Cause
from daybook.intake import prepare
from daybook.intake.receive import receive
from daybook.kit import clock
from daybook.outbox.judging import Verdict
from daybook.outbox.models import Entry
from daybook.reconciliation import witness
from daybook.wire.http import HttpClient
from localxero import LocalXero
from localxero.testing import InProcessTransport, signed_in
from tests.integration.posting.test_drain import look, post, states
from tests.integration.posting.test_killed_worker import one_mug
from tests.world import Cast, connected, leave, reach

pytestmark = pytest.mark.django_db(transaction=True)

Happening = Callable[["Line", httpx2.Request], httpx2.Response]


class Line(InProcessTransport):
    """The way to Xero: something happens to the first writing calls, and what passes is written down."""

    def __init__(self, xero: LocalXero, happening: Happening, times: int) -> None:
        super().__init__(xero)
        self.xero, self._happening, self._left = xero, happening, times
        self.sent: dict[str, set[tuple[bytes, str]]] = defaultdict(set)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.method != "PUT":
            return super().handle_request(request)
        key = request.headers["idempotency-key"]
        self.sent[key].add((request.read(), request.headers["authorization"]))
        self._left -= 1
        return self._happening(self, request) if self._left >= 0 else super().handle_request(request)

    def booked(self, request: httpx2.Request) -> httpx2.Response:
        """Let Xero book it."""
        answer = super().handle_request(request)
        answer.read()
        return answer


def no_answer(line: Line, request: httpx2.Request) -> httpx2.Response:
    line.booked(request)
    raise httpx2.ReadTimeout("timed out", request=request)


def never_arrived(line: Line, request: httpx2.Request) -> httpx2.Response:
    raise httpx2.ReadError("reset by peer", request=request)


def cut_short(line: Line, request: httpx2.Request) -> httpx2.Response:
    whole = line.booked(request).content
    return httpx2.Response(200, content=whole[: len(whole) // 2])


def gateway(status: int, *, is_booked: bool) -> Happening:
    def answer(line: Line, request: httpx2.Request) -> httpx2.Response:
        if is_booked:
            line.booked(request)
        return httpx2.Response(status, text="<html>upstream</html>")

    return answer


def token_ends_meanwhile(line: Line, request: httpx2.Request) -> httpx2.Response:
    """Xero books it and takes longer to say so than the token lives; the second sending is turned away by a 401."""
    line.booked(request)
    line.xero.clock.advance(31 * 60)
    raise httpx2.ReadTimeout("timed out", request=request)


def good_ones_of_a_400(line: Line, request: httpx2.Request) -> httpx2.Response:
    """As without summarizeErrors=false: the answer speaks of what was refused, and says nothing of what was booked."""
    line.booked(request)
    said = {"Type": "ValidationException", "Elements": [{"ValidationErrors": [{"Message": "One of them is wrong"}]}]}
    return httpx2.Response(400, json=said)


ENDS: dict[str, tuple[Happening, int]] = {
    "no answer": (no_answer, 1),
    "no answer, twice": (no_answer, 2),
    "cut off before it arrived, twice": (never_arrived, 2),
    "cut short, twice": (cut_short, 2),
    **{
        f"{status}, {'booked' if is_booked else 'not booked'}": (gateway(status, is_booked=is_booked), 2)
        for status in (500, 502, 503, 504)
        for is_booked in (True, False)
    },
    "later than the token lives": (token_ends_meanwhile, 1),
    "a 400 of which the good ones were booked": (good_ones_of_a_400, 1),
}


@pytest.fixture
def dove(xero: LocalXero) -> Cast:
    """Tracked: each order is a purchase order and an invoice, which are looked for in different ways."""
    return connected(xero, "Dove", tracked=True, untouched=True)


def settle(cast: Cast) -> None:
    """What the jobs do while time goes by."""
    for _ in range(3):
        look(cast)
        post(cast)


@pytest.mark.parametrize("end", ENDS)
def test_comes_to_one_document_of_each_kind(dove: Cast, end: str):
    happening, times = ENDS[end]
    line = Line(dove.xero, happening, times)
    dove.client = HttpClient(10, line)
    for ref in ("A", "B"):
        receive(dove.company, one_mug(ref))

    post(dove)
    settle(dove)

    assert states(dove) == {"posted": 4}
    assert sorted(invoice["InvoiceNumber"] for invoice in dove.invoices()) == ["A", "B"]
    assert sorted(order["PurchaseOrderNumber"] for order in dove.purchase_orders()) == ["A", "B"]
    assert {len(bodies) for bodies in line.sent.values()} == {1}


def begin_anew() -> None:
    """As a process does that was started again: with new sessions."""
    databases.close_all()
    database.close_pool()


class TestTheDatabaseLostBetweenTheAnswerAndItsSettling:
    @pytest.fixture
    def cut_off(self) -> Iterator[Happening]:
        """Every session of ours ends while Xero works; whoever comes next begins a new one."""
        named = {name: database.settings_dict[name.upper()] for name in ("host", "port", "user", "password")}
        params = {name: value for name, value in named.items() if value} | {"dbname": database.settings_dict["NAME"]}

        def happen(line: Line, request: httpx2.Request) -> httpx2.Response:
            answer = line.booked(request)
            with psycopg.connect(**params, autocommit=True, application_name="of the test") as admin:
                admin.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND application_name = 'daybook'"
                )
            return answer

        yield happen
        begin_anew()

    def test_leaves_what_was_booked_to_the_look(self, acme: Cast, cut_off: Happening):
        acme.ready_invoices(2)
        line = Line(acme.xero, cut_off, 1)
        acme.client = HttpClient(10, line)
        with suppress(OperationalError, InterfaceError):
            post(acme)
        begin_anew()
        assert states(acme) == {"sending": 2}

        look(acme, later=timedelta(minutes=20))  # first it is given up as lost
        look(acme, later=timedelta(minutes=40))
        post(acme)

        assert (states(acme), len(acme.invoices())) == ({"posted": 2}, 2)
        assert len(line.sent) == 1


class TestWhatAPersonDidInXeroMeanwhile:
    def test_with_a_document_in_doubt_is_no_reason_to_send_it_again(self, acme: Cast):
        entry = acme.ready_invoice()
        acme.client = HttpClient(10, Line(acme.xero, no_answer, 2))
        post(acme)
        ann = signed_in(acme.xero, acme.tenant_id)
        (invoice,) = acme.invoices()
        gone = ann.post("/Invoices", json={"Invoices": [{"InvoiceID": invoice["InvoiceID"], "Status": "DELETED"}]})
        assert gone.status_code == 200

        settle(acme)

        entry.refresh_from_db()
        assert (entry.state, entry.their_status, entry.attention) == ("posted", "DELETED", Cause.VOIDED)
        assert len(acme.invoices()) == 1


class TestAKeyThatXeroForgetsWithTheToken:
    def test_is_not_used_again_by_whoever_renews_the_token(self, acme: Cast):
        """Another worker renews the token between the two sendings: the second goes under the first one's."""

        def renewed_meanwhile(line: Line, request: httpx2.Request) -> httpx2.Response:
            line.booked(request)
            TokenSet.objects.update(expires_at=clock.now())
            tokens.current_token(
                acme.connection.pk, now=clock.now(), client=HttpClient(10, InProcessTransport(acme.xero))
            )
            databases.close_all()
            raise httpx2.ReadTimeout("timed out", request=request)

        acme.ready_invoices(2)
        line = Line(acme.xero, renewed_meanwhile, 1)
        acme.client = HttpClient(10, line)
        post(acme)
        settle(acme)
        assert (states(acme), len(acme.invoices())) == ({"posted": 2}, 2)
        assert {len(bodies) for bodies in line.sent.values()} == {1}


class TestAnErrorThatXeroKeepsUnderTheKey:
    def test_is_not_asked_for_again_and_the_next_call_has_another_key(self, acme: Cast):
        acme.ready_invoice()
        acme.xero.add_fault("status_500_before", path="/api.xro/2.0/Invoices", method="PUT", times=1)
        line = Line(acme.xero, no_answer, 0)
        acme.client = HttpClient(10, line)
        post(acme)
        assert len(line.sent) == 1
        settle(acme)
        assert (states(acme), len(acme.invoices())) == ({"posted": 1}, 1)
        assert len(line.sent) == 2
        bodies = [json.loads(body) for sent in line.sent.values() for body, _ in sent]
        assert bodies[0] == bodies[1]


def test_the_ends_leave_nobody_needed(dove: Cast):
    """A person is asked of none of these, but of what a stranger has taken (test_drain)."""
    receive(dove.company, one_mug("A"))
    dove.client = HttpClient(10, Line(dove.xero, no_answer, 4))
    post(dove)
    settle(dove)
    assert not Entry.objects.exclude(attention="", cause="").exists()


class TestWhatAPersonGaveUp:
    @pytest.fixture
    def entry(self, acme: Cast) -> Entry:
        """It was booked without an answer, then nobody could look: the organisation was gone."""
        receive(acme.company, one_mug("A"))
        acme.client = HttpClient(10, Line(acme.xero, no_answer, 2))
        post(acme)
        acme.connection.refresh_from_db()
        leave(acme.connection)
        entry = Entry.objects.select_related("organisation__connection").get()
        olive = people.add_person("olive@acme.example", password="mill pond lantern 7", name="Olive")
        assert prepare.settle_doubt(entry, Verdict.GIVEN_UP, olive, note="they closed the books")
        return entry

    def back_again(self, acme: Cast) -> None:
        reach(acme.connection, acme.tenant_id)
        Connection.objects.update(is_look_due=True, paused_until=None)
        witness.run(acme.client, now=clock.now())

    def test_is_not_sent_when_the_organisation_is_back_and_shown_where_it_stands_there(self, acme: Cast, entry: Entry):
        self.back_again(acme)
        post(acme)
        entry.refresh_from_db()
        assert (entry.state, entry.attention, entry.is_number_free) == ("cancelled", Cause.POSTED_LATE, False)
        assert not Connection.objects.get().is_posting_stopped
        assert len(acme.invoices()) == 1

    def test_keeps_its_number_from_whatever_comes_after_it(self, acme: Cast, entry: Entry):
        assert prepare.restore(entry, Person.objects.get())
        self.back_again(acme)
        prepare.prepare_company(acme.company.pk)  # as whoever connects wakes it
        post(acme)
        assert sorted(invoice["InvoiceNumber"] for invoice in acme.invoices()) == ["A", "A-R2"]  # a person wanted it

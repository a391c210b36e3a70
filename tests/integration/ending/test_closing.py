"""Closing a company: what is under way settles first, then everything that sends ends, and all of it can be read."""

from datetime import UTC, datetime

import httpx2
import pytest

from daybook.companies import closed, people
from daybook.companies.models import ApiKey, Company
from daybook.connections import roster
from daybook.connections.models import Connection, TokenSet
from daybook.ending import closing
from daybook.feeds.models import Feed
from daybook.history.models import Event
from daybook.intake.receive import receive
from tests.integration.connections.test_calls import their_id
from tests.integration.ending.conftest import close
from tests.integration.posting.test_drain import look, post, states
from tests.integration.posting.test_killed_worker import one_mug
from tests.integration.posting.test_waits import drain
from tests.world import Cast

pytestmark = pytest.mark.django_db(transaction=True)


class TestClosing:
    def test_ends_what_posts_and_what_sends_and_tells_xero(self, acme: Cast):
        Connection.objects.update(link_id=their_id(acme))
        company = close(acme)
        connection = Connection.objects.get(company=company)
        assert company.is_closed
        assert set(connection.posting_stops) == {"closed"}
        assert (connection.status, TokenSet.objects.count()) == ("not_connected", 0)
        assert not Feed.objects.filter(company=company, closed_at=None).exists()
        assert not ApiKey.objects.filter(company=company, revoked_at=None).exists()
        assert acme.xero.state.journal.entries(lambda each: each.method == "DELETE" and "/connections/" in each.path)

    def test_waits_for_what_has_no_clear_answer_and_posts_nothing_meanwhile(self, acme: Cast):
        waiting = acme.ready_invoice()

        def lose(request: httpx2.Request) -> httpx2.Response | None:
            if request.method == "PUT":
                raise httpx2.ReadTimeout("lost", request=request)
            return None

        drain(acme, lose)
        closing.begin(acme.company)
        with pytest.raises(closing.NotYetError, match="without a clear answer"):
            closing.finish(acme.company, years=7, client=acme.client)
        assert not Company.objects.get(pk=acme.company.pk).is_closed
        Connection.objects.update(paused_until=None)
        look(acme)
        left = closing.finish(acme.company, years=7, client=acme.client)
        assert left.states["ready"] == 1
        waiting.refresh_from_db()
        assert waiting.state == "ready"
        told = Event.objects.filter(subject_kind="company", what="closed").get()
        assert told.after["ready"] == "1"

    def test_stops_what_is_connected_while_it_waits_too(self, acme: Cast):
        closing.begin(acme.company)
        added = roster.add(acme.company)
        closing.finish(acme.company, years=7, client=acme.client)
        added.refresh_from_db()
        assert added.is_posting_stopped

    def test_can_be_thought_better_of(self, acme: Cast):
        acme.ready_invoice()
        closing.begin(acme.company)
        post(acme)
        assert states(acme).get("ready") == 1
        closing.keep_open(acme.company)
        post(acme)
        assert "ready" not in states(acme)

    def test_lets_nothing_in_that_comes_afterwards(self, acme: Cast):
        company = close(acme)
        receipt = receive(company, one_mug("1") | {"id": "late", "number": "late"})
        assert receipt.is_closed
        assert "daybook company reopen" in receipt.problems[0].cure

    def test_again_is_refused_with_the_cure(self, acme: Cast):
        company = close(acme)
        with pytest.raises(closed.ClosedError, match="daybook company reopen"):
            closing.begin(company)
        with pytest.raises(closed.ClosedError):
            people.find_open_company("Acme")

    def test_is_undone_by_the_operator_while_it_is_kept(self, acme: Cast):
        company = close(acme)
        assert closing.reopen(company)
        assert not company.is_closed
        assert not Connection.objects.get(company=company).is_posting_stopped
        assert not closing.reopen(company)
        assert [event.what for event in Event.objects.filter(subject_kind="company").order_by("id")][-3:] == [
            "closing", "closed", "reopened",
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("day", "years", "then"),
    [((2026, 11, 29), 7, (2033, 11, 29)), ((2028, 2, 29), 1, (2029, 3, 1)), ((2028, 2, 29), 4, (2032, 2, 29))],
)
def test_years_later_is_the_same_day(day, years, then):
    assert closing.years_after(datetime(*day, tzinfo=UTC), years) == datetime(*then, tzinfo=UTC)

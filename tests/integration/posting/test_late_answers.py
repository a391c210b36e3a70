"""A worker that is paused in the middle of its call wakes up when others have given the call up (rule 7)."""

from collections.abc import Callable
from datetime import timedelta

import httpx2
import pytest

from daybook.outbox.models import Attempt, Entry
from daybook.wire.http import HttpClient
from localxero import LocalXero
from localxero.testing import InProcessTransport
from tests.integration.posting.test_drain import look, post, states
from tests.world import Cast

pytestmark = pytest.mark.django_db(transaction=True)


class Paused(httpx2.BaseTransport):
    """The network of a worker that sleeps between Xero's answer and reading it; `meanwhile` others work."""

    def __init__(self, xero: LocalXero, meanwhile: Callable[[], None], *, before: bool = False) -> None:
        self._inner, self._meanwhile, self._before = InProcessTransport(xero), meanwhile, before

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.method != "PUT":
            return self._inner.handle_request(request)
        if self._before:
            self._meanwhile()
            return self._inner.handle_request(request)
        answer = self._inner.handle_request(request)
        answer.read()
        self._meanwhile()
        return answer


def give_up(cast: Cast) -> None:
    """The others find the call lost; it is too early for them to look."""
    look(cast, later=timedelta(seconds=95))


class TestALateAnswer:
    def test_settles_what_is_posted_and_leaves_the_refused_one_to_the_look(self, acme, xero):
        _, broken = acme.ready_invoices(2)
        broken.document["lines"][0]["tax_type"] = "NO-SUCH"
        broken.save()
        slow = Cast(xero, acme.company, acme.connection, HttpClient(10, Paused(xero, lambda: give_up(acme))))
        post(slow)
        assert Attempt.objects.get().result in {"answered", "unknown"}
        assert states(acme) == {"posted": 1, "unknown": 1}
        look(acme)
        post(acme)
        assert states(acme) == {"posted": 1, "rejected": 1}

    def test_that_turns_the_call_away_moves_nothing(self, acme, xero):
        acme.ready_invoices(2)
        xero.add_fault("status_429", path="/api.xro/2.0/Invoices", method="PUT", times=1)
        slow = Cast(xero, acme.company, acme.connection, HttpClient(10, Paused(xero, lambda: give_up(acme))))
        post(slow)
        assert states(acme) == {"unknown": 2}
        look(acme)
        post(acme)
        assert states(acme) == {"posted": 2}

    def test_of_bytes_that_left_late_never_doubles_a_document(self, acme, xero):
        acme.ready_invoices(2)

        def others() -> None:
            give_up(acme)
            look(acme)
            post(acme)

        slow = Cast(xero, acme.company, acme.connection, HttpClient(10, Paused(xero, others, before=True)))
        post(slow)
        assert (states(acme), len(acme.invoices())) == ({"posted": 2}, 2)

    def test_of_bytes_that_left_before_the_others_sent_anew(self, acme, xero):
        acme.ready_invoices(2)

        def others() -> None:
            give_up(acme)
            look(acme)

        slow = Cast(xero, acme.company, acme.connection, HttpClient(10, Paused(xero, others, before=True)))
        post(slow)
        # flagged as posted late and sent anew at once, which finds them in Xero: ours, so no flag is left
        post(acme)
        look(acme)
        assert (states(acme), len(acme.invoices())) == ({"posted": 2}, 2)
        assert set(Entry.objects.values_list("attention", flat=True)) == {""}

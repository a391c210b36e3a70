"""A call that is refused, or ends unclear, as a whole: the one document to blame is found, and the others go."""

import math
from collections.abc import Callable

import httpx2
import pytest

from daybook.connections.models import Connection
from daybook.outbox.models import Attempt, Entry
from daybook.wire.http import HttpClient
from localxero.testing import InProcessTransport
from tests.integration.posting.test_drain import look, numbers_in_xero, post, states
from tests.world import Cast

pytestmark = pytest.mark.django_db(transaction=True)

DOCUMENTS = 24
Answer = Callable[[], httpx2.Response]


class Choking(InProcessTransport):
    """Xero cannot read calls that hold a certain document, and books nothing of them."""

    def __init__(self, cast: Cast, number: str, answer: Answer) -> None:
        super().__init__(cast.xero)
        self.number, self.answer, self.calls = number.encode(), answer, 0

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.method != "PUT":
            return super().handle_request(request)
        self.calls += 1
        return self.answer() if self.number in request.content else super().handle_request(request)


def unreadable() -> httpx2.Response:
    return httpx2.Response(400, json={"Type": "PostDataInvalidException", "Message": "Bad body"})


def naming_nobody() -> httpx2.Response:
    return httpx2.Response(400, json={"Type": "ValidationException", "Message": "A validation exception occurred"})


def crashing() -> httpx2.Response:
    return httpx2.Response(500, text="Oh no")


@pytest.fixture
def entries(acme) -> list[Entry]:
    return acme.ready_invoices(DOCUMENTS)


def chokes(cast: Cast, entry: Entry, answer: Answer) -> Choking:
    network = Choking(cast, entry.number, answer)
    cast.client = HttpClient(10, network)
    return network


def is_found(cast: Cast, entries: list[Entry], culprit: Entry) -> None:
    culprit.refresh_from_db()
    assert states(cast) == {"posted": DOCUMENTS - 1, "rejected": 1}
    assert culprit.state == "rejected"
    assert numbers_in_xero(cast) == sorted(entry.number for entry in entries if entry.pk != culprit.pk)


class TestACallRefusedAsAWhole:
    @pytest.mark.parametrize("place", [0, 17, DOCUMENTS - 1])
    def test_is_halved_at_once_until_the_one_to_blame_goes_alone(self, acme, entries, place):
        network = chokes(acme, entries[place], unreadable)
        post(acme)
        is_found(acme, entries, entries[place])
        assert network.calls <= 1 + 2 * math.ceil(math.log2(DOCUMENTS))
        entries[place].refresh_from_db()
        assert entries[place].detail == "Bad body"

    def test_that_may_have_booked_something_is_looked_up_before_it_is_halved(self, acme, entries):
        network = chokes(acme, entries[5], naming_nobody)
        for _ in range(8):
            post(acme)
            look(acme)
        is_found(acme, entries, entries[5])
        entries[5].refresh_from_db()
        assert "validation exception" in entries[5].detail
        assert network.calls <= 14


class TestADocumentThatMakesXeroStumble:
    def test_is_suspected_the_second_time_and_found(self, acme, entries):
        chokes(acme, entries[3], crashing)
        for _ in range(9):
            post(acme)
            look(acme)
        is_found(acme, entries, entries[3])

    def test_a_fault_that_passes_halves_nothing(self, acme, entries):
        acme.xero.add_fault("status_500_before", path="/api.xro/2.0/Invoices", method="PUT", times=1)
        post(acme)
        look(acme)
        Connection.objects.update(paused_until=None)
        post(acme)
        assert states(acme) == {"posted": DOCUMENTS}
        assert Attempt.objects.count() == 2

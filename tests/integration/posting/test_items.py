"""Items that Xero neither makes nor refuses: nobody waits for them for ever, and the others do not wait at all."""

import httpx2
import pytest

from daybook.intake.receive import receive, receive_many
from daybook.outbox.models import Attempt, AttemptEntry, Entry
from daybook.wire.http import HttpClient
from localxero import LocalXero
from localxero.testing import InProcessTransport
from tests.integration.posting.test_drain import post
from tests.integration.posting.test_killed_worker import one_mug
from tests.world import Cast, connected

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cedar(xero: LocalXero) -> Cast:
    return connected(xero, "Cedar", tracked=True, untouched=True)


class StubbornAboutItems(httpx2.BaseTransport):
    """A Xero that says the same to every new item."""

    def __init__(self, xero: LocalXero, status: int, body: dict) -> None:
        self._inner, self._said = InProcessTransport(xero), (status, body)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.method == "PUT" and request.url.path.endswith("/Items"):
            return httpx2.Response(self._said[0], json=self._said[1])
        return self._inner.handle_request(request)


def there_already(code: str) -> dict:
    words = f"Price List Item with Code '{code}' already exists"
    return {"Items": [{"Code": code, "StatusAttributeString": "ERROR", "ValidationErrors": [{"Message": words}]}]}


SAID = [
    (200, there_already("MUG-1")),
    (400, {"ErrorNumber": 10, "Type": "ValidationException", "Message": "A validation exception occurred"}),
    (404, {}),
]
DOWN = (500, {"Message": "An error occurred in Xero"})


class TestAnItemThatIsNeitherMadeNorRefused:
    @pytest.mark.parametrize(("status", "said"), [*SAID, DOWN])
    def test_puts_its_documents_before_a_person_in_the_end(self, cedar, xero, status, said):
        receive(cedar.company, one_mug("1"))
        cedar.client = HttpClient(10, StubbornAboutItems(xero, status, said))
        for _ in range(12):
            post(cedar)
        assert set(Entry.objects.values_list("state", "cause", "subject")) == {("held", "item_refused", "MUG-1")}
        assert Attempt.objects.filter(resource="Items").count() <= 8

    @pytest.mark.parametrize(("status", "said"), SAID)
    def test_keeps_no_other_document_waiting(self, cedar, xero, status, said):
        many = [one_mug("1") | {"id": str(number), "number": str(number)} for number in range(51)]
        assert all(receipt.stored for receipt in receive_many(cedar.company, many))
        other = one_mug("other")
        tracked = next(item["Code"] for item in cedar.books("Items")["Items"] if item.get("IsTrackedAsInventory"))
        other["lines"][0]["sku"] = tracked
        receive(cedar.company, other)
        cedar.client = HttpClient(10, StubbornAboutItems(xero, status, said))
        for _ in range(2):
            post(cedar)
        assert set(Entry.objects.filter(number="other").values_list("state", flat=True)) == {"posted"}


class TestItemsOfADocument:
    def test_are_kept_with_its_sending_in_the_organisation_s_own_spelling(self, cedar):
        tracked = next(item["Code"] for item in cedar.books("Items")["Items"] if item.get("IsTrackedAsInventory"))
        order = one_mug("other")
        order["lines"][0]["sku"] = tracked.lower()
        assert tracked.lower() != tracked
        receive(cedar.company, order)
        post(cedar)
        kept = AttemptEntry.objects.values_list("resolved__items", flat=True)
        assert list(kept) == [{tracked.lower(): tracked}] * 2

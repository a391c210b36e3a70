"""Whatever Xero answers about one document, its neighbours are settled and nothing is doubled."""

import json
from collections.abc import Callable

import httpx2
import pytest

from daybook.outbox.models import Attempt, Entry
from daybook.wire.http import HttpClient
from localxero import LocalXero
from localxero.testing import InProcessTransport
from tests.integration.posting.test_drain import look, post, states

pytestmark = pytest.mark.django_db(transaction=True)


class Retelling(httpx2.BaseTransport):
    """A Xero whose answers to creating invoices are told differently on the way."""

    def __init__(self, xero: LocalXero, retell: Callable[[dict], None]) -> None:
        self._inner, self._retell = InProcessTransport(xero), retell

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = self._inner.handle_request(request)
        if request.method != "PUT":
            return answer
        answer.read()
        body = json.loads(answer.content)
        self._retell(body)
        return httpx2.Response(
            answer.status_code, content=json.dumps(body), headers={"content-type": "application/json"}
        )


class TestAnAnswerOfAnyKind:
    @pytest.mark.parametrize(
        "change",
        [
            {"Status": "AUTHORISED" * 10},
            {"InvoiceID": "x" * 60},
            {"Total": "1e40"},
            {"Total": "NaN"},
            {"Total": "sNaN"},
            {"Warnings": [{"Message": "a\x00b"}]},
            {"ValidationErrors": 5},
            {"Warnings": True},
            {"InvoiceID": "a\x00b"},
        ],
    )
    def test_about_one_document_leaves_its_neighbours_settled(self, acme, xero, change):
        entries = acme.ready_invoices(3)
        acme.client = HttpClient(10, Retelling(xero, lambda body: body["Invoices"][1].update(change)))
        post(acme)
        settled = Entry.objects.filter(id__in=[entries[0].id, entries[2].id]).values_list("state", flat=True)
        assert list(settled) == ["posted", "posted"]
        look(acme)
        assert states(acme) == {"posted": 3}

    @pytest.mark.parametrize(
        "body",
        [
            {"Invoices": 5},
            {"Invoices": True},
            {"Type": "ValidationException", "Elements": 5},
            {"Type": "ValidationException", "Elements": [{"ValidationErrors": 7}]},
            {"Detail": "a\x00b"},
        ],
    )
    @pytest.mark.parametrize("status", [200, 400, 500])
    def test_about_the_whole_call_leaves_the_documents_in_doubt_until_a_look(self, acme, xero, body, status):
        acme.ready_invoices(2)
        inner = acme.client

        def answer(request: httpx2.Request) -> httpx2.Response:
            return httpx2.Response(status, json=body)

        acme.client = HttpClient(10, httpx2.MockTransport(answer))
        post(acme)
        assert states(acme) == {"unknown": 2}
        assert Attempt.objects.get().result == "unknown"
        acme.client = inner
        look(acme)
        post(acme)
        assert states(acme) == {"posted": 2}

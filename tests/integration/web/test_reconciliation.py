"""The page that lays orders, day book and ledger side by side."""

from decimal import Decimal

import pytest

from daybook.companies.models import Membership
from daybook.connections.models import Connection
from daybook.outbox.models import Entry
from tests.integration.posting.test_drain import post

Role = Membership.Role
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(acme):
    return f"/c/{acme.company.public_id}/reconciliation/"


def test_shows_sums_and_what_differs_with_a_way_to_it(acme, page, logged_in):
    good, bad = acme.ready_invoices(2)
    post(acme)
    Entry.objects.filter(pk=bad.pk).update(net=Decimal("12.49"), gross=Decimal("14.99"))
    text = logged_in(Role.ACCOUNTANT).post(page, {}).content.decode()
    assert "1 of 2 documents agree, difference" in text
    assert "0.01" in text
    assert f"documents/{bad.public_id}/" in text
    assert f"documents/{good.public_id}/" not in text
    assert "OUTPUT2" in text
    assert "totals differ" in text


def test_says_so_where_all_agree(acme, page, logged_in):
    acme.ready_invoice()
    post(acme)
    text = logged_in(Role.OWNER).post(page, {"since": "2026-03-01", "until": "2026-03-31"}).content.decode()
    assert "1 of 1 document agrees, difference" in text
    assert "db-note good" in text


def test_asks_nothing_before_somebody_presses(acme, page, logged_in, served):
    served.xero.state.journal.clear()
    assert logged_in(Role.VIEWER).get(page).status_code == 200
    assert served.xero.state.journal.entries(lambda _: True) == []


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"since": "2026-04-01", "until": "2026-03-01"}, "It lies before the first day"),
        ({"since": "tomorrow"}, "Enter a valid date"),
        ({"until": "9999999-01-01"}, "Enter a valid date"),
    ],
)
def test_refuses_days_that_are_none(page, logged_in, said, words):
    answer = logged_in(Role.ACCOUNTANT).post(page, said)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_is_asked_for_by_who_may_change_things(page, logged_in):
    assert logged_in(Role.VIEWER).post(page, {}).status_code == 403


def test_of_another_company_is_not_there(birch, logged_in):
    assert logged_in().get(f"/c/{birch.company.public_id}/reconciliation/").status_code == 404


def test_says_why_the_ledger_could_not_be_read(acme, page, logged_in, served):
    served.xero.add_fault("organisation_offline", path="/api.xro/", times=50)
    text = logged_in(Role.ACCOUNTANT).post(page, {}).content.decode()
    assert "Xero could not be read" in text


def test_leads_to_the_connection_where_there_is_none(acme, page, logged_in):
    Connection.objects.update(status=Connection.Status.NEEDS_CONSENT)
    assert "connected to nothing that can be asked" in logged_in(Role.ACCOUNTANT).post(page, {}).content.decode()

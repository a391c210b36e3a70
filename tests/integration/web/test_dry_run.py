"""The page of the dry run: what it shows and to whom, what it asks of the ledger, and what becomes of odd addresses."""

import pytest
from django.urls import reverse

from daybook.catalog.models import CatalogRead
from daybook.connections.models import Connection, PostingRule, PostingSettings
from daybook.outbox.models import Entry
from localxero.testing import signed_in
from tests.integration.web.conftest import take_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]


@pytest.fixture
def page(acme):
    return reverse("web:dryrun", args=[acme.company.public_id])


def text_of(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_shows_a_viewer_each_document_and_why_it_would_be_refused(logged_in, acme, page):
    PostingRule.objects.create(connection=acme.connection, position=1, when={"sku": ["BIB"]}, account="310")
    bib = {"id": "1", "sku": "BIB", "description": "Bib <i>", "quantity": 1, "unit_price": "8", "tax_rate": "0.2"}
    take_in(acme)
    take_in(acme, 1002, lines=[bib])
    client = logged_in("viewer")
    text = text_of(client.get(page, {"of": "last", "count": "20"}))
    assert "1 would be refused" in text
    assert "1 would go" in text
    assert "The tax does not fit the account" in text
    assert "Bib &lt;i&gt;" in text
    assert "Sales, before tax" in text
    assert ">12.50<" in text
    assert "An accountant or owner can let these documents go." in text
    assert "ORD-1002" not in text_of(client.get(page, {"of": "last", "show": "goes"}))
    assert client.post(page + "?of=last", {"read": "1"}).status_code == 403


def test_reads_again_only_where_a_person_asks_and_says_the_calls_before(logged_in, acme, served, page):
    take_in(acme)
    CatalogRead.objects.update(asked_at="2026-01-01T00:00Z", whole_at="2026-01-01T00:00Z")
    client = logged_in("accountant")
    assert "again first (4 calls)" in text_of(client.get(page, {"of": "last"}))
    answer = client.post(page + "?of=last", {"read": "1"}, follow=True)
    assert "Read again, in 4 calls." in text_of(answer)
    assert "again first" not in text_of(answer)


def test_lets_a_stop_be_lifted_from_there(logged_in, acme, page):
    entry = take_in(acme)
    client = logged_in("accountant")
    client.post(reverse("web:connection-stop", args=[acme.company.public_id]), {"reason": "First a look"})
    text = text_of(client.get(page, {"of": "last"}))
    lift = reverse("web:connection-lift", args=[acme.company.public_id])
    assert f'action="{lift}"' in text
    client.post(lift)
    assert not Connection.objects.get(pk=acme.connection.pk).is_posting_stopped
    assert "There is nothing to press" in text_of(client.get(page, {"of": "last"}))
    assert Entry.objects.get(pk=entry.pk).state == "ready"


def test_is_a_file_that_no_spreadsheet_runs(logged_in, acme):
    take_in(acme, customer={"name": "=1+1"})
    address = reverse("web:dryrun-file", args=[acme.company.public_id, "csv"])
    lines = b"".join(logged_in("viewer").get(address, {"of": "last"})).decode().splitlines()
    assert len(lines) == 2
    assert "'=1+1,Would go,Invoice,ORD-1001,Would go" in lines[1]
    assert lines[1].endswith("GBP,12.50,2.50,15.00")


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"of": "nothing"}, 422),
        ({"of": "last", "count": "0"}, 422),
        ({"of": "last", "count": "9" * 30}, 422),
        ({"of": "last", "page": "9" * 9, "show": "x\0"}, 200),
        ({"of": "days", "from": "x"}, 422),
        ({"of": "days", "since": "2026-03-02", "until": "2026-03-01"}, 422),
        ({"of": "days", "since": "0001-01-01", "until": "9999-12-31"}, 422),
        ({"of": "days", "since": "2026-03-01", "until": "2026-03-02"}, 200),
        ({"of": "file", "file": "nobodys\0"}, 422),
        ({"of": "feed"}, 422),
        ({"of": "last", "connection": "nobodys"}, 404),
    ],
)
def test_whatever_an_address_says_it_is_answered(logged_in, acme, page, asked, status):
    assert logged_in("viewer").get(page, asked).status_code == status


def test_nothing_of_another_company_is_rehearsed(logged_in, acme, birch, things, page):
    theirs = things(birch)
    client = logged_in("owner")
    for asked in ({"of": "file", "file": theirs.file}, {"of": "feed", "feed": theirs.feed}):
        assert client.get(page, asked).status_code == 422
    assert client.get(page, {"of": "last", "connection": theirs.connection}).status_code == 404


def test_looks_numbers_up_in_as_many_calls_as_it_said(logged_in, acme, served, page):
    contact = PostingSettings.objects.get(connection=acme.connection).contact_id
    body = {
        "Type": "ACCREC", "InvoiceNumber": "ORD-1001", "Contact": {"ContactID": contact}, "Date": "2026-03-01",
        "LineItems": [{"Description": "Mug", "Quantity": 1, "UnitAmount": 10, "AccountCode": "200"}],
    }  # fmt: skip
    with signed_in(served.xero, acme.tenant_id) as client:
        client.put("/Invoices", json=body).raise_for_status()
    PostingSettings.objects.update(contact_id="")
    with pytest.raises(Entry.DoesNotExist):
        take_in(acme)
    PostingSettings.objects.update(contact_id=contact)
    browser = logged_in("accountant")
    assert "numbers in Xero (1 call)" in text_of(browser.get(page, {"of": "last"}))
    text = text_of(browser.post(page + "?of=last", {"look": "1"}))
    assert "1 would be refused" in text
    assert "There is one of Custom Gateway Orders, draft." in text
    assert "itself asked Xero 1 call." in text


def test_names_the_setting_that_is_missing_and_leads_to_it(logged_in, acme, page):
    take_in(acme)
    PostingSettings.objects.update(contact_name="", contact_id="")
    text = text_of(logged_in("accountant").get(page, {"of": "last"}))
    assert "Contact Name is not set or no longer right." in text
    assert "Choose the account" not in text

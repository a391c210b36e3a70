"""A person keeps a list under a name: only they see it, it shows what it showed, and nobody is remembered by it."""

import pytest
from django.test import Client
from django.urls import reverse

from daybook.companies import saved_views
from daybook.companies.models import Person, SavedView
from daybook.ending import persons
from tests.integration.web.conftest import take_in

pytestmark = [pytest.mark.django_db, pytest.mark.drawn]


def address(name, acme, *more):
    return reverse(f"web:{name}", args=[acme.company.public_id, *more])


def keep(client, acme, name, query, page="documents"):
    return client.post(address("view-save", acme), {"page": page, "name": name, "query": query}, follow=True)


def test_is_kept_shown_to_its_owner_alone_and_removed(logged_in, acme):
    mine, theirs = logged_in("viewer"), logged_in("accountant")
    answer = keep(mine, acme, "Large  ones", "state=posted&sort=-amount&before=7&evil=1&q=%00")
    assert "Kept as “Large ones”" in answer.content.decode()
    view = SavedView.objects.get()
    assert (view.name, view.query) == ("Large ones", "state=posted&sort=-amount")
    documents = address("documents", acme)
    assert "?state=posted&amp;sort=-amount" in mine.get(documents).content.decode()
    assert "Large ones" not in theirs.get(documents).content.decode()
    assert "Large ones" not in mine.get(address("orders", acme)).content.decode()
    assert theirs.post(address("view-delete", acme, view.pk), {"page": "documents"}).status_code == 404
    keep(mine, acme, "Large ones", "state=held")
    assert SavedView.objects.get().query == "state=held"
    mine.post(address("view-delete", acme, SavedView.objects.get().pk), {"page": "documents"})
    assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    ("name", "query", "words"),
    [
        ("", "state=held", "Give the view a name"),
        ("x" * 41, "state=held", "Give the view a name"),
        ("All", "page=2", "Choose a filter or a turn first"),
        ("Long", "q=" + "x" * 1001, "too long to be kept"),
    ],
)
def test_what_cannot_be_kept_is_said(logged_in, acme, name, query, words):
    assert words in keep(logged_in("viewer"), acme, name, query).content.decode()
    assert not SavedView.objects.exists()


def test_no_more_than_enough_of_a_list_and_none_of_another_page(logged_in, acme):
    client = logged_in("viewer")
    person = Person.objects.get(email="viewer@acme.example")
    for place in range(saved_views.MOST):
        saved_views.keep(acme.company, person, "orders", f"View {place}", "q=x")
    assert "Remove one first" in keep(client, acme, "One more", "q=y", "orders").content.decode()
    assert client.post(address("view-save", acme), {"page": "keys", "name": "x", "query": "q=x"}).status_code == 404
    delete = address("view-delete", acme, SavedView.objects.first().pk)
    assert client.post(delete, {"page": "keys"}).status_code == 404
    assert SavedView.objects.count() == saved_views.MOST


def test_a_name_is_text_and_a_query_leads_nowhere_else(logged_in, acme):
    text = keep(logged_in("viewer"), acme, '<b>"x"', "q=%22%3E%3Cscript%3E&next=//evil.example").content.decode()
    assert "&lt;b&gt;&quot;x&quot;" in text
    assert "evil.example" not in text
    assert "<script>&" not in text


def test_goes_with_the_customer_whom_it_names(logged_in, acme):
    order = take_in(acme).order
    client = logged_in("viewer")
    keep(client, acme, "Theirs", "q=jo+bloggs")
    keep(client, acme, "Held", "state=held")
    persons.forget(acme.company, [order.pk])
    assert [each.name for each in SavedView.objects.all()] == ["Held"]


def test_another_company_has_none_of_it(logged_in, acme, birch):
    answer = logged_in("owner").post(address("view-save", birch), {"page": "orders", "name": "x", "query": "q=x"})
    assert answer.status_code == 404
    assert Client().post(address("view-save", acme)).status_code == 302

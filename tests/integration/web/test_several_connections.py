"""The pages of a company that posts to more than one organisation."""

import re

import pytest
from django.urls import reverse
from django.utils.html import escape

from daybook.connections import roster
from daybook.connections.models import PostingSettings
from daybook.outbox.models import Entry
from daybook.web import words
from tests.integration.web.conftest import take_in
from tests.world import leave, reach

pytestmark = pytest.mark.django_db

HELD, DOCUMENTED = (words.STANDINGS[standing].text.lower() for standing in ("held", "documented"))


def page(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def second(acme):
    added = reach(roster.add(acme.company), "5" * 36, name="Second books")
    PostingSettings.objects.create(connection=added, number_prefix="B-")
    return roster.chosen(acme.company, added.public_id)


class TestASecondConnection:
    def test_is_added_with_a_button_and_has_settings_of_its_own(self, logged_in, acme):
        client, company = logged_in(), acme.company
        added = client.post(reverse("web:connection-add", args=[company.public_id]))
        (there,) = [each for each in roster.of_company(company) if each.position == 2]
        assert added["Location"] == reverse("web:connection", args=[company.public_id, there.public_id])
        client.get(added["Location"])
        saved = client.post(f"{added['Location']}settings/", {"number_prefix": "B-", "document_status": "DRAFT"})
        assert saved.status_code in {302, 422}
        assert "this page" in page(client, added["Location"])

    def test_is_listed_with_the_first_and_leads_to_its_own_page(self, logged_in, acme, second):
        client, here = logged_in(), reverse("web:connection", args=[acme.company.public_id])
        there = reverse("web:connection", args=[acme.company.public_id, second.public_id])
        assert f'href="{there}"' in page(client, here)
        assert f'href="{here}"' in page(client, there)
        assert 'value="B-"' in page(client, f"{there}rooms/numbers/")
        assert 'value="B-"' not in page(client, f"{here}rooms/numbers/")

    def test_forms_of_its_page_go_to_its_own_addresses(self, logged_in, acme, second):
        there = reverse("web:connection", args=[acme.company.public_id, second.public_id])
        text = page(logged_in(), there)
        sent_to = set(re.findall(r'action="([^"]*/connections?/[^"]*)"', text)) - {
            reverse("web:connection-add", args=[acme.company.public_id])
        }
        ours = {address for address in sent_to if not re.search("kornitx|feed|resume", address)}
        assert ours
        assert all(address.startswith(there) for address in ours)

    def test_is_named_in_what_is_wrong_with_it(self, logged_in, acme, second):
        text = page(logged_in(), reverse("web:overview", args=[acme.company.public_id]))
        assert "Second books: The settings are not complete" in text
        assert "By connection" in text

    def test_filters_the_documents(self, logged_in, acme, second):
        take_in(acme)
        address = reverse("web:documents", args=[acme.company.public_id])
        client, first = logged_in(), roster.first(acme.company)
        assert "ORD-1001" in page(client, f"{address}?connection={first.public_id}")
        assert "No document fits" in page(client, f"{address}?connection={second.public_id}")

    def test_and_the_first_stand_on_the_order_s_page(self, logged_in, acme, second):
        order = take_in(acme).order
        text = page(logged_in(), reverse("web:order", args=[acme.company.public_id, order.public_id]))
        assert "By connection" in text
        assert "<dt>Second books</dt>" in text

    def test_is_closed_once_disconnected_and_opened_again(self, logged_in, acme, second):
        client, company = logged_in(), acme.company
        close = reverse("web:connection-close", args=[company.public_id, second.public_id])
        assert "disconnect it first" in client.post(close, follow=True).content.decode()
        leave(second)
        assert "is closed" in client.post(close, follow=True).content.decode()
        assert client.get(reverse("web:connection", args=[company.public_id, second.public_id])).status_code == 404
        client.post(reverse("web:connection-reopen", args=[company.public_id, second.public_id]))
        assert client.get(reverse("web:connection", args=[company.public_id, second.public_id])).status_code == 200


class TestAClosedConnection:
    WORDS = {
        "ready": "this document waits, and counts as needing nobody",
        "posted": "Daybook does not look any more what becomes of it there",
        "unknown": "Daybook cannot look whether this document stands there",
    }

    @pytest.mark.parametrize("state", WORDS)
    def test_is_named_on_the_page_of_each_of_its_documents(self, logged_in, acme, second, state):
        entry = take_in(acme)
        Entry.objects.filter(pk=entry.pk).update(organisation=second.organisation, state=state, their_id="there")
        address = reverse("web:document", args=[acme.company.public_id, entry.public_id])
        client = logged_in()
        assert "is closed" not in page(client, address)
        leave(second)
        assert roster.close(second)
        text = " ".join(page(client, address).split())
        assert "<h2>Its connection is closed</h2>" in text
        assert "“Second books” was closed on" in text
        assert self.WORDS[state] in text
        there = reverse("web:connection", args=[acme.company.public_id])
        assert f'href="{there}#connections">See the connections</a>' in text
        assert "Open it again" in " ".join(page(client, there).split())


class TestTheListOfOrders:
    def test_shows_an_order_s_own_money_and_how_it_stands_toward_each_connection(self, logged_in, acme, second):
        entry = take_in(acme)
        text = " ".join(page(logged_in(), reverse("web:orders", args=[acme.company.public_id])).split())
        assert entry.order.currency == "GBP"
        assert "<span>15.00 GBP</span>" in text
        first = roster.first(acme.company)
        assert f">{escape(first.name)}: {DOCUMENTED}</div>" in text
        assert f">Second books: {HELD}</div>" in text

    def test_names_no_connection_where_there_is_one_only(self, logged_in, acme):
        take_in(acme)
        text = page(logged_in(), reverse("web:orders", args=[acme.company.public_id]))
        assert f": {DOCUMENTED}</div>" not in text

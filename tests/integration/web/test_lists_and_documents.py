"""Lists, one document's page, retrying, and the parts that keep themselves fresh."""

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from daybook.catalog.models import TaxRate
from daybook.connections.models import Organisation
from daybook.kit import clock
from daybook.outbox import queue
from daybook.outbox.explanations import explain
from daybook.outbox.models import Attempt, Entry
from daybook.posting import drain
from daybook.web.reading import causes
from tests.integration.web.conftest import take_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]

HTMX = {"HX-Request": "true"}


def page(name: str, cast, *arguments) -> str:
    return reverse(f"web:{name}", args=[cast.company.public_id, *arguments])


def words(answer) -> str:
    return " ".join(answer.content.decode().split())  # as a browser shows it


def post(cast) -> None:
    """Post what is ready, as if it had waited long enough for others."""
    Entry.objects.filter(company=cast.company).update(state_since=clock.now() - timedelta(minutes=1))
    drain.drain(cast.connection.pk, cast.client)


@pytest.fixture
def rejected(acme) -> Entry:
    """An invoice that a Xero refused which takes no draft with an account that is none."""
    acme.xero.state.switches.drafts_drop_unknown_accounts = False
    entry = take_in(acme)
    entry.document["lines"][0]["account_code"] = "no-such"
    entry.save()
    post(acme)
    entry.refresh_from_db()
    assert entry.state == "rejected", entry.state
    return entry


class TestTheList:
    def test_shows_what_a_document_says(self, logged_in, acme):
        entry = take_in(acme)

        text = words(logged_in("viewer").get(page("documents", acme)))

        assert entry.number in text
        assert "15.00" in text
        assert "Ready" in text

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("state=ready", True),
            ("state=posted", False),
            ("kind=invoice", True),
            ("kind=purchase_order", False),
            ("attention=1", False),
            ("q=ord-1001", True),
            ("q=nothing", False),
            ("q=%00", True),
            ("state=%27&kind=x&before=x&after=99999999999999999999", True),
        ],
    )
    def test_filters(self, logged_in, acme, query, found):
        take_in(acme)

        answer = logged_in("viewer").get(f"{page('documents', acme)}?{query}")

        assert answer.status_code == 200
        assert ("ORD-1001</a>" in words(answer)) is found

    def test_turns_its_pages(self, logged_in, acme):
        for serial in range(1, 103):
            take_in(acme, serial)
        client = logged_in("viewer")

        first = client.get(page("documents", acme))
        second = client.get(f"{page('documents', acme)}?before={Entry.objects.order_by('-id')[99].pk}")

        assert "Older" in words(first)
        assert words(first).count("db-badge busy") == 100
        assert words(second).count("db-badge busy") == 2
        assert "Newer" in words(second)

    def test_of_a_sale_that_is_not_worked_out_yet_the_order_s_own_total_is_shown(self, logged_in, acme):
        held = take_in(acme, rate="0.13")
        assert (held.state, held.gross, held.order.gross) == ("held", None, Decimal("14.13"))
        cell = re.search(
            r'c-amount num">(.*?)</td>', logged_in("viewer").get(page("documents", acme)).content.decode(), re.DOTALL
        )[1]
        assert " ".join(re.sub("<[^>]+>", " ", cell).split()) == "14.13 GBP as ordered"

    def test_names_several_of_a_kind_as_people_do(self, logged_in, acme):
        page = logged_in("viewer").get(f"/c/{acme.company.public_id}/documents/").content.decode()
        assert "Invoices by mail</option>" in page
        assert "Purchase orders</option>" in page

    def test_says_what_to_do_while_it_is_empty(self, logged_in, acme):
        assert "No document yet" in words(logged_in("viewer").get(page("documents", acme)))


class TestFreshness:
    @pytest.mark.parametrize("name", ["overview", "orders", "documents"])
    def test_nothing_is_sent_while_nothing_changes(self, logged_in, acme, name):
        take_in(acme)
        client = logged_in("viewer")

        first = client.get(page(name, acme), headers=HTMX)
        again = client.get(page(name, acme), {"seen": first["ETag"].strip('"')}, headers=HTMX)
        by_header = client.get(page(name, acme), headers=HTMX | {"If-None-Match": first["ETag"]})

        assert first.status_code == 200
        assert (again.status_code, again.content) == (204, b"")
        assert by_header.status_code == 204

    def test_a_change_is_sent_without_the_rest_of_the_page(self, logged_in, acme):
        entry = take_in(acme)
        client = logged_in("viewer")
        seen = client.get(page("document", acme, entry.public_id), headers=HTMX)["ETag"].strip('"')

        post(acme)
        answer = client.get(page("document", acme, entry.public_id), {"seen": seen}, headers=HTMX)

        assert answer.status_code == 200
        assert "Posted" in words(answer)
        assert "<html" not in words(answer)


class TestTheOverview:
    @pytest.mark.parametrize(
        ("zone", "says"),
        [("Australia/Sydney", "in the organisation&#x27;s time zone, Australia/Sydney"), ("", "in UTC")],
    )
    def test_says_where_its_days_begin(self, logged_in, acme, zone, says):
        Organisation.objects.filter(connection=acme.connection).update(time_zone=zone)

        text = words(logged_in("viewer").get(page("overview", acme)))

        assert f'posted today</span><span class="db-tiny" style="display:block">{says}' in text
        assert f"last 30 days, {says}" in text


class TestADocument:
    def test_shows_the_exact_call_and_no_token(self, logged_in, acme):
        entry = take_in(acme)
        post(acme)

        text = words(logged_in("viewer").get(page("document", acme, entry.public_id)))

        attempt = Attempt.objects.get()
        assert attempt.idempotency_key in text
        assert "&quot;InvoiceNumber&quot;: &quot;ORD-1001&quot;" in text
        assert "HTTP 200" in text
        acme.connection.refresh_from_db()
        assert acme.connection.token_set.access_token not in text

    def test_says_of_each_line_who_decided_its_account_and_its_tax(self, logged_in, acme):
        text = words(logged_in("viewer").get(page("document", acme, take_in(acme).public_id)))
        assert '200 <div class="db-quiet db-tiny">Sales account</div>' in text
        assert '<div class="db-quiet db-tiny">Tax rate for 20 %</div>' in text

    @pytest.mark.parametrize("prices", [{"unit_price": "6.25"}, {"unit_price_inc_tax": "7.50"}])
    def test_shows_each_line_s_net_amount_and_the_name_of_its_tax_rate(self, logged_in, acme, prices):
        line = {"id": "1", "sku": "MUG", "description": "Mug", "quantity": 2, "tax_rate": "0.2"} | prices
        entry = take_in(acme, lines=[line, line | {"id": "2", "quantity": 5}])
        name = TaxRate.objects.get(organisation=acme.connection.organisation, tax_type="OUTPUT2").name

        text = words(logged_in("viewer").get(page("document", acme, entry.public_id)))

        assert f">{name}</span>" in text
        assert '<td class="num">12.50</td></tr>' in text
        assert '<td class="num">31.25</td></tr>' in text

    def test_leads_into_xero(self, logged_in, acme, served):
        entry = take_in(acme)
        post(acme)
        entry.refresh_from_db()

        text = words(logged_in("viewer").get(page("document", acme, entry.public_id)))

        assert f"{served.url}/app/" in text
        assert f"/invoicing/view/{entry.their_id}" in text

    def test_says_why_xero_refused_and_what_to_do(self, logged_in, acme, rejected):
        text = words(logged_in("accountant").get(page("document", acme, rejected.public_id)))

        assert "What to do" in text
        assert "no-such" in text
        assert "Try again" in text

    def test_tells_its_history_without_code_words(self, logged_in, acme):
        held = take_in(acme, rate="0.19")

        text = words(logged_in("viewer").get(page("document", acme, held.public_id)))

        assert "held: " not in text
        assert "mapped: " not in text
        assert f"Held</span> {explain(held.cause, held.subject, ledger='xero').title}" in unescape(text)

    def test_a_viewer_is_offered_no_button(self, logged_in, acme, rejected):
        text = words(logged_in("viewer").get(page("document", acme, rejected.public_id)))

        assert "Try again" not in text


class TestNotPosting:
    def test_asks_first_and_says_what_it_means(self, logged_in, acme, rejected):
        client = logged_in("accountant")

        text = words(client.get(page("document-cancel", acme, rejected.public_id)))

        rejected.refresh_from_db()
        assert rejected.state == "rejected"
        for part in ("15.00 GBP", "Post it after all", "Leave it as it is"):
            assert part in text

    def test_ends_a_refused_document_and_the_order_says_who_said_so(self, logged_in, acme, rejected):
        client = logged_in("accountant")
        sent = {"note": "Entered by hand"}
        answer = client.post(page("document-cancel", acme, rejected.public_id), sent, follow=True)

        rejected.refresh_from_db()
        listed = words(client.get(page("orders", acme)))
        assert rejected.state == "cancelled"
        assert "Note: Entered by hand" in words(answer)
        assert "In the day book</span>" not in listed
        assert 'title="It will not be posted: accountant@acme.example said so on' in listed
        assert "Will not be posted</span>" in words(client.get(page("order", acme, rejected.order.public_id)))
        assert rejected.order.ref in words(client.get(page("orders", acme), {"standing": "given_up"}))
        assert rejected.order.ref not in words(client.get(page("orders", acme), {"standing": "documented"}))

    def test_is_taken_back_and_the_document_is_posted_once(self, logged_in, acme):
        entry = take_in(acme)
        client = logged_in("accountant")
        client.post(page("document-cancel", acme, entry.public_id))
        post(acme)
        assert acme.invoices() == []

        answer = client.post(page("document-restore", acme, entry.public_id), follow=True)
        again = client.post(page("document-restore", acme, entry.public_id), follow=True)
        post(acme)

        assert "is posted after all" in words(answer)
        assert "nothing was changed" in words(again)
        assert len(acme.invoices()) == 1
        assert "In the day book</span>" in words(client.get(page("orders", acme)))

    def test_taken_back_while_the_order_is_in_error_it_comes_when_that_is_over(self, logged_in, acme):
        entry = take_in(acme)
        client = logged_in("accountant")
        client.post(page("document-cancel", acme, entry.public_id))
        take_in(acme, has_error=True)
        client.post(page("document-restore", acme, entry.public_id))
        assert Entry.objects.count() == 1

        with suppress(Entry.MultipleObjectsReturned):
            take_in(acme, external_ref="released")

        assert list(Entry.objects.order_by("id").values_list("state", flat=True)) == ["cancelled", "ready"]

    def test_leaves_a_document_alone_that_stands_in_xero(self, logged_in, acme):
        posted = take_in(acme)
        post(acme)

        answer = logged_in("accountant").post(page("document-cancel", acme, posted.public_id), follow=True)

        posted.refresh_from_db()
        assert posted.state == "posted"
        assert "cannot be cancelled" in words(answer)


class TestAFlag:
    @pytest.fixture
    def flagged(self, acme) -> Entry:
        entry = take_in(acme)
        post(acme)
        queue.flag(Entry.objects.get(), "changed_after_posting", "gross was 15.00, is now 30.00")
        entry.refresh_from_db()
        return entry

    def test_is_done_with_a_note_and_stays_in_the_history(self, logged_in, acme, flagged):
        client = logged_in("accountant")
        asked = words(client.get(page("document-done", acme, flagged.public_id)))
        sent = {"note": "Credited by CN-7"}
        answer = words(client.post(page("document-done", acme, flagged.public_id), sent, follow=True))

        assert "gross was 15.00" in asked
        assert "Done: The order changed after it was posted. Note: Credited by CN-7" in answer
        assert "accountant@acme.example" in answer
        assert flagged.number not in words(client.get(page("documents", acme), {"attention": "1"}))

    def test_is_not_raised_again_for_the_same_but_for_another_matter(self, logged_in, acme, flagged):
        logged_in("accountant").post(page("document-done", acme, flagged.public_id))

        queue.flag(Entry.objects.get(), "changed_after_posting", "gross was 15.00, is now 30.00")
        assert Entry.objects.get().attention == ""
        queue.flag(Entry.objects.get(), "changed_after_posting", "gross was 30.00, is now 45.00")
        assert Entry.objects.get().attention == "changed_after_posting"

    def test_twice_done_is_said(self, logged_in, acme, flagged):
        client = logged_in("accountant")
        client.post(page("document-done", acme, flagged.public_id))

        answer = client.post(page("document-done", acme, flagged.public_id), follow=True)

        assert "Nothing is left to do" in words(answer)


class TestTheCure:
    def test_is_the_main_button_and_leads_to_the_very_field(self, logged_in, acme):
        held = take_in(acme, rate="0.19")

        text = words(logged_in("accountant").get(page("document", acme, held.public_id)))

        main = text.split('class="db-button main small"')[1]
        assert main.startswith(f' href="{page("settings-room", acme, "tax")}#id_tax-19"')
        assert "Choose the tax rate for 19 %" in main[:200]

    def test_a_missing_cost_leads_to_its_row(self, logged_in, acme):
        shown = causes.explained(acme.company, "cost_unknown", "MUG & CO")
        client = logged_in("accountant")

        text = words(client.get(shown.button.url.partition("#")[0]))

        assert shown.button.text == "Enter the cost of MUG & CO"
        assert "currency=GBP" in shown.button.url  # the base currency: costs are in the supplier's, not in the sale's
        assert 'value="MUG &amp; CO"' in text


class TestTimes:
    def test_are_in_the_organisation_s_zone_and_name_it(self, logged_in, acme):
        entry = take_in(acme)
        Entry.objects.update(posted_at=datetime(2026, 7, 1, 15, 30, tzinfo=UTC))
        Organisation.objects.filter(connection=acme.connection).update(time_zone="Australia/Sydney")

        text = words(logged_in("viewer").get(page("document", acme, entry.public_id)))

        assert "2 Jul 2026, 01:30:00 AEST" in text
        assert "Times are in the zone Australia/Sydney" in text
        assert " UTC<" not in text


class TestRetrying:
    def test_one_document(self, logged_in, acme, rejected):
        answer = logged_in("accountant").post(page("document-retry", acme, rejected.public_id), follow=True)

        rejected.refresh_from_db()
        assert rejected.state == "ready"
        assert "1 document is tried again" in words(answer)

    def test_one_that_still_cannot_go_says_why(self, logged_in, acme):
        held = take_in(acme, rate="0.19")

        answer = logged_in("accountant").post(page("document-retry", acme, held.public_id), follow=True)

        assert f"It still cannot go: {explain(held.cause, held.subject, ledger='xero').title}." in unescape(
            words(answer)
        )
        assert "of them" not in words(answer)

    def test_the_ticked_ones(self, logged_in, acme, rejected):
        other = take_in(acme, 1002)

        client, sent = logged_in("accountant"), {"document": [rejected.public_id, other.public_id]}

        asked = words(client.post(page("documents-retry", acme), sent))
        assert "Try 1 document again?" in asked
        assert "1 of the ticked ones is passed over" in " ".join(asked.split())
        rejected.refresh_from_db()
        assert rejected.state == "rejected", "what will happen is said first"
        client.post(page("documents-retry", acme), sent | {"sure": "1"})

        rejected.refresh_from_db()
        assert rejected.state == "ready"

    def test_all_with_one_cause(self, logged_in, acme, rejected):
        sent = {"sure": "1", "cause": rejected.cause, "back": "state=rejected&q=ORD&evil=//x"}
        answer = logged_in("accountant").post(page("documents-retry", acme), sent)

        rejected.refresh_from_db()
        assert rejected.state == "ready"
        assert answer["Location"] == f"{page('documents', acme)}?state=rejected&q=ORD"

    def test_nothing_ticked_is_said(self, logged_in, acme):
        answer = logged_in("accountant").post(page("documents-retry", acme), follow=True)

        assert "Tick the documents" in words(answer)


class TestOrders:
    def test_an_order_says_why_it_waits(self, logged_in, acme):
        with pytest.raises(Entry.DoesNotExist):
            take_in(acme, on_hold=True)
        client = logged_in("viewer")

        listed = words(client.get(page("orders", acme), {"standing": "held", "q": "bloggs"}))
        overview = words(client.get(page("overview", acme)))

        assert "Needs a person" in listed
        assert "ORD-1001" in listed
        assert "1 order" in " ".join(overview.split())

    def test_with_a_rejected_document_needs_a_person(self, logged_in, acme, rejected):
        fine = take_in(acme, 1002)
        client = logged_in("viewer")

        listed = words(client.get(page("orders", acme)))
        narrowed = words(client.get(page("orders", acme), {"standing": "held"}))
        well = words(client.get(page("orders", acme), {"standing": "documented"}))
        text = words(client.get(page("order", acme, rejected.order.public_id)))

        assert listed.count('db-badge warn" title="One of its documents') == 1
        assert listed.count("In the day book</span>") == 1
        assert (rejected.order.ref in narrowed, fine.order.ref in narrowed) == (True, False)
        assert (rejected.order.ref in well, fine.order.ref in well) == (False, True)
        assert "In the day book</span>" not in text
        assert "Needs a person</span>" in text
        assert explain(rejected.cause, rejected.subject, ledger="xero").title in unescape(text)

    @pytest.mark.parametrize("changes", [{"rate": "0.19"}, {}])
    def test_with_a_held_or_flagged_document_needs_a_person(self, logged_in, acme, changes):
        entry = take_in(acme, **changes)
        if entry.state != "held":
            Entry.objects.filter(pk=entry.pk).update(attention="totals_differ")
        entry.refresh_from_db()

        text = words(logged_in("viewer").get(page("order", acme, entry.order.public_id)))

        assert "Needs a person</span>" in text
        assert explain(entry.cause or entry.attention, entry.subject or entry.number, ledger="xero").title in unescape(
            text
        )

    def test_are_listed_with_as_many_queries_however_many_they_are(
        self, logged_in, acme, rejected, django_assert_max_num_queries
    ):
        client = logged_in("viewer")
        with CaptureQueriesContext(connection) as of_one:
            client.get(page("orders", acme))
        for serial in range(2, 12):
            take_in(acme, serial, rate="0.19")

        with django_assert_max_num_queries(len(of_one)):
            client.get(page("orders", acme))

    def test_its_page_shows_lines_totals_and_documents(self, logged_in, acme):
        entry = take_in(acme)

        text = words(logged_in("viewer").get(page("order", acme, entry.order.public_id)))

        for part in ("Mug", "6.25", "15.00", entry.number, "Received."):
            assert part in text

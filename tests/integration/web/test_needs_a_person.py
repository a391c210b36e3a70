"""Needs a person: grouped by cause with what waits on it, and what can be done about a group or one of it."""

import re

import pytest
from django.urls import reverse

from daybook.companies.models import Membership
from daybook.connections.models import TaxMapping
from daybook.history.models import Event
from daybook.intake import prepare
from daybook.kit import clock
from daybook.outbox.models import Assignment, Entry
from daybook.web.reading import needs
from tests.integration.web.conftest import take_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]

ARCHIVED = "The contact with the specified contact details has been archived."


def page(cast, cause: str = "") -> str:
    name, more = ("web:needs-group", [cause]) if cause else ("web:needs", [])
    return reverse(name, args=[cast.company.public_id, *more])


def words(answer) -> str:
    return " ".join(answer.content.decode().split())


@pytest.fixture
def waiting(acme) -> list[Entry]:
    """Two with 20 %, one with 19 %, one refused, one posted and flagged, and an order that nobody dated."""
    refused, flagged = take_in(acme, 4), take_in(acme, 5)
    why = {"state": "rejected", "cause": "contact_archived", "detail": ARCHIVED}
    Entry.objects.filter(pk=refused.pk).update(**why)
    Entry.objects.filter(pk=flagged.pk).update(
        state="posted", their_id="x", posted_at=clock.now(), attention="totals_differ"
    )
    with pytest.raises(Entry.DoesNotExist):
        take_in(acme, 6, dispatched_at=None)
    TaxMapping.objects.filter(connection=acme.connection, rate="0.2").update(tax_type="")
    return [take_in(acme, serial, rate=rate) for serial, rate in ((1, "0.2"), (2, "0.2"), (3, "0.19"))]


def cure(cast) -> None:
    TaxMapping.objects.filter(connection=cast.connection, rate="0.2").update(tax_type="OUTPUT2")


class TestThePage:
    def test_says_what_each_is_about_as_people_do(self, logged_in, acme, waiting):
        assert "· 19 %" in " ".join(logged_in().get(page(acme)).content.decode().split()).replace("\xa0", " ")

    def test_says_how_many_and_how_much_wait_for_each_cause(self, acme, waiting):
        told = {
            each.cause: [
                (tally.words, [f"{money.amount:.2f} {money.currency}" for money in tally.amounts])
                for tally in each.sums
            ]
            for each in needs.groups(acme.company)
        }
        assert told == {
            "tax_rate_not_mapped": [("3 invoices", ["44.88 GBP"])],
            "contact_archived": [("1 invoice", ["15.00 GBP"])],
            "totals_differ": [("1 invoice", ["15.00 GBP"])],
            "dispatch_date_missing": [("1 order", ["15.00 GBP"])],
        }

    def test_adds_up_what_waits_for_one_thing_in_several_ways_and_counts_what_waits_for_two_with_both(
        self, acme, waiting
    ):
        """Held and refused, with a document and without, flagged besides: of one currency there is one sum."""
        written, unwritten = waiting[0], waiting[1]
        same = {"cause": "tax_rate_not_mapped", "currency": "GBP"}
        Entry.objects.filter(pk=written.pk).update(state="rejected", gross="20.00", attention="totals_differ", **same)
        Entry.objects.filter(pk=unwritten.pk).update(state="rejected")
        found = {each.cause: each for each in needs.groups(acme.company)}
        (sums,) = found["tax_rate_not_mapped"].sums
        assert (found["tax_rate_not_mapped"].stopped, sums.count) == (3, 3)
        assert [(f"{money.amount:.2f}", money.currency) for money in sums.amounts] == [("49.88", "GBP")]
        (flagged,) = found["totals_differ"].sums
        assert (found["totals_differ"].flagged, found["totals_differ"].stopped, flagged.count) == (2, 0, 2)
        assert [f"{money.amount:.2f}" for money in flagged.amounts] == ["35.00"]
        alone = {each.cause: each for each in needs.groups(acme.company, "totals_differ")}
        assert (list(alone), alone["totals_differ"].flagged) == (["totals_differ"], 2)

    def test_leads_to_each_cure_and_shows_the_ledgers_own_words(self, logged_in, acme, waiting):
        text = words(logged_in("viewer").get(page(acme)))
        assert "Choose the tax rate for 19 %" in text
        assert "Choose the tax rate for 20 %" in text
        assert "Choose another contact" in text
        assert ARCHIVED in text
        assert "Type the day" in text
        assert "Try all again" not in text  # a viewer looks only
        assert 'title="Orders that need a person">6<' in text

    def test_shows_nothing_of_another_company(self, logged_in, acme, birch):
        take_in(birch, rate="0.5")
        assert "Nothing needs you" in words(logged_in("viewer").get(page(acme)))
        answer = logged_in("owner").get(f"{page(acme, 'tax_rate_not_mapped')}?connection={birch.connection.public_id}")
        assert answer.status_code == 404


class TestAGroup:
    def act(self, client, cast, act: str, cause: str = "tax_rate_not_mapped", **sent: str):
        return client.post(
            page(cast, cause), {"act": act, "connection": cast.connection.public_id, **sent}, follow=True
        )

    def test_is_tried_again_as_a_whole(self, logged_in, acme, waiting):
        cure(acme)
        assert "2 documents are tried again" in words(self.act(logged_in("accountant"), acme, "retry"))
        assert [Entry.objects.get(pk=each.pk).state for each in waiting] == ["ready", "ready", "held"]
        assert "1 order is looked at again" in words(
            self.act(logged_in("owner"), acme, "retry", "dispatch_date_missing")
        )

    def test_is_left_out_with_a_reason_only(self, logged_in, acme, waiting):
        client = logged_in("accountant")
        assert self.act(client, acme, "skip").status_code == 422
        assert "3 documents are not posted" in words(self.act(client, acme, "skip", note="entered by hand"))
        skipped = Entry.objects.get(pk=waiting[0].pk)
        assert (skipped.state, str(skipped.given_up_by)) == ("cancelled", "accountant@acme.example")
        assert "entered by hand" in skipped.events.last().reason
        assert "Nothing waits for that any more" in words(self.act(client, acme, "skip", note="again"))

    @pytest.mark.parametrize("act", ["skip", "keep"])
    def test_is_put_aside_as_far_as_it_was_shown(self, logged_in, acme, waiting, act):
        client = logged_in("accountant")
        shown = re.search(
            r'name="shown" value="([^"]+)"', client.get(page(acme, "tax_rate_not_mapped")).content.decode()
        )
        later = take_in(acme, 9)
        answer = words(self.act(client, acme, act, note="by hand", shown=shown[1] if shown else ""))
        assert "1 more came while you looked: it waits as before." in answer
        assert (Entry.objects.get(pk=later.pk).state, Entry.objects.get(pk=later.pk).cause) == (
            "held",
            "tax_rate_not_mapped",
        )
        for odd in ("2026-13-01T00:00:00+00:00", "soon"):
            assert "1 document is" in words(self.act(client, acme, act, note="x", shown=odd)) or odd == "soon"

    def test_is_kept_back_until_a_person_lets_it_go(self, logged_in, acme, waiting):
        client = logged_in("accountant")
        assert "3 documents are kept back" in words(self.act(client, acme, "keep", note="ask the adviser"))
        cure(acme)
        prepare.prepare_company(acme.company.pk)  # the cause is cured, and they wait all the same
        assert {each.cause for each in Entry.objects.filter(state="held")} == {"kept_back"}
        assert "ask the adviser" in words(client.get(page(acme)))
        assert "2 documents are tried again" in words(self.act(client, acme, "retry", "kept_back"))
        assert [each.cause for each in Entry.objects.filter(state="held")] == ["tax_rate_not_mapped"]

    def test_is_done_with(self, logged_in, acme, waiting):
        assert "1 document is done with" in words(self.act(logged_in("accountant"), acme, "done", "totals_differ"))
        assert not Entry.objects.exclude(attention="").exists()

    def test_is_given_to_somebody_and_taken_back(self, logged_in, acme, waiting):
        client = logged_in("accountant")
        person = Membership.objects.get(company=acme.company, person__email="accountant@acme.example").person
        assert self.act(client, acme, "assign", to="999999").status_code == 422
        text = words(self.act(client, acme, "assign", to=str(person.pk), note="<b>by Friday</b>"))
        assert "accountant@acme.example: &lt;b&gt;by Friday" in text
        self.act(client, acme, "assign", to="nobody")
        assert not Assignment.objects.exists()
        assert [event.what for event in Event.objects.filter(what__in=["assigned", "relieved"])] == [
            "assigned",
            "relieved",
        ]

    def test_is_changed_by_no_viewer_and_by_no_act_that_there_is_not(self, logged_in, acme, waiting):
        assert self.act(logged_in("viewer"), acme, "skip", note="x").status_code == 403
        assert self.act(logged_in("owner"), acme, "burn").status_code == 404


def test_one_document_is_kept_back_from_its_own_page_and_let_go(logged_in, acme):
    client, entry = logged_in("accountant"), take_in(acme)
    address = reverse("web:document-keep", args=[acme.company.public_id, entry.public_id])
    assert "until somebody presses" in words(client.get(address))
    assert "Kept back by a person" in words(client.post(address, {"note": "the customer asks"}, follow=True))
    take_in(
        acme,
        lines=[{"id": "1", "sku": "CUP", "description": "Cup", "quantity": 1, "unit_price": "5", "tax_rate": "0.2"}],
    )
    entry.refresh_from_db()
    assert (entry.state, entry.cause) == ("held", "kept_back")  # whatever its order says meanwhile
    client.post(reverse("web:document-retry", args=[acme.company.public_id, entry.public_id]))
    entry.refresh_from_db()
    assert (entry.state, str(entry.gross)) == ("ready", "6.00")  # as its order is now

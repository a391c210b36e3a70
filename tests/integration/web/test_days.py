"""What a person says about days: when an order was dispatched, and in which zone the OMS writes its times."""

import re
from datetime import date

import pytest
from django.urls import reverse

from daybook.connections.models import Organisation, PostingSettings
from daybook.history.models import Event
from daybook.intake.receive import receive
from daybook.kit import clock
from daybook.ops.cli import configure
from daybook.orders.models import Order
from daybook.outbox.models import Entry
from tests.integration.web.conftest import take_in
from tests.integration.web.test_connection_settings import settings_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]


@pytest.fixture
def undated(acme) -> Order:
    """An order of last year that was dispatched when it came, nobody says when."""
    line = {"id": "1", "sku": "MUG", "description": "Mug", "quantity": 1, "unit_price": "10", "tax_rate": "0.2"}
    given = {"source": "shop", "id": "P1", "dispatched": True, "ordered_at": "2025-03-01T10:00", "currency": "GBP"}
    assert receive(acme.company, given | {"lines": [line]}).outlook.cause == "dispatch_date_missing"
    return Order.objects.get()


def client_page(client, cast, entry: Entry) -> str:
    return client.get(reverse("web:document", args=[cast.company.public_id, entry.public_id])).content.decode()


class TestTheDayOfDispatch:
    def test_that_a_person_types_dates_the_order_and_counts_from_then_on(self, logged_in, acme, undated):
        client = logged_in("accountant")
        page = reverse("web:order", args=[acme.company.public_id, undated.public_id])
        shown = client.get(page).content.decode()
        assert "It was ordered on 1 Mar 2025" in shown
        assert 'href="#date"' in shown
        assert "<dt>Ordered</dt><dd>2025-03-01 10:00</dd>" in shown

        answer = client.post(f"{page}date/", {"typed_date": "2025-03-04"}, follow=True)

        assert "Dispatched on 4 March 2025, as you typed." in answer.content.decode()
        assert (Entry.objects.get().state, str(Entry.objects.get().date)) == ("ready", "2025-03-04")

    @pytest.mark.parametrize(
        ("typed", "says"),
        [
            ("2025-02-28", "The order was made on 2025-03-01"),
            ("2999-01-01", "more than 7 days ahead"),
            ("soon", "Type a day"),
        ],
    )
    def test_that_cannot_be_is_refused_at_its_field(self, logged_in, acme, undated, typed, says):
        page = reverse("web:order-date", args=[acme.company.public_id, undated.public_id])
        answer = logged_in("accountant").post(page, {"typed_date": typed})

        assert (answer.status_code, says in answer.content.decode()) == (422, True)
        assert not Entry.objects.exists()

    @pytest.mark.parametrize("state", ["held", "rejected"])
    def test_moves_a_document_out_of_locked_books_with_a_persons_consent(self, logged_in, acme, state):
        Organisation.objects.update(lock_date=date(2026, 3, 31))
        entry = take_in(acme)  # of 2 March
        assert (entry.state, entry.cause) == ("held", "period_locked")
        Entry.objects.filter(pk=entry.pk).update(state=state)
        client, of = logged_in("accountant"), [acme.company.public_id, entry.order.public_id]
        page = reverse("web:order", args=of)
        for shown in (
            reverse("web:needs", args=of[:1]),
            reverse("web:document", args=[of[0], entry.public_id]),
        ):
            assert f'href="{page}#date"' in client.get(shown).content.decode()

        client.post(f"{page}date/", {"typed_date": "2026-04-01"})

        entry.refresh_from_db()
        assert (entry.state, str(entry.date)) == ("ready", "2026-04-01")

    def test_is_no_way_out_for_money_which_keeps_its_day(self, logged_in, acme):
        entry = take_in(acme)
        Entry.objects.filter(pk=entry.pk).update(kind="payment", state="held", cause="period_locked")
        shown = client_page(logged_in("owner"), acme, entry)
        assert "The books are locked" in shown
        assert "#date" not in shown

    def test_is_no_matter_of_those_who_only_look(self, logged_in, acme, undated):
        viewer = logged_in("viewer")
        page = reverse("web:order", args=[acme.company.public_id, undated.public_id])

        assert "Save the day" not in viewer.get(page).content.decode()
        assert viewer.post(f"{page}date/", {"typed_date": "2025-03-04"}).status_code == 403


class TestAGroupInLockedBooks:
    """Of orders that wait in locked books all are given a day with one consent, which is to what was shown."""

    @pytest.fixture
    def three(self, acme) -> list[Entry]:
        """Of 2 March, locked; of the first order something stands in Xero already."""
        Organisation.objects.update(lock_date=date(2026, 3, 31))
        waiting = [take_in(acme, serial) for serial in (1, 2, 3)]
        assert {(entry.state, entry.cause) for entry in waiting} == {("held", "period_locked")}
        Entry.objects.filter(pk=waiting[2].pk).update(state="rejected")
        return waiting

    @staticmethod
    def page(cast, name: str = "needs-group") -> str:
        more = ["period_locked"] if name == "needs-group" else []
        return reverse(f"web:{name}", args=[cast.company.public_id, *more])

    def move(self, client, cast, day: str = "2026-04-02", **changed: str):
        shown = client.get(self.page(cast)).content.decode()
        seen = re.search(r'name="seen" value="(\w+)"', shown)
        sent = {"act": "move", "connection": cast.connection.public_id, "day": day, "seen": seen[1] if seen else ""}
        return client.post(self.page(cast), sent | changed, follow=True)

    def test_is_shown_with_its_count_money_and_first_open_day(self, logged_in, acme, three):
        client = logged_in("accountant")
        assert f'href="{self.page(acme)}?connection={acme.connection.public_id}#move"' in (
            client.get(self.page(acme, "needs")).content.decode()
        )
        shown = " ".join(client.get(self.page(acme)).content.decode().split())
        assert "Xero is locked up to 31 March 2026." in shown
        assert 'name="day" value="2026-04-01"' in shown
        assert '<b>3 invoices</b> <span class="db-nowrap">45.00 GBP</span>' in shown
        assert not Order.objects.exclude(typed_date=None).exists()

    def test_is_moved_at_once_and_each_order_tells_by_whom(self, logged_in, acme, three):
        answer = self.move(logged_in("accountant"), acme)
        assert "3 documents are dated 2 April 2026 now." in answer.content.decode()
        moved = Entry.objects.order_by("pk")
        assert [(entry.state, str(entry.date)) for entry in moved] == [("ready", "2026-04-02")] * 3
        for entry in three:
            told = Event.objects.get(subject_kind="order", subject_id=entry.order_id, what="dated")
            assert (str(told.person), told.after) == ("accountant@acme.example", {"typed_date": "2026-04-02"})

    @pytest.mark.parametrize(
        ("changed", "says"),
        [
            ({"day": "2026-03-31"}, "The books are locked up to 31 Mar 2026: choose a later day."),
            ({"day": "soon"}, "Type a day"),
            ({"day": ""}, "Type the day that is to date them."),
            ({"seen": "something else"}, "Nothing was moved: what waits here has changed meanwhile."),
        ],
    )
    def test_stays_where_the_day_or_the_consent_does_not_fit(self, logged_in, acme, three, changed, says):
        answer = self.move(logged_in("owner"), acme, **changed)
        assert (answer.status_code, says in answer.content.decode()) == (422, True)
        assert not Order.objects.exclude(typed_date=None).exists()

    def test_says_of_each_why_it_stays(self, logged_in, acme, three):
        answer = self.move(logged_in("owner"), acme, day="2099-01-01")
        assert answer.content.decode().count("stays as it is. The day is more than 7 days ahead.") == 3
        assert not Order.objects.exclude(typed_date=None).exists()

    def test_leaves_out_what_stands_there_in_part_and_is_none_of_those_who_prepare(self, logged_in, acme, three):
        for role in ("clerk", "viewer"):
            client = logged_in(role)
            assert 'id="move"' not in client.get(self.page(acme)).content.decode()
            assert self.move(client, acme).status_code == 403
        there = Entry.objects.get(pk=three[0].pk)
        there.pk, there.public_id, there.kind, there.number, there.state = None, "x", "order_file", "x", "posted"
        there.document, there.their_id, there.posted_at = {}, "x", clock.now()
        there.save(force_insert=True)
        assert "2 documents are dated" in self.move(logged_in("owner"), acme).content.decode()


class TestTheZoneOfTheOms:
    QUESTION = "In which time zone does your OMS write times?"

    def test_is_asked_for_once_where_utc_stands_from_the_old_default(self, logged_in, acme):
        PostingSettings.objects.update(order_time_zone="UTC", order_time_zone_confirmed=False)
        client, company = logged_in("owner"), acme.company
        pages = [reverse(f"web:{name}", args=[company.public_id]) for name in ("overview", "connection")]
        pages.append(reverse("web:settings-room", args=[company.public_id, "days"]))
        assert all(self.QUESTION in client.get(page).content.decode() for page in pages)

        save = reverse("web:settings-save", args=[company.public_id])
        client.post(save, settings_of(client, company) | {"number_prefix": "A-"})
        assert not PostingSettings.objects.get().order_time_zone_confirmed, "another setting is no answer"

        client.post(save, settings_of(client, company) | {"order_time_zone": "UTC"})
        saved = PostingSettings.objects.get()
        assert (saved.order_time_zone, saved.order_time_zone_confirmed) == ("UTC", True)
        assert not any(self.QUESTION in client.get(page).content.decode() for page in pages)

    @pytest.mark.parametrize("zone", ["UTC", "", "Europe/Paris"])
    def test_is_answered_by_the_command_line_too(self, acme, zone):
        PostingSettings.objects.update(order_time_zone="UTC", order_time_zone_confirmed=False)
        changed = configure.change(acme.connection, [configure.Change("order_time_zone", zone)])
        saved = PostingSettings.objects.get()
        assert (changed, saved.order_time_zone, saved.order_time_zone_confirmed) == (["order_time_zone"], zone, True)

    def test_is_the_organisations_without_a_question_where_nobody_chose(self, logged_in, acme):
        overview = reverse("web:overview", args=[acme.company.public_id])
        assert PostingSettings.objects.get().order_time_zone == ""
        assert self.QUESTION not in logged_in("owner").get(overview).content.decode()

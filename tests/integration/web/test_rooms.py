"""Settings are rooms: each saves only its own, is found by search, and tells and restores what was changed in it."""

import re
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connection as database
from django.db import transaction
from django.test import Client
from django.urls import reverse

from daybook.connections.models import LineAccount, PostingSettings, TaxMapping
from daybook.history.models import Event
from daybook.kit import clock
from daybook.web.settings import editing, rooms
from daybook.web.settings.binding import bind_settings
from tests.integration.intake.test_many_at_once import wait_for_a_lock
from tests.integration.test_two_connections import second
from tests.integration.web.conftest import take_in
from tests.world import Cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]


def page(cast: Cast, room: str, name: str = "settings-room") -> str:
    return reverse(f"web:{name}", args=[cast.company.public_id, room])


def settings() -> PostingSettings:
    return PostingSettings.objects.get(connection__company__name="Acme")


def save(browser: Client, cast: Cast, room: str, **changed: str):
    """Open a room, change fields of it, and save."""
    form = browser.get(page(cast, room)).context["form"]
    sent = {name: value for name, value in editing.shown(form).items() if value}
    return browser.post(page(cast, room), sent | changed)


def restore(browser: Client, cast: Cast, room: str, event: Event, key: str):
    return browser.post(page(cast, room, "settings-restore"), {"event": event.pk, "key": key}, follow=True)


class TestWhatStopsPosting:
    """A blank form once ended a company's posting without a word."""

    def test_is_said_first_with_how_many_wait_and_done_when_sent_again(self, acme, logged_in):
        take_in(acme, "S1")
        browser = logged_in("accountant")
        stood = settings().contact_id
        answer = save(browser, acme, "contact", contact_name="")
        shown = " ".join(answer.content.decode().split())
        assert answer.status_code == 409
        assert (
            "Nothing was saved yet. Posting to Xero goes on now; with what you typed no document is made any more"
            in shown
        )
        assert "Documents that wait now, and go no further: 1." in shown
        assert settings().contact_id == stood
        again = save(browser, acme, "contact", contact_name="", may_stop=answer.context["may_stop"])
        assert again.status_code == 302
        assert settings().contact_id == ""

    def test_is_asked_anew_for_another_setting(self, acme, logged_in):
        answer = save(logged_in("accountant"), acme, "accounts", sales_account="", may_stop="contact_id")
        assert answer.status_code == 409
        assert settings().sales_account == "200"

    def test_is_not_asked_where_nothing_posts(self, acme, logged_in):
        PostingSettings.objects.update(sales_account="")
        assert save(logged_in("accountant"), acme, "contact", contact_name="").status_code == 302


class TestARoom:
    def test_saves_its_own_fields_and_leaves_the_others_alone(self, acme, logged_in):
        LineAccount.objects.create(connection=acme.connection, kind="fee", account="200")
        stood = {name: getattr(settings(), name) for name in ("contact_id", "sales_account", "cogs_account")}
        answer = save(logged_in("accountant"), acme, "numbers", number_prefix="AC-")
        assert answer["Location"] == page(acme, "numbers")
        assert settings().number_prefix == "AC-"
        assert {name: getattr(settings(), name) for name in stood} == stood
        assert LineAccount.objects.get().account == "200"
        assert not TaxMapping.objects.filter(tax_type="").exists()

    def test_shows_its_own_fields_only(self, acme, logged_in):
        browser = logged_in("accountant")
        for room in rooms.OF_THE_FORM:
            names = set(browser.get(page(acme, room.slug)).context["form"].fields)
            assert names, room.slug
            assert all(room.holds(name) for name in names), room.slug

    def test_says_a_mistake_at_its_field_and_saves_nothing(self, acme, logged_in):
        answer = save(logged_in("accountant"), acme, "numbers", number_prefix="A/B")
        assert answer.status_code == 422
        assert 'href="#id_number_prefix"' in answer.content.decode()
        assert settings().number_prefix == ""

    def test_decides_several_rates_at_once(self, acme, logged_in):
        typed = {"new_rate": "8.875", "new_tax_type": "OUTPUT2", "new_rate-2": "7", "new_tax_type-2": "RROUTPUT"}
        assert save(logged_in("accountant"), acme, "tax", **typed).status_code == 302
        stored = dict(TaxMapping.objects.values_list("rate", "tax_type"))
        assert (stored[Decimal("0.08875")], stored[Decimal("0.07")]) == ("OUTPUT2", "RROUTPUT")
        assert save(logged_in("owner"), acme, "tax", **{"new_tax_type-3": "OUTPUT2"}).status_code == 422

    def test_takes_tracked_before_its_accounts_are_chosen_and_then_asks_for_them(self, acme, logged_in):
        PostingSettings.objects.update(cogs_account="", inventory_account="")
        browser = logged_in("accountant")
        asked = save(browser, acme, "method", process_method="tracked")
        assert asked.status_code == 409
        may = asked.context["may_stop"]
        assert save(browser, acme, "method", process_method="tracked", may_stop=may).status_code == 302
        shown = " ".join(browser.get(reverse("web:connection", args=[acme.company.public_id])).content.decode().split())
        assert "Cost of Goods Sold Expense Account is not chosen" in shown
        assert save(browser, acme, "accounts", cogs_account="").status_code == 422

    def test_says_how_many_waiting_documents_it_touches(self, acme, logged_in):
        take_in(acme)
        take_in(acme, 1002, currency="USD")
        shown = " ".join(logged_in("accountant").get(page(acme, "numbers")).content.decode().split())
        assert "2 waiting documents are made anew with what you save" in shown

    def test_that_does_not_exist_or_is_another_company_s_answers_404(self, acme, birch, logged_in):
        browser = logged_in("owner")
        for address in (page(acme, "nonsense"), page(birch, "tax"), page(acme, "rules"), page(birch, "all")):
            assert browser.get(address).status_code == browser.post(address, {}).status_code == 404, address


class TestTwoEditors:
    def test_of_different_rooms_keep_each_other_s_changes(self, acme, logged_in):
        ann, olive = logged_in("accountant"), logged_in("owner")
        opened = ann.get(page(acme, "numbers")).context
        save(olive, acme, "when", payment_terms_days="14")
        sent = {name: value for name, value in editing.shown(opened["form"]).items() if value}
        assert (
            ann.post(page(acme, "numbers"), sent | {"number_prefix": "A-", "base": opened["base"]}).status_code == 302
        )
        assert (settings().payment_terms_days, settings().number_prefix) == (14, "A-")


class TestTheIndex:
    def test_says_what_is_set_and_what_is_missing_in_each_room(self, acme, logged_in):
        PostingSettings.objects.update(number_prefix="AC-", contact_id="")
        TaxMapping.objects.create(connection=acme.connection, rate=Decimal("0.19"))
        shown = " ".join(
            logged_in("viewer").get(reverse("web:connection", args=[acme.company.public_id])).content.decode().split()
        )
        for room in rooms.ROOMS:
            assert f'id="{room.slug}"' in shown, room.slug
        assert "Number prefix: AC-" in shown
        assert "Not decided: 19 %" in shown
        row = shown.split('id="contact"')[1].split("</li>")[0]
        assert 'class="db-badge warn"' in row

    def test_finds_a_setting_by_its_words(self, acme, logged_in):
        address = reverse("web:connection", args=[acme.company.public_id])
        shown = logged_in("viewer").get(address, {"q": "BACKorders zero"}).content.decode()
        assert f'href="{page(acme, "when")}#id_allow_backorders"' in shown
        assert len(re.findall(r'<b>[^<]+</b>\s*<span class="db-quiet db-small">', shown)) == 1
        assert "No setting says that" in logged_in("owner").get(address, {"q": "<b>purple</b>"}).content.decode()


class TestTheHistory:
    def test_says_who_changed_what_and_puts_it_back_by_the_same_checks(self, acme, logged_in):
        browser = logged_in("accountant")
        save(browser, acme, "numbers", number_prefix="AC-")
        save(browser, acme, "numbers", number_prefix="AD-")
        first, second = Event.objects.filter(what="saved").order_by("id")
        shown = browser.get(page(acme, "numbers")).content.decode()
        history = shown.split('id="history"')[1]
        assert "accountant@acme.example" in history
        assert history.count(">Restore</button>") == 2  # of "" and of AC-
        assert 'id="history"' not in browser.get(page(acme, "when")).content.decode()
        restore(browser, acme, "numbers", second, "number_prefix")
        assert settings().number_prefix == "AC-"
        restore(browser, acme, "numbers", first, "number_prefix")
        assert settings().number_prefix == ""
        assert Event.objects.filter(what="saved").count() == 4

    def test_restores_rates_accounts_and_boxes(self, acme, logged_in):
        browser = logged_in("accountant")
        changed = {
            "tax": {"tax-20": "RROUTPUT"},
            "lines": {"line_account-fee": "200"},
            "when": {"allow_backorders": "on"},
        }
        for room, typed in changed.items():
            assert save(browser, acme, room, **typed).status_code == 302, room
        for room, key in (("tax", "tax.0.2"), ("lines", "account.fee"), ("when", "allow_backorders")):
            told = Event.objects.filter(what="saved").order_by("-id")
            event = next(each for each in told if key in each.after)
            restore(browser, acme, room, event, key)
        assert TaxMapping.objects.get(rate=Decimal("0.2")).tax_type == "OUTPUT2"
        assert LineAccount.objects.get(kind="fee").account == ""
        assert not settings().allow_backorders

    def test_leaves_what_stands_beside_a_restored_value_as_it_is(self, acme, logged_in):
        """A nothing is no zero, and an account that the page only proposes was chosen by nobody."""
        browser = logged_in("accountant")
        PostingSettings.objects.update(post_within_minutes=0, app_calls_a_day=4000, shipping_account="260")
        save(browser, acme, "pace", app_calls_a_day="5000")
        restore(browser, acme, "pace", Event.objects.get(what="saved"), "app_calls_a_day")
        assert (settings().app_calls_a_day, settings().post_within_minutes) == (4000, 0)
        save(browser, acme, "accounts", shipping_account="200")
        PostingSettings.objects.update(sales_account="")
        restore(browser, acme, "accounts", Event.objects.filter(what="saved").last(), "shipping_account")
        assert (settings().shipping_account, settings().sales_account) == ("260", "")

    def test_restores_at_a_second_connection_although_somebody_saves_meanwhile(self, acme, logged_in):
        browser, other = logged_in("accountant"), second(acme.company)
        address = reverse("web:settings-room", args=[acme.company.public_id, other.public_id, "numbers"])
        browser.post(address, {"number_prefix": "C-"})
        sent = {"event": Event.objects.get(what="saved").pk, "key": "number_prefix"}
        theirs = PostingSettings.objects.filter(connection=other)

        def restore_now():
            try:
                return browser.post(f"{address}restore/", sent, follow=True)
            finally:
                database.close()

        with ThreadPoolExecutor(1) as pool:
            with transaction.atomic():
                theirs.select_for_update().get()
                waiting = pool.submit(restore_now)
                wait_for_a_lock()
                theirs.update(app_calls_a_day=777, updated_at=clock.now())
            answer = waiting.result()
        assert answer.redirect_chain == [(address, 302)]
        assert "Restored as it was before" in answer.content.decode()
        assert (theirs.get().number_prefix, theirs.get().app_calls_a_day) == ("B-", 777)

    def test_refuses_a_value_that_does_not_fit_any_more_and_says_so(self, acme, logged_in):
        PostingSettings.objects.update(sales_account="999")
        browser = logged_in("accountant")
        save(browser, acme, "accounts", sales_account="200")
        answer = restore(browser, acme, "accounts", Event.objects.get(what="saved"), "sales_account")
        assert answer.status_code == 422
        assert "does not fit any more" in answer.content.decode()
        assert settings().sales_account == "200"

    def test_restores_no_secret_nothing_of_another_room_or_company_and_nothing_for_a_viewer(
        self, acme, birch, logged_in
    ):
        browser = logged_in("owner")
        app = reverse("web:connection-app", args=[acme.company.public_id])
        browser.post(app, {"client_id": "another", "client_secret": "a-new-secret"})
        told = Event.objects.get(what="saved")
        assert "a-new-secret" not in browser.get(page(acme, "connect")).content.decode()
        for room, key in (("connect", "client_secret"), ("numbers", "client_secret"), ("tax", "client_id")):
            assert restore(browser, acme, room, told, key).status_code == 404
        save(browser, acme, "numbers", number_prefix="AC-")
        saved = Event.objects.filter(what="saved").latest("id")
        assert restore(browser, birch, "numbers", saved, "number_prefix").status_code == 404
        assert restore(logged_in("viewer"), acme, "numbers", saved, "number_prefix").status_code == 403
        assert (
            browser.post(page(acme, "numbers", "settings-restore"), {"event": "x" * 30, "key": ""}).status_code == 404
        )
        assert settings().number_prefix == "AC-"


def test_every_field_of_the_form_stands_in_exactly_one_room(acme):
    take_in(acme)
    for name in bind_settings(acme.connection).fields:
        assert sum(room.holds(name) for room in rooms.OF_THE_FORM) == 1, name

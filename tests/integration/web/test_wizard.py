"""The set-up wizard: where a person stands, what is proposed and what is saved, and what cannot be lost on the way."""

import html
import json
import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from django.test import Client
from django.urls import reverse

from daybook.companies.models import ApiKey
from daybook.connections import stopping
from daybook.connections.models import Connection, PostingSettings, SetUp, TaxMapping, TokenSet
from daybook.intake.receive import receive
from daybook.kit import clock
from daybook.orders.models import OrderStanding
from daybook.outbox.models import Entry
from daybook.posting import by_hand
from daybook.posting.clearing import End
from daybook.web.settings import editing
from daybook.wire.http import HttpClient
from localxero.testing import InProcessTransport, LocalXero, signed_in
from tests.integration.web.conftest import take_in
from tests.integration.web.test_clearing_accounts import withdraw
from tests.integration.web.test_connection_settings import decide, words
from tests.world import Cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]
UK_SHOP = {"is_registered": "yes", "contact_per": "one", "goods": "untracked", "source": "api"}
APP = {"back": "connect", "client_id": "client", "client_secret": "secret", "then": "consent"}


@pytest.fixture
def new(acme) -> Cast:
    """Acme, connected just now, with nothing decided."""
    Connection.objects.filter(pk=acme.connection.pk).update(posting_stops=stopping.from_the_start())
    PostingSettings.objects.all().delete()
    TaxMapping.objects.all().delete()
    return acme


def at(cast: Cast, step: str = "") -> str:
    name, named = ("wizard-step", [step]) if step else ("wizard", [])
    return reverse(f"web:{name}", args=[cast.company.public_id, *named])


def said(answer) -> str:
    return html.unescape(words(answer))


def sent(browser: Client, cast: Cast, step: str, then: str = "next", **changed: str):
    """Open a step, change fields of it, and press a button."""
    context = browser.get(at(cast, step)).context
    shown = {name: value for name, value in editing.shown(context["form"]).items() if value}
    return browser.post(at(cast, step), shown | {"base": context["base"], "then": then} | changed)


def asked(consent_page: str) -> set[str]:
    """Return the scopes that a consent page is asked for."""
    return set(parse_qs(urlsplit(consent_page).query)["scope"][0].split())


def settings() -> PostingSettings:
    return PostingSettings.objects.get(connection__company__name="Acme")


def states(browser: Client, cast: Cast) -> dict[str, str]:
    rows = browser.get(at(cast)).context["wizard"].rows
    return {row.url.rstrip("/").rsplit("/", 1)[1]: str(row.state) for row in rows}


class TestAnswers:
    def test_are_proposed_in_each_step_and_saved_only_by_who_sees_them(self, new, logged_in):
        browser = logged_in("accountant")
        assert browser.post(at(new, "answers"), UK_SHOP)["Location"] == at(new, "method")  # connected already
        assert "Proposed" in words(browser.get(at(new, "tax")))
        assert settings().process_method == ""
        assert not TaxMapping.objects.exists()
        assert sent(browser, new, "method")["Location"] == at(new, "accounts")
        assert settings().process_method == "untracked"
        assert sent(browser, new, "accounts")["Location"] == at(new, "tax")
        assert sent(browser, new, "tax")["Location"] == at(new, "contact")
        stored = {f"{each.percent:f}": each.tax_type for each in TaxMapping.objects.all()}
        assert stored == {"20": "OUTPUT2", "5": "RROUTPUT"}

    def test_left_open_are_said_at_the_question(self, new, logged_in):
        answer = logged_in("accountant").post(at(new, "answers"), {"goods": "cakes"})
        assert answer.status_code == 422
        assert "Choose one; you can change it in its step" in said(answer)
        assert not SetUp.objects.exclude(answers={}).exists()

    def test_propose_to_a_company_that_posts_what_it_has_not_decided_and_write_over_nothing(self, acme, logged_in):
        TaxMapping.objects.filter(tax_type="RROUTPUT").delete()
        browser = logged_in("accountant")
        assert "Get ready-made answers" in words(browser.get(reverse("web:connection", args=[acme.company.public_id])))
        answer = browser.post(at(acme, "answers"), UK_SHOP | {"contact_per": "customer"}, follow=True)
        assert [row.title for row in answer.context["proposing"]] == ["Tax"]
        shown = browser.get(at(acme, "tax")).context["form"]
        assert (shown["new_rate"].value(), shown["tax-20"].value()) == ("5", "OUTPUT2")
        assert browser.get(at(acme, "contact")).context["form"]["contact_per"].value() == "one"


class TestAStep:
    def test_of_tax_waits_until_each_rate_is_decided_or_set_aside(self, new, logged_in):
        browser = logged_in("accountant")
        assert sent(browser, new, "tax").status_code == 422
        TaxMapping.objects.create(connection=new.connection, rate="0.2")
        TaxMapping.objects.create(connection=new.connection, rate="0.05")
        answer = sent(browser, new, "tax", **{"tax-20": "OUTPUT2"})
        assert answer.status_code == 422
        assert 'href="#id_tax-5"' in words(answer)
        assert "OUTPUT2" not in TaxMapping.objects.values_list("tax_type", flat=True)
        assert sent(browser, new, "tax", "aside", **{"tax-20": "OUTPUT2"}).status_code == 302
        assert "Set aside: 5 %" in said(browser.get(at(new))).replace("\u00a0", " ")
        assert TaxMapping.objects.get(rate="0.2").tax_type == "OUTPUT2"
        assert states(browser, new)["tax"] == "aside"
        TaxMapping.objects.create(connection=new.connection, rate="0.1")
        assert states(browser, new)["tax"] == "open"

    def test_pressed_twice_is_done_once_and_leads_to_the_same_place(self, new, logged_in):
        browser = logged_in("accountant")
        browser.post(at(new, "answers"), UK_SHOP)
        context = browser.get(at(new, "tax")).context
        form = {name: value for name, value in editing.shown(context["form"]).items() if value}
        pressed = form | {"base": context["base"], "then": "next"}
        first, second = (browser.post(at(new, "tax"), pressed) for _ in range(2))
        assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])
        assert TaxMapping.objects.count() == 2

    def test_of_two_people_keeps_both_and_asks_where_both_changed_one_thing(self, new, logged_in, person_with):
        ann, olive = logged_in("accountant"), logged_in("owner")
        opened = ann.get(at(new, "numbers")).context
        mine = {name: value for name, value in editing.shown(opened["form"]).items() if value}
        sent(olive, new, "numbers", number_prefix="OL-")
        sent(olive, new, "method", process_method="untracked")
        answer = ann.post(at(new, "numbers"), mine | {"base": opened["base"], "number_prefix": "AN-", "then": "next"})
        assert answer.status_code == 409
        assert "Step 7 of 13" in words(answer)
        assert settings().number_prefix == "OL-"
        assert {states(ann, new)[step] for step in ("numbers", "method")} == {"done"}

    def test_that_was_only_checked_or_searched_writes_nothing_over(self, acme, logged_in):
        browser = logged_in("accountant")
        for step, room, button, address in (
            ("numbers", "number_prefix", {"then": "check"}, at(acme, "numbers")),
            (
                "contact",
                "contact_name",
                {"find": "contact_name"},
                reverse("web:contacts-pick", args=[acme.company.public_id]),
            ),
        ):
            opened = browser.get(at(acme, step)).context
            typed = editing.shown(opened["form"]) | {"base": opened["base"], "step": step, room: "MINE"} | button
            PostingSettings.objects.update(**{room: "THEIRS"})
            again = browser.post(address, typed).context
            assert again["base"] == opened["base"]
            answer = browser.post(at(acme, step), typed | {"base": again["base"], "then": "next", "find": ""})
            assert answer.status_code == 409

    def test_of_tax_proposes_over_no_choice_that_somebody_made_meanwhile(self, new, logged_in):
        browser = logged_in("accountant")
        browser.post(at(new, "answers"), UK_SHOP)
        context = browser.get(at(new, "tax")).context
        form = {name: value for name, value in editing.shown(context["form"]).items() if value}
        TaxMapping.objects.create(connection=new.connection, rate="0.05", tax_type="ZERORATEDOUTPUT")
        answer = browser.post(at(new, "tax"), form | {"base": context["base"], "then": "next"})
        assert answer.status_code == 422
        assert "stands above already" in said(answer)
        assert TaxMapping.objects.get(rate="0.05").tax_type == "ZERORATEDOUTPUT"

    def test_of_tax_wants_what_purchases_are_taxed_with_where_tracked(self, new, logged_in):
        PostingSettings.objects.update_or_create(
            connection=new.connection, defaults={"process_method": "tracked", "sales_account": "200"}
        )
        TaxMapping.objects.create(connection=new.connection, rate="0.2", tax_type="OUTPUT2")
        browser = logged_in("accountant")
        answer = sent(browser, new, "tax", purchase_tax_type="")
        assert answer.status_code == 422
        assert "without it no document is made" in said(answer)
        aside = browser.post(at(new, "tax"), {"then": "aside"}, follow=True)
        assert "Tax on purchase orders is not chosen" in said(aside)

    def test_of_currencies_says_what_is_missing_of_the_whole_and_not_of_a_field(self, new, logged_in):
        line = {"id": "1", "sku": "MUG", "quantity": 1, "unit_price": "5", "tax_rate": "0.2"}
        receive(new.company, {"source": "shop", "id": "1001", "currency": "CHF", "lines": [line]})
        browser = logged_in("accountant")
        assert "Not in Xero yet: CHF" in said(browser.get(at(new, "currencies")))
        answer = sent(browser, new, "currencies")
        assert answer.status_code == 422
        assert "Xero lacks CHF. Add what is missing there" in said(answer)
        assert not answer.context["form"]["default_currency"].errors
        browser.post(at(new, "currencies"), {"then": "aside"})
        assert states(browser, new)["currencies"] == "aside"

    def test_that_may_wait_is_set_aside_without_saving_and_one_that_may_not_stays(self, new, logged_in):
        browser = logged_in("accountant")
        sent(browser, new, "numbers", "aside", number_prefix="XX-")
        assert settings().number_prefix == ""
        assert "This step cannot be set aside" in words(browser.post(at(new, "when"), {"then": "aside"}, follow=True))
        assert (states(browser, new)["numbers"], states(browser, new)["when"]) == ("aside", "open")

    def test_with_a_mistake_comes_back_in_the_wizard_with_what_was_typed(self, new, logged_in):
        answer = sent(logged_in("accountant"), new, "numbers", number_prefix="A/B")
        assert answer.status_code == 422
        assert 'value="A/B"' in words(answer)
        assert "Step 7 of 13" in words(answer)

    def test_is_resumed_where_it_was_left(self, new, logged_in):
        browser = logged_in("accountant")
        for step in ("answers", "method", "accounts"):
            browser.post(at(new, step), {"then": "aside"})
        overview = browser.get(reverse("web:overview", args=[new.company.public_id]))
        assert "Set-up: 2 of 13 done" in words(overview)
        assert f'href="{at(new, "tax")}">Go on: Tax' in words(overview)

    def test_that_nobody_knows_is_not_there_and_a_viewer_changes_none(self, new, logged_in):
        viewer = logged_in("viewer")
        assert viewer.get(at(new, "cakes")).status_code == 404
        assert viewer.get(at(new, "tax")).status_code == 200
        assert viewer.post(at(new, "tax"), {"then": "aside"}).status_code == 403


class TestTheFirstDocument:
    def test_that_is_refused_says_why_and_another_one_may_be_approved(self, new, logged_in):
        decided = {"sales_account": "200", "contact_name": "Web shop", "contact_id": "c", "process_method": "untracked"}
        PostingSettings.objects.update_or_create(connection=new.connection, defaults=decided)
        TaxMapping.objects.create(connection=new.connection, rate="0.2", tax_type="OUTPUT2")
        browser, entry = logged_in("accountant"), take_in(new, 1001)
        seen = browser.get(at(new, "first")).context["seen"]
        approve = reverse("web:document-approve", args=[new.company.public_id, entry.public_id])
        browser.post(approve, {"back": at(new, "first"), "seen": seen})
        assert states(browser, new)["first"] == "done"
        rejected = {"state": "rejected", "cause": "contact_archived", "detail": "The contact is archived"}
        Entry.objects.filter(pk=entry.pk).update(**rejected)
        take_in(new, 1002)
        shown = browser.get(at(new, "first"))
        assert "ORD-1001 was approved, and does not go: The contact is archived" in said(shown)
        assert shown.context["entry"].number == "ORD-1002"
        assert states(browser, new)["first"] == "open"
        Entry.objects.filter(pk=entry.pk).update(state="cancelled")
        assert "does not go" not in said(browser.get(at(new, "first")))


class TestTheBanner:
    def test_leaves_out_what_the_steps_say_and_nothing_else(self, new, logged_in):
        stopping.stop(new.connection.pk, stopping.Why.PERSON, "The auditor looks first", None)
        browser = logged_in("accountant")
        shown = browser.get(at(new, "tax"))
        again = browser.get(shown.context["banner"]["url"])
        for answer in (shown, again):
            assert "The auditor looks first" in said(answer)
            assert "Nothing is being posted" in said(answer)  # no worker runs here
            assert "The settings are not complete" not in said(answer)
        assert "The settings are not complete" not in said(browser.get(at(new)))
        assert "The settings are not complete" in said(browser.get(at(new, "first")))


class TestConnecting:
    def test_comes_before_the_steps_that_need_it(self, new, logged_in):
        Connection.objects.update(status="not_connected", organisation=None, holds="")
        browser = logged_in("accountant")
        browser.post(at(new, "answers"), UK_SHOP)
        for step in ("rehearse", "currencies"):
            browser.post(at(new, step), {"then": "next"})
            assert states(browser, new)[step] == "blocked"
            assert f'href="{at(new, "connect")}">First: Connect to Xero' in words(browser.get(at(new, step)))
        assert SetUp.objects.get().marks.keys() == {"answers"}

    def test_for_one_permission_more_saves_nothing_and_a_choice_is_made_in_the_first_step(self, new, logged_in, served):
        withdraw(new)
        PostingSettings.objects.update_or_create(connection=new.connection, defaults={"make_accounts": True})
        browser, sent_back = logged_in("owner"), {"then": "allow", "back": "accounts", "client_id": "stale"}
        assert "Allow it in Xero" in said(browser.get(at(new, "accounts")))
        away = browser.post(at(new, "accounts"), sent_back)["Location"]
        assert Connection.objects.get(pk=new.connection.pk).client_id == "client"
        back = browser.get(decide(served, away, "AU"))
        assert Connection.objects.get(pk=new.connection.pk).status == "choosing"
        assert back["Location"] == at(new, "connect")
        assert "None of these: choose in Xero again" in said(browser.get(back["Location"]))
        again = browser.post(back["Location"], {"then": "allow", "back": "connect"})["Location"]
        browser.get(decide(served, again, "GB"))
        assert Connection.objects.get(pk=new.connection.pk).status == "connected"

    def test_that_was_denied_or_mistyped_comes_back_to_the_step_and_goes_on(self, new, logged_in, served):
        Connection.objects.update(status="not_connected", organisation=None, holds="", client_id="", started_at=None)
        TokenSet.objects.all().delete()
        browser = logged_in("owner")
        app = at(new, "connect")
        typed = {"back": "connect", "client_id": "cli ent", "client_secret": "secret", "then": "consent"}
        wrong = browser.post(app, typed)
        assert wrong.status_code == 422
        assert "Step 2 of 13" in words(wrong)
        away = browser.post(app, typed | {"client_id": "client"})["Location"]
        denied = browser.get(decide(served, away, "GB", "deny"), follow=True)
        assert "Press Connect to Xero again" in said(denied)
        assert "Step 2 of 13" in words(denied)
        away = browser.post(app, typed | {"client_id": "client"})["Location"]
        allowed = browser.get(decide(served, away, "GB"), follow=True)
        assert "Step 3 of 13" in words(allowed)
        assert "Birch & Bell Ltd · United Kingdom · GBP" in said(allowed)

    def test_with_an_app_that_is_not_taken_says_so_once_and_what_to_press_there(self, new, logged_in, served):
        Connection.objects.update(status="not_connected", organisation=None, holds="", client_id="", started_at=None)
        TokenSet.objects.all().delete()
        browser = logged_in("owner")
        browser.post(at(new, "connect"), APP | {"client_secret": "mistyped"})
        for shown in (said(browser.get(at(new, "connect"))), said(browser.get(at(new, "connect")))):
            assert shown.count("Xero does not know this Client ID") == 1
            assert "Type the right ones below and press Connect to Xero." in shown
            assert "under Connection settings" not in shown
        browser.get(decide(served, browser.post(at(new, "connect"), APP)["Location"], "GB"))
        assert "does not know this Client ID" not in said(browser.get(at(new, "connect")))

    def test_asks_once_for_all_that_the_answers_will_take(self, new, logged_in, served):
        Connection.objects.update(status="not_connected", organisation=None, holds="", started_at=None)
        TokenSet.objects.all().delete()
        browser = logged_in("owner")
        assert browser.post(at(new, "answers"), UK_SHOP | {"contact_per": "customer"})["Location"] == at(new, "connect")
        away = browser.post(at(new, "connect"), APP)["Location"]
        assert asked(away) >= {"accounting.contacts", "accounting.invoices"}
        browser.get(decide(served, away, "GB"))
        sent(browser, new, "method")
        answer = sent(browser, new, "contact", contact_name="Custom Gateway Orders")
        assert settings().contact_per == "customer"
        assert "has to allow one thing more" not in words(browser.get(answer["Location"]))

    def test_asks_for_no_more_than_what_was_decided_since(self, new, logged_in):
        PostingSettings.objects.update_or_create(
            connection=new.connection, defaults={"contact_name": "Web shop", "contact_id": "c", "contact_per": "one"}
        )
        browser = logged_in("owner")
        browser.post(at(new, "answers"), UK_SHOP | {"contact_per": "customer"})
        assert "accounting.contacts" not in asked(browser.post(at(new, "connect"), APP)["Location"])


class TestMadeOnOneClick:
    def test_an_account_is_chosen_by_its_setting_though_nothing_posts_yet(self, new, logged_in):
        browser = logged_in("accountant")
        answer = browser.post(at(new, "accounts"), {"then": "make-sales_account"}, follow=True)
        assert "201 Online sales was made in Xero" in said(answer)
        assert settings().sales_account == "201"
        there = next(each for each in new.books("Accounts")["Accounts"] if each["Code"] == "201")
        assert there["Type"] == "REVENUE"
        again = browser.post(at(new, "accounts"), {"then": "make-sales_account"}, follow=True)
        assert "an account is chosen already" in said(again)

    def test_an_account_asks_for_its_permission_and_comes_back(self, new, logged_in, served):
        withdraw(new)
        browser = logged_in("accountant")
        away = browser.post(at(new, "accounts"), {"then": "make-sales_account"})["Location"]
        assert "accounting.settings" in away
        back = browser.get(decide(served, away, "GB"), follow=True)
        assert "Step 4 of 13" in words(back)
        browser.post(at(new, "accounts"), {"then": "make-sales_account"})
        assert settings().sales_account == "201"

    def test_a_contact_is_made_and_named_and_one_that_is_there_is_taken(self, new, logged_in):
        browser = logged_in("accountant")
        for typed, told in (
            ("Web shop  customers", "was made in Xero"),
            ("web shop customers", "stands in Xero already"),
        ):
            answer = browser.post(at(new, "contact"), {"then": "make", "contact_name": typed}, follow=True)
            assert told in said(answer)
        mine = [each for each in new.books("Contacts")["Contacts"] if each["Name"] == "Web shop customers"]
        assert [each["ContactID"] for each in mine] == [settings().contact_id]
        assert "type its name first" in said(browser.post(at(new, "contact"), {"then": "make"}, follow=True))

    def test_nothing_is_made_while_a_person_stops_posting(self, new, logged_in):
        stopping.stop(new.connection.pk, stopping.Why.PERSON, "Wait", None)
        answer = logged_in("accountant").post(at(new, "accounts"), {"then": "make-sales_account"}, follow=True)
        assert "Nothing was sent to Xero" in said(answer)
        assert settings().sales_account == ""

    def test_a_key_stands_in_the_call_this_once(self, new, logged_in):
        assert "An owner of the company" in words(
            logged_in("accountant").post(at(new, "source"), {"then": "key"}, follow=True)
        )
        browser = logged_in("owner")
        for _ in range(2):
            browser.post(at(new, "source"), {"then": "key"})
        assert ApiKey.objects.count() == 1
        shown = said(browser.get(at(new, "source")))
        assert "Bearer dbk_" in shown
        sample = json.loads(re.findall(r"-d '(\{.*\})'", shown)[0])
        receive(new.company, sample)
        assert OrderStanding.objects.get(order__ref="1001").cause == "settings_incomplete"  # of itself it wants nobody
        assert "Bearer dbk_" not in said(browser.get(at(new, "source")))
        assert browser.post(at(new, "source"), {"then": "next"})["Location"] != at(new, "source")


class Meanwhile(InProcessTransport):
    """Has something happen before a call of this method is the first time, or every time, carried."""

    def __init__(self, xero: LocalXero, method: str, happens: Callable[[], object]) -> None:
        super().__init__(xero)
        self.method, self.happens = method, happens

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.method == self.method and "/Contacts" in request.url.path:
            self.happens()
        return super().handle_request(request)


class TestAContactMadeWhile:
    def made(self, cast: Cast, person, method: str, happens: Callable[[], object]) -> End:
        client = HttpClient(10, Meanwhile(cast.xero, method, happens))
        return by_hand.make_contact(cast.connection, "Web shop", person, client=client).end

    def test_the_token_was_renewed_goes_under_the_new_one(self, new, person_with):
        def age() -> None:
            TokenSet.objects.filter(refreshed_at=first.refreshed_at).update(expires_at=clock.now())

        first = TokenSet.objects.get(connection=new.connection)
        assert self.made(new, person_with("owner"), "GET", age) is End.MADE
        assert TokenSet.objects.get(connection=new.connection).fingerprint != first.fingerprint

    def test_another_one_was_named_leaves_that_one(self, new, person_with):
        def name() -> None:
            PostingSettings.objects.update_or_create(
                connection=new.connection, defaults={"contact_name": "Olive", "contact_id": "olives"}
            )

        assert self.made(new, person_with("owner"), "PUT", name) is End.DECIDED
        assert settings().contact_id == "olives"

    def test_the_line_broke_afterwards_is_said_to_be_unclear(self, new, person_with):
        def break_line() -> None:
            if seen:
                message = "the line is down"
                raise httpx2.ConnectError(message)
            seen.append(1)

        seen: list[int] = []
        assert self.made(new, person_with("owner"), "GET", break_line) is End.UNKNOWN
        assert [each for each in new.books("Contacts")["Contacts"] if each["Name"] == "Web shop"]


class TestNumbers:
    def test_taken_in_the_ledger_are_named_and_nothing_is_saved(self, acme, logged_in):
        for number in ("ORD-1001", "ORD-1002"):
            take_in(acme, int(number[-4:]))
        theirs = {"Type": "ACCREC", "InvoiceNumber": "ORD-1002", "Contact": {"ContactID": settings().contact_id}}
        line = {"Description": "Mug", "Quantity": 1, "UnitAmount": 5, "AccountCode": "200"}
        written = signed_in(acme.xero, acme.tenant_id).put("/Invoices", json=theirs | {"LineItems": [line]})
        assert written.status_code == 200
        answer = sent(logged_in("accountant"), acme, "numbers", "check", reference_template="{ref}!")
        assert "1 of 2 numbers is taken" in said(answer)
        assert "ORD-1002" in words(answer)
        assert 'value="{ref}!"' in words(answer)
        free = sent(logged_in("owner"), acme, "numbers", "check", number_prefix="WEB-")
        assert "All free" in words(free)
        assert settings().number_prefix == ""

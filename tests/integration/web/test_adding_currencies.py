"""Add CHF in Xero: offered where the currency is said to lack, added once, and what waited for it goes by itself."""

import re

import httpx2
import pytest
from django.urls import reverse

from daybook.connections import endpoints, stopping
from daybook.connections.models import Connection, TokenSet
from daybook.history.models import Event
from daybook.intake import curing
from daybook.intake.prepare import prepare_company
from daybook.outbox.models import Attempt, Entry
from daybook.posting import by_hand
from daybook.posting.clearing import End, Ending
from daybook.wire.http import HttpClient
from localxero.testing import InProcessTransport, signed_in
from tests.integration.posting.test_ambiguous_ends import ENDS, Line
from tests.integration.web.conftest import take_in
from tests.integration.web.test_clearing_accounts import withdraw
from tests.integration.web.test_connection_settings import decide, page, words

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]

OFFER = "Add CHF in Xero"
ASKED = Attempt.objects.filter(resource="Currencies")


def there(cast, code: str = "CHF") -> int:
    rows = signed_in(cast.xero, cast.tenant_id).get("/Currencies").json()["Currencies"]
    return [each["Code"] for each in rows].count(code)


def press(client, cast, **sent: str):
    return client.post(page("currency-add", cast.company), {"currency": "CHF"} | sent, follow=True)


@pytest.fixture
def held(acme) -> Entry:
    entry = take_in(acme, currency="CHF")
    assert (entry.state, entry.cause, entry.subject) == ("held", "currency_not_enabled", "CHF")
    return entry


class TestTheButton:
    def test_stands_wherever_the_currency_is_said_to_lack(self, logged_in, acme, held):
        client = logged_in("accountant")
        company = acme.company
        for address in (
            page("needs", company),
            page("document", company, held.public_id),
            page("order", company, held.order.public_id),
            page("settings-room", company, "currencies"),
            page("wizard-step", company, "currencies"),
            page("dryrun", company) + "?of=last&count=20",
            f"{page('needs-group', company, held.cause)}?connection={acme.connection.public_id}",
        ):
            text = words(client.get(address))
            assert OFFER in text, address
            assert 'form="press"' in text
            assert '<form id="press" method="post">' in text

    def test_is_for_those_who_may_change_settings(self, logged_in, acme, held):
        for role in ("viewer", "clerk"):
            client = logged_in(role)
            assert OFFER not in words(client.get(page("needs", acme.company)))
            assert press(client, acme).status_code == 403
        assert not there(acme)

    def test_of_each_of_several_currencies_is_one(self, logged_in, acme, held):
        take_in(acme, 1002, currency="SEK")
        text = words(logged_in("owner").get(page("needs", acme.company)))
        assert OFFER in text
        assert "Add SEK in Xero" in text

    def test_is_not_there_where_nothing_is_connected(self, logged_in, acme, held):
        Connection.objects.filter(pk=acme.connection.pk).update(status="disconnected")
        client = logged_in("accountant")
        assert OFFER not in words(client.get(page("document", acme.company, held.public_id)))
        assert "connect first" in words(press(client, acme))

    def test_of_what_xero_itself_refused_is_there_too(self, logged_in, acme):
        refused = take_in(acme)
        Entry.objects.filter(pk=refused.pk).update(state="rejected", cause="currency_not_subscribed", subject="CHF")
        assert OFFER in words(logged_in("accountant").get(page("document", acme.company, refused.public_id)))


class TestAPress:
    def test_adds_it_and_what_waited_goes_by_itself(self, logged_in, acme, held):
        back = page("document", acme.company, held.public_id)
        answer = press(logged_in("accountant"), acme, back=back)
        assert answer.redirect_chain[-1][0] == back
        assert "CHF was added in Xero." in words(answer)
        assert there(acme) == 1
        prepare_company(acme.company.pk)
        held.refresh_from_db()
        assert held.state == "ready"
        told = Event.objects.get(company_id=acme.company.pk, what="listed")
        assert (told.mover, told.after) == ("person", {"currency.CHF": "used"})

    def test_sends_what_xero_refused_once_more(self, logged_in, acme):
        entry = take_in(acme)
        Entry.objects.filter(pk=entry.pk).update(
            state="rejected",
            cause="currency_not_subscribed",
            subject="CHF",
            currency="CHF",
            cured_by="a cure of before",
        )
        press(logged_in("accountant"), acme)
        assert curing.cure(acme.company.pk) == 1

    def test_again_or_of_what_is_there_sends_nothing(self, logged_in, acme):
        client = logged_in("owner")
        press(client, acme)
        assert "Xero uses CHF already" in words(press(client, acme))
        assert ASKED.count() == 1
        assert there(acme) == 1

    def test_says_in_xeros_words_that_the_plan_has_none(self, logged_in, acme, held):
        acme.xero.configure(acme.tenant_id, plan="STARTER")
        text = words(press(logged_in("accountant"), acme))
        assert "The currency CHF cannot be added to this organisation" in text
        assert "take a plan with multi-currency" in text
        held.refresh_from_db()
        assert held.state == "held"

    def test_leads_through_consent_where_the_permission_lacks(self, logged_in, acme, served, held):
        withdraw(acme)
        client = logged_in("accountant")
        away = client.post(page("currency-add", acme.company), {"currency": "CHF"})["Location"]
        assert re.search(r"accounting\.settings(?!\.)", away)
        assert not ASKED.exists()
        client.get(decide(served, away, "GB"))
        assert "CHF was added in Xero." in words(press(client, acme))

    def test_comes_back_from_consent_to_the_step_of_the_set_up(self, logged_in, acme, served, held):
        withdraw(acme)
        client, step = logged_in("accountant"), page("wizard-step", acme.company, "currencies")
        away = client.post(page("currency-add", acme.company), {"currency": "CHF", "back": step})["Location"]
        assert client.get(decide(served, away, "GB"))["Location"] == step

    @pytest.mark.parametrize("code", ["", "chf", "XXX", "CHF\0", "pounds", "XAU"])
    def test_of_what_is_no_currency_finds_nothing(self, logged_in, acme, code):
        assert press(logged_in("owner"), acme, currency=code).status_code == 404

    @pytest.mark.parametrize("back", ["", "https://evil.example/", "//evil.example/", "/c/another/", "javascript:x"])
    def test_leads_back_to_no_other_place(self, logged_in, acme, back):
        answer = press(logged_in("owner"), acme, back=back)
        assert answer.redirect_chain[-1][0] == page("settings-room", acme.company, "currencies")

    def test_of_another_company_is_not_there(self, logged_in, acme, birch):
        client = logged_in("owner")
        theirs = [birch.company.public_id, birch.connection.public_id]
        assert client.post(reverse("web:currency-add", args=theirs[:1]), {"currency": "CHF"}).status_code == 404
        mixed = reverse("web:currency-add", args=[acme.company.public_id, theirs[1]])
        assert client.post(mixed, {"currency": "CHF"}).status_code == 404

    def test_while_a_person_stops_posting_sends_nothing(self, logged_in, acme):
        stopping.stop(acme.connection.pk, stopping.Why.PERSON, "Wait", None)
        assert "Nothing was sent to Xero" in words(press(logged_in("owner"), acme))
        assert not there(acme)


class OnlyCurrencies(Line):
    """Something happens to the calls that add currencies."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.method != "PUT" or not request.url.path.endswith("/Currencies"):
            return super(Line, self).handle_request(request)
        return super().handle_request(request)


def ask(cast, person, client: HttpClient) -> Ending:
    Connection.objects.filter(pk=cast.connection.pk).update(paused_until=None)
    return by_hand.add_currency(cast.connection, "CHF", person, client=client)


UNCLEAR = {name: end for name, end in ENDS.items() if not name.startswith("later")}


@pytest.mark.parametrize("end", UNCLEAR)
def test_however_a_call_ends_pressing_again_settles_it(acme, person_with, end: str):
    person = person_with("accountant")
    ended = ask(acme, person, HttpClient(1, OnlyCurrencies(acme.xero, *UNCLEAR[end])))
    assert ended.end in {End.MADE, End.UNKNOWN}
    was_added = bool(there(acme))
    again = ask(acme, person, endpoints.client())
    assert again.end is (End.WAS_THERE if was_added else End.MADE)
    assert there(acme) == 1


class Dying(InProcessTransport):
    """The process dies once Xero has added it."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = super().handle_request(request)
        if request.method == "PUT":
            raise KeyboardInterrupt
        return answer


def test_a_process_that_died_after_sending_has_added_it(acme, person_with):
    person = person_with("owner")
    with pytest.raises(KeyboardInterrupt):
        ask(acme, person, HttpClient(1, Dying(acme.xero)))
    assert ASKED.count() == 1  # stored before the call
    assert ask(acme, person, endpoints.client()).end is End.WAS_THERE


def test_without_the_permission_sends_nothing(acme, person_with):
    tokens = TokenSet.objects.get(connection=acme.connection)
    assert "accounting.settings" in tokens.scope
    withdraw(acme)
    assert ask(acme, person_with("owner"), endpoints.client()).end is End.CONSENT_LACKS
    assert not ASKED.exists()

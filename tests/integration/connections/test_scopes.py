"""Scopes follow the features that are switched on: asked anew in words, compared with what was granted."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import transaction

from daybook.companies.models import Person
from daybook.connections import consent, permissions, tokens
from daybook.connections.models import Connection, Consent, PostingSettings, TokenSet
from daybook.intake.prepare import prepare_company
from daybook.intake.receive import receive
from daybook.kit import clock
from daybook.outbox.models import Entry
from daybook.posting import drain
from daybook.reconciliation import witness
from tests.integration.connections.browser import decide
from tests.integration.connections.test_consent import finish, trip
from tests.integration.contacts.orders import an_order, post, stands
from tests.integration.credits import shop
from tests.integration.payments.shop import map_gateway, payments, states
from tests.world import Cast, connected

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]


def asked(address: str) -> set[str]:
    return set(parse_qs(urlsplit(address).query)["scope"][0].split())


def granted(connection: Connection) -> set[str]:
    return set(TokenSet.objects.get(connection=connection).scope.split())


def consent_to(cast: Cast, person: Person) -> None:
    """The whole trip, and the look that is due after it."""
    trip(cast.xero, cast.connection, person, cast.tenant_id)
    cast.connection.refresh_from_db()
    witness.look(cast.connection, cast.client, now=clock.now())


def switch_on(connection: Connection, **settings: object) -> None:
    PostingSettings.objects.update_or_create(connection=connection, defaults=settings)


class TestSwitchingAFeatureOn:
    def test_asks_for_its_scope_too(self, unconnected, ann):
        assert "accounting.contacts" not in asked(consent.begin(unconnected, ann))
        switch_on(unconnected, contact_per="customer")
        assert "accounting.contacts" in asked(consent.begin(unconnected, ann))

    def test_is_said_in_words_until_consent_is_given(self, xero, unconnected, ann):
        trip(xero, unconnected, ann, xero.tenant_id("GB"))
        assert permissions.asked_anew(unconnected) == []
        switch_on(unconnected, contact_per="customer")
        assert permissions.asked_anew(unconnected) == [
            "Customers as contacts: Daybook may make contacts; Xero will ask you again."
        ]
        trip(xero, unconnected, ann, xero.tenant_id("GB"))
        assert permissions.asked_anew(unconnected) == []
        assert "accounting.contacts" in granted(unconnected)

    def test_off_again_asks_for_less_and_loses_nothing_that_was_granted(self, xero, unconnected, ann):
        switch_on(unconnected, contact_per="customer")
        trip(xero, unconnected, ann, xero.tenant_id("GB"))
        switch_on(unconnected, contact_per="one")
        assert "accounting.contacts" not in asked(consent.begin(unconnected, ann))
        trip(xero, unconnected, ann, xero.tenant_id("GB"))
        assert permissions.lacking(unconnected) == ()


class TestWhatWasGranted:
    def test_is_compared_with_what_was_asked_and_the_rest_is_said(self, xero, unconnected, ann):
        switch_on(unconnected, contact_per="customer")
        address = consent.begin(unconnected, ann).replace("accounting.contacts", "accounting.contacts.read")
        finish(xero, decide(xero, address, xero.tenant_id("GB")), ann)
        assert permissions.not_granted(unconnected) == "Customers as contacts (Daybook may not make contacts)"
        assert "accounting.contacts" in Consent.objects.get().asked.split()

    def test_stays_known_over_a_refresh(self, xero, unconnected, ann):
        trip(xero, unconnected, ann, xero.tenant_id("GB"))
        before = granted(unconnected)
        TokenSet.objects.update(expires_at=clock.now())
        from tests.world import client_of

        tokens.current_token(unconnected.pk, now=clock.now(), client=client_of(xero))
        assert granted(unconnected) == before

    def test_is_kept_where_an_answer_names_none(self, unconnected):
        from dataclasses import replace

        from daybook.ledgers.consent import Tokens

        first = Tokens("a", "r", clock.now(), "accounting.invoices")
        with transaction.atomic():
            tokens.store(unconnected, first, now=clock.now())
        row = TokenSet.objects.get(connection=unconnected)
        tokens._fill(row, replace(first, scope=""), clock.now())
        assert row.scope == "accounting.invoices"


class TestAScopeThatIsMissing:
    def test_keeps_only_what_needs_it_waiting_and_lets_it_go_after_consent(self, xero):
        acme = connected(xero)
        TokenSet.objects.update(scope="accounting.settings.read accounting.contacts")
        receive(acme.company, an_order("A-1"))
        assert stands("A-1") == ("held", "consent_lacks")
        assert Entry.objects.get().subject == "Invoices"
        TokenSet.objects.update(scope="accounting.settings.read accounting.contacts accounting.invoices")
        prepare_company(acme.company.pk)
        post(acme)
        assert stands("A-1") == ("posted", "")

    def test_found_by_a_drain_holds_what_was_ready(self, xero):
        acme = connected(xero)
        receive(acme.company, an_order("A-1"))
        TokenSet.objects.update(scope="accounting.settings.read accounting.contacts")
        post(acme)
        assert stands("A-1") == ("held", "consent_lacks")
        assert acme.invoices() == []

    def test_of_an_old_connection_that_noted_none_lacks_nothing_that_was_there(self, xero):
        acme = connected(xero)
        TokenSet.objects.update(scope="")
        receive(acme.company, an_order("A-1"))
        post(acme)
        drain.drain(acme.connection.pk, acme.client)
        assert stands("A-1") == ("posted", "")


class TestPaymentsThatNobodyMayWriteYet:
    @pytest.fixture
    def acme(self, xero, ann) -> Cast:
        """Connected by a consent that was given before payments were switched on."""
        cast = connected(xero)
        switch_on(cast.connection, post_credit_notes=True, document_status="AUTHORISED")
        consent_to(cast, ann)
        switch_on(cast.connection, post_payments=True)
        map_gateway(cast, "stripe")
        return cast

    def test_wait_alone_and_go_after_consent(self, xero, acme, ann):
        assert "accounting.payments" not in granted(acme.connection)
        shop.send(acme, shop.order("A-1", payments=[shop.paid()]))
        shop.settle(acme)
        money = [shop.paid("12.00", "re_1", at="2026-03-05T10:00:00Z")]
        returned = shop.refund(lines=[shop.of_line("m", 1)], payments=money)
        shop.send(acme, shop.order("A-1", returned, payments=[shop.paid()]))
        shop.settle(acme)
        assert (stands("A-1"), stands("A-1-CR1")) == (("posted", ""), ("posted", ""))
        assert states(acme) == states(acme, "refund") == [("held", "consent_lacks")]
        assert set(Entry.objects.filter(state="held").values_list("subject", flat=True)) == {"Payments"}
        assert not xero.state.journal.entries(lambda entry: entry.path.endswith("/Payments") and entry.method != "GET")

        assert permissions.asked_anew(acme.connection) == [
            "Payments: Daybook may write payments; Xero will ask you again."
        ]
        consent_to(acme, ann)
        assert permissions.asked_anew(acme.connection) == []
        prepare_company(acme.company.pk)
        shop.settle(acme)
        assert states(acme) == states(acme, "refund") == [("posted", "")]
        assert [each["Amount"] for each in payments(acme)] == [62]

    def test_are_kept_back_by_a_drain_that_finds_the_scope_gone(self, acme, ann):
        consent_to(acme, ann)
        shop.send(acme, shop.order("A-1", payments=[shop.paid()]))
        TokenSet.objects.update(scope=" ".join(granted(acme.connection) - {"accounting.payments"}))
        shop.settle(acme)
        assert stands("A-1") == ("posted", "")
        assert states(acme) == [("held", "consent_lacks")]

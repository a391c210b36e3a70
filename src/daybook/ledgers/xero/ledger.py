"""PURE: Xero as a row: everything that the rest of Daybook learns of it."""

from decimal import Decimal

from daybook.kit.translation import Dated
from daybook.ledgers.ledger import Address, Ledger, Statuses
from daybook.ledgers.terms import Terms
from daybook.ledgers.xero import (
    accounts,
    allocations,
    bills,
    contacts,
    credit_notes,
    currencies,
    foretelling,
    hearing,
    invoices,
    items,
    links,
    lists,
    messages,
    oauth,
    payments,
    protocol,
    purchase_orders,
    writing,
)
from daybook.ledgers.xero.probing.table import PROBING
from daybook.ledgers.xero.reasons import REASONS
from daybook.ledgers.xero.returns import RETURNS

XERO = Ledger(
    name="xero",
    title="Xero",
    addresses={
        Address.API: "https://api.xero.com",
        Address.IDENTITY: "https://identity.xero.com",
        Address.LOGIN: "https://login.xero.com",
        Address.LINK: "https://go.xero.com",
    },
    terms=Terms(
        calls_at_once=5,
        calls_kept_at_once=1,
        calls_kept_a_minute=1,
        calls_kept_for_people=20,
        calls_a_minute=60,
        calls_a_day=(1_000, 5_000),
        bytes_a_call=writing.MAX_BYTES,
        smallest_step=Decimal("0.01"),
        decimals_of_prices=4,
        no_tax_types=("NONE", "BASEXCLUDED"),  # Australian organisations have no NONE (xero-rules.md 5.7)
        # a 500 or 503 is stored under the key and would only be said again (xero-rules.md 3)
        resent_after=frozenset({200, 502, 504}),
        can_void=True,
        can_look=True,
    ),
    statuses=Statuses(
        dead=frozenset({"VOIDED", "DELETED"}),
        deleted="DELETED",
        paid=frozenset({"PAID"}),
        open_again=frozenset({"AUTHORISED"}),
        done={
            "VOIDED": Dated("Voided in {ledger}", "Voided in {ledger} on {day}"),
            "DELETED": Dated("Deleted in {ledger}", "Deleted in {ledger} on {day}"),
            "AUTHORISED": Dated("Approved in {ledger}", "Approved in {ledger} on {day}"),
            "SUBMITTED": Dated("Submitted for approval in {ledger}", "Submitted for approval in {ledger} on {day}"),
            "DRAFT": Dated("Made a draft again in {ledger}", "Made a draft again in {ledger} on {day}"),
            "PAID": Dated("Paid in full in {ledger}", "Paid in full in {ledger} on {day}"),
            "BILLED": Dated("Billed in {ledger}", "Billed in {ledger} on {day}"),
        },
    ),
    forms={
        each.kind: each
        for each in (
            invoices.FORM,
            purchase_orders.FORM,
            credit_notes.FORM,
            allocations.FORM,
            payments.PAYMENT,
            payments.REFUND,
            bills.FORM,
            payments.BILL_PAYMENT,
        )
    },
    routes={
        each.name: each
        for each in (
            invoices.ROUTE,
            purchase_orders.ROUTE,
            credit_notes.ROUTE,
            allocations.ROUTE,
            payments.ROUTE,
            bills.ROUTE,
        )
    },
    supplies={each.name: each for each in (items.SUPPLY, contacts.SUPPLY)},
    consent=oauth.CONSENT,
    scopes=oauth.SCOPES_BY_FEATURE,
    scopes_before=oauth.SCOPES_BEFORE,
    covers=oauth.covers,
    lists=lists.LISTS,
    why=messages.recognise,
    reasons={str(cause): words for cause, words in REASONS.items()},
    dress=protocol.dress,
    is_whole=protocol.is_whole,
    failure=protocol.failure,
    remaining=protocol.remaining_calls,
    call_id=protocol.correlation_id,
    hears=hearing.hears,
    taken_on=payments.taken_on,
    contact_link=links.contact,
    account_maker=accounts.MAKER,
    currency_maker=currencies.MAKER,
    probing=PROBING,
    foretell=foretelling.foretell,
    returns=RETURNS,
)

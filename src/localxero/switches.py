"""Where Xero's behaviour is not known for sure there is a switch, so that a client can be tried in both positions.

Each default is the answer that the sources favour; where they are silent, the harder one for a client.
"""

from typing import Annotated

import msgspec
from msgspec import Meta


def means(words: str) -> Meta:
    """Say what a switch means where it is on."""
    return Meta(description=words)


class Switches(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The open questions of xero-rules.md 11, answered for this run."""

    summarised_400_books_good: Annotated[
        bool, means("The good elements of a batch refused as a whole stay booked (4.3, unsure).")
    ] = True
    post_updates_invoice_by_number: Annotated[
        bool, means("POST with the number of a sales invoice edits that invoice (4.2, likely).")
    ] = True
    post_updates_bill_by_number: Annotated[
        bool, means("POST with the number of a bill of the same contact edits that bill (4.2, unsure).")
    ] = True
    post_updates_credit_note_by_number: Annotated[
        bool,
        means(
            "POST with the number of a customer's credit note edits that one (4.2 says so of invoices only, unsure)."
        ),
    ] = True
    post_updates_purchase_order_by_number: Annotated[
        bool, means("POST with a purchase order's number edits it instead of `must be unique` (4.2, unsure).")
    ] = False
    post_updates_item_by_code: Annotated[
        bool, means("POST with an item's code and no ItemID edits that item (4.2, likely).")
    ] = True
    deleted_numbers_stay_burnt: Annotated[
        bool,
        means(
            "The number of a DELETED invoice cannot be used again, like that of a VOIDED one (4.2, likely by one vendor)."
        ),
    ] = True
    drafts_respect_lock_dates: Annotated[
        bool, means("A draft dated in a locked period is refused too (5.7, unsure).")
    ] = True
    purchase_orders_respect_lock_dates: Annotated[
        bool, means("A purchase order in a locked period is refused, though it posts nothing (5.4, unsure).")
    ] = False
    drafts_drop_unknown_accounts: Annotated[
        bool,
        means(
            "A draft with an unknown account code is saved without it, with a warning; off, it is refused (4.6, likely)."
        ),
    ] = True
    drafts_checked_for_stock: Annotated[
        bool, means("A draft that sells more than is on hand is refused too (5.5, unsure).")
    ] = False
    stock_may_be_taken_back_below_zero: Annotated[
        bool, means("A bill whose stock was sold since may be voided all the same (5.5, unsure).")
    ] = False
    negative_halves_round_away: Annotated[bool, means("-2.165 becomes -2.17; off, it becomes -2.16 (5.2, unsure).")] = (
        True
    )
    too_exact_prices_are_refused: Annotated[
        bool,
        means("A price with more than 8 decimals is refused, in misleading words; off, it is rounded (10.12, likely)."),
    ] = True
    rounding_amount_is_read: Annotated[
        bool, means("RoundingAmount on invoices counts; off, it is ignored like any unknown field (5.2, likely).")
    ] = True
    zero_totals_are_paid: Annotated[
        bool, means("An approved invoice over nothing is PAID at once (5.1, unsure: Xero's screens do so).")
    ] = True
    post_updates_contact_by_name: Annotated[
        bool, means("POST with a contact's Name alone edits that contact (4.2, likely: one probe).")
    ] = True
    documents_change_their_contact: Annotated[
        bool,
        means(
            "Contact fields sent inside a document change the contact, and drop the persons not listed (4.2, likely)."
        ),
    ] = True
    archived_contacts_match_by_name: Annotated[
        bool,
        means(
            "A document that names an archived contact means that one, and is refused; off, a new one is made (5.6, unsure)."
        ),
    ] = False
    attachments_up_to_25_mb: Annotated[
        bool,
        means(
            "A file may have 25 MB, as the pages of the resources say, not 10 as the page on attachments (5.7, unsure)."
        ),
    ] = False
    purchase_orders_billed_by_api: Annotated[bool, means("Status BILLED may be set through the API (5.4, unsure).")] = (
        True
    )
    untracked_items_become_tracked: Annotated[
        bool, means("An untracked item may be given an inventory account (5.5, unsure).")
    ] = True
    keys_scoped_to_tenant: Annotated[
        bool, means("The same Idempotency-Key in another tenant is another key (3, unsure).")
    ] = False
    egress_counts_writes: Annotated[
        bool, means("Answers to PUT, POST and DELETE count as bytes read by the app, too (2.3, unsure).")
    ] = True
    keys_forgotten_on_refresh: Annotated[
        bool, means("A refreshed access token makes earlier keys unknown (3, unsure: one trial saw it).")
    ] = False


def described() -> dict[str, str]:
    """Return what each switch means where it is on."""
    properties = msgspec.json.schema_components([Switches])[1]["Switches"]["properties"]
    return {name: schema["description"] for name, schema in properties.items()}

"""Where Xero's behaviour is not known for sure there is a switch, so that a client can be tried in both positions.

Each default is the answer that the sources favour; where they are silent, the harder one for a client.
"""

import msgspec


class Switches(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The open questions of xero-rules.md 11, answered for this run."""

    summarised_400_books_good: bool = True
    """The good elements of a batch refused as a whole stay booked (4.3, unsure)."""

    post_updates_invoice_by_number: bool = True
    """POST with the number of a sales invoice edits that invoice (4.2, likely)."""

    post_updates_bill_by_number: bool = True
    """POST with the number of a bill of the same contact edits that bill (4.2, unsure)."""

    post_updates_credit_note_by_number: bool = True
    """POST with the number of a customer's credit note edits that one (4.2 says so of invoices only, unsure)."""

    post_updates_purchase_order_by_number: bool = False
    """POST with a purchase order's number edits it instead of "must be unique" (4.2, unsure)."""

    post_updates_item_by_code: bool = True
    """POST with an item's code and no ItemID edits that item (4.2, likely)."""

    deleted_numbers_stay_burnt: bool = True
    """The number of a DELETED invoice cannot be used again, like that of a VOIDED one (4.2, likely by one vendor)."""

    drafts_respect_lock_dates: bool = True
    """A draft dated in a locked period is refused too (5.7, unsure)."""

    purchase_orders_respect_lock_dates: bool = False
    """A purchase order in a locked period is refused, though it posts nothing (5.4, unsure)."""

    drafts_drop_unknown_accounts: bool = True
    """A draft with an unknown account code is saved without it, with a warning; off, it is refused (4.6, likely)."""

    drafts_checked_for_stock: bool = False
    """A draft that sells more than is on hand is refused too (5.5, unsure)."""

    stock_may_be_taken_back_below_zero: bool = False
    """A bill whose stock was sold since may be voided all the same (5.5, unsure)."""

    negative_halves_round_away: bool = True
    """-2.165 becomes -2.17; off, it becomes -2.16 (5.2, unsure)."""

    too_exact_prices_are_refused: bool = False
    """A price with more than 8 decimals is refused, in misleading words; off, it is rounded (10.12, unsure).

    Off, because most clients send what their own arithmetic leaves behind, such as 9.9500000000000011.
    """

    rounding_amount_is_read: bool = True
    """RoundingAmount on invoices counts; off, it is ignored like any unknown field (5.2, likely)."""

    zero_totals_are_paid: bool = True
    """An approved invoice over nothing is PAID at once (5.1, unsure: Xero's screens do so)."""

    post_updates_contact_by_name: bool = True
    """POST with a contact's Name alone edits that contact (4.2, likely: one probe)."""

    documents_change_their_contact: bool = True
    """Contact fields sent inside a document change the contact, and drop the persons not listed (4.2, likely)."""

    archived_contacts_match_by_name: bool = False
    """A document that names an archived contact means that one, and is refused; off, a new one is made (5.6, unsure)."""

    attachments_up_to_25_mb: bool = False
    """A file may have 25 MB, as the pages of the resources say, not 10 as the page on attachments (5.7, unsure)."""

    purchase_orders_billed_by_api: bool = True
    """Status BILLED may be set through the API (5.4, unsure)."""

    untracked_items_become_tracked: bool = True
    """An untracked item may be given an inventory account (5.5, unsure)."""

    zero_total_bills_are_paid: bool = True
    """An approved bill over nothing is PAID at once, too (5.1, unsure)."""

    tax_amounts_are_taken_as_sent: bool = True
    """A TaxAmount far from what the rate comes to is taken; off, the tax is worked out anew from a cent on (5.2, likely)."""

    renamed_numbers_are_free: bool = True
    """The number that an invoice had before it was renamed may be used again (4.2, unsure: several vendors reuse them)."""

    credit_notes_share_the_invoices_numbers: bool = True
    """A customer's credit note may not have the number of a sales invoice, nor the other way round (5.7, unsure)."""

    approved_credit_notes_may_be_edited: bool = False
    """Date, contact and lines of an approved credit note that nothing was taken from may be changed (5.7, unsure)."""

    credits_cross_contacts: bool = False
    """A credit note may be allocated to an invoice of another contact (5.7, unsure)."""

    allocations_may_be_dated: bool = False
    """The Date of an allocation is kept as sent; off, it is the later of the two documents' (5.7, likely)."""

    payments_may_precede_their_invoice: bool = True
    """A payment dated before its invoice is saved, with a warning; off, it is refused (5.7, one live answer)."""

    refunds_may_precede_their_note: bool = False
    """A refund dated before its credit note is saved, with the same warning (5.7, unsure)."""

    foreign_documents_paid_into_base_accounts: bool = True
    """A document in another currency may be paid into an account that is no bank account (5.7, likely)."""

    bad_payment_spares_its_batch: bool = True
    """With summarizeErrors=false the good payments of a call are made beside a bad one; off, none is (4.3, likely)."""

    returns_come_back_at_average_cost: bool = True
    """A customer's credit note brings stock back at the average cost of the day; off, at the item's own (5.5, unsure)."""

    supplier_credits_may_take_stock_below_zero: bool = False
    """A supplier's credit note may take more of an item than is on hand (5.5, unsure)."""

    keys_scoped_to_tenant: bool = False
    """The same Idempotency-Key in another tenant is another key (3, unsure)."""

    egress_counts_writes: bool = True
    """Answers to PUT, POST and DELETE count as bytes read by the app, too (2.3, unsure)."""

    keys_forgotten_on_refresh: bool = False
    """A refreshed access token makes earlier keys unknown (3, unsure: one trial saw it)."""


class Answers(msgspec.Struct):
    """What was asked of a live organisation, as `daybook probe` writes it; all else in its file is for people."""

    switches: dict[str, bool]
    """By the names above, as far as they were answered."""

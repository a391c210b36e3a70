"""What Xero refuses about the lines of a document. Its errors sit on the document, not on the line (4.4)."""

from collections.abc import Iterator
from decimal import Decimal

from localkit.rules import Rule
from localxero.books import PAYABLE
from localxero.books.arithmetic import ZERO, extended
from localxero.books.records import CreditNote, Document, Invoice, PurchaseOrder
from localxero.drafting.documents import APPROVED, DocumentDraft
from localxero.drafting.lines import LineDraft

AnyDraft = DocumentDraft[Document]
InvoiceDraft = DocumentDraft[Invoice]
CreditNoteDraft = DocumentDraft[CreditNote]
PurchaseOrderDraft = DocumentDraft[PurchaseOrder]

LARGEST_LINE = Decimal(10_000_000_000)
LONGEST_DESCRIPTION = 4000
LONGEST_QUANTITY = 13
LONGEST_PRICE = 8
MOST_TRACKED = 2
# ROUNDING is a system account too, but the one Xero itself tells integrations to post to (5.2).
OPEN_SYSTEM_ACCOUNTS = {"", "ROUNDING"}


def _is_approved(draft: AnyDraft) -> bool:
    return draft.after.status in APPROVED


def description_is_given(draft: AnyDraft) -> Iterator[str]:
    """Refuse to submit or approve a line without a description, its own or the item's.

    Source: xero-rules.md 4.6, 5.1 (likely)
    """
    if _is_approved(draft) and any(not (each.line.description or "").strip() for each in draft.judged):
        yield "The description field is mandatory for each line item."


def description_fits(draft: AnyDraft) -> Iterator[str]:
    """Refuse a description of more than 4000 characters.

    Source: xero-rules.md 5.1 (sure on the cap; wording unsure)
    """
    if any(len(each.line.description or "") > LONGEST_DESCRIPTION for each in draft.judged):
        yield "Description must not be more than 4000 characters"


def account_is_given(draft: AnyDraft) -> Iterator[str]:
    """Refuse to submit or approve a line without an account, its own or the item's.

    Source: xero-rules.md 4.6, 5.1 (likely)
    """
    if not _is_approved(draft):
        return
    for each in draft.judged:
        if each.account is None and not (each.given.account_code or each.given.account_id) and _has_amount(each.line):
            yield "Account code or ID must be specified"


def _has_amount(line: object) -> bool:
    return getattr(line, "quantity", None) is not None


def account_may_be_used(draft: AnyDraft) -> Iterator[str]:
    """Refuse an account code that is unknown, a bank account, or closed to documents as a system account.

    An unknown one on a draft invoice is only warned of and dropped, see account_is_recognised.

    Source: xero-rules.md 4.6, 5.7 (likely)
    """
    for each in draft.judged:
        wrong = (
            (each.account is None and (each.given.account_code or each.given.account_id) and not drops_account(draft))
            or (each.account and each.account.type == "BANK")
            or (each.account and each.account.system_account not in OPEN_SYSTEM_ACCOUNTS)
        )
        if wrong:
            code = each.given.account_code or (each.account.code if each.account else each.given.account_id)
            yield f"Account code '{code}' is not a valid code for this document."


def drops_account(draft: AnyDraft) -> bool:
    """Tell whether a draft is saved without an account code that nobody knows (a switch)."""
    return draft.after.status == "DRAFT" and draft.setting.switches.drafts_drop_unknown_accounts


def account_is_recognised(draft: AnyDraft) -> Iterator[str]:
    """Warn that an unknown account code was dropped from a draft; the draft is saved without it. A switch.

    Source: SPEC /ManualJournals, a live answer of 2021 in a public repository (likely)
    """
    for each in draft.judged:
        if drops_account(draft) and each.account is None and each.given.account_code:
            yield f"Account code {each.given.account_code} has been removed as it does not match a recognised account."


def tracked_item_keeps_its_account(draft: InvoiceDraft) -> Iterator[str]:
    """Refuse to buy a tracked item to any account but its inventory account, and to sell it to that one.

    Source: xero-rules.md 5.5, D-TI (likely; refused or put right: unsure; wording not found)
    """
    for each in draft.judged:
        if each.item is None or not each.item.is_tracked or each.account is None:
            continue
        is_own = each.account.code == each.item.inventory_asset_account_code
        if is_own != (draft.after.type == PAYABLE):
            yield f"Account code '{each.account.code}' cannot be used with the tracked inventory item '{each.item.code}'."


def account_is_not_archived(draft: AnyDraft) -> Iterator[str]:
    """Refuse an archived account.

    Source: xero-rules.md 4.6 (likely)
    """
    for each in draft.judged:
        if each.account and each.account.status != "ACTIVE":
            yield (
                f"Account code '{each.account.code}' has been archived, or has been deleted. "
                "Each line item must reference a valid account."
            )


def inventory_account_needs_a_tracked_item(draft: AnyDraft) -> Iterator[str]:
    """Refuse an INVENTORY account on a line whose item is not tracked, or that has no item.

    Source: xero-rules.md 4.6, 5.5 (likely; wording unsure)
    """
    for each in draft.judged:
        if each.account and each.account.type == "INVENTORY" and not (each.item and each.item.is_tracked):
            yield "You cannot save this transaction using an inventory account type"


def item_exists(draft: AnyDraft) -> Iterator[str]:
    """Refuse an item code that no item has.

    Source: xero-rules.md 4.6 (unsure; wording not found)
    """
    for each in draft.judged:
        if each.given.item_code and each.item is None:
            yield f"Item code '{each.given.item_code}' is not valid"


def tax_type_exists(draft: AnyDraft) -> Iterator[str]:
    """Refuse a tax type the organisation does not have.

    Source: GH:XeroAPI/Xero-Java#336 (likely; whether the code stands in quotes: unsure)
    """
    for each in draft.judged:
        if each.line.tax_type and (each.tax_rate is None or each.tax_rate.status != "ACTIVE"):
            yield (
                f"The TaxType code {each.line.tax_type} does not exist or cannot be used for this type of transaction."
            )


def tax_type_goes_with_account(draft: AnyDraft) -> Iterator[str]:
    """Refuse a tax type that may not be applied to the account's class.

    Source: xero-rules.md 4.6, 5.7, D-TAX (sure)
    """
    for each in draft.judged:
        tax_type = each.line.tax_type
        if each.account and tax_type and (each.tax_rate is None or each.account.klass not in each.tax_rate.applies_to):
            yield f"The TaxType code '{tax_type}' cannot be used with account code '{each.account.code}'."


def tax_type_is_given(draft: AnyDraft) -> Iterator[str]:
    """Refuse to approve a line with an amount and no tax type, where neither item nor account has one.

    Source: xero-rules.md 4.6 (likely)
    """
    if _is_approved(draft) and any(each.account and not each.line.tax_type for each in draft.judged):
        yield "The TaxType field is mandatory"


def line_total_matches(draft: AnyDraft) -> Iterator[str]:
    """Refuse a LineAmount that is not quantity x price after discount.

    Quantity and price count whether they were sent or stand in the line that is changed; an amount for nothing, or of
    nothing, is refused, too.

    Source: xero-rules.md 4.6, 10.13 (likely)
    """
    for each in draft.judged:
        given = each.given
        is_told = None not in (given.line_amount, given.quantity, given.unit_amount)
        if each.expected_amount is None or not (is_told or (given.line_amount and not each.expected_amount)):
            continue
        if each.line.line_amount != each.expected_amount:
            yield (
                f"The line total {each.line.line_amount} does not match the expected line total {each.expected_amount}"
            )


def quantity_is_not_negative(draft: AnyDraft) -> Iterator[str]:
    """Refuse a negative quantity; a negative price is the way.

    Source: xero-rules.md 4.6, 10.24 (likely)
    """
    for each in draft.judged:
        if each.line.quantity is not None and each.line.quantity < ZERO:
            yield f"The quantity value '{each.line.quantity}' is invalid. Quantity must not be less than zero."


def quantity_fits(draft: AnyDraft) -> Iterator[str]:
    """Refuse a quantity of more than 13 characters, with its point and four decimals.

    Source: xero-rules.md 5.1 (sure on the cap; wording not found)
    """
    for each in draft.judged:
        if each.line.quantity is not None and len(f"{abs(each.line.quantity):.4f}") > LONGEST_QUANTITY:
            yield f"The quantity value '{each.line.quantity}' is too long"


def price_is_not_too_exact(draft: AnyDraft) -> Iterator[str]:
    """Refuse a price with more than 8 decimals, in words that speak of something else; a switch.

    Source: xero-rules.md 4.6, 10.12, GH:XeroAPI/Xero-Java#353 (likely; how many decimals are too many: unsure)
    """
    if draft.setting.switches.too_exact_prices_are_refused and any(
        _decimals(each) > LONGEST_PRICE for each in draft.judged
    ):
        yield "Account must be valid."
        yield "Tax rate must be valid."


def _decimals(line: LineDraft) -> int:
    price = line.given.unit_amount
    exponent = price.normalize().as_tuple().exponent if price is not None else 0
    return -exponent if isinstance(exponent, int) else 0


def line_amount_fits(draft: AnyDraft) -> Iterator[str]:
    """Refuse a line of 10,000,000,000 or more.

    Source: xero-rules.md 5.1 (sure on the cap; wording unsure)
    """
    if any(abs(each.line.line_amount) >= LARGEST_LINE for each in draft.judged):
        yield "The line amount must be less than 10,000,000,000"


def discount_is_a_share(draft: AnyDraft) -> Iterator[str]:
    """Refuse a discount below 0 or above 100 percent.

    Source: xero-rules.md 5.1 (unsure; wording not found)
    """
    for each in draft.judged:
        rate = each.line.discount_rate
        if rate is not None and not ZERO <= rate <= 100:
            yield "The discount rate must be between 0 and 100"


def discount_is_not_above_its_line(draft: AnyDraft) -> Iterator[str]:
    """Refuse a DiscountAmount that, rounded to the cent, is more than quantity x price at its own decimals.

    So 27.83 is refused on a line of 27.8260, and 0.00 on a line below zero. The words speak of a rate. A discount below
    zero is refused in the same words (unsure).

    Source: GH:XeroAPI/xero-php-oauth2#288, GH:XeroAPI/Xero-OpenAPI#429 (sure)
    """
    for each in draft.judged:
        line = each.line
        if line.discount_amount is None or line.discount_rate is not None or line.quantity is None:
            continue
        whole = extended(line.quantity, line.unit_amount or ZERO)
        if line.discount_amount > whole or line.discount_amount < ZERO:
            yield (
                f"The discount rate '{line.discount_amount}' is invalid. Discount must not be greater than the line total."
            )


def bills_have_no_discounts(draft: InvoiceDraft) -> Iterator[str]:
    """Refuse discounts on bills.

    Source: xero-rules.md 5.1, GH:XeroAPI/Xero-Net#198 (sure; wording likely)
    """
    if draft.after.type == PAYABLE and _has_discount(draft):
        yield "Discounts may not be applied to ACCPAY invoices."


def credit_notes_have_no_discounts(draft: CreditNoteDraft) -> Iterator[str]:
    """Refuse discounts on credit notes.

    Source: xero-rules.md 5.7, SPEC LineItem.DiscountRate (sure; wording unsure)
    """
    if _has_discount(draft):
        yield "Discounts are not supported on credit notes"


def _has_discount(draft: AnyDraft) -> bool:
    return any(each.given.discount_rate or each.given.discount_amount for each in draft.judged)


def priced_where_counted(draft: PurchaseOrderDraft) -> Iterator[str]:
    """Refuse a purchase order line with a Quantity and no UnitAmount.

    Source: xero-rules.md 5.4, D-PO (sure; wording unsure)
    """
    for each in draft.judged:
        if each.line.quantity is not None and each.line.unit_amount is None:
            yield "A UnitAmount must be specified where a Quantity is given"


def tracked_by_two_at_most(draft: AnyDraft) -> Iterator[str]:
    """Refuse a line with more than two tracking categories, or with one of them twice.

    Source: xero-rules.md 5.1, 5.7, SPEC LineItem.Tracking (sure; wording not found)
    """
    for each in draft.judged:
        categories = [tracked.category_id for tracked in each.tracking if tracked]
        if len(each.tracking) > MOST_TRACKED or len(set(categories)) < len(categories):
            yield "A line item can have a maximum of 2 tracking categories"


def tracking_option_exists(draft: AnyDraft) -> Iterator[str]:
    """Refuse tracking by a category or option that is not there or not active; none is made by naming it.

    Source: xero-rules.md 5.7 (likely; wording not found)
    """
    if any(tracked is None for each in draft.judged for tracked in each.tracking):
        yield "The tracking category and option specified do not exist"


RULES: tuple[Rule[AnyDraft], ...] = (
    description_is_given,
    description_fits,
    item_exists,
    account_is_given,
    account_may_be_used,
    account_is_not_archived,
    inventory_account_needs_a_tracked_item,
    tax_type_is_given,
    tax_type_exists,
    tax_type_goes_with_account,
    line_total_matches,
    quantity_is_not_negative,
    quantity_fits,
    price_is_not_too_exact,
    line_amount_fits,
    discount_is_a_share,
    discount_is_not_above_its_line,
    tracked_by_two_at_most,
    tracking_option_exists,
)
WARNINGS: tuple[Rule[AnyDraft], ...] = (account_is_recognised,)
INVOICE_RULES: tuple[Rule[InvoiceDraft], ...] = (bills_have_no_discounts, tracked_item_keeps_its_account)
CREDIT_NOTE_RULES: tuple[Rule[CreditNoteDraft], ...] = (credit_notes_have_no_discounts,)
PURCHASE_ORDER_RULES: tuple[Rule[PurchaseOrderDraft], ...] = (priced_where_counted,)

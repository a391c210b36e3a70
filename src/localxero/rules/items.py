"""What Xero refuses about an item."""

from collections.abc import Iterator
from dataclasses import dataclass

from localkit.rules import Rule
from localxero.books import Books
from localxero.books.records import Item
from localxero.switches import Switches
from localxero.wire import ItemBody

LONGEST_CODE, LONGEST_NAME, LONGEST_DESCRIPTION = 30, 50, 4000
COST_TYPES = {"DIRECTCOSTS", "EXPENSE", "OVERHEADS"}


@dataclass(frozen=True, slots=True)
class ItemDraft:
    """An item as sent, as it stands in the books (or None), and as it would be booked."""

    books: Books
    switches: Switches
    given: ItemBody
    before: Item | None
    after: Item


def item_code_is_given(draft: ItemDraft) -> Iterator[str]:
    """Refuse an item without a code.

    Source: xero-rules.md 5.5, SPEC Item (sure; wording unsure)
    """
    if not draft.after.code.strip():
        yield "Price List Item Code must be specified"


def item_code_fits(draft: ItemDraft) -> Iterator[str]:
    """Refuse a code of more than 30 characters.

    Source: xero-rules.md 5.5 (sure on the cap; wording not found)
    """
    if len(draft.after.code) > LONGEST_CODE:
        yield "Price List Item Code must not be more than 30 characters"


def item_code_is_unique(draft: ItemDraft) -> Iterator[str]:
    """Refuse a code that another item has.

    Source: xero-rules.md 4.2, 4.6, SPEC (sure)
    """
    other = draft.books.item_coded(draft.after.code)
    if other and other.item_id != draft.after.item_id:
        yield f"Price List Item with Code '{draft.after.code}' already exists"


def item_texts_fit(draft: ItemDraft) -> Iterator[str]:
    """Refuse a name over 50 and descriptions over 4000 characters.

    Source: xero-rules.md 5.5 (sure on the caps; wording unsure)
    """
    if len(draft.after.name or "") > LONGEST_NAME:
        yield "Price List Item Name must not be more than 50 characters"
    for text in (draft.after.description, draft.after.purchase_description):
        if len(text or "") > LONGEST_DESCRIPTION:
            yield "Price List Item Description must not be more than 4000 characters"


def tracking_needs_both_accounts(draft: ItemDraft) -> Iterator[str]:
    """Refuse an inventory account without a cost of goods sold account, and the other way round.

    Source: xero-rules.md 5.5, D-ITEM (sure; wording unsure)
    """
    cogs = draft.after.purchases.cogs_account_code
    if draft.after.is_tracked and not cogs:
        yield "A COGSAccountCode must be specified for a tracked item"
    if cogs and not draft.after.is_tracked:
        yield "An InventoryAssetAccountCode must be specified where a COGSAccountCode is given"


def inventory_account_is_one(draft: ItemDraft) -> Iterator[str]:
    """Refuse an inventory asset account that is not of type INVENTORY.

    Source: xero-rules.md 5.5, D-ITEM (sure; wording unsure)
    """
    code = draft.after.inventory_asset_account_code
    account = draft.books.account(code) if code else None
    if code and (account is None or account.type != "INVENTORY"):
        yield f"The InventoryAssetAccountCode '{code}' must be an account of type INVENTORY"


def cost_account_is_one(draft: ItemDraft) -> Iterator[str]:
    """Refuse a cost of goods sold account that is no cost account.

    Source: xero-rules.md 5.5 (likely; wording unsure)
    """
    code = draft.after.purchases.cogs_account_code
    account = draft.books.account(code) if code else None
    if code and (account is None or account.type not in COST_TYPES):
        yield f"The COGSAccountCode '{code}' must be an account of type DIRECTCOSTS or EXPENSE"


def item_accounts_may_be_used(draft: ItemDraft) -> Iterator[str]:
    """Refuse sales and purchase accounts that are unknown, archived or bank accounts.

    Source: xero-rules.md 5.5, 5.7 (likely; wording as for documents)
    """
    for code in (draft.after.sales.account_code, draft.after.purchases.account_code):
        account = draft.books.account(code) if code else None
        if code and (account is None or account.status != "ACTIVE" or account.type == "BANK"):
            yield f"Account code '{code}' is not a valid code for this document."


def item_tax_types_exist(draft: ItemDraft) -> Iterator[str]:
    """Refuse a tax type the organisation does not have.

    Source: xero-rules.md 4.6 (likely)
    """
    if any(
        side.tax_type and side.tax_type not in draft.books.tax_rates
        for side in (draft.after.sales, draft.after.purchases)
    ):
        yield "Tax rate must be valid."


def item_stays_untracked(draft: ItemDraft) -> Iterator[str]:
    """Refuse to track an item that was made without tracking; a switch.

    Source: xero-rules.md 5.5 (unsure; wording not found)
    """
    became = draft.before and not draft.before.is_tracked and draft.after.is_tracked
    if became and not draft.switches.untracked_items_become_tracked:
        yield "An untracked item cannot be changed into a tracked item"


def stocked_item_stays_tracked(draft: ItemDraft) -> Iterator[str]:
    """Refuse to move a tracked item with stock to another inventory account.

    Source: xero-rules.md 5.5 (unsure; wording not found)
    """
    before = draft.before
    if (
        before
        and before.is_tracked
        and before.quantity_on_hand
        and before.inventory_asset_account_code != draft.after.inventory_asset_account_code
    ):
        yield "The InventoryAssetAccountCode cannot be changed while there is stock on hand"


ITEM_RULES: tuple[Rule[ItemDraft], ...] = (
    item_code_is_given,
    item_code_fits,
    item_code_is_unique,
    item_texts_fit,
    tracking_needs_both_accounts,
    inventory_account_is_one,
    cost_account_is_one,
    item_accounts_may_be_used,
    item_tax_types_exist,
    item_stays_untracked,
    stocked_item_stays_tracked,
)

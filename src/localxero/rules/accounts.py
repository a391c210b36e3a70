"""What Xero refuses about an account of the chart."""

from collections.abc import Iterator
from dataclasses import dataclass

from localkit.rules import Rule
from localxero.books import Books, fold
from localxero.books.records import Account
from localxero.wire import AccountBody

CLASSES = {
    "BANK": "ASSET",
    "CURRENT": "ASSET",
    "FIXED": "ASSET",
    "INVENTORY": "ASSET",
    "NONCURRENT": "ASSET",
    "PREPAYMENT": "ASSET",
    "CURRLIAB": "LIABILITY",
    "LIABILITY": "LIABILITY",
    "PAYG": "LIABILITY",
    "TERMLIAB": "LIABILITY",
    "DEPRECIATN": "EXPENSE",
    "DIRECTCOSTS": "EXPENSE",
    "EXPENSE": "EXPENSE",
    "OVERHEADS": "EXPENSE",
    "EQUITY": "EQUITY",
    "OTHERINCOME": "REVENUE",
    "REVENUE": "REVENUE",
    "SALES": "REVENUE",
}
LONGEST_CODE, LONGEST_NAME, LONGEST_DESCRIPTION = 10, 150, 4000


@dataclass(frozen=True, slots=True)
class AccountDraft:
    """An account as sent, as it stands in the books (or None), and as it would be booked."""

    books: Books
    given: AccountBody
    before: Account | None
    after: Account


def account_has_a_code(draft: AccountDraft) -> Iterator[str]:
    """Refuse an account without a code, but for bank accounts.

    Source: SPEC Account.Code (likely; wording unsure)
    """
    if not draft.after.code.strip() and draft.after.type != "BANK":
        yield "Please enter a unique Code."


def account_code_is_unique(draft: AccountDraft) -> Iterator[str]:
    """Refuse a code that another account has, archived ones too.

    Source: SPEC /Accounts of the name (likely; wording as for the name)
    """
    other = draft.books.account(draft.after.code) if draft.after.code else None
    if other and other.account_id != draft.after.account_id:
        yield "Please enter a unique Code."


def account_name_is_unique(draft: AccountDraft) -> Iterator[str]:
    """Refuse an account without a name, or with another one's.

    Source: SPEC /Accounts (sure)
    """
    name = fold(draft.after.name)
    if not name or any(
        fold(each.name) == name and each.account_id != draft.after.account_id for each in draft.books.accounts.values()
    ):
        yield "Please enter a unique Name."


def account_texts_fit(draft: AccountDraft) -> Iterator[str]:
    """Refuse a code over 10, a name over 150 and a description over 4000 characters.

    Source: xero-rules.md 5.7, SPEC Account (sure on the caps; wording unsure)
    """
    if len(draft.after.code) > LONGEST_CODE:
        yield "Account Code must not be more than 10 characters"
    if len(draft.after.name) > LONGEST_NAME:
        yield "Account Name must not be more than 150 characters"
    if len(draft.after.description) > LONGEST_DESCRIPTION:
        yield "Account Description must not be more than 4000 characters"


def account_type_is_one(draft: AccountDraft) -> Iterator[str]:
    """Refuse a type that is none.

    Source: xero-rules.md 5.7, SPEC AccountType (sure; wording unsure)
    """
    if draft.after.type not in CLASSES:
        yield "Account type is not valid"


def account_tax_type_fits(draft: AccountDraft) -> Iterator[str]:
    """Refuse a tax type that is not there, or that may not be applied to the account's class.

    Source: xero-rules.md 5.7, D-TAX (sure; wording as for documents)
    """
    rate = draft.books.tax_rates.get(draft.after.tax_type)
    if draft.given.tax_type and rate is None:
        yield "Tax rate must be valid."
    elif draft.given.tax_type and rate and draft.after.klass not in rate.applies_to:
        yield f"The TaxType code '{rate.tax_type}' cannot be used with account code '{draft.after.code}'."


def bank_account_has_a_number(draft: AccountDraft) -> Iterator[str]:
    """Refuse a bank account without its number.

    Source: SPEC Account.BankAccountNumber (likely; wording unsure)
    """
    if draft.after.type == "BANK" and not draft.after.bank_account_number:
        yield "Bank account number must be specified"


def system_account_stays(draft: AccountDraft) -> Iterator[str]:
    """Refuse to archive or delete a system account, or to give it another type.

    Source: xero-rules.md 5.7 (likely; wording unsure)
    """
    before, after = draft.before, draft.after
    if before and before.system_account and (after.status != "ACTIVE" or after.type != before.type):
        yield "System accounts cannot be archived, deleted or changed in type"


def account_status_is_one(draft: AccountDraft) -> Iterator[str]:
    """Refuse a status but ACTIVE and ARCHIVED: deleting is another call.

    Source: SPEC Account.Status (sure; wording unsure)
    """
    if draft.after.status not in {"ACTIVE", "ARCHIVED"}:
        yield "Account status is not valid"


def archiving_comes_alone(draft: AccountDraft) -> Iterator[str]:
    """Refuse to archive an account and change it in one request.

    Source: SPEC Account.Status (likely; wording unsure)
    """
    before, given = draft.before, draft.given
    if before is None or draft.after.status != "ARCHIVED" or before.status == "ARCHIVED":
        return
    sent = {"code": given.code, "name": given.name, "description": given.description}
    if any(value is not None and value != getattr(before, name) for name, value in sent.items()):
        yield "An account cannot be updated and archived in the same request"


# Deleting


def deleted_account_is_not_a_system_account(draft: AccountDraft) -> Iterator[str]:
    """Refuse to delete a system account.

    Source: xero-rules.md 5.7 (likely; wording unsure)
    """
    if draft.after.system_account:
        yield "System accounts cannot be archived, deleted or changed in type"


def deleted_account_is_unused(draft: AccountDraft) -> Iterator[str]:
    """Refuse to delete an account that a document, a payment or an item uses.

    Source: SPEC DELETE /Accounts (likely; wording unsure)
    """
    code, books = draft.after.code, draft.books
    documents = (*books.invoices.values(), *books.credit_notes.values(), *books.purchase_orders.values())
    used = (
        any(line.account_code == code for document in documents for line in document.lines)
        or any(payment.account_id == draft.after.account_id for payment in books.payments.values())
        or any(
            code in {item.sales.account_code, item.purchases.account_code, item.inventory_asset_account_code}
            or code == item.purchases.cogs_account_code
            for item in books.items.values()
        )
    )
    if code and used:
        yield "This account cannot be deleted because it is in use"


ACCOUNT_RULES: tuple[Rule[AccountDraft], ...] = (
    account_has_a_code,
    account_code_is_unique,
    account_name_is_unique,
    account_texts_fit,
    account_type_is_one,
    account_tax_type_fits,
    bank_account_has_a_number,
    system_account_stays,
    account_status_is_one,
    archiving_comes_alone,
)
DELETION_RULES: tuple[Rule[AccountDraft], ...] = (deleted_account_is_not_a_system_account, deleted_account_is_unused)

"""What Xero refuses about a tax rate."""

from collections.abc import Iterator
from dataclasses import dataclass

from localkit.rules import Rule
from localxero.books import Books, fold
from localxero.books.records import TaxRate
from localxero.wire import TaxRateBody

LONGEST_NAME = 50
# Where Xero wants to know on which line of the tax return a rate is reported (xero-rules.md 5.7).
REPORTING = {"AU", "NZ", "GB"}


@dataclass(frozen=True, slots=True)
class TaxRateDraft:
    """A tax rate as sent, as it stands in the books (or None), and as it would be booked."""

    books: Books
    given: TaxRateBody
    before: TaxRate | None
    after: TaxRate


def tax_rate_name_is_unique(draft: TaxRateDraft) -> Iterator[str]:
    """Refuse a rate without a name, or with another one's.

    Source: SPEC TaxRate.Name (likely; wording not found)
    """
    name = fold(draft.after.name)
    if not name:
        yield "Tax rate name must be specified"
    elif any(
        fold(each.name) == name and each.tax_type != draft.after.tax_type for each in draft.books.tax_rates.values()
    ):
        yield "Tax rate name must be unique"


def tax_rate_name_fits(draft: TaxRateDraft) -> Iterator[str]:
    """Refuse a name of more than 50 characters.

    Source: D-TAX (likely; wording unsure)
    """
    if len(draft.after.name) > LONGEST_NAME:
        yield "Tax rate name must not be more than 50 characters"


def tax_rate_has_components(draft: TaxRateDraft) -> Iterator[str]:
    """Refuse a new rate without components, and a component without a name or with a rate beyond 0 to 100.

    Source: D-TAX, SPEC TaxRate.TaxComponents (sure; wording not found)
    """
    sent = draft.given.tax_components or []
    if draft.before is None and not sent:
        yield "A tax rate must have at least one tax component"
    if any(not (each.name or "").strip() or each.rate is None or not 0 <= each.rate <= 100 for each in sent):
        yield "Each tax component must have a Name and a Rate between 0 and 100"


def one_component_compounds(draft: TaxRateDraft) -> Iterator[str]:
    """Refuse more than one compound component.

    Source: D-TAX (likely; wording not found)
    """
    if sum(each.is_compound for each in draft.after.components) > 1:
        yield "Only one tax component can be compounded"


def tax_rate_says_where_it_is_reported(draft: TaxRateDraft) -> Iterator[str]:
    """Refuse a new rate without ReportTaxType in Australia, New Zealand and the United Kingdom.

    Source: D-TAX (likely; wording not found)
    """
    if draft.before is None and draft.books.organisation.country_code in REPORTING and not draft.given.report_tax_type:
        yield "ReportTaxType must be specified"


def tax_rate_of_xeros_own_stays(draft: TaxRateDraft) -> Iterator[str]:
    """Refuse to delete or archive a rate that came with the organisation.

    Source: D-TAX (likely; wording not found)
    """
    if draft.before and not draft.before.tax_type.startswith("TAX") and draft.after.status != "ACTIVE":
        yield "System defined tax rates cannot be deleted"


def deleted_tax_rate_is_unused(draft: TaxRateDraft) -> Iterator[str]:
    """Refuse to delete a rate that a document, an account or an item uses.

    Source: D-TAX (likely; wording not found)
    """
    if draft.before is None or draft.after.status != "DELETED":
        return
    books, tax_type = draft.books, draft.after.tax_type
    documents = (*books.invoices.values(), *books.credit_notes.values(), *books.purchase_orders.values())
    if (
        any(line.tax_type == tax_type for document in documents for line in document.lines)
        or any(account.tax_type == tax_type for account in books.accounts.values())
        or any(tax_type in {item.sales.tax_type, item.purchases.tax_type} for item in books.items.values())
    ):
        yield "The tax rate is in use and cannot be deleted"


def tax_rate_status_is_one(draft: TaxRateDraft) -> Iterator[str]:
    """Refuse a status that is none, or a new rate that is not active.

    Source: SPEC TaxRate.Status (sure; wording unsure)
    """
    if draft.after.status not in ({"ACTIVE", "ARCHIVED", "DELETED"} if draft.before else {"ACTIVE"}):
        yield "Tax rate status is not valid"


TAX_RATE_RULES: tuple[Rule[TaxRateDraft], ...] = (
    tax_rate_name_is_unique,
    tax_rate_name_fits,
    tax_rate_has_components,
    one_component_compounds,
    tax_rate_says_where_it_is_reported,
    tax_rate_of_xeros_own_stays,
    deleted_tax_rate_is_unused,
    tax_rate_status_is_one,
)

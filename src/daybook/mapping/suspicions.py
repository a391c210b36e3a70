"""PURE: what was booked as a plain sale and may be none. No field of an order says so yet, so a person is told.

It holds nothing: a wrong account is put right in the ledger. Sources: users of shops; xero-rules.md 5.7 (TaxTypes).
"""

import re
from collections.abc import Iterator

from daybook.documents.causes import Cause
from daybook.documents.document import Document, Invoice, Line
from daybook.kit.money import figure
from daybook.kit.translation import told
from daybook.mapping.arithmetic import line_amount
from daybook.mapping.rules import MappingRules

ATTENTION = Cause.BOOKING_DOUBTFUL
_VOUCHER = re.compile(
    r"\b(gift[ -]?(voucher|card|certificate)|(e-?)?voucher|store credit|gutschein|carte cadeau)s?\b", re.IGNORECASE
)
_GIFT_TO_SOMEBODY = re.compile(
    r"^tips?\b(?!-)(?! (pen|top))|\b(gratuity|gratuities|donations?|spende)\b", re.IGNORECASE
)
_INSURANCE = re.compile(r"\binsurance\b", re.IGNORECASE)
_HOME_TAX = re.compile(r"(RR|SR)?OUTPUT(\d|Y\d\d)?")
"""TaxTypes of an organisation's own country, such as OUTPUT2; a rate that a person added is TAX001 and so on."""
_LONGEST = 60


def suspicions(document: Document, rules: MappingRules, taxed_in: str = "") -> tuple[str, ...]:
    """Return a sentence for each thing that a person should look at; none for purchase orders.

    `taxed_in`: country of the sale, two letters of ISO 3166; "" where no order says.
    """
    if not isinstance(document, Invoice):
        return ()
    return (*_other_countrys_tax(document, rules, taxed_in), *_no_goods(document, rules))


def _other_countrys_tax(invoice: Invoice, rules: MappingRules, taxed_in: str) -> Iterator[str]:
    is_at_home = bool(taxed_in) and taxed_in == rules.home_country
    if invoice.currency == rules.base_currency or is_at_home:
        return
    by_a_person = {rule.name for rule in rules.posting_rules}  # who wrote a rule need not be asked
    at_home = {
        line.tax_type
        for line in invoice.lines
        if rules.tax_rates.get(line.tax_type)
        and _HOME_TAX.fullmatch(line.tax_type)
        and line.decided_by.tax_type not in by_a_person
    }
    for tax_type in sorted(at_home):
        yield (
            f"The order is in {invoice.currency}, and its tax is booked on {tax_type}, a tax of the organisation's own "
            f"country. If the goods went abroad and the tax is owed there, change the tax rate of the lines in {rules.ledger}."
        )


def _no_goods(invoice: Invoice, rules: MappingRules) -> Iterator[str]:
    free_of_tax = [line for line in invoice.lines if not rules.tax_rates.get(line.tax_type) and line_amount(line)]
    sales = {rules.sales_account, rules.shipping_account}
    for line in invoice.lines:
        if not line_amount(line) or line.account_code not in sales:  # on another account by a person's own choice
            continue
        booked = f"“{line.description[:_LONGEST]}” ({figure(line_amount(line))}) is booked {_where(line)}."
        if _VOUCHER.search(line.description):
            yield (
                f"{booked} A voucher is usually a debt until it is spent, and paying with one is no discount: if so, "
                f"change the line's account and tax in {rules.ledger}."
            )
        elif _GIFT_TO_SOMEBODY.search(line.description):
            yield f"{booked} A tip or a donation is usually no sale: if so, change the line's account and tax in {rules.ledger}."
        elif _INSURANCE.search(line.description) and line in free_of_tax and len(free_of_tax) > 1:
            yield (
                f"{booked} Insurance is usually exempt, which is not the same as goods at 0 %: if so, change the line's "
                f"tax in {rules.ledger}."
            )


def _where(line: Line) -> str:
    return told(f"as a sale on account {line.account_code} with the tax {line.tax_type}")

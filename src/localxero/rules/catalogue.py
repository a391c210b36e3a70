"""Every rule by subject, and the table of them that docs/localxero.md shows."""

from collections.abc import Callable, Iterable

from localkit.rules import provenance
from localxero.rules import accounts as account_rules
from localxero.rules import allocations as allocation_rules
from localxero.rules import contacts as contact_rules
from localxero.rules import credit_notes as credit_note_rules
from localxero.rules import hanging as hanging_rules
from localxero.rules import invoices as invoice_rules
from localxero.rules import items as item_rules
from localxero.rules import lines as line_rules
from localxero.rules import payments as payment_rules
from localxero.rules import purchase_orders as order_rules
from localxero.rules import tax_rates as tax_rules
from localxero.rules import tracking as tracking_rules

AnyRule = Callable[..., object]
_ON_LINES = {
    rule.__name__
    for rule in (
        *line_rules.RULES,
        *line_rules.INVOICE_RULES,
        *line_rules.CREDIT_NOTE_RULES,
        *line_rules.PURCHASE_ORDER_RULES,
    )
}


def by_subject() -> dict[str, list[AnyRule]]:
    """Return each rule once, under what it is about."""
    documents = _once(
        invoice_rules.INVOICE_RULES,
        invoice_rules.INVOICE_WARNINGS,
        order_rules.PURCHASE_ORDER_RULES,
        order_rules.PURCHASE_ORDER_WARNINGS,
        credit_note_rules.CREDIT_NOTE_RULES,
        credit_note_rules.CREDIT_NOTE_WARNINGS,
    )
    return {
        "Documents": [rule for rule in documents if rule.__name__ not in _ON_LINES],
        "Lines": [rule for rule in documents if rule.__name__ in _ON_LINES],
        "Allocations and payments": _once(
            allocation_rules.ALLOCATION_RULES,
            payment_rules.PAYMENT_RULES,
            payment_rules.PAYMENT_WARNINGS,
            payment_rules.PAYMENT_DELETE_RULES,
        ),
        "Contacts": _once(contact_rules.CONTACT_RULES),
        "Items": _once(item_rules.ITEM_RULES),
        "Accounts and tax rates": _once(
            account_rules.ACCOUNT_RULES, account_rules.DELETION_RULES, tax_rules.TAX_RATE_RULES
        ),
        "Tracking": _once(
            tracking_rules.CATEGORY_RULES,
            tracking_rules.CATEGORY_DELETION_RULES,
            tracking_rules.OPTION_RULES,
            tracking_rules.OPTION_DELETION_RULES,
        ),
        "Notes, files and e-mails": _once(
            hanging_rules.NOTE_RULES, hanging_rules.ATTACHMENT_RULES, hanging_rules.EMAIL_RULES
        ),
    }


def as_markdown() -> str:
    """Write the table: rule, what it does, source, how sure."""
    rows = ["| rule | what it does | source | how sure |", "|---|---|---|---|"]
    for subject, rules in by_subject().items():
        rows.append(f"| **{subject}** | | | |")
        for told in map(provenance, rules):
            sure = f"{told.certainty}: {told.note}" if told.note else told.certainty
            rows.append(f"| `{told.rule}` | {told.summary} | {told.source} | {sure} |")
    return "\n".join(rows)


def _once(*groups: Iterable[AnyRule]) -> list[AnyRule]:
    return list({rule.__name__: rule for group in groups for rule in group}.values())


if __name__ == "__main__":
    print(as_markdown())  # noqa: T201 - python -m localxero.rules.catalogue writes the table for the docs

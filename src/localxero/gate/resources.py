"""PURE: which resources Xero's accounting API has, and which of them are here (xero-openapi; the test compares with the routes)."""

HERE = (
    "Accounts", "BrandingThemes", "Contacts", "CreditNotes", "Currencies", "InvoiceReminders", "Invoices", "Items", "Organisation",
    "Organisations", "Payments", "PurchaseOrders", "TaxRates", "TrackingCategories",
)  # fmt: skip
# What Xero has and this local one does not; the last ones hang on others, such as /Contacts/{id}/CISSettings.
LACKED = (
    "BankTransactions", "BankTransfers", "BatchPayments", "Budgets", "ContactGroups", "Employees", "ExpenseClaims",
    "Journals", "LinkedTransactions", "ManualJournals", "Overpayments", "Prepayments", "Quotes",
    "Receipts", "RepeatingInvoices", "Reports", "Setup", "Users", "CISSettings", "PaymentServices",
)  # fmt: skip
# Xero's other APIs, which stand beside /api.xro/.
OTHER_APIS = ("assets", "bankfeeds", "files", "finance", "payroll", "projects")


def lacked_in(path: str) -> str | None:
    """Name the resource of a path that Xero has and this local one lacks, if there is one."""
    words = {word.casefold() for word in path.split("/")}
    api = next((f"{name}.xro" for name in OTHER_APIS if f"{name}.xro" in words), None)
    return api or next((name for name in LACKED if name.casefold() in words), None)


def told(lacked: str) -> str:
    """Say that a resource is not here, and what is."""
    return f"This local Xero has no {lacked}, though Xero does. It has: {', '.join(HERE)}."

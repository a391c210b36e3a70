"""Scopes: which there are, who may ask for which, and what each opens (xero-rules.md 1.7). Pure."""

import re
from collections.abc import Iterable, Sequence

PERSONAL = {
    "openid": "Know who you are",
    "profile": "See your name",
    "email": "See your e-mail address",
    "offline_access": "Stay connected while you are away",
}
SCOPES = PERSONAL | {
    "accounting.invoices": "View and manage your invoices, bills, credit notes, purchase orders, quotes and items",
    "accounting.payments": "View and manage your payments",
    "accounting.banktransactions": "View and manage your bank transactions",
    "accounting.manualjournals": "View and manage your manual journals",
    "accounting.contacts": "View and manage your contacts",
    "accounting.settings": "View and manage your organisation settings",
    "accounting.attachments": "View and manage your attachments",
}
REPORTS = {
    "accounting.reports.aged.read": "View your aged receivables and payables",
    "accounting.reports.balancesheet.read": "View your balance sheet",
    "accounting.reports.banksummary.read": "View your bank summary",
    "accounting.reports.budgetsummary.read": "View your budget summary",
    "accounting.reports.executivesummary.read": "View your executive summary",
    "accounting.reports.profitandloss.read": "View your profit and loss",
    "accounting.reports.trialbalance.read": "View your trial balance",
    "accounting.reports.taxreports.read": "View your tax reports",
    "accounting.reports.tenninetynine.read": "View your 1099 reports",
}
# Scopes of Xero's other APIs, and of parts of this one that are not here: they may be asked for and open nothing.
ELSEWHERE = {
    "accounting.journals.read": "View your general ledger",
    "accounting.budgets.read": "View your budgets",
    "files": "View and manage your file library",
    "files.read": "View your file library",
    "assets": "View and manage your fixed assets",
    "assets.read": "View your fixed assets",
    "projects": "View and manage your projects",
    "projects.read": "View your projects",
    "bankfeeds": "Send your bank statements",
    "paymentservices": "View and manage your payment services",
    "marketplace.billing": "Bill you through the App Store",
    "practicemanager": "View and manage your practice",
    "practicemanager.read": "View your practice",
    "workflowmax": "View and manage your jobs",
    "workflowmax.read": "View your jobs",
    "finance.accountingactivity.read": "View how your books are kept",
    "finance.bankstatementsplus.read": "View your bank statements",
    "finance.cashvalidation.read": "View how your cash compares with the bank's",
    "finance.statements.read": "View your financial statements",
}
PAYROLL = {
    "payroll.employees": "employees",
    "payroll.payruns": "pay runs",
    "payroll.payslip": "payslips",
    "payroll.settings": "payroll settings",
    "payroll.timesheets": "timesheets",
}
ELSEWHERE |= {scope: f"View and manage your {words}" for scope, words in PAYROLL.items()}
ELSEWHERE |= {f"{scope}.read": f"View your {words}" for scope, words in PAYROLL.items()}
TRANSACTIONS = (
    "accounting.invoices",
    "accounting.payments",
    "accounting.banktransactions",
    "accounting.manualjournals",
)
# Refused for apps made on or after 2 March 2026; each stands for several granular ones.
BROAD = {
    "accounting.transactions": TRANSACTIONS,
    "accounting.transactions.read": tuple(f"{each}.read" for each in TRANSACTIONS),
    "accounting.reports.read": tuple(REPORTS),
}
BROAD_WORDS = {
    "accounting.transactions": "View and manage your business transactions",
    "accounting.transactions.read": "View your business transactions",
    "accounting.reports.read": "View your reports",
}
# Asked for by an app itself, with client credentials: its connections without a person's token (1.2, unsure).
APP_CONNECTIONS = "app.connections"
EVERY_SCOPE = (
    *SCOPES,
    *(f"{scope}.read" for scope in SCOPES if scope not in PERSONAL),
    *REPORTS,
    *ELSEWHERE,
    APP_CONNECTIONS,
)
_READ = re.compile(r"(accounting\.\w+)\.read")


def is_scope(scope: str, *, broad: bool) -> bool:
    """Tell whether a scope may be asked for; broad ones only by apps made before 2 March 2026 (1.7)."""
    if scope in BROAD:
        return broad
    found = _READ.fullmatch(scope)
    return scope in REPORTS or scope in ELSEWHERE or (found[1] if found else scope) in SCOPES


def unknown(scopes: Iterable[str], *, broad: bool) -> list[str]:
    """Return those that may not be asked for."""
    return [scope for scope in scopes if not is_scope(scope, broad=broad)]


def opens(scopes: Sequence[str], needed: str, *, writing: bool) -> bool:
    """Tell whether scopes open an endpoint group, for reading or writing (xero-rules.md 1.7)."""
    held = {granular for scope in scopes for granular in BROAD.get(scope, (scope,))}
    return needed in held or (not writing and f"{needed}.read" in held)


def together(before: Iterable[str], now: Iterable[str]) -> tuple[str, ...]:
    """Add scopes to those of earlier consents: they add up until revoked (xero-rules.md 1.4)."""
    return tuple(dict.fromkeys((*before, *now)))


def in_words(scope: str) -> str:
    """Say a scope as the consent page does."""
    plain = BROAD_WORDS | REPORTS | ELSEWHERE
    if scope in plain:
        return plain[scope]
    found = _READ.fullmatch(scope)
    words = SCOPES.get(found[1] if found else scope, scope)
    return words.replace("View and manage", "View") if found else words

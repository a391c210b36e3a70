"""/Accounts: the chart of accounts; one account per writing request (xero-rules.md 2.2)."""

from msgspec.structs import replace

from localkit.answers import Answer
from localkit.clock import instant
from localkit.journal import Booking
from localkit.json_values import Json
from localkit.rules import refusals
from localxero.books import Books
from localxero.books.records import Account
from localxero.endpoints import Route
from localxero.endpoints.reading import envelope, found, listed
from localxero.endpoints.writing import Outcome, Resource, Writing, write
from localxero.gate.calls import Call
from localxero.gate.errors import validation
from localxero.keeping.changes import changes
from localxero.queries.lists import Listing
from localxero.render import settings as render_settings
from localxero.render.documents import ALONE, LISTED, WRITTEN, View
from localxero.render.values import ZERO_ID, messages
from localxero.rules.accounts import ACCOUNT_RULES, CLASSES, DELETION_RULES, AccountDraft
from localxero.wire import AccountBody

SCOPES = ("accounting.settings",)
LISTING: Listing[Account] = Listing(
    "Account",
    {
        "AccountID": lambda record: record.account_id,
        "Code": lambda record: record.code,
        "Name": lambda record: record.name,
        "Type": lambda record: record.type,
        "Class": lambda record: record.klass,
        "Status": lambda record: record.status,
        "TaxType": lambda record: record.tax_type,
        "SystemAccount": lambda record: record.system_account,
        "Description": lambda record: record.description,
        "EnablePaymentsToAccount": lambda record: record.enable_payments,
        "ShowInExpenseClaims": lambda record: record.show_in_expense_claims,
        "AddToWatchlist": lambda record: record.add_to_watchlist,
        "ReportingCode": lambda record: record.reporting_code,
        "BankAccountNumber": lambda record: record.bank_account_number,
        "BankAccountType": lambda record: record.bank_account_type,
        "CurrencyCode": lambda record: record.currency_code,
        "UpdatedDateUTC": lambda record: instant(record.updated_ms),
    },
)


def list_accounts(call: Call) -> Answer:
    """List the chart of accounts."""
    page = listed(call, call.books.accounts.values(), LISTING)
    return envelope(call, "Accounts", [_shown(record, call.books, LISTED) for record in page.records])


def get_account(call: Call, key: str) -> Answer:
    """Get one account by id or code."""
    return envelope(call, "Accounts", [_shown(found(by_key(call.books, key)), call.books, ALONE)])


def by_key(books: Books, key: str) -> Account | None:
    """Find an account by id or code."""
    return books.accounts.get(key.lower()) or books.account(key)


def _shown(record: Account, books: Books, view: View = WRITTEN) -> Json:
    return render_settings.account(record, books, view=view)


def create_account(call: Call) -> Answer:
    """Create one account, or change the one whose AccountID was sent."""
    return write(call, RESOURCE)


def change_account(call: Call, key: str) -> Answer:
    """Change the account in the path, or archive it."""
    return write(call, RESOURCE, found(by_key(call.books, key)).account_id)


def delete_account(call: Call, key: str) -> Answer:
    """Delete an account that nothing uses."""
    books = call.books
    with books.lock:
        record = found(by_key(books, key))
        refused = refusals(DELETION_RULES, AccountDraft(books, AccountBody(), record, record))
        if refused:
            call.entry.rules += [{"element": 0, "rule": each.rule, "message": each.message} for each in refused]
            errors = messages(each.message for each in refused)
            return validation([_shown(record, books) | {"ValidationErrors": errors}])
        books.remove_account(record)
    call.entry.booked.append(Booking("account", record.account_id, record.code, "DELETED"))
    return envelope(call, "Accounts", [_shown(replace(record, status="DELETED"), books)])


def book_account(writing: Writing, body: AccountBody) -> Outcome:
    """Book one account, or say why not."""
    books = writing.setting.books
    before = _target(writing, body)
    after = replace(_changed(body, before, books), updated_ms=writing.setting.now_ms)
    refused = refusals(ACCOUNT_RULES, AccountDraft(books, body, before, after))
    if refused:
        return Outcome(_shown(replace(after, account_id=ZERO_ID), books), refused)
    books.put_account(after)
    return Outcome(
        _shown(after, books),
        booking=Booking("account", after.account_id, after.code, after.status, changes(before, after)),
    )


def _target(writing: Writing, body: AccountBody) -> Account | None:
    """Find the account a POST means: that of the path, else that of the AccountID sent (seen live in 2026)."""
    accounts = writing.setting.books.accounts
    if writing.target or writing.creates_only or not body.account_id:
        return accounts[writing.target] if writing.target else None
    return found(accounts.get(body.account_id.lower()))


def _changed(body: AccountBody, before: Account | None, books: Books) -> Account:
    base = before or Account(account_id=books.new_id("account"), code="", name="", type="", klass="")
    kind = (body.type or base.type).upper()
    klass = CLASSES.get(kind, "")
    sent = {
        "code": body.code,
        "name": body.name,
        "description": body.description,
        "tax_type": body.tax_type or (None if before else _usual_tax(books, klass)),
        "enable_payments": body.enable_payments_to_account,
        "show_in_expense_claims": body.show_in_expense_claims,
        "add_to_watchlist": body.add_to_watchlist,
        "reporting_code": body.reporting_code,
        "bank_account_type": body.bank_account_type,
        "bank_account_number": body.bank_account_number,
        "currency_code": body.currency_code or (books.organisation.base_currency if kind == "BANK" else None),
        "status": body.status.upper() if body.status else None,
    }
    return replace(base, type=kind, klass=klass, **{name: value for name, value in sent.items() if value is not None})


def _usual_tax(books: Books, klass: str) -> str:
    """Take the tax type that most of the chart's accounts of a class have (unsure)."""
    types = [each.tax_type for each in books.accounts.values() if each.klass == klass]
    return max(sorted(set(types)), key=types.count) if types else "NONE"


RESOURCE = Resource("Accounts", AccountBody, book_account, most=1, tells_status=False)
ROUTES = (
    Route("/Accounts", SCOPES, {"GET": list_accounts, "PUT": create_account, "POST": create_account}),
    Route("/Accounts/<key>", SCOPES, {"GET": get_account, "POST": change_account, "DELETE": delete_account}),
)

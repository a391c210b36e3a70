"""The buttons on the pages of documents, contacts, accounts and an organisation."""

from werkzeug.wrappers import Request

from localkit import answers
from localkit.answers import Answer
from localkit.forms import FormError
from localxero.books.records import CreditNote, Invoice
from localxero.drafting.lines import Setting
from localxero.endpoints.accounts import book_account
from localxero.endpoints.contacts import book_contact
from localxero.endpoints.writing import Writing
from localxero.gate.calls import State
from localxero.pages import by_hand, documents, lists
from localxero.pages.shown import books_of, link, missing, path_of
from localxero.wire import AccountBody, ContactBody, UnreadableError, calendar_date

STATUSES = {"archive": "ARCHIVED", "restore": "ACTIVE"}


def document(state: State, request: Request, short_code: str, key: str) -> Answer:
    """Move a document to another status, pay it, or take a payment back."""
    books, form = books_of(state, short_code), request.form
    record = by_hand.document_in(books, key)
    if record is None:
        raise missing(state, "There is no such document in this organisation.")
    try:
        match form.get("do", ""):
            case "move":
                act = by_hand.moving(record, form.get("status", ""))
            case "pay" if isinstance(record, Invoice | CreditNote):
                act = by_hand.paying(record, form)
            case "unpay":
                act = by_hand.unpaying(books, form.get("payment", ""))
            case _:
                raise missing(state, "There is no such button.")
    except FormError as reason:
        return documents.document(state, books, record, problems=[str(reason)], typed=form)
    if problems := by_hand.done(state, request, books, act):
        return documents.document(state, books, record, problems=problems, typed=form)
    return answers.redirect(link(short_code, record))


def contact(state: State, request: Request, short_code: str, key: str) -> Answer:
    """Archive a contact, or restore it."""
    books = books_of(state, short_code)
    record = books.contacts.get(key.lower())
    if record is None:
        raise missing(state, "There is no such contact in this organisation.")
    body = ContactBody(contact_status=_status(state, request))
    problems = by_hand.done(state, request, books, lambda setting: book_contact(_at(setting, record.contact_id), body))
    if problems:
        return documents.contact(state, request, short_code, key, problems=problems)
    return answers.redirect(request.path)


def account(state: State, request: Request, short_code: str) -> Answer:
    """Archive an account of the chart, or restore it."""
    books = books_of(state, short_code)
    record = books.accounts.get(request.form.get("account", "").lower())
    if record is None:
        raise missing(state, "There is no such account in this organisation.")
    body = AccountBody(status=_status(state, request))
    problems = by_hand.done(state, request, books, lambda setting: book_account(_at(setting, record.account_id), body))
    if problems:
        return lists.accounts(state, books, problems=[f"{record.code} {record.name}: {each}" for each in problems])
    return answers.redirect(path_of("org", short_code, "accounts"))


def lock_dates(state: State, request: Request, short_code: str) -> Answer:
    """Set the lock dates of an organisation; an empty field lifts one."""
    books, form = books_of(state, short_code), request.form
    try:
        period, end_of_year = (
            calendar_date(form.get(name, "").strip() or None, words)
            for name, words in (("period_lock_date", "Period lock date"), ("end_of_year_lock_date", "End of year"))
        )
    except UnreadableError as reason:
        return lists.dashboard(state, request, short_code, problems=[str(reason)])
    by_hand.done(state, request, books, by_hand.locking(period, end_of_year))
    return answers.redirect(f"{path_of('org', short_code)}/#lock-dates")


def _status(state: State, request: Request) -> str:
    status = STATUSES.get(request.form.get("do", ""))
    if status is None:
        raise missing(state, "There is no such button.")
    return status


def _at(setting: Setting, target: str) -> Writing:
    return Writing(setting, creates_only=False, target=target)

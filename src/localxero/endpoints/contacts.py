"""/Contacts."""

from collections.abc import Iterable
from datetime import date
from operator import attrgetter

from msgspec.structs import replace

from localkit.answers import Answer
from localkit.clock import instant
from localkit.journal import Booking
from localkit.json_values import Json
from localkit.rules import refusals
from localxero.books import Books
from localxero.books.records import Contact
from localxero.drafting import contacts as contact_drafting
from localxero.endpoints import Route
from localxero.endpoints.reading import envelope, found, listed, mentions
from localxero.endpoints.writing import Outcome, Resource, Writing, write
from localxero.gate.calls import Call
from localxero.keeping import chronicle
from localxero.keeping.changes import changes
from localxero.queries import lists
from localxero.queries.lists import Fields, Listing, Optimised, flag
from localxero.render import contacts as render_contacts
from localxero.render.documents import attached
from localxero.render.values import ZERO_ID
from localxero.rules.contacts import CONTACT_RULES, RULES_BY_HAND, ContactDraft
from localxero.wire import ContactBody

OPTIMISED = Optimised(
    where=frozenset({"Name", "EmailAddress", "AccountNumber"}), order=frozenset({"ContactID", "UpdatedDateUTC", "Name"})
)


def listing_of(books: Books) -> Listing[Contact]:
    """Say what may be asked of contacts; who is customer or supplier stands in the documents."""
    fields: Fields[Contact] = {
        "ContactID": lambda record: record.contact_id,
        "Name": lambda record: record.name,
        "ContactNumber": lambda record: record.contact_number,
        "AccountNumber": lambda record: record.account_number,
        "ContactStatus": lambda record: record.status,
        "EmailAddress": lambda record: record.email_address or None,
        "FirstName": lambda record: record.first_name,
        "LastName": lambda record: record.last_name,
        "CompanyNumber": lambda record: record.company_number,
        "TaxNumber": lambda record: record.tax_number,
        "DefaultCurrency": lambda record: record.default_currency,
        "IsCustomer": lambda record: record.contact_id in books.customers,
        "IsSupplier": lambda record: record.contact_id in books.suppliers,
        "HasAttachments": lambda record: record.contact_id in books.attachments,
        "UpdatedDateUTC": lambda record: instant(record.updated_ms),
    }
    return Listing("Contact", fields, attrgetter("updated_ms"), OPTIMISED)


def list_contacts(call: Call) -> Answer:
    """List contacts; archived ones only when asked for or named by id."""
    args = call.args
    everybody = flag(args, "includeArchived") or "IDs" in args
    summary = flag(args, "summaryOnly")
    with call.books.lock:
        page = listed(
            call,
            _candidates(call),
            listing_of(call.books),
            tests=(
                None if everybody else (lambda record: record.status == "ACTIVE"),
                mentions(
                    call,
                    lambda record: record.name,
                    lambda record: record.first_name,
                    lambda record: record.last_name,
                    lambda record: record.contact_number,
                    lambda record: record.email_address,
                ),
            ),
            always_paged=summary,
        )
        is_paged = page.pagination is not None
        today = call.setting().today
        shown = [_listed(record, call, today=today, summary=summary, is_paged=is_paged) for record in page.records]
        return envelope(call, "Contacts", shown, page.pagination)


def _listed(record: Contact, call: Call, *, today: date, summary: bool, is_paged: bool) -> Json:
    """Show a contact in a list: with what it was merged into only where paged (xero-rules.md 5.6)."""
    if summary:
        return render_contacts.contact_summary(record, call.books, today=today)
    shown = render_contacts.contact(record, call.books, today=today)
    if not is_paged:
        shown.pop("MergedToContactID", None)
    return shown


def _candidates(call: Call) -> Iterable[Contact]:
    ids = lists.listed(call.args, "IDs")
    if not ids:
        return call.books.contacts.values()
    return [record for key in ids if (record := call.books.contacts.get(key.lower()))]


def get_contact(call: Call, key: str) -> Answer:
    """Get one contact by id or ContactNumber."""
    books = call.books
    with books.lock:
        record = found(by_key(books, key))
        files = attached(record.contact_id, books, "Contacts")
        shown = render_contacts.contact(record, books, today=call.setting().today, files=files)
    return envelope(call, "Contacts", [shown])


def write_contacts(call: Call) -> Answer:
    """Create (PUT) or create and change (POST) contacts."""
    return write(call, RESOURCE)


def write_contact(call: Call, key: str) -> Answer:
    """Change the contact in the path."""
    return write(call, RESOURCE, found(by_key(call.books, key)).contact_id)


def by_key(books: Books, key: str) -> Contact | None:
    """Find a contact by id or ContactNumber."""
    return books.contacts.get(key.lower()) or books.contact_numbered(key)


def book_contact(writing: Writing, body: ContactBody) -> Outcome:
    """Book one contact, or say why not."""
    setting, books = writing.setting, writing.setting.books
    before = _target(writing, body)
    after = replace(
        contact_drafting.changed(body, before, contact_id=before.contact_id if before else books.new_id("contact")),
        updated_ms=setting.now_ms,
    )
    rules = RULES_BY_HAND if setting.person else CONTACT_RULES
    refused = refusals(rules, ContactDraft(books, body, before, after))
    element = render_contacts.contact_in_document(after, books)
    if refused:
        if not before:
            element["ContactID"] = ZERO_ID
        return Outcome(element, refused, flags={"HasValidationErrors": True})
    books.put_contact(after)
    chronicle.tell_write(setting, after.contact_id, before.status if before else None, after.status)
    return Outcome(
        element, booking=Booking("contact", after.contact_id, after.name, after.status, changes(before, after))
    )


def _target(writing: Writing, body: ContactBody) -> Contact | None:
    """Find the contact a POST means: by id, then number, then Name alone (xero-rules.md 4.2, likely)."""
    books = writing.setting.books
    if writing.target:
        return books.contacts[writing.target]
    if writing.creates_only:
        return None
    if body.contact_id and (by_id := books.contacts.get(body.contact_id.lower())):
        return by_id
    if body.contact_number and (numbered := books.contact_numbered(body.contact_number)):
        return numbered
    by_name = body.name and writing.setting.switches.post_updates_contact_by_name
    return books.contact_named(body.name or "") if by_name else None


RESOURCE = Resource("Contacts", ContactBody, book_contact)
ROUTES = (
    Route("/Contacts", ("accounting.contacts",), {"GET": list_contacts, "PUT": write_contacts, "POST": write_contacts}),
    Route("/Contacts/<key>", ("accounting.contacts",), {"GET": get_contact, "POST": write_contact}),
)

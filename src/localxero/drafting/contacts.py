"""What was sent of a contact, laid over what the books hold of it; and which contact a document means."""

from typing import TypeVar

from msgspec.structs import replace

from localxero.books import Books, fold
from localxero.books.records import Address, Contact, Document, Phone
from localxero.drafting.lines import Setting
from localxero.wire import ContactBody

R = TypeVar("R")

KEPT = (
    "contact_number",
    "account_number",
    "first_name",
    "last_name",
    "company_number",
    "tax_number",
    "default_currency",
    "name",
    "email_address",
    "tax_number_type",
    "bank_account_details",
    "accounts_receivable_tax_type",
    "accounts_payable_tax_type",
    "sales_default_line_amount_type",
    "purchases_default_line_amount_type",
    "sales_default_account_code",
    "purchases_default_account_code",
    "xero_network_key",
    "payment_terms",
    "batch_payments",
)
CHANGED_BY_DOCUMENTS = ("first_name", "last_name", "email_address", "account_number", "tax_number", "company_number")


def changed(body: ContactBody, before: Contact | None, *, contact_id: str) -> Contact:
    """Lay what was sent over what was there: omitted fields are kept (xero-rules.md 5.6)."""
    sent = {name: getattr(body, name) for name in KEPT if getattr(body, name) is not None}
    if body.name is not None:
        sent["name"] = " ".join(body.name.split())
    had = {name: getattr(before, name) for name in KEPT} if before else {"name": ""}
    return Contact(
        contact_id=contact_id,
        status=(body.contact_status or (before.status if before else "ACTIVE")).upper(),
        addresses=_kept(body.addresses, before.addresses if before else ()),
        phones=_kept(body.phones, before.phones if before else ()),
        persons=_kept(body.contact_persons, before.persons if before else ()),
        sales_tracking=_kept(body.sales_tracking_categories, before.sales_tracking if before else ()),
        purchases_tracking=_kept(body.purchases_tracking_categories, before.purchases_tracking if before else ()),
        merged_to=before.merged_to if before else None,
        **(had | sent),
    )


def _kept(sent: list[R | None] | None, had: tuple[R, ...]) -> tuple[R, ...]:
    """Take what was sent in place of what was there; an address or number that says nothing is none."""
    return had if sent is None else tuple(each for each in sent if each is not None and not _is_empty(each))


def _is_empty(part: object) -> bool:
    return isinstance(part, Address | Phone) and not any(
        getattr(part, name) for name in part.__struct_fields__ if name not in {"address_type", "phone_type"}
    )


def changed_by_document(body: ContactBody, before: Contact, *, updated_ms: int) -> Contact:
    """Lay contact fields sent inside a document over the contact, but for its name and status.

    Persons that are not listed are dropped (xero-rules.md 4.2, likely). Where nothing more than a reference was sent, or
    nothing that differs, the very same contact comes back.
    """
    told = {name: getattr(body, name) for name in (*CHANGED_BY_DOCUMENTS, "addresses", "phones", "contact_persons")}
    if not any(told.values()):
        return before
    texts = {name: told[name] for name in CHANGED_BY_DOCUMENTS if told[name] is not None}
    after = replace(
        before,
        addresses=_kept(body.addresses, before.addresses),
        phones=_kept(body.phones, before.phones),
        persons=_kept(body.contact_persons or [], before.persons),
        **texts,
    )
    return before if after == before else replace(after, updated_ms=updated_ms)


def contact_of(
    setting: Setting, body: ContactBody | None, before: Document | None, *, may_create: bool
) -> tuple[Contact | None, bool]:
    """Find the contact meant; an invoice with an unknown Name creates it (xero-rules.md 4.2, likely)."""
    books = setting.books
    if body is None or not (body.contact_id or body.contact_number or body.name):
        return (books.contacts.get(before.contact_id) if before else None), False
    if found := contact_meant(books, body):
        may_change = may_create and setting.switches.documents_change_their_contact and found.status == "ACTIVE"
        after = changed_by_document(body, found, updated_ms=setting.now_ms) if may_change else found
        return after, after is not found
    if body.contact_id:
        return None, False
    if body.name and setting.switches.archived_contacts_match_by_name and (old := _archived(books, body.name)):
        return old, False
    if body.name and may_create:
        return Contact(
            contact_id=books.new_id("contact"),
            name=" ".join(body.name.split()),
            contact_number=body.contact_number,
            email_address=body.email_address or "",
        ), True
    return None, False


def contact_meant(books: Books, body: ContactBody) -> Contact | None:
    """Find a contact by id alone where there is one, else by number, else by name."""
    if body.contact_id:
        return books.contacts.get(body.contact_id.lower())
    numbered = books.contact_numbered(body.contact_number) if body.contact_number else None
    return numbered or (books.contact_named(body.name) if body.name else None)


def _archived(books: Books, name: str) -> Contact | None:
    wanted = fold(name)
    return next((each for each in books.contacts.values() if fold(each.name) == wanted), None)

"""PURE: what probes made, taken out again: payments and allocations first, then notes, sales, bills, the rest.

Documents are found by the contacts of the run, whose names bear its mark: so nothing is missed that an unclear answer
hid. Purchase orders and items are found by number and code.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from daybook.ledgers.probing import Left, Made
from daybook.ledgers.talk import Talk
from daybook.ledgers.xero import elements
from daybook.ledgers.xero.elements import Element
from daybook.ledgers.xero.probing import asking

INVOICES, NOTES, ORDERS = "Invoices", "CreditNotes", "PurchaseOrders"
ITEMS, CONTACTS = "Items", "Contacts"
PAGE = {"page": "1", "pageSize": "1000"}
LIVE = frozenset({"DRAFT", "SUBMITTED", "AUTHORISED", "PAID", "BILLED"})
ID = {INVOICES: "InvoiceID", NOTES: "CreditNoteID", ORDERS: "PurchaseOrderID", ITEMS: "ItemID", CONTACTS: "ContactID"}
NUMBER = {INVOICES: "InvoiceNumber", NOTES: "CreditNoteNumber", ORDERS: "PurchaseOrderNumber"}
PAYMENTS = "Payments"


def undo(mark: str, made: Sequence[Made]) -> Talk[list[Left]]:
    """Take out what was made; what could not be is returned, with Xero's words."""
    lists = {each.list for each in made}
    left: list[Left] = []
    contacts = yield from _contacts(mark)
    keys = [elements.text(row, "ContactID") for row in contacts]
    if keys and lists & {INVOICES, NOTES}:
        left += yield from _documents(keys)
    for each in made:
        if each.list == ORDERS:
            left += yield from _order(each)
    for each in made:
        if each.list == ITEMS:
            left += yield from _item(each)
    named = {each.name for each in made if each.list == CONTACTS}
    left += yield from _archived([row for row in contacts if elements.text(row, "Name") in named])
    return left


def _contacts(mark: str) -> Talk[Sequence[Element]]:
    """Return the contacts whose names begin with the mark, archived ones too."""
    query = {"searchTerm": mark, "includeArchived": "true", "summaryOnly": "true", **PAGE}
    found = yield from asking.get(CONTACTS, query=query)
    return [row for row in found.rows if elements.text(row, "Name").upper().startswith(mark.upper())]


def _documents(contact_ids: Sequence[str]) -> Talk[list[Left]]:
    """Settle and end all documents of these contacts."""
    one_of = " OR ".join(f'Contact.ContactID==guid("{key}")' for key in contact_ids)
    notes = _live((yield from asking.get(NOTES, query={"where": one_of, **PAGE})).rows, contact_ids)
    query = {"ContactIDs": ",".join(contact_ids), "Statuses": ",".join(sorted(LIVE - {"BILLED"})), **PAGE}
    invoices = _live((yield from asking.get(INVOICES, query=query)).rows, contact_ids)
    for note in notes:
        if _remaining(note) != elements.number(note, "Total"):
            yield from _release_note(note)
    for invoice in invoices:
        if elements.number(invoice, "AmountPaid"):
            yield from _unpaid(INVOICES, invoice)
    left = yield from _ended(NOTES, notes)
    left += yield from _ended(INVOICES, [row for row in invoices if elements.text(row, "Type") == "ACCREC"])
    return left + (yield from _ended(INVOICES, [row for row in invoices if elements.text(row, "Type") != "ACCREC"]))


def _live(rows: Iterable[Element], contact_ids: Collection[str]) -> list[Element]:
    """Return those that still count; of nobody else, whatever the list was asked for."""
    mine = (row for row in rows if elements.text(elements.part(row, "Contact"), "ContactID") in contact_ids)
    return [row for row in mine if elements.text(row, "Status") in LIVE]


def _remaining(note: Element) -> object:
    return elements.number(note, "RemainingCredit")


def _release_note(note: Element) -> Talk[None]:
    """Take back what was allocated and refunded of a note."""
    key = elements.text(note, "CreditNoteID")
    whole = (yield from asking.get(NOTES, key)).row
    for allocation in _parts(whole, "Allocations"):
        if allocation_id := elements.text(allocation, "AllocationID"):
            yield from asking.delete(f"/{NOTES}/{key}/Allocations/{allocation_id}")
    yield from _without_payments(whole)


def _unpaid(resource: str, document: Element) -> Talk[None]:
    yield from _without_payments((yield from asking.get(resource, elements.text(document, ID[resource]))).row)


def _without_payments(document: Element) -> Talk[None]:
    for payment in _parts(document, PAYMENTS):
        payment_id = elements.text(payment, "PaymentID")
        yield from asking.post(
            PAYMENTS, {"PaymentID": payment_id, "Status": "DELETED"}, path=f"/{PAYMENTS}/{payment_id}"
        )


def _parts(element: Element, key: str) -> list[Mapping[str, object]]:
    rows = element.get(key)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _ended(resource: str, rows: Sequence[Element]) -> Talk[list[Left]]:
    """Delete drafts, void what was approved; all of one list in one call."""
    if not rows:
        return []
    ends = [
        {
            ID[resource]: elements.text(row, ID[resource]),
            "Status": "DELETED" if elements.text(row, "Status") in {"DRAFT", "SUBMITTED"} else "VOIDED",
        }
        for row in rows
    ]
    reply = yield from asking.post(resource, *ends)
    if reply.is_taken:
        return []
    return [
        Left(Made(resource, elements.text(row, NUMBER[resource])), reply.said)
        for row, after in _beside(rows, reply.rows)
        if elements.text(after, "Status") not in {"DELETED", "VOIDED"}
    ]


def _beside(rows: Sequence[Element], answered: Sequence[Element]) -> list[tuple[Element, Element]]:
    nothing: Element = {}
    return [(row, answered[place] if place < len(answered) else nothing) for place, row in enumerate(rows)]


def _order(made: Made) -> Talk[list[Left]]:
    found = (yield from asking.get(ORDERS, made.name)).row
    if elements.text(found, "Status") not in LIVE:
        return []
    ended = {"PurchaseOrderID": elements.text(found, "PurchaseOrderID"), "Status": "DELETED"}
    reply = yield from asking.post(ORDERS, ended)
    return [] if reply.is_taken else [Left(made, reply.said)]


def _item(made: Made) -> Talk[list[Left]]:
    found = (yield from asking.get(ITEMS, made.name)).row
    if not found:
        return []
    reply = yield from asking.delete(f"/{ITEMS}/{elements.text(found, 'ItemID')}")
    return [] if reply.is_taken else [Left(made, reply.said)]


def _archived(rows: Sequence[Element]) -> Talk[list[Left]]:
    live = [row for row in rows if elements.text(row, "ContactStatus") == "ACTIVE"]
    if not live:
        return []
    ends = [{"ContactID": elements.text(row, "ContactID"), "ContactStatus": "ARCHIVED"} for row in live]
    reply = yield from asking.post(CONTACTS, *ends)
    return [] if reply.is_taken else [Left(Made(CONTACTS, elements.text(row, "Name")), reply.said) for row in live]

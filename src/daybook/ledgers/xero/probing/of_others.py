"""PURE: what is asked about contacts and purchase orders."""

from daybook.ledgers.probing import Facts, Found, Probe
from daybook.ledgers.talk import Talk
from daybook.ledgers.xero import elements
from daybook.ledgers.xero.probing import asking
from daybook.ledgers.xero.probing.of_invoices import refused_for, same_one
from daybook.ledgers.xero.probing.parts import CONTACTS_SCOPE, INVOICES_SCOPE, order, sale
from daybook.ledgers.xero.probing.undoing import CONTACTS, INVOICES, ORDERS

ADDRESS = "daybook-probe@example.com"


def contact_by_name(facts: Facts, mark: str) -> Talk[Found]:
    """Post a contact's name again, with an e-mail address."""
    del facts
    made = yield from asking.put(CONTACTS, {"Name": f"{mark}A"})
    if not made.is_taken:
        return Found(None, made.said)
    return same_one(
        made, (yield from asking.post(CONTACTS, {"Name": f"{mark}A", "EmailAddress": ADDRESS})), "ContactID"
    )


def contact_in_document(facts: Facts, mark: str) -> Talk[Found]:
    """Send a contact's id with an e-mail address inside a document."""
    made = yield from asking.put(CONTACTS, {"Name": f"{mark}A"})
    key = elements.text(made.row, "ContactID")
    named = {"ContactID": key, "EmailAddress": ADDRESS}
    document = yield from asking.put(INVOICES, sale(facts, f"{mark}B", Contact=named))
    if not (made.is_taken and document.is_taken):
        return Found(None, made.said or document.said)
    address = elements.text((yield from asking.get(CONTACTS, key)).row, "EmailAddress")
    return Found(address == ADDRESS, f"the contact's address is {address or 'empty'}")


def archived_by_name(facts: Facts, mark: str) -> Talk[Found]:
    """Name an archived contact inside a document."""
    made = yield from asking.put(CONTACTS, {"Name": f"{mark}A"})
    key = elements.text(made.row, "ContactID")
    archived = yield from asking.post(CONTACTS, {"ContactID": key, "ContactStatus": "ARCHIVED"})
    if not (made.is_taken and archived.is_taken):
        return Found(None, made.said or archived.said)
    reply = yield from asking.put(INVOICES, sale(facts, f"{mark}B", Contact={"Name": f"{mark}A"}))
    if not reply.is_taken:
        return refused_for(reply, "archived", "")
    is_same = elements.text(elements.part(reply.row, "Contact"), "ContactID") == key
    return Found(is_same, "the archived one was taken" if is_same else "a new contact was made")


def post_updates_order(facts: Facts, mark: str) -> Talk[Found]:
    """Post the number of a purchase order again."""
    first = order(facts, f"{mark}A")
    made = yield from asking.put(ORDERS, first)
    if not made.is_taken:
        return Found(None, made.said)
    return same_one(made, (yield from asking.post(ORDERS, first | {"Reference": "again"})), "PurchaseOrderID")


def orders_and_lock_dates(facts: Facts, mark: str) -> Talk[Found]:
    """Approve a purchase order dated on the lock date."""
    reply = yield from asking.put(ORDERS, order(facts, f"{mark}A", Date=facts["lock_date"], Status="AUTHORISED"))
    return refused_for(reply, "lock", "it was approved")


def billed_orders(facts: Facts, mark: str) -> Talk[Found]:
    """Set an approved purchase order to BILLED."""
    made = yield from asking.put(ORDERS, order(facts, f"{mark}A", Status="AUTHORISED"))
    if not made.is_taken:
        return Found(None, made.said)
    key = elements.text(made.row, "PurchaseOrderID")
    reply = yield from asking.post(ORDERS, {"PurchaseOrderID": key, "Status": "BILLED"})
    status = elements.text(reply.row, "Status")
    return Found(reply.is_taken and status == "BILLED", reply.said or f"it is {status}")


_ORDER = ((ORDERS, "A"),)
PROBES = (
    Probe(
        name="post_updates_contact_by_name",
        question="Does POST with a contact's Name alone edit that contact?",
        rule="4.2", makes=((CONTACTS, "A"),), scopes=CONTACTS_SCOPE, calls=5, ask=contact_by_name,
    ),
    Probe(
        name="documents_change_their_contact",
        question="Do contact fields sent inside a document change the contact?",
        rule="4.2", makes=((CONTACTS, "A"), (INVOICES, "B")), scopes=CONTACTS_SCOPE, needs=("sales",), calls=10,
        ask=contact_in_document,
    ),
    Probe(
        name="archived_contacts_match_by_name",
        question="Does a document that names an archived contact mean that one?",
        rule="5.6", makes=((CONTACTS, "A"), (INVOICES, "B")), scopes=CONTACTS_SCOPE, needs=("sales",), calls=10,
        ask=archived_by_name,
    ),
    Probe(
        name="post_updates_purchase_order_by_number",
        question="Does POST with a purchase order's number edit it?",
        rule="4.2", makes=_ORDER, scopes=INVOICES_SCOPE, needs=("expenses",), calls=6, ask=post_updates_order,
    ),
    Probe(
        name="purchase_orders_respect_lock_dates",
        question="Is a purchase order in a locked period refused?",
        rule="5.4", makes=_ORDER, scopes=INVOICES_SCOPE, needs=("expenses", "lock_date"), calls=5,
        ask=orders_and_lock_dates,
    ),
    Probe(
        name="purchase_orders_billed_by_api",
        question="May BILLED be set through the API?",
        rule="5.4", makes=_ORDER, scopes=INVOICES_SCOPE, needs=("expenses",), calls=6, ask=billed_orders,
    ),
)  # fmt: skip

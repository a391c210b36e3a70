"""PURE: whom a document of a sale is for: the contact that was chosen, or the customer of the order.

A customer is told by what never changes about them, the best first: the shop's id of them, their e-mail address, their
VAT number, their name and postcode. The key is a print of it, so that it names nobody once the rest is forgotten.
"""

import base64
import hashlib
from dataclasses import replace

from daybook.documents import stored
from daybook.documents.document import Document, Party
from daybook.documents.kinds import SPECS, Paper
from daybook.intake.intents import EntryStand
from daybook.mapping.rules import ContactPer, MappingRules, Named
from daybook.mapping.texts import without_entities, writable
from daybook.outbox.states import IN_FLIGHT, State
from daybook.sources.canonical.parties import Address
from daybook.sources.canonical.schema import CanonicalOrder

LONGEST_NAME = 255
KEY_LENGTH = 24
PREFIX = "db-"
"""Of every key: it tells in the ledger which numbers of contacts are Daybook's."""
_NO_NAME_HAS = str.maketrans("", "", "<>")


def for_whom(paper: Paper, order: CanonicalOrder, rules: MappingRules, before: Named | Party | None) -> Paper:
    """Return a document that names whom it is for; one of costs, or no booking, stays as it is.

    `before`: whom another document of the order's sale names already, which all of them must.
    """
    if not isinstance(paper, Document):
        return paper
    chosen = before or contact(order, rules)
    if isinstance(chosen, Party):
        return replace(paper, contact_id="", contact_name=chosen.name, party=chosen)
    return replace(paper, contact_id=chosen.contact_id, contact_name=chosen.name) if chosen else paper


def named_before(entries: tuple[EntryStand, ...]) -> Named | Party | None:
    """Return whom the sale was posted for, or is being; None where nothing of it was."""
    for entry in entries:
        spec = SPECS.get(entry.kind)
        if spec is None or not spec.is_the_sale or entry.state not in {State.POSTED, *IN_FLIGHT}:
            continue
        paper = stored.read(entry.document, entry.kind)
        if isinstance(paper, Document):
            return paper.party or Named(paper.contact_id, paper.contact_name)
    return None


def unresolved(paper: Paper | None) -> Paper | None:
    """Return a document as it was mapped: without the id that its party had when it was claimed."""
    is_of_party = isinstance(paper, Document) and paper.party is not None
    return replace(paper, contact_id="") if isinstance(paper, Document) and is_of_party else paper


def contact(order: CanonicalOrder, rules: MappingRules) -> Named | Party | None:
    """Return whom an order's sale is for; None: the contact that stands for all."""
    match rules.contact_per:
        case ContactPer.CHANNEL:
            channel = " ".join((order.channel or rules.feed).split()).casefold()
            return rules.channel_contacts.get(channel)
        case ContactPer.CUSTOMER:
            return party(order, rules)
        case ContactPer.VAT_NUMBER:
            return party(order, rules) if _plain(order.customer.vat_number) else None
    return None


def party(order: CanonicalOrder, rules: MappingRules) -> Party | None:
    """Return the customer of an order; None where it names nobody."""
    customer, billing = order.customer, order.billing_address
    address = billing if billing != Address() else order.shipping_address
    names = (customer.company, billing.company, customer.name, billing.name, address.name, customer.email)
    name = next(filter(None, map(_plain, names)), "")
    told_by = _told_by(order, name, address, rules)
    if not name or not told_by:
        return None
    return Party(
        key=_key(told_by),
        name=name,
        shop_number=_plain(customer.id),
        email=_plain(customer.email),
        vat_number=_plain(customer.vat_number),
        lines=tuple(filter(None, map(_plain, address.lines))),
        city=_plain(address.city),
        region=_plain(address.region),
        postcode=_plain(address.postcode),
        country=_plain(address.country or address.country_code),
    )


def _told_by(order: CanonicalOrder, name: str, address: Address, rules: MappingRules) -> tuple[str, ...]:
    """Return what tells the customer from others. An id is the feed's own; the rest is the same person's everywhere."""
    customer = order.customer
    if customer.id:
        return ("id", rules.feed_id, customer.id)
    if email := _plain(customer.email).casefold():
        return ("email", email)
    if number := "".join(_plain(customer.vat_number).split()).upper():
        return ("vat", number)
    return ("name", name.casefold(), _plain(address.postcode).casefold()) if name else ()


def _key(told_by: tuple[str, ...]) -> str:
    digest = hashlib.sha256("\x1f".join(told_by).encode()).digest()
    return PREFIX + base64.b32encode(digest).decode().lower()[:KEY_LENGTH]


def _plain(text: str) -> str:
    """Return a text as a name may be: read, in one line, no longer than a name."""
    return " ".join(writable(without_entities(text)).translate(_NO_NAME_HAS).split())[:LONGEST_NAME].rstrip()

"""A customer whom the OMS gives a new name: their contact gets it too, where the company has switched that on (decision 54).

what waiting invoices say -> a name that is new -> looked up: ours, and called as we left it? -> renamed -> remembered

Nothing waits for it: where a contact keeps its name its documents go all the same. It is done before the next document of
the customer, so a call that was lost is seen by the next look, which finds the name there.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from django.db import transaction

from daybook.catalog import customers, matching
from daybook.catalog.models import CustomerContact
from daybook.connections import calls, features
from daybook.connections.models import Connection
from daybook.documents.document import Party
from daybook.documents.kinds import SPECS
from daybook.kit import clock
from daybook.ledgers.exchange import Posted, Rejected, Wanted
from daybook.ledgers.ledger import Supply
from daybook.ledgers.lists import Contact
from daybook.outbox import queue
from daybook.posting import delivery, ground
from daybook.posting.ground import Sender
from daybook.posting.shelves import CONTACTS, SHELVES

MOST_DOCUMENTS = 1000
"""Looked at in one go for names that are new, the newest first."""


class _Said(NamedTuple):
    """Whom the newest waiting invoice of a customer names."""

    on: date
    party: Party


class _Renaming(NamedTuple):
    """One contact that gets another name."""

    row: CustomerContact
    wanted: Wanted
    is_done: bool
    """It has the name already: by a call whose answer was lost."""


def rename(connection: Connection, sender: Sender) -> None:
    """Rename the contacts of customers whom waiting invoices name otherwise than before. Raises WireError."""
    supply = sender.ledger.supplies.get(CONTACTS)
    is_on = sender.settings.rename_contacts and supply is not None and supply.rename is not None
    if not is_on or supply is None or not features.is_granted(sender.ledger, sender.token.scope, supply.feature):
        return
    said = _said(connection, supply)
    rows = customers.of_keys(connection.organisation_id, said)
    changed = [row for row in rows if _is_called_anew(row, said[row.key])]
    unsettled = _carry_out(connection, sender, supply, _allowed(connection, sender, supply, changed, said))
    settled = [row for row in rows if row.key not in unsettled]
    customers.note_names(settled, {key: (each.party.name, each.on) for key, each in said.items()})


def _said(connection: Connection, supply: Supply) -> dict[str, _Said]:
    """Return by customer what the newest of their waiting invoices says of them; a note says what its invoice said."""
    sales = [kind for kind, spec in SPECS.items() if spec.is_the_sale]
    waiting = queue.going(connection, clock.now())
    named = waiting.filter(kind__in=sales, key="", document__party__isnull=False).order_by("-id")
    rows = named.values_list("date", "document__party")[:MOST_DOCUMENTS]
    said: dict[str, _Said] = {}
    for on, part in sorted(((on, part) for on, part in reversed(rows) if on and part), key=lambda row: row[0]):
        party = supply.wanted(part).party
        if party is not None and party.name:
            said[party.key] = _Said(on, party)
    return said


def _is_called_anew(row: CustomerContact, said: _Said) -> bool:
    """Tell whether the name is another than what documents said so far, and not an older one."""
    if said.on < (row.named_on or row.read_at.date()):
        return False
    before = row.shop_name or row.name
    return before not in {said.party.name, matching.with_number(said.party)}


def _allowed(
    connection: Connection,
    sender: Sender,
    supply: Supply,
    changed: Sequence[CustomerContact],
    said: Mapping[str, _Said],
) -> list[_Renaming]:
    """Look them up, with whoever has the new names, and return those that are ours alone and not renamed by anybody."""
    if not changed or supply.look is None:
        return []
    parties = {row.key: said[row.key].party for row in changed}
    there = calls.carry(
        connection, supply.look([Wanted(key, each.name, each) for key, each in parties.items()]), client=sender.client
    )
    by_id = {each.contact_id: each for each in there}
    shared = customers.shared(connection, [row.contact_id for row in changed])
    own = [row for row in changed if row.contact_id not in shared and _is_ours(row, parties[row.key], by_id)]
    mine = {row.contact_id for row in own}
    taken = [each.name for each in there if each.is_active and each.contact_id not in mine]
    free = matching.names([(parties[row.key], parties[row.key].name) for row in own], taken)
    return [
        _Renaming(row, Wanted(row.key, name, parties[row.key]), by_id[row.contact_id].name == name)
        for row, name in zip(own, free, strict=True)
    ]


def _is_ours(row: CustomerContact, party: Party, there: Mapping[str, Contact]) -> bool:
    contact = there.get(row.contact_id)
    known_as = (row.name, party.name, matching.with_number(party))
    return contact is not None and any(matching.may_rename(party, name, contact) for name in known_as)


def _carry_out(
    connection: Connection, sender: Sender, supply: Supply, renamings: Sequence[_Renaming]
) -> frozenset[str]:
    """Give contacts their names; return the customers of whom nobody knows what became of it."""
    for each in renamings:
        if each.is_done:
            customers.note_renaming(connection, each.row, each.wanted.description, is_done=True)
    left, unsettled = [each for each in renamings if not each.is_done], set[str]()
    while left:
        some, left = left[: supply.documents_a_call], left[supply.documents_a_call :]
        others, doubtful = _send(connection, sender, supply, some)
        left, unsettled = [*left, *others], unsettled | doubtful
    return frozenset(unsettled)


def _send(
    connection: Connection, sender: Sender, supply: Supply, renamings: Sequence[_Renaming]
) -> tuple[list[_Renaming], set[str]]:
    """Give contacts their names in one call; return what is to go by another name, or went not, and what is in doubt."""
    assert supply.rename is not None  # noqa: S101 - asked for before
    written = supply.rename([(each.row.contact_id, each.wanted) for each in renamings])
    with transaction.atomic():
        if not ground.may_commit(connection, sender):
            return [], {each.row.key for each in renamings}
        attempt = queue.start(connection.company_id, sender.call(supply.route, written.ask), ())
    sent = [renamings[place] for place in written.members]
    wanted = [each.wanted for each in sent]
    read = delivery.deliver(
        attempt, sender, len(sent), lambda answer, is_resent: supply.read(answer, wanted, is_resent)
    )
    others, doubtful = [renamings[place] for place in written.left], set[str]()
    for each, outcome in zip(sent, read, strict=True):
        if isinstance(outcome, Rejected) and (other := _otherwise(sender, each, outcome)):
            others.append(other)
        elif isinstance(outcome, Posted | Rejected):
            customers.note_renaming(connection, each.row, each.wanted.description, is_done=isinstance(outcome, Posted))
        else:
            doubtful.add(each.row.key)
    return others, doubtful


def _otherwise(sender: Sender, renaming: _Renaming, refused: Rejected) -> _Renaming | None:
    """Return it by the name with the shop's number, where somebody has the other one since it was looked for."""
    wanted = SHELVES[CONTACTS].otherwise(renaming.wanted, sender.ledger.why(refused.words).cause)
    return renaming._replace(wanted=wanted) if wanted is not None else None

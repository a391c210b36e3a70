"""A proof beside this installation: its key, the head of the history that it names, and what the books say today.

Asks no ledger: of its side only a new proof tells.
"""

from datetime import date

from daybook.companies.models import Company
from daybook.connections.models import Connection
from daybook.history import verifying
from daybook.history.kinds import What
from daybook.history.models import Event, Removed
from daybook.proving import gathering, keys, proof, signing

GONE = "gone"


def is_ours(public_key: str) -> bool:
    """Tell whether the installation signs with the key, or did."""
    return keys.is_ours(public_key)


def differences(says: signing.Says) -> list[str]:
    """Return in sentences what differs of a valid proof of ours; none where history and day book say the same today."""
    found = proof.read(says)
    if found is None:
        return ["It was written by a version of Daybook that puts proofs into another form; its signature is good."]
    company = Company.objects.filter(public_id=found.company_id).first()
    if company is None:
        return ["Its company is not in this database."]
    said = [*_history(found), *_event(company, says)]
    for each in found.ledgers:
        said += _ledger(company, found, each)
    return said


def _history(found: proof.Proof) -> list[str]:
    position, seal = found.history.position, found.history.seal
    if position and _seal_at(position) not in {seal, GONE}:
        return [
            f"The history does not hold the seal that it had at position {position}: it was changed or restored since."
        ]
    verdict = verifying.verify()
    if verdict.broken_at:
        return [f"The history is broken at position {verdict.broken_at}: {'; '.join(verdict.faults)}."]
    return []


def _seal_at(position: int) -> str:
    """Return the seal that stands there, "" for none, GONE where it went with its company: the chain's walk tells of those."""
    event = Event.objects.filter(position=position).values_list("seal", flat=True).first()
    if event is not None:
        return event
    gone = Removed.objects.filter(first__lte=position, last__gte=position).first()
    return "" if gone is None else gone.seal if gone.last == position else GONE


def _event(company: Company, says: signing.Says) -> list[str]:
    told = Event.objects.filter(company=company, what=What.PROVED, after__sha256=signing.digest(says))
    return [] if told.exists() else ["The history does not tell that this proof was made."]


def _ledger(company: Company, found: proof.Proof, each: proof.OfLedger) -> list[str]:
    connection = Connection.objects.filter(company=company, public_id=each.connection).first()
    if connection is None:
        return [f"The connection to {each.organisation} is not in this database."]
    since, until = date.fromisoformat(found.since), date.fromisoformat(found.until)
    said = []
    with gathering.in_one_language():
        orders = tuple(gathering.orders(connection, since, until))
        day_book = tuple(gathering.day_book(connection, since, until))
    if orders != each.orders:
        said.append(f"{each.organisation}: the period's orders stand otherwise today, in number, value or reason.")
    if day_book != each.day_book:
        said.append(f"{each.organisation}: the day book has other documents, states or amounts of the period today.")
    return said

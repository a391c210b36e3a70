"""What a dry run asks of the ledger: lists that are stale, and on request numbers and customers; its calls are said before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from daybook.catalog import customers, matching, refresh
from daybook.connections import calls, endpoints
from daybook.connections.models import Connection
from daybook.documents.causes import Hold
from daybook.documents.document import Document
from daybook.documents.kinds import Kind
from daybook.kit import clock
from daybook.ledgers.foretelling import Foretold
from daybook.ledgers.ledger import Form, Sought, Supply, Wanted
from daybook.rehearsing import knowing
from daybook.rehearsing.rehearsal import Fate
from daybook.rehearsing.running import LookedUp, Run, parties_of, plain
from daybook.wire.http import HttpClient


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What can be looked up, and the calls that it takes."""

    numbers: dict[Kind, list[str]]
    """Of documents that are not in the day book yet: whether something stands there that has them."""
    wanted: Sequence[Wanted]
    """Customers whose contact is not known yet."""
    calls: int


def question(run: Run) -> Question:
    """Return what of a dry run can be looked up in its ledger, and in how many calls."""
    ledger = endpoints.ledger_of(run.connection)
    numbers: dict[Kind, list[str]] = {}
    for order in run.orders:
        for each in order.documents:
            form = ledger.forms.get(each.kind)
            if each.is_new and each.fate in {Fate.GOES, Fate.REFUSED} and form and form.calls_of_look is not None:
                numbers.setdefault(each.kind, []).append(each.number)
    wanted = _unknown(run)
    supply = ledger.supplies.get(customers.SUPPLY)
    looks = supply.looks(wanted) if wanted and supply is not None and supply.looks is not None else 0
    counts = [(ledger.forms[kind].calls_of_look, len(found)) for kind, found in numbers.items()]
    return Question(
        numbers=numbers, wanted=wanted, calls=looks + sum(of(count) for of, count in counts if of is not None)
    )


def _unknown(run: Run) -> list[Wanted]:
    supply = _supply(run.connection)
    going = run.going(Fate.GOES, Fate.REFUSED)
    parties = parties_of([each.paper for each in going if isinstance(each.paper, Document)])
    known = customers.stored(run.connection.organisation_id or 0, parties)
    return [supply.wanted(plain(each)) for key, each in parties.items() if key not in known] if supply else []


def _supply(connection: Connection) -> Supply | None:
    found = endpoints.ledger_of(connection).supplies.get(customers.SUPPLY)
    return found if found is not None and found.look is not None and found.looks is not None else None


def look_up(connection: Connection, asked: Question, client: HttpClient) -> LookedUp:
    """Ask the ledger which numbers are taken and who customers are; no more calls than were said. Raises WireError.

    Nothing of it is kept: whoever posts asks again.
    """
    ledger, now = endpoints.ledger_of(connection), clock.now()
    taken: dict[tuple[Kind, str], str] = {}
    for kind, numbers in asked.numbers.items():
        taken |= _taken(connection, ledger.forms[kind], numbers, client, now)
    unfit: dict[str, Foretold] = {}
    words: dict[str, str] = {}
    supply = _supply(connection)
    if asked.wanted and supply is not None and supply.look is not None:
        there = calls.carry(connection, supply.look(asked.wanted), client=client)
        known = customers.whose(connection.organisation_id or 0, [each.contact_id for each in there])
        for each in asked.wanted:
            match = matching.match(each.party, there, known) if each.party is not None else matching.Make(each.key)
            if isinstance(match, Hold):
                unfit[each.key] = Foretold(match.cause, each.description, match.detail)
            else:
                words[each.key] = _in_words(match)
    return LookedUp(taken=taken, unfit=unfit, customers=words, calls=asked.calls)


def _taken(
    connection: Connection, form: Form, numbers: Sequence[str], client: HttpClient, now: datetime
) -> dict[tuple[Kind, str], str]:
    """Return, by kind and number, what stands there under them."""
    found: dict[tuple[Kind, str], str] = {}
    sought = [Sought(number=each, since=now, is_stubborn=True) for each in numbers]
    for each in calls.carry(connection, form.look(sought), client=client):
        words = f"There is one of {each.contact_name or 'another contact'}, {each.status.lower()}."
        found[(form.kind, each.number.upper())] = words
    return found


def _in_words(match: object) -> str:
    match match:
        case matching.Found(contact):
            return f"{contact.name}, who is there"
        case matching.Merged():
            return "the contact that theirs was merged into"
        case matching.Make(name):
            return f"{name}, who would be made"
    return ""


def read_stale(connection: Connection, client: HttpClient, now: datetime) -> int:
    """Read again the lists that are stale, one call each; return how many. Raises WireError."""
    names = knowing.stale(knowing.readings(connection, now))
    if names:
        refresh.refresh(connection, resources=names, whole=True, client=client)
    return len(names)

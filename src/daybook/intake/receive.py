"""Accept orders; the same order twice changes nothing.

    payloads -> parsed, each on its own -> stored in batches, committed -> prepared -> one receipt for each

A receipt is given only after the commit: what it calls accepted survives anything.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from daybook.companies.models import Company
from daybook.intake import noticing, outlook, prepare, rules, schema, storing
from daybook.intake.kornitx import SOURCE, Callback
from daybook.intake.outlook import Outlook
from daybook.intake.problems import NotAnOrderError, Problem
from daybook.intake.rules import CompanyRules
from daybook.intake.schema import CanonicalOrder
from daybook.intake.storing import Incoming, Result, Stored
from daybook.kit import clock

BATCH = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of one payload."""

    position: int
    """Its place among the payloads, from 0."""
    result: Result
    source: str = ""
    id: str = ""
    ref: str = ""
    order: str = ""
    """Daybook's own public id of the order; empty where it was refused."""
    outlook: Outlook | None = None
    """What will happen to it; None where it was refused."""
    problems: tuple[Problem, ...] = ()

    @property
    def is_refused(self) -> bool:
        """Tell whether nothing of the payload was kept."""
        return self.result is Result.REFUSED


@dataclass(frozen=True, slots=True)
class _Refused:
    """A payload that is no order."""

    source: str
    id: str
    problems: tuple[Problem, ...]


def receive(company: Company, payload: object, *, raw: bytes = b"") -> Receipt:
    """Accept one order: plain JSON values, or an order parsed already. `raw`: its bytes, where they are not canonical."""
    incoming = _parse(payload, zone=_zone(company), source="", raw=raw)
    return next(_receive_batch(company, [incoming], rules.load_rules(company), first=0))


def receive_many(company: Company, payloads: Iterable[object], *, source: str = "") -> Iterator[Receipt]:
    """Accept many orders, one receipt for each, in their order; a bad one never loses the good ones.

    `source`: of payloads that name none. The work is done while the receipts are being read.
    """
    zone, company_rules, first = _zone(company), rules.load_rules(company), 0
    for batch in _batches(_parse(payload, zone=zone, source=source) for payload in payloads):
        yield from _receive_batch(company, batch, company_rules, first=first)
        first += len(batch)


def _zone(company: Company) -> tzinfo:
    return rules.zone(rules.company_settings(company).order_time_zone)


def _parse(payload: object, *, zone: tzinfo, source: str, raw: bytes = b"") -> Incoming | _Refused:
    if isinstance(payload, CanonicalOrder):
        return Incoming(payload, raw)
    if source and isinstance(payload, dict):
        payload = {"source": source, **payload}
    try:
        return Incoming(schema.parse_order(payload, zone=zone), raw)
    except NotAnOrderError as error:
        named = payload if isinstance(payload, dict) else {}
        return _Refused(_short(named.get("source")), _short(named.get("id")), error.problems)


def _short(name: object) -> str:
    """Return what a refused payload called itself, as far as it can be shown."""
    text = str(name) if isinstance(name, str | int) else ""
    return text.encode("utf-8", "replace").decode().replace("\x00", "")[:200]


def _batches(parsed: Iterable[Incoming | _Refused]) -> Iterator[list[Incoming | _Refused]]:
    """Yield batches in which no order comes twice."""
    batch: list[Incoming | _Refused] = []
    keys: set[tuple[str, str]] = set()
    for each in parsed:
        key = each.key if isinstance(each, Incoming) else None
        if len(batch) == BATCH or key in keys:
            yield batch
            batch, keys = [], set()
        batch.append(each)
        if key is not None:
            keys.add(key)
    if batch:
        yield batch


def _receive_batch(
    company: Company, batch: Sequence[Incoming | _Refused], company_rules: CompanyRules, *, first: int
) -> Iterator[Receipt]:
    good = [each for each in batch if isinstance(each, Incoming)]
    stored = storing.store(company, good, now=clock.now()) if good else {}
    due = [each.order_id for each in stored.values() if each.is_unprepared]
    if due:
        prepare.prepare_orders(company, due, rules=company_rules)
    outlooks = outlook.of_orders(company, [each.order_id for each in stored.values()])
    for position, each in enumerate(batch, start=first):
        if isinstance(each, Incoming):
            yield _receipt(position, each, stored[each.key], outlooks)
        else:
            yield Receipt(
                position=position, result=Result.REFUSED, source=each.source, id=each.id, problems=each.problems
            )


def _receipt(position: int, incoming: Incoming, stored: Stored, outlooks: dict[int, Outlook]) -> Receipt:
    order = incoming.order
    return Receipt(
        position=position,
        result=stored.result,
        source=order.source,
        id=order.id,
        ref=order.ref,
        order=stored.public_id,
        outlook=outlooks[stored.order_id],
    )


def receive_callback(company: Company, callback: Callback, *, raw: bytes = b"") -> Receipt:
    """Accept what a status callback says; where its order was never seen, a row is kept that waits for it."""
    stored = noticing.store(company, callback, raw=raw, now=clock.now())
    if stored.is_unprepared:
        prepare.prepare_orders(company, [stored.order_id])
    return Receipt(
        position=0,
        result=stored.result,
        source=SOURCE,
        id=callback.source_id,
        ref=callback.ref,
        order=stored.public_id,
        outlook=outlook.of_orders(company, [stored.order_id])[stored.order_id],
    )

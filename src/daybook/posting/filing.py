"""What would be written of the order files that wait: worked out before anything is locked or committed.

A company's own template runs in a process apart, for seconds if it must: nobody may wait for it with a lock in hand.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from daybook.connections import endpoints, roster
from daybook.connections.models import Connection, TaxMapping
from daybook.connections.outgoing import FileFormat
from daybook.connections.schedules import Every
from daybook.documents import stored
from daybook.documents.causes import Cause, Hold
from daybook.documents.file_rules import FileRules
from daybook.documents.order_file import OrderFile
from daybook.kit import clock
from daybook.ledgers.files import formats
from daybook.ledgers.files.names import file_name
from daybook.ledgers.files.reasons import FileCause
from daybook.outbox import queue
from daybook.outbox.models import Entry
from daybook.posting import outgoing
from daybook.wire import templates

AT_ONCE = 20
"""Files of one look; each has an attempt of its own, which must leave within a minute."""
MOST_IN_ONE = 2000
"""Orders of a run in one file; what is more goes into the next one, at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared(outgoing.Prepared):
    """A file."""

    name: str
    """"": of a run's file, which is numbered when it is claimed."""
    ending: str


def rules_of(connection: Connection, plan: FileFormat) -> FileRules:
    """Return how the connection's files are written, as of now."""
    chosen = roster.posting_of(connection)
    codes = TaxMapping.objects.filter(connection=connection).exclude(tax_type="")
    return FileRules(
        format=plan.format,
        ending=plan.ending,
        template=plan.template,
        account=plan.account,
        department=plan.department,
        with_headings=plan.with_headings,
        nominal=chosen.sales_account,
        shipping_nominal=chosen.shipping_account,
        tax_codes={row.rate.normalize() + 0: row.tax_type for row in codes},
        currency=chosen.default_currency,
    )


def prepared(connection: Connection, plan: FileFormat) -> list[Prepared]:
    """Return the next files; an empty list: nothing waits. Nothing is locked."""
    rules = rules_of(connection, plan)
    is_together = plan.is_together and plan.every != Every.AT_ONCE
    waiting = _waiting(connection, most=MOST_IN_ONE if is_together else AT_ONCE)
    read = [(entry, _paper(entry)) for entry in waiting]
    broken = [_alone(entry, paper, rules) for entry, paper in read if isinstance(paper, Hold)]
    good = [(entry, paper) for entry, paper in read if isinstance(paper, OrderFile)]
    made = dict(zip((entry.pk for entry, _ in good), _contents(good, rules), strict=True))
    alone = [_alone(entry, made[entry.pk], rules) for entry, _ in good]
    if not is_together:
        return [*broken, *alone]
    held = [each for each in alone if isinstance(each.made, Hold)]
    together = [(entry, paper) for entry, paper in good if not isinstance(made[entry.pk], Hold)]
    return [*broken, *held, *([_as_one(together, rules)] if together else [])]


def _waiting(connection: Connection, *, most: int) -> list[Entry]:
    kinds = list(endpoints.ledger_of(connection).forms)
    entries = queue.waiting(connection.company_id, connection.organisation_id, clock.now())
    found = [entry for kind in kinds for entry in queue.next_of(entries, kind, most=most)]
    return sorted(found, key=lambda entry: entry.pk)[:most]


def _paper(entry: Entry) -> OrderFile | Hold:
    paper = stored.read(entry.document, entry.kind)
    return paper if isinstance(paper, OrderFile) else Hold(Cause.DEFECT, entry.number, stored.UNREADABLE)


def _alone(entry: Entry, made: bytes | Hold, rules: FileRules) -> Prepared:
    ending = formats.ending_of(rules)
    return Prepared(
        documents={entry.pk: entry.document}, name=file_name(entry.number, ending), ending=ending, made=made
    )


def _as_one(good: Sequence[tuple[Entry, OrderFile]], rules: FileRules) -> Prepared:
    orders = [(entry.number, paper) for entry, paper in good]
    made = formats.content(orders, rules)
    return Prepared(
        documents={entry.pk: entry.document for entry, _ in good},
        name="",
        ending=formats.ending_of(rules),
        made=_run(rules, [orders])[0] if made is None else made,
    )


def _contents(good: Sequence[tuple[Entry, OrderFile]], rules: FileRules) -> list[bytes | Hold]:
    """Return each order's file, or why there is none."""
    return contents([[(entry.number, paper)] for entry, paper in good], rules)


def contents(files: Sequence[formats.Orders], rules: FileRules, *, whole: float = math.inf) -> list[bytes | Hold]:
    """Return each file of so many orders, or why there is none; a template is run once for all, for `whole` seconds."""
    made = [formats.content(orders, rules) for orders in files]
    if not made or made[0] is not None:
        return [each for each in made if each is not None]
    return _run(rules, files, whole)


def _run(rules: FileRules, files: Sequence[formats.Orders], whole: float = math.inf) -> list[bytes | Hold]:
    said = templates.run(rules.template, [formats.for_template(orders) for orders in files], whole=whole)
    return [formats.checked(_said(each)) for each in said]


def _said(said: str | templates.Failed) -> bytes | Hold:
    if isinstance(said, templates.Failed):
        cause = FileCause.TEMPLATE_TOO_MUCH if said.is_too_much else FileCause.TEMPLATE_FAILED
        return Hold(cause, said.words)
    try:
        return said.encode()
    except UnicodeEncodeError:
        return Hold(FileCause.TEXT_UNWRITABLE)

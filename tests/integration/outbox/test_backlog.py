"""A claim reads what may go and nothing else, whatever waits: shown by PostgreSQL's own account of what it read."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from daybook.kit import clock
from daybook.ledgers.xero.ledger import XERO
from daybook.outbox import queue
from daybook.outbox.models import Entry
from daybook.posting import claiming, supplies
from localxero import LocalXero
from tests.world import Cast, connected

pytestmark = [pytest.mark.django_db, pytest.mark.drawn]

BACKLOG = 20_000
A_CALL = 50
OWN = {"public_id": "'m' || entry.id || '-' || place", "number": "entry.number || '-' || place", "key": "place::text"}


@pytest.fixture
def acme() -> Cast:
    """Behind as many documents that were posted."""
    cast = connected(LocalXero(limits="off"), untouched=True)
    old = cast.ready_invoice("OLD")
    Entry.objects.update(state="posted", their_id="there")
    many_like(old)
    return cast


def many_like(entry: Entry) -> None:
    """Let so many documents stand as this one does, each about its own part of the order."""
    names = [each.column for each in Entry._meta.concrete_fields if not each.primary_key]
    values = ", ".join(OWN.get(name, f"entry.{name}") for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO outbox_entry ({', '.join(names)}) SELECT {values}"  # noqa: S608 - names of our own columns
            " FROM outbox_entry AS entry, generate_series(1, %s) AS place WHERE entry.id = %s",
            [BACKLOG, entry.pk],
        )
        cursor.execute("ANALYZE outbox_entry")


def wait_for_others(entry: Entry) -> Entry:
    Entry.objects.filter(pk=entry.pk).update(open_needs=1)
    return entry


def steps_of(work: Callable[[], object]) -> list[dict[str, Any]]:
    """Do it, and return every step in which PostgreSQL reads documents for it."""
    asked = []

    def note(execute: Callable[..., Any], sql: str, values: Any, many: bool, context: dict[str, Any]) -> Any:  # noqa: FBT001
        if re.match(r'\(*SELECT .*FROM "outbox_entry"', sql, re.DOTALL):
            asked.append((sql, values))
        return execute(sql, values, many, context)

    with connection.execute_wrapper(note):
        work()
    assert asked
    steps = [step for sql, values in asked for step in explained(sql, values)]
    return [step for step in steps if step.get("Relation Name") == "outbox_entry"]


def explained(sql: str, values: Any) -> Iterator[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", values)
        ((plan,),) = cursor.fetchone()
    yield from every_step(plan["Plan"])


def every_step(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", []):
        yield from every_step(below)


def rows_read(steps: list[dict[str, Any]]) -> int:
    return sum((step["Actual Rows"] + step.get("Rows Removed by Filter", 0)) * step["Actual Loops"] for step in steps)


def take(cast: Cast, *kinds: str) -> list[Entry]:
    with transaction.atomic():
        return queue.take(cast.company.pk, cast.connection.organisation_id, kinds, most=A_CALL, now=clock.now())


class TestAClaim:
    def test_reads_nothing_of_twenty_thousand_that_wait_for_others(self, acme):
        many_like(wait_for_others(acme.ready_invoice()))
        mine = [entry.number for entry in acme.ready_invoices(3)]
        steps = steps_of(lambda: take(acme, "invoice"))
        assert ({step["Index Name"] for step in steps}, rows_read(steps)) == ({"entry_ready"}, 3)
        assert [entry.number for entry in take(acme, "invoice")] == mine

    def test_reads_a_call_s_worth_of_twenty_thousand_that_may_go(self, acme):
        many_like(acme.ready_invoice())
        steps = steps_of(lambda: take(acme, "invoice"))
        assert ({step["Index Name"] for step in steps}, rows_read(steps)) == ({"entry_ready"}, A_CALL)

    def test_reads_a_call_s_worth_of_each_kind_where_several_go_by_one_way(self, acme):
        many_like(acme.ready_invoice())
        steps = steps_of(lambda: take(acme, "invoice", "purchase_order"))
        assert rows_read(steps) <= 3 * A_CALL

    def test_looks_first_how_much_waits_by_as_little(self, acme):
        many_like(acme.ready_invoice())
        steps = steps_of(lambda: claiming.waiting(acme.connection, XERO))
        of_none = {
            "entry_seldom_by_date",
            "entry_seldom_by_gross",
        }  # of kinds of which there are no documents any index will do
        assert {step["Index Name"] for step in steps} - of_none == {"entry_ready"}
        assert rows_read(steps) == A_CALL + 1

    def test_looks_for_what_must_be_made_first_among_a_thousand_of_them(self, acme):
        many_like(acme.ready_invoice())
        steps = steps_of(lambda: supplies._named_by_waiting(acme.connection, XERO))
        assert rows_read(steps) <= 2 * len(XERO.supplies) * supplies.MOST_ENTRIES

"""Sums of money by day, kept so that reports need not go through every payment; counted anew where something changed.

    who writes money, orders or documents    PostgreSQL's triggers note what sums that touches (`MoneyNews`)
    `count_anew`, now and then               takes such notes, and counts what they name from the rows
    a report (`money.py`, `not_invoiced.py`) reads the sums, and the rows themselves of whatever is noted still

A note is committed with what it is about. Taking notes away comes first, so each count sees all that they are about, and
what is written meanwhile leaves a note of its own: at any moment sums and notes together tell all. No sum is written by
who takes orders or posts documents, so none of them waits for another.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db import connection as database
from django.db import transaction

from daybook.documents import keys
from daybook.documents.kinds import SPECS, Kind
from daybook.outbox.needs import GONE

ALONE = 0x0DA7_C097
"""An advisory lock: one counts at a time."""
DAYS_AT_ONCE, ORDERS_AT_ONCE = 5, 2000
"""Of one transaction: some seconds of work at most where 20,000 orders come a day."""
NEVER, BEFORE_ALL = date(9999, 12, 31), date(1, 1, 1)
"""`MoneyMoved.invoiced_on` where the order is not invoiced, and where the content stands no more."""
ON_ACCOUNT = (Kind.PAYMENT.value, Kind.REFUND.value, Kind.BILL_PAYMENT.value)
"""Kinds of documents that move money on a clearing account."""
SALES = [str(kind) for kind, spec in SPECS.items() if spec.is_the_sale]


def key_of(*columns: str) -> str:
    """Return in SQL what `documents/keys.py: of` makes of these ids."""
    key = " || '/' || ".join(columns)
    bytes_ = " || '\\x00'::bytea || ".join(f"convert_to({each}, 'UTF8')" for each in columns)
    hashed = f"'id:' || left({key}, 50) || '~' || left(encode(sha256({bytes_}), 'hex'), 40)"
    slashes = "".join(f" AND strpos({each}, '/') = 0" for each in columns[1:])
    is_plain = f"length({key}) <= {keys.LONGEST} AND NOT starts_with({key}, '{keys.CANCELLED}'){slashes}"
    return f"CASE WHEN {is_plain} THEN {key} ELSE {hashed} END"


RESTS = f"""
    SELECT o.id, o.current_revision_id AS revision_id, note.key, e.organisation_id, e.date AS day, e.currency,
        coalesce(e.document ->> 'account_code', '') AS account, -coalesce(e.gross, 0) AS amount
    FROM {{days}} days
    JOIN outbox_entry e ON e.company_id = %(company)s AND e.kind = 'refund' AND e.date = days.day
    JOIN outbox_entry note ON note.company_id = e.company_id AND note.id = e.about_id
    JOIN orders_order o ON o.company_id = e.company_id AND o.id = e.order_id
    WHERE e.state <> 'cancelled' AND e.key IN (note.key, note.key || '/')
        AND NOT EXISTS (SELECT FROM orders_moneymoved m WHERE m.company_id = o.company_id
            AND m.revision_id = o.current_revision_id AND m.refund <> '' AND note.key = {key_of("m.refund")})
"""  # noqa: S608 - texts of ours
"""Refunds that Daybook pays out although no sum of their order's tells of the money (`paying_back`); of some days."""
REST = "untold_refund"
"""As which kind they are added up."""

_MONEY = """
    INSERT INTO orders_moneyofday
        (company_id, day, feed_id, gateway, currency, is_refund, payout, payout_day, count, amount, fee)
    SELECT m.company_id, m.day, o.feed_id, m.gateway, coalesce(nullif(m.currency, ''), o.currency), m.refund <> '',
        m.payout, m.payout_day, count(*), sum(m.amount), sum(m.fee)
    FROM orders_moneymoved m
    JOIN orders_order o ON o.company_id = m.company_id AND o.current_revision_id = m.revision_id
    WHERE m.company_id = %(company)s AND m.day = ANY(%(these)s)
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
"""
_POSTED = """
    INSERT INTO outbox_postedonaccount (company_id, organisation_id, day, kind, account, currency, count, amount)
    SELECT company_id, organisation_id, date, kind, coalesce(document ->> 'account_code', ''), currency, count(*),
        sum(coalesce(their_gross, gross))
    FROM outbox_entry
    WHERE company_id = %(company)s AND date = ANY(%(these)s) AND kind = ANY(%(on_account)s) AND state = 'posted'
        AND their_status <> ALL(%(gone)s) AND coalesce(their_gross, gross) IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5, 6
"""
_UNTOLD = f"""
    INSERT INTO outbox_postedonaccount (company_id, organisation_id, day, kind, account, currency, count, amount)
    SELECT %(company)s, organisation_id, day, '{REST}', account, currency, count(*), sum(amount)
    FROM ({RESTS.format(days="(SELECT unnest(%(these)s::date[]) AS day)")}) rests GROUP BY 2, 3, 5, 6
"""  # noqa: S608 - texts of ours
_INVOICED = """
    UPDATE orders_moneymoved moved SET invoiced_on = found.since
    FROM (SELECT m.id, CASE WHEN o.current_revision_id IS DISTINCT FROM m.revision_id THEN %(before_all)s
            ELSE coalesce((SELECT min(e.date) FROM outbox_entry e WHERE e.company_id = m.company_id
                AND e.order_id = o.id AND e.kind = ANY(%(sales)s) AND e.state = 'posted'
                AND e.their_status <> ALL(%(gone)s)), %(never)s) END AS since
        FROM {found}
        JOIN orders_order o ON o.company_id = %(company)s AND o.id = r.order_id
        WHERE {which}) found
    WHERE moved.id = found.id AND moved.invoiced_on IS DISTINCT FROM found.since
"""
_OF_DAYS = _INVOICED.format(
    found="orders_moneymoved m JOIN orders_revision r ON r.company_id = m.company_id AND r.id = m.revision_id",
    which="m.company_id = %(company)s AND m.day = ANY(%(these)s) AND (m.invoiced_on IS NULL"
    " OR (m.invoiced_on > m.day AND o.current_revision_id IS DISTINCT FROM m.revision_id))",
)
_OF_ORDERS = _INVOICED.format(
    found="orders_revision r JOIN orders_moneymoved m ON m.company_id = r.company_id AND m.revision_id = r.id",
    which="r.company_id = %(company)s AND r.order_id = ANY(%(these)s)",
)


class _Sort(NamedTuple):
    """Notes of one sort: by which column, how many of its values at once, and what is done about them."""

    column: str
    at_once: int
    statements: Sequence[str]


_GONE = "DELETE FROM {} WHERE company_id = %(company)s AND day = ANY(%(these)s)"
_SORTS = (
    _Sort("day", DAYS_AT_ONCE, (_GONE.format("orders_moneyofday"), _MONEY, _OF_DAYS)),
    _Sort("posted_day", DAYS_AT_ONCE, (_GONE.format("outbox_postedonaccount"), _POSTED, _UNTOLD)),
    _Sort("order_id", ORDERS_AT_ONCE, (_OF_ORDERS,)),
)


def count_anew() -> int:
    """Count for all companies what there are notes of; return how many days and orders that was."""
    with database.cursor() as cursor:
        cursor.execute("SELECT company_id, max(id) FROM orders_moneynews GROUP BY 1 ORDER BY 1")
        found = cursor.fetchall()
    return sum(_count(company, last, sort) for company, last in found for sort in _SORTS)


def _count(company: int, last: int, sort: _Sort) -> int:
    """Go on until none of the notes is left that were there at the beginning."""
    counted = 0
    while these := _noted(company, last, sort):
        _count_these(company, sort, these)
        counted += len(these)
    return counted


def _noted(company: int, last: int, sort: _Sort) -> list[Any]:
    sql = f"""SELECT DISTINCT {sort.column} FROM orders_moneynews
        WHERE company_id = %(company)s AND id <= %(last)s AND {sort.column} IS NOT NULL
        ORDER BY 1 LIMIT {sort.at_once}"""  # noqa: S608 - columns of ours
    with database.cursor() as cursor:
        cursor.execute(sql, {"company": company, "last": last})
        return [value for (value,) in cursor.fetchall()]


def _count_these(company: int, sort: _Sort, these: Sequence[Any]) -> None:
    asked: dict[str, Any] = {
        "company": company,
        "these": these,
        "sales": SALES,
        "on_account": list(ON_ACCOUNT),
        "gone": sorted(GONE),
        "never": NEVER,
        "before_all": BEFORE_ALL,
    }
    taken = f"DELETE FROM orders_moneynews WHERE company_id = %(company)s AND {sort.column} = ANY(%(these)s)"  # noqa: S608
    with transaction.atomic(), database.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ALONE])
        for statement in (taken, *sort.statements):
            cursor.execute(statement, asked)

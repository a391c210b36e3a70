"""All that documents of a connection are decided by, its settings and what its organisation has, read in one statement.

Whoever keeps something made of it keeps the text beside it: while that is the same, nothing of it has changed, whoever
wrote it and by which way (decision 29).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django.db import connection as database

from daybook.companies.models import Company
from daybook.connections.models import Connection, Organisation, PostingSettings
from daybook.ledgers.lists import ACTIVE as ACTIVE  # noqa: PLC0414 - what is known is active
from daybook.ledgers.lists import AccountUse

_NAMED = ("sales_account", "shipping_account", "cogs_account", "inventory_account")

_READ = f"""
SELECT coalesce(json_agg(json_build_object(
    'connection', json_build_object('id', c.id, 'ledger', c.ledger, 'organisation_id', c.organisation_id),
    'organisation', (SELECT row_to_json(o) FROM connections_organisation o
        WHERE o.company_id = c.company_id AND o.id = coalesce(c.organisation_id, c.last_organisation_id)),
    'settings', (SELECT row_to_json(s) FROM connections_postingsettings s WHERE s.connection_id = c.id),
    'file', (SELECT row_to_json(f) FROM connections_fileformat f WHERE f.connection_id = c.id),
    'mapped', (SELECT json_agg(json_build_array(t.rate::text, t.tax_type) ORDER BY t.id)
        FROM connections_taxmapping t WHERE t.connection_id = c.id),
    'posting_rules', (SELECT json_agg(json_build_array(p.position, p.title, p."when", p.account, p.tax_type)
        ORDER BY p.position) FROM connections_postingrule p WHERE p.connection_id = c.id),
    'accounts', (SELECT json_agg(json_build_array(a.code, a.use) ORDER BY a.code, a.id)
        FROM catalog_account a LEFT JOIN connections_postingsettings s ON s.connection_id = c.id
        WHERE a.organisation_id = c.organisation_id AND a.status = '{ACTIVE}' AND a.code <> ''
        AND (a.use = '{AccountUse.ROUNDING}' OR a.code IN ({", ".join(f"s.{name}" for name in _NAMED)})
        OR a.code IN (SELECT p.account FROM connections_postingrule p WHERE p.connection_id = c.id))),
    'rates', (SELECT json_agg(json_build_array(r.tax_type, r.effective_rate::text, r.applies_to_revenue,
        r.applies_to_expenses) ORDER BY r.id)
        FROM catalog_taxrate r WHERE r.organisation_id = c.organisation_id AND r.status = '{ACTIVE}'),
    'currencies', (SELECT json_agg(y.code ORDER BY y.code)
        FROM catalog_currency y WHERE y.organisation_id = c.organisation_id),
    'contacts', (SELECT json_object_agg(p.contact_id, p.status ORDER BY p.id)
        FROM catalog_contact p WHERE p.organisation_id = c.organisation_id),
    'is_read', EXISTS (SELECT FROM catalog_catalogread l
        WHERE l.organisation_id = c.organisation_id AND l.resource = 'Accounts')
) ORDER BY c.id), '[]')::text
FROM connections_connection c WHERE c.company_id = %s AND
"""  # noqa: S608 - names of columns only
_TAKING_ORDERS = "c.closed_at IS NULL AND c.started_at IS NOT NULL"


@dataclass(frozen=True, slots=True)
class Account:
    """An active account with a code: one that the settings or rules name, or the one for roundings."""

    code: str
    use: str
    """`AccountUse`."""


@dataclass(frozen=True, slots=True)
class PostingRule:
    """A rule as it is stored."""

    position: int
    title: str
    when: object
    account: str
    tax_type: str


@dataclass(frozen=True, slots=True)
class TaxRate:
    """An active tax rate."""

    tax_type: str
    rate: Decimal
    """As the ledger calculates with it, a fraction."""
    is_of_sales: bool
    is_of_purchases: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of one connection; lists are of the organisation that it reaches, empty where it reaches none."""

    connection_id: int
    ledger: str
    organisation_id: int | None
    organisation: Organisation
    """Its facts, or those of the one of before; an empty one where there was none yet. Not for saving."""
    settings: PostingSettings
    """The defaults where nobody has saved any. Not for saving."""
    file: Mapping[str, Any]
    """Of order files, what they look like, by `FileFormat`'s names; empty where nobody has saved any."""
    mapped: tuple[tuple[Decimal, str], ...]
    """Each tax rate seen in orders, a normalised fraction, and the tax type that a person gave it, or ""."""
    posting_rules: tuple[PostingRule, ...]
    """In the order in which they are read."""
    accounts: tuple[Account, ...]
    rates: tuple[TaxRate, ...]
    currencies: frozenset[str]
    contacts: Mapping[str, str]
    """Status by id, of those that the settings name or named."""
    is_read: bool
    """Its lists have been read."""

    @property
    def rounding_account(self) -> str:
        """Return the code of the account for rounding lines, "" where there is none."""
        return next((each.code for each in self.accounts if each.use == AccountUse.ROUNDING), "")

    @property
    def effective_rates(self) -> dict[str, Decimal]:
        """Return each active tax type with its effective rate as a fraction: 20 % is 0.2."""
        return {each.tax_type: each.rate for each in self.rates}


def of_connection(connection: Connection) -> Known:
    """Read what is known of a connection now."""
    (known,) = parsed(_text("c.id = %s", connection.company_id, connection.pk))
    return known


def nothing() -> Known:
    """Return what is known of a connection that is still to be made."""
    return Known(
        connection_id=0,
        ledger="",
        organisation_id=None,
        organisation=Organisation(),
        settings=PostingSettings(),
        file={},
        mapped=(),
        posting_rules=(),
        accounts=(),
        rates=(),
        currencies=frozenset(),
        contacts={},
        is_read=False,
    )


def text_of_company(company: Company) -> str:
    """Read what is known of all connections that take a company's orders now, the first one first, for `parsed`."""
    return _text(_TAKING_ORDERS, company.pk)


def _text(which: str, *arguments: int) -> str:
    with database.cursor() as cursor:
        cursor.execute(_READ + which, arguments)
        return str(cursor.fetchone()[0])


def parsed(text: str) -> tuple[Known, ...]:
    """Return what a text says that was read of a company's connections."""
    return tuple(_known(each) for each in json.loads(text))


def _known(read: Mapping[str, Any]) -> Known:
    connection = read["connection"]
    return Known(
        connection_id=connection["id"],
        ledger=connection["ledger"],
        organisation_id=connection["organisation_id"],
        organisation=_row(Organisation, read["organisation"]),
        settings=_row(PostingSettings, read["settings"] or {"connection_id": connection["id"]}),
        file=read["file"] or {},
        mapped=tuple((Decimal(rate).normalize() + 0, tax_type) for rate, tax_type in read["mapped"] or ()),
        posting_rules=tuple(PostingRule(*each) for each in read["posting_rules"] or ()),
        accounts=tuple(Account(*each) for each in read["accounts"] or ()),
        rates=tuple(_tax_rate(*each) for each in read["rates"] or ()),
        currencies=frozenset(read["currencies"] or ()),
        contacts=read["contacts"] or {},
        is_read=read["is_read"],
    )


def _tax_rate(tax_type: str, percent: str, is_of_sales: bool, is_of_purchases: bool) -> TaxRate:  # noqa: FBT001
    return TaxRate(tax_type, (Decimal(percent) / 100).normalize(), is_of_sales, is_of_purchases)


_DAYS = ("start_date", "lock_date")
_Model = TypeVar("_Model", Organisation, PostingSettings)


def _row(model: type[_Model], read: Mapping[str, Any] | None) -> _Model:
    """Return a row as JSON tells of it; its moments stay text, which nobody here asks for."""
    days = {name: date.fromisoformat(day) for name in _DAYS if (day := (read or {}).get(name))}
    return model(**{**(read or {}), **days})

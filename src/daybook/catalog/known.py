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

from daybook.companies.models import Company
from daybook.connections.models import Connection, Organisation, PostingSettings
from daybook.ledgers.lists import ACTIVE as ACTIVE  # noqa: PLC0414 - what is known is active
from daybook.ledgers.lists import AccountUse
from daybook.tables import reading

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
    'posting_rules', (SELECT json_agg(json_build_array(p.position, p.title, p."when", p.account, p.tax_type,
        p.item, p.tracking, p.tax_shape, p.tax_account)
        ORDER BY p.position) FROM connections_postingrule p WHERE p.connection_id = c.id),
    'accounts', (SELECT json_agg(json_build_array(a.code, a.use) ORDER BY a.code, a.id)
        FROM catalog_account a LEFT JOIN connections_postingsettings s ON s.connection_id = c.id
        WHERE a.organisation_id = c.organisation_id AND a.status = '{ACTIVE}' AND a.code <> ''
        AND (a.use = '{AccountUse.ROUNDING}' OR a.code IN ({", ".join(f"s.{name}" for name in _NAMED)})
        OR a.code IN (SELECT unnest(ARRAY[p.account, p.tax_account])
            FROM connections_postingrule p WHERE p.connection_id = c.id))),
    'gateways', (SELECT json_agg(json_build_array(g.source, g.name, g.currency, g.account_id, a.code, a.name, a.status,
        a.takes_payments, a.currency, g.fees_since, g.fees_contact_id, g.fees_contact_name, g.fees_account,
        g.fees_tax_type) ORDER BY g.id)
        FROM connections_gateway g LEFT JOIN catalog_account a
        ON a.organisation_id = c.organisation_id AND a.account_id = g.account_id AND g.account_id <> ''
        WHERE g.connection_id = c.id),
    'tracking', (SELECT json_agg(json_build_array(k.option_id, k.category_id, k.category, k.name) ORDER BY k.id)
        FROM catalog_trackingoption k WHERE k.organisation_id = c.organisation_id AND k.status = '{ACTIVE}'
        AND EXISTS (SELECT FROM connections_postingrule p WHERE p.connection_id = c.id AND p.tracking <> '[]')),
    'rates', (SELECT json_agg(json_build_array(r.tax_type, r.effective_rate::text, r.applies_to_revenue,
        r.applies_to_expenses) ORDER BY r.id)
        FROM catalog_taxrate r WHERE r.organisation_id = c.organisation_id AND r.status = '{ACTIVE}'),
    'currencies', (SELECT json_agg(y.code ORDER BY y.code)
        FROM catalog_currency y WHERE y.organisation_id = c.organisation_id),
    'contacts', (SELECT json_object_agg(p.contact_id, p.status ORDER BY p.id)
        FROM catalog_contact p WHERE p.organisation_id = c.organisation_id),
    'channels', (SELECT json_agg(json_build_array(h.channel, h.contact_id, h.contact_name) ORDER BY h.id)
        FROM connections_channelcontact h WHERE h.connection_id = c.id),
    'scope', (SELECT k.scope FROM connections_tokenset k WHERE k.connection_id = c.id),
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
    item: str
    tracking: Any
    """As it was checked when it was saved (`connections.models.PostingRule`)."""
    tax_shape: str
    tax_account: str


@dataclass(frozen=True, slots=True)
class TrackingOption:
    """An active option of an active category."""

    option_id: str
    category_id: str
    category: str
    name: str


@dataclass(frozen=True, slots=True)
class Gateway:
    """A gateway that was seen or is decided, and the account chosen for it, as last read; None where it is gone."""

    source: str
    name: str
    currency: str
    account_id: str
    """Empty while nobody has decided."""
    code: str | None
    account_name: str | None
    status: str | None
    takes_payments: bool | None
    account_currency: str | None
    fees_since: str | None = None
    """A day, as JSON tells of it; None: fees are left to the bank's lines."""
    fees_contact_id: str = ""
    fees_contact_name: str = ""
    fees_account: str = ""
    fees_tax_type: str = ""


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
    gateways: tuple[Gateway, ...]
    accounts: tuple[Account, ...]
    rates: tuple[TaxRate, ...]
    tracking: tuple[TrackingOption, ...]
    """Only where a rule names one."""
    currencies: frozenset[str]
    contacts: Mapping[str, str]
    """Status by id, of those that the settings name or named."""
    is_read: bool
    """Its lists have been read."""
    channels: tuple[tuple[str, str, str], ...] = ()
    """Each channel that has a contact of its own: the channel, the contact's id and its name."""
    scope: str | None = None
    """What the consent covers, as it was granted; None: none was given, or the ledger asks for none."""

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
        gateways=(),
        accounts=(),
        rates=(),
        tracking=(),
        currencies=frozenset(),
        contacts={},
        is_read=False,
    )


def text_of_company(company: Company) -> str:
    """Read what is known of all connections that take a company's orders now, the first one first, for `parsed`."""
    return _text(_TAKING_ORDERS, company.pk)


def _text(which: str, *arguments: int) -> str:
    return str(reading.ask(_READ + which, arguments)[0][0])


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
        gateways=tuple(Gateway(*each) for each in read["gateways"] or ()),
        accounts=tuple(Account(*each) for each in read["accounts"] or ()),
        rates=tuple(_tax_rate(*each) for each in read["rates"] or ()),
        tracking=tuple(TrackingOption(*each) for each in read["tracking"] or ()),
        currencies=frozenset(read["currencies"] or ()),
        contacts=read["contacts"] or {},
        is_read=read["is_read"],
        channels=tuple((channel, contact_id, name) for channel, contact_id, name in read["channels"] or ()),
        scope=read["scope"],
    )


def _tax_rate(tax_type: str, percent: str, is_of_sales: bool, is_of_purchases: bool) -> TaxRate:  # noqa: FBT001
    return TaxRate(tax_type, (Decimal(percent) / 100).normalize(), is_of_sales, is_of_purchases)


_DAYS = ("start_date", "lock_date")
_Model = TypeVar("_Model", Organisation, PostingSettings)


def _row(model: type[_Model], read: Mapping[str, Any] | None) -> _Model:
    """Return a row as JSON tells of it; its moments stay text, which nobody here asks for."""
    days = {name: date.fromisoformat(day) for name in _DAYS if (day := (read or {}).get(name))}
    return model(**{**(read or {}), **days})

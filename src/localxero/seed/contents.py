"""Three organisations to begin with, the same at every start: Great Britain with VAT, Australia with GST, sales tax in the US.

Each has some three hundred contacts and items; what they are made of is in tables.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache

from localkit.ids import seeded_id
from localxero.books import Contents
from localxero.books.records import (
    Account,
    Address,
    BrandingTheme,
    Contact,
    Currency,
    Item,
    ItemSide,
    Organisation,
    Phone,
    TaxComponent,
    TaxRate,
    TrackingCategory,
    TrackingOption,
)
from localxero.oauth import App, Person
from localxero.seed.tables import (
    AU_CHART_TAXES,
    AU_TAXES,
    CHART,
    COLOURS,
    CURRENCIES,
    FIRST,
    FRAMES,
    GARMENTS,
    GB_CHART_TAXES,
    GB_TAXES,
    ON_HAND,
    PLACES,
    PRODUCTS,
    REPORT_TAX_TYPES,
    ROLES,
    SECOND,
    SIZES,
    TRACKING,
    TRADES,
    US_CHART,
    US_CHART_TAXES,
    US_COMPONENTS,
    US_ROLES,
    US_TAXES,
    WOODS,
)

CREATED_MS = int(datetime(2024, 4, 1, 9, tzinfo=UTC).timestamp()) * 1000
ARCHIVED_ACCOUNT = "280"
CITIES = {"GB": ("Norwich", "NR1 1AA"), "AU": ("Geelong", "3220"), "US": ("Albany", "12207")}

COMPANY_CONTACT = "Custom Gateway Orders"
SUPPLIER_CONTACT = "Print Fulfilment Partners"
ARCHIVED_CONTACT = "Old Customer Ltd"

DEFAULT_APP = App(
    client_id="client",
    client_secret="secret",  # noqa: S106 - documented: the app everybody starts with
    name="Daybook (local)",
    redirect_uris=("http://localhost:8123/callback", "http://localhost:8000/xero/callback"),
    tier="advanced",
)

PEOPLE = tuple(
    Person(seeded_id("person", name), name.split()[0], name.split()[1], email)
    for name, email in (
        ("Ada Birch", "ada@birchandbell.example"),
        ("Ben Carter", "ben@carteraccounts.example"),
        ("Cleo Quinn", "cleo@southernprint.example"),
    )
)


@cache
def organisations(seed: str = "localxero") -> tuple[Contents, ...]:
    """Make the three organisations; another seed, other identifiers."""
    return great_britain(seed), australia(seed), united_states(seed)


def great_britain(seed: str) -> Contents:
    """Make the organisation in Great Britain: GBP, VAT."""
    own = Organisation(
        tenant_id=seeded_id(seed, "GB"),
        name="Birch & Bell Ltd",
        legal_name="Birch & Bell Limited",
        short_code="!bR7cB",
        country_code="GB",
        base_currency="GBP",
        version="UK",
        timezone="GMTSTANDARDTIME",
        tax_number="GB123456789",
        registration_number="01234567",
        api_key="LOCALXEROGB",
        created_ms=CREATED_MS,
    )
    rates = {"EUR": Decimal("1.184200"), "USD": Decimal("1.318500")}
    return _contents(own, GB_TAXES, GB_CHART_TAXES, rates, vat_name="VAT", country="United Kingdom")


def australia(seed: str) -> Contents:
    """Make the organisation in Australia: AUD, GST."""
    own = Organisation(
        tenant_id=seeded_id(seed, "AU"),
        name="Southern Print Co Pty Ltd",
        legal_name="Southern Print Company Pty Ltd",
        short_code="!sPc4u",
        country_code="AU",
        base_currency="AUD",
        version="AU",
        timezone="AUSEASTERNSTANDARDTIME",
        tax_number="51824753556",
        registration_number="004085616",
        financial_year_end_day=30,
        financial_year_end_month=6,
        api_key="LOCALXEROAU",
        created_ms=CREATED_MS,
    )
    rates = {"NZD": Decimal("1.092600"), "USD": Decimal("0.655100")}
    return _contents(own, AU_TAXES, AU_CHART_TAXES, rates, vat_name="GST", country="Australia")


def united_states(seed: str) -> Contents:
    """Make the organisation in the United States: USD, sales tax, a chart with its own numbers."""
    own = Organisation(
        tenant_id=seeded_id(seed, "US"),
        name="Harbor & Pine Inc",
        legal_name="Harbor and Pine Incorporated",
        short_code="!hP9ny",
        country_code="US",
        base_currency="USD",
        version="US",
        timezone="EASTERNSTANDARDTIME",
        tax_number="98-7654321",
        financial_year_end_day=31,
        financial_year_end_month=12,
        api_key="LOCALXEROUS",
        created_ms=CREATED_MS,
    )
    rates = {"CAD": Decimal("1.401200"), "EUR": Decimal("0.915400")}
    return _contents(own, US_TAXES, US_CHART_TAXES, rates, vat_name="Sales Tax", country="United States")


def _contents(
    own: Organisation,
    taxes: Iterable[tuple[str, str, str, frozenset[str]]],
    chart_taxes: dict[str, str],
    rates: dict[str, Decimal],
    *,
    vat_name: str,
    country: str,
) -> Contents:
    names = {own.base_currency: 1, **dict.fromkeys(rates, 1)}
    return Contents(
        organisation=own,
        accounts=tuple(_accounts(own, chart_taxes, vat_name)),
        tax_rates=tuple(
            TaxRate(
                tax_type=key,
                name=name,
                rate=Decimal(rate),
                applies_to=classes,
                report_tax_type=REPORT_TAX_TYPES.get(key, key),
                component=vat_name,
                components=tuple(
                    TaxComponent(name=part, rate=Decimal(share)) for part, share in US_COMPONENTS.get(key, ())
                ),
            )
            for key, name, rate, classes in taxes
        ),
        currencies=tuple(Currency(code=code, description=CURRENCIES[code]) for code in names),
        contacts=tuple(_contacts(own, country)),
        items=tuple(_items(own, chart_taxes)),
        tracking_categories=tuple(_tracking(own)),
        branding_themes=tuple(_themes(own)),
        rates=rates,
    )


def _accounts(own: Organisation, taxes: dict[str, str], vat_name: str) -> Iterable[Account]:
    overheads = "OVERHEADS" if own.country_code == "GB" else "EXPENSE"  # the UK's 4xx accounts (xero-rules.md 5.8)
    for code, name, written, klass, tax, system in US_CHART if own.country_code == "US" else CHART:
        kind = overheads if written == "EXPENSE" else written
        yield Account(
            account_id=seeded_id(own.tenant_id, "account", code),
            code=code,
            name=name or vat_name,
            type=kind,
            klass=klass,
            tax_type=taxes[tax],
            system_account=system,
            currency_code=own.base_currency if kind == "BANK" else None,
            bank_account_number="00000000000000" if kind == "BANK" else None,
            updated_ms=CREATED_MS,
        )
    yield Account(
        account_id=seeded_id(own.tenant_id, "account", ARCHIVED_ACCOUNT),
        code=ARCHIVED_ACCOUNT,
        name="Old Sales",
        type="REVENUE",
        klass="REVENUE",
        tax_type=taxes["sales"],
        status="ARCHIVED",
        updated_ms=CREATED_MS,
    )


def _tracking(own: Organisation) -> Iterable[TrackingCategory]:
    for name, options in TRACKING.items():
        yield TrackingCategory(
            category_id=seeded_id(own.tenant_id, "tracking", name),
            name=name,
            options=tuple(
                TrackingOption(option_id=seeded_id(own.tenant_id, "tracking", name, option), name=option)
                for option in options
            ),
        )


def _themes(own: Organisation) -> Iterable[BrandingTheme]:
    for order, name in enumerate(("Standard", "Special Projects")):
        yield BrandingTheme(
            theme_id=seeded_id(own.tenant_id, "theme", name), name=name, sort_order=order, created_ms=CREATED_MS
        )


def _contacts(own: Organisation, country: str) -> Iterable[Contact]:
    named = [COMPANY_CONTACT, SUPPLIER_CONTACT, ARCHIVED_CONTACT]
    named += [f"{first} {second}" for second in SECOND for first in FIRST]
    named += [f"{place} {trade}" for trade in TRADES for place in PLACES]
    city, postal_code = CITIES[own.country_code]
    for number, name in enumerate(named, 1):
        slug = name.lower().replace(" ", "")
        yield Contact(
            contact_id=seeded_id(own.tenant_id, "contact", name),
            name=name,
            status="ARCHIVED" if name == ARCHIVED_CONTACT else "ACTIVE",
            contact_number=f"C{number:04}",
            email_address=f"accounts@{slug}.example",
            addresses=(
                Address(
                    address_type="POBOX",
                    address_line1=f"{number} High Street",
                    city=city,
                    postal_code=postal_code,
                    country=country,
                ),
            ),
            phones=(Phone(phone_type="DEFAULT", phone_number=f"555-{number:04}"),),
            updated_ms=CREATED_MS,
        )


def _products() -> Iterable[tuple[str, str, str, str, bool]]:
    yield from PRODUCTS
    for code, name, cost, price in GARMENTS:
        for size in SIZES:
            for colour in COLOURS:
                yield f"{code}-{size}-{colour}", f"{name} {size} {colour.lower()}", cost, price, False
    for size, cost, price in FRAMES:
        for wood in WOODS:
            yield f"FRAME-{size}-{wood}", f"Frame {size} {wood.lower()}", cost, price, True


def _items(own: Organisation, taxes: dict[str, str]) -> Iterable[Item]:
    roles = US_ROLES if own.country_code == "US" else ROLES
    for code, name, cost, price, tracked in _products():
        on_hand = Decimal(ON_HAND.get(code, 25 if code.startswith("FRAME-") else 0)).quantize(Decimal("0.0001"))
        worth = (on_hand * Decimal(cost)).quantize(Decimal("0.01"))
        yield Item(
            item_id=seeded_id(own.tenant_id, "item", code),
            code=code,
            name=name,
            description=name,
            purchase_description=name,
            sales=ItemSide(unit_price=Decimal(price), account_code=roles["sales"], tax_type=taxes["sales"]),
            purchases=ItemSide(
                unit_price=Decimal(cost),
                account_code=None if tracked else roles["purchases"],
                cogs_account_code=roles["cost"] if tracked else None,
                tax_type=taxes["purchases"],
            ),
            inventory_asset_account_code=roles["inventory"] if tracked else None,
            quantity_on_hand=on_hand,
            total_cost_pool=worth,
            opening_quantity=on_hand,
            opening_cost=worth,
            updated_ms=CREATED_MS,
        )

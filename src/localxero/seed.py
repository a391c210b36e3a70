"""Two organisations to begin with, the same at every start: one in Great Britain with VAT, one in Australia with GST.

Chart codes and tax types are those of xero-rules.md 5.7 and 5.8. Companies and people are invented.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal

from localxero.books import Contents, seeded_id
from localxero.oauth import App, Person
from localxero.records import (
    Account,
    Address,
    BrandingTheme,
    Contact,
    Currency,
    Item,
    ItemSide,
    Organisation,
    Phone,
    TaxRate,
    TrackingCategory,
    TrackingOption,
)

CREATED_MS = int(datetime(2024, 4, 1, 9, tzinfo=UTC).timestamp()) * 1000
EVERY_CLASS = frozenset({"ASSET", "EQUITY", "EXPENSE", "LIABILITY", "REVENUE"})
INCOME = EVERY_CLASS - {"EXPENSE"}
OUTGO = EVERY_CLASS - {"REVENUE"}

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

# code, name, type, class, tax (a name of TAXES below), system account
CHART = (
    ("090", "Business Bank Account", "BANK", "ASSET", "none", ""),
    ("091", "Business Savings Account", "BANK", "ASSET", "none", ""),
    ("200", "Sales", "REVENUE", "REVENUE", "sales", ""),
    ("260", "Other Revenue", "REVENUE", "REVENUE", "sales", ""),
    ("270", "Interest Income", "OTHERINCOME", "REVENUE", "no_sales", ""),
    ("300", "Purchases", "DIRECTCOSTS", "EXPENSE", "purchases", ""),
    ("310", "Cost of Goods Sold", "DIRECTCOSTS", "EXPENSE", "purchases", ""),
    ("320", "Direct Wages", "DIRECTCOSTS", "EXPENSE", "none", ""),
    ("400", "Advertising", "EXPENSE", "EXPENSE", "purchases", ""),
    ("404", "Bank Fees", "EXPENSE", "EXPENSE", "none", ""),
    ("425", "Freight & Courier", "EXPENSE", "EXPENSE", "purchases", ""),
    ("429", "General Expenses", "EXPENSE", "EXPENSE", "purchases", ""),
    ("453", "Office Expenses", "EXPENSE", "EXPENSE", "purchases", ""),
    ("461", "Printing & Stationery", "EXPENSE", "EXPENSE", "purchases", ""),
    ("485", "Subscriptions", "EXPENSE", "EXPENSE", "purchases", ""),
    ("497", "Bank Revaluations", "EXPENSE", "EXPENSE", "none", "BANKCURRENCYGAIN"),
    ("498", "Unrealised Currency Gains", "EXPENSE", "EXPENSE", "none", "UNREALISEDCURRENCYGAIN"),
    ("499", "Realised Currency Gains", "EXPENSE", "EXPENSE", "none", "REALISEDCURRENCYGAIN"),
    ("610", "Accounts Receivable", "CURRENT", "ASSET", "none", "DEBTORS"),
    ("620", "Prepayments", "CURRENT", "ASSET", "none", ""),
    ("630", "Inventory", "INVENTORY", "ASSET", "none", ""),
    ("710", "Office Equipment", "FIXED", "ASSET", "purchases", ""),
    ("800", "Accounts Payable", "CURRLIAB", "LIABILITY", "none", "CREDITORS"),
    ("801", "Unpaid Expense Claims", "CURRLIAB", "LIABILITY", "none", "UNPAIDEXPCLM"),
    ("820", "", "CURRLIAB", "LIABILITY", "none", "GST"),
    ("840", "Historical Adjustment", "CURRLIAB", "LIABILITY", "none", "HISTORICAL"),
    ("860", "Rounding", "CURRLIAB", "LIABILITY", "none", "ROUNDING"),
    ("877", "Tracking Transfers", "CURRLIAB", "LIABILITY", "none", "TRACKINGTRANSFERS"),
    ("960", "Retained Earnings", "EQUITY", "EQUITY", "none", "RETAINEDEARNINGS"),
    ("970", "Owner A Share Capital", "EQUITY", "EQUITY", "none", ""),
)
ARCHIVED_ACCOUNT = "280"

GB_TAXES = (
    ("OUTPUT2", "20% (VAT on Income)", "20", INCOME),
    ("RROUTPUT", "5% (VAT on Income)", "5", INCOME),
    ("ZERORATEDOUTPUT", "Zero Rated Income", "0", INCOME),
    ("EXEMPTOUTPUT", "Exempt Income", "0", INCOME),
    ("INPUT2", "20% (VAT on Expenses)", "20", OUTGO),
    ("RRINPUT", "5% (VAT on Expenses)", "5", OUTGO),
    ("ZERORATEDINPUT", "Zero Rated Expenses", "0", OUTGO),
    ("EXEMPTINPUT", "Exempt Expenses", "0", OUTGO),
    ("NONE", "No VAT", "0", EVERY_CLASS),
)
AU_TAXES = (
    ("OUTPUT", "GST on Income", "10", INCOME),
    ("EXEMPTOUTPUT", "GST Free Income", "0", INCOME),
    ("EXEMPTEXPORT", "GST Free Exports", "0", INCOME),
    ("INPUT", "GST on Expenses", "10", OUTGO),
    ("EXEMPTEXPENSES", "GST Free Expenses", "0", OUTGO),
    ("EXEMPTCAPITAL", "GST Free Capital", "0", OUTGO),
    ("BASEXCLUDED", "BAS Excluded", "0", EVERY_CLASS),
)
REPORT_TAX_TYPES = {"OUTPUT2": "OUTPUT", "RROUTPUT": "OUTPUT", "INPUT2": "INPUT", "RRINPUT": "INPUT"}
GB_CHART_TAXES = {"sales": "OUTPUT2", "purchases": "INPUT2", "no_sales": "EXEMPTOUTPUT", "none": "NONE"}
AU_CHART_TAXES = {
    "sales": "OUTPUT",
    "purchases": "INPUT",
    "no_sales": "EXEMPTOUTPUT",
    "none": "BASEXCLUDED",
}

TRACKING = {"Region": ("North", "South", "East", "West"), "Channel": ("Web shop", "Marketplace", "Wholesale")}
FIRST = ("Amber", "Beacon", "Cobalt", "Dune", "Elder", "Fable", "Garnet", "Harbour", "Indigo", "Juniper")
SECOND = ("Gifts", "Trading", "Interiors", "Outfitters")
# code, name, purchase price, sales price, tracked
PRODUCTS = (
    ("MUG-11OZ", "Ceramic mug 11oz", "2.15", "9.9900", False),
    ("MUG-15OZ", "Ceramic mug 15oz", "2.80", "12.4900", False),
    ("TEE-S-WHT", "T-shirt white S", "3.40", "15.0000", False),
    ("TEE-M-WHT", "T-shirt white M", "3.40", "15.0000", False),
    ("TEE-L-BLK", "T-shirt black L", "3.75", "16.5000", False),
    ("HOOD-M-GRY", "Hoodie grey M", "11.20", "34.9500", False),
    ("CANVAS-A3", "Canvas print A3", "5.6250", "24.9900", False),
    ("POSTER-50x70", "Poster 50 x 70", "1.9875", "14.5000", False),
    ("TOTE-NAT", "Tote bag natural", "1.6500", "8.7500", False),
    ("CARD-A6", "Greeting card A6", "0.3125", "2.9500", False),
    ("SHIPPING", "Shipping", "0", "3.9500", False),
    ("STOCK-MUG", "Stocked mug", "2.1500", "9.9900", True),
    ("STOCK-TEE", "Stocked T-shirt", "3.4000", "15.0000", True),
    ("STOCK-FRAME", "Stocked frame", "6.2500", "19.9500", True),
    ("STOCK-EMPTY", "Stocked, none on hand", "1.0000", "4.9900", True),
)
ON_HAND = {"STOCK-MUG": 100, "STOCK-TEE": 40, "STOCK-FRAME": 10}


def organisations(seed: str = "localxero") -> list[Contents]:
    """Make the two organisations; another seed, other identifiers."""
    return [great_britain(seed), australia(seed)]


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
        financial_year_end_day=30,
        financial_year_end_month=6,
        api_key="LOCALXEROAU",
        created_ms=CREATED_MS,
    )
    rates = {"NZD": Decimal("1.092600"), "USD": Decimal("0.655100")}
    return _contents(own, AU_TAXES, AU_CHART_TAXES, rates, vat_name="GST", country="Australia")


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


CURRENCIES = {
    "AUD": "Australian Dollar",
    "EUR": "Euro",
    "GBP": "British Pound",
    "NZD": "New Zealand Dollar",
    "USD": "United States Dollar",
}


def _accounts(own: Organisation, taxes: dict[str, str], vat_name: str) -> Iterable[Account]:
    for code, name, kind, klass, tax, system in CHART:
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
                    city="Norwich" if country == "United Kingdom" else "Geelong",
                    postal_code="NR1 1AA" if country == "United Kingdom" else "3220",
                    country=country,
                ),
            ),
            phones=(Phone(phone_type="DEFAULT", phone_number=f"555-{number:04}"),),
            updated_ms=CREATED_MS,
        )


def _items(own: Organisation, taxes: dict[str, str]) -> Iterable[Item]:
    for code, name, cost, price, tracked in PRODUCTS:
        on_hand = Decimal(ON_HAND.get(code, 0))
        yield Item(
            item_id=seeded_id(own.tenant_id, "item", code),
            code=code,
            name=name,
            description=name,
            purchase_description=name,
            sales=ItemSide(unit_price=Decimal(price), account_code="200", tax_type=taxes["sales"]),
            purchases=ItemSide(
                unit_price=Decimal(cost),
                account_code=None if tracked else "300",
                cogs_account_code="310" if tracked else None,
                tax_type=taxes["purchases"],
            ),
            inventory_asset_account_code="630" if tracked else None,
            quantity_on_hand=on_hand.quantize(Decimal("0.0001")),
            total_cost_pool=(on_hand * Decimal(cost)).quantize(Decimal("0.01")),
            opening_quantity=on_hand.quantize(Decimal("0.0001")),
            opening_cost=(on_hand * Decimal(cost)).quantize(Decimal("0.01")),
            updated_ms=CREATED_MS,
        )

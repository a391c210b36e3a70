"""/TaxRates: the TaxType is the key; one rate per writing request (xero-rules.md 2.2, 5.7)."""

from decimal import Decimal

from msgspec.structs import replace

from localkit.answers import Answer
from localkit.journal import Booking
from localkit.rules import refusals
from localxero.books import Books, fold
from localxero.books.arithmetic import EXACT, HUNDRED, ZERO, rounded
from localxero.books.records import TaxComponent, TaxRate
from localxero.endpoints import Route
from localxero.endpoints.reading import envelope, found, listed
from localxero.endpoints.writing import Outcome, Resource, Writing, write
from localxero.gate.calls import Call
from localxero.queries.lists import Listing
from localxero.render import settings as render_settings
from localxero.rules.tax_rates import TAX_RATE_RULES, TaxRateDraft
from localxero.wire import TaxComponentBody, TaxRateBody

SCOPES = ("accounting.settings",)
EVERY_CLASS = frozenset({"ASSET", "EQUITY", "EXPENSE", "LIABILITY", "REVENUE"})
LISTING: Listing[TaxRate] = Listing(
    "TaxRate",
    {
        "TaxType": lambda record: record.tax_type,
        "Name": lambda record: record.name,
        "Status": lambda record: record.status,
        "EffectiveRate": lambda record: record.rate,
        "DisplayTaxRate": lambda record: record.rate,
        "ReportTaxType": lambda record: record.report_tax_type or record.tax_type,
        "CanApplyToAssets": lambda record: "ASSET" in record.applies_to,
        "CanApplyToEquity": lambda record: "EQUITY" in record.applies_to,
        "CanApplyToExpenses": lambda record: "EXPENSE" in record.applies_to,
        "CanApplyToLiabilities": lambda record: "LIABILITY" in record.applies_to,
        "CanApplyToRevenue": lambda record: "REVENUE" in record.applies_to,
    },
)


def list_tax_rates(call: Call) -> Answer:
    """List tax rates."""
    page = listed(call, call.books.tax_rates.values(), LISTING)
    return envelope(call, "TaxRates", [render_settings.tax_rate(record) for record in page.records])


def get_tax_rate(call: Call, key: str) -> Answer:
    """Get one tax rate by TaxType."""
    return envelope(call, "TaxRates", [render_settings.tax_rate(found(call.books.tax_rates.get(key)))])


def write_tax_rate(call: Call) -> Answer:
    """Create (PUT) or create and change (POST) one tax rate; Status DELETED or ARCHIVED ends it."""
    return write(call, RESOURCE)


def book_tax_rate(writing: Writing, body: TaxRateBody) -> Outcome:
    """Book one tax rate, or say why not."""
    books = writing.setting.books
    before = None if writing.creates_only else _meant(books, body)
    after = _changed(body, before, books)
    refused = refusals(TAX_RATE_RULES, TaxRateDraft(books, body, before, after))
    if refused:
        return Outcome(render_settings.tax_rate(after), refused)
    if after.status == "DELETED":
        del books.tax_rates[after.tax_type]
    else:
        books.tax_rates[after.tax_type] = after
    booking = Booking("tax rate", after.tax_type, after.name, after.status)
    return Outcome(render_settings.tax_rate(after), booking=booking)


def _meant(books: Books, body: TaxRateBody) -> TaxRate | None:
    """Find the rate a POST means: by TaxType, then by name (xero-openapi: updateTaxRate names no TaxType)."""
    if body.tax_type:
        return books.tax_rates.get(body.tax_type)
    wanted = fold(body.name or "")
    return next((each for each in books.tax_rates.values() if fold(each.name) == wanted), None)


def _changed(body: TaxRateBody, before: TaxRate | None, books: Books) -> TaxRate:
    base = before or TaxRate(tax_type=_next_type(books), name="", rate=ZERO, applies_to=EVERY_CLASS)
    report = body.report_tax_type or base.report_tax_type
    components = base.components
    if body.tax_components:
        components = tuple(_component(each) for each in body.tax_components)
    return replace(
        base,
        name=body.name or base.name,
        status=(body.status or base.status).upper(),
        report_tax_type=report,
        applies_to=base.applies_to if before else _classes(report),
        components=components,
        rate=_effective(components) if body.tax_components else base.rate,
    )


def _next_type(books: Books) -> str:
    """Name a rate of the user's own: TAX001 and on (xero-rules.md 5.7)."""
    count = 1
    while f"TAX{count:03}" in books.tax_rates:
        count += 1
    return f"TAX{count:03}"


def _component(body: TaxComponentBody) -> TaxComponent:
    return TaxComponent(
        name=body.name or "",
        rate=rounded(body.rate or ZERO, 4),
        is_compound=bool(body.is_compound),
        is_non_recoverable=bool(body.is_non_recoverable),
    )


def _effective(components: tuple[TaxComponent, ...]) -> Decimal:
    """Add up the components; a compound one also taxes the others (xero-openapi: TaxComponent.IsCompound)."""
    plain = sum((each.rate for each in components if not each.is_compound), ZERO)
    compound = sum((each.rate for each in components if each.is_compound), ZERO)
    return rounded(plain + EXACT.divide(EXACT.multiply(compound, HUNDRED + plain), HUNDRED), 4)


def _classes(report_tax_type: str) -> frozenset[str]:
    """Say what a new rate may apply to: not income for INPUT, not expenses for OUTPUT (xero-openapi: putTaxRates)."""
    kind = report_tax_type.upper()
    if "INPUT" in kind:
        return EVERY_CLASS - {"REVENUE"}
    return EVERY_CLASS - {"EXPENSE"} if "OUTPUT" in kind else EVERY_CLASS


RESOURCE = Resource("TaxRates", TaxRateBody, book_tax_rate, most=1, tells_status=False)
ROUTES = (
    Route("/TaxRates", SCOPES, {"GET": list_tax_rates, "PUT": write_tax_rate, "POST": write_tax_rate}),
    Route("/TaxRates/<key>", SCOPES, {"GET": get_tax_rate}),
)

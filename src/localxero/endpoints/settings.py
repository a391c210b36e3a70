"""/Organisation, /InvoiceReminders, /Currencies, /BrandingThemes: what an organisation is set up with."""

from localkit.answers import Answer
from localkit.journal import Booking
from localxero import wire
from localxero.books.records import Currency
from localxero.endpoints import Route
from localxero.endpoints.reading import envelope, found, listed
from localxero.gate.calls import Call
from localxero.gate.errors import validation
from localxero.queries.lists import Listing
from localxero.render import settings as render_settings
from localxero.render.values import messages

SCOPES = ("accounting.settings",)
CURRENCY_NAMES = {
    "AUD": "Australian Dollar",
    "CAD": "Canadian Dollar",
    "CHF": "Swiss Franc",
    "DKK": "Danish Krone",
    "EUR": "Euro",
    "GBP": "British Pound",
    "HKD": "Hong Kong Dollar",
    "JPY": "Japanese Yen",
    "KWD": "Kuwaiti Dinar",
    "NOK": "Norwegian Krone",
    "NZD": "New Zealand Dollar",
    "PLN": "Polish Zloty",
    "SEK": "Swedish Krona",
    "SGD": "Singapore Dollar",
    "USD": "United States Dollar",
    "ZAR": "South African Rand",
}
ACTIONS = (
    "CreateApprovedInvoice",
    "CreateDraftPurchaseOrder",
    "CreateApprovedBill",
    "AttachFilesIntoInvoice",
    "UseMulticurrency",
    "CreateDraftInvoice",
    "CreateRepeatingInvoice",
    "CreateRepeatingBill",
    "CreateSentQuote",
    "CreateInvoicePayment",
    "CreateApprovedPurchaseOrder",
    "CreateDraftQuote",
    "CreateDraftBill",
)
CURRENCIES: Listing[Currency] = Listing(
    "Currency",
    {
        "Code": lambda record: record.code,
        "Description": lambda record: record.description,
    },
)


def get_organisation(call: Call) -> Answer:
    """Get the organisation of the tenant."""
    return envelope(call, "Organisations", [render_settings.organisation(call.books)])


def get_actions(call: Call) -> Answer:
    """List what the connecting person may do (xero-rules.md 5.1)."""
    own = call.books.organisation
    closed = own.not_allowed if own.has_multicurrency else (*own.not_allowed, "UseMulticurrency")
    rows = [{"Name": name, "Status": "NOT-ALLOWED" if name in closed else "ALLOWED"} for name in ACTIONS]
    return envelope(call, "Actions", rows)


def get_reminders(call: Call) -> Answer:
    """Say whether invoice reminders are on (xero-openapi)."""
    return envelope(call, "InvoiceReminders", [{"Enabled": call.books.organisation.sends_reminders}])


def list_branding_themes(call: Call) -> Answer:
    """List branding themes, the default one first."""
    themes = sorted(call.books.branding_themes.values(), key=lambda each: each.sort_order)
    return envelope(call, "BrandingThemes", [render_settings.branding_theme(each) for each in themes])


def get_branding_theme(call: Call, key: str) -> Answer:
    """Get one branding theme by id."""
    record = found(call.books.branding_themes.get(key.lower()))
    return envelope(call, "BrandingThemes", [render_settings.branding_theme(record)])


def list_currencies(call: Call) -> Answer:
    """List the currencies the organisation is subscribed to."""
    page = listed(call, call.books.currencies.values(), CURRENCIES)
    return envelope(call, "Currencies", [render_settings.currency(record) for record in page.records])


def add_currency(call: Call) -> Answer:
    """Subscribe to one currency; the plan must allow it (xero-rules.md 2.2, 5.3)."""
    sent = wire.elements(call.request.get_data(), plural="Currencies", kind=wire.CurrencyBody)
    if len(sent) != 1:
        message = "exactly one currency may be sent in one request"
        raise wire.UnreadableError(message)
    code = (sent[0].code or "").upper()
    if code not in CURRENCY_NAMES or not call.books.organisation.has_multicurrency:
        message = f"The currency {code} cannot be added to this organisation"
        call.entry.rules.append({"element": 0, "rule": "currency_may_be_added", "message": message})
        return validation([{"Code": code, "ValidationErrors": messages([message])}])
    currency = Currency(code=code, description=sent[0].description or CURRENCY_NAMES[code])
    with call.books.lock:
        call.books.currencies.setdefault(code, currency)
    call.entry.booked.append(Booking("currency", code, code, "ACTIVE"))
    return envelope(call, "Currencies", [render_settings.currency(call.books.currencies[code])])


ROUTES = (
    Route("/Organisation", SCOPES, {"GET": get_organisation}),
    Route("/Organisations", SCOPES, {"GET": get_organisation}),
    Route("/Organisation/Actions", SCOPES, {"GET": get_actions}),
    Route("/InvoiceReminders/Settings", SCOPES, {"GET": get_reminders}),
    Route("/BrandingThemes", SCOPES, {"GET": list_branding_themes}),
    Route("/BrandingThemes/<key>", SCOPES, {"GET": get_branding_theme}),
    Route("/Currencies", SCOPES, {"GET": list_currencies, "PUT": add_currency}),
)

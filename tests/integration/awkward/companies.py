"""Three companies that awkward orders come to, each on an organisation of the local Xero with more rates and currencies.

Ash sells from Great Britain (Untracked), Briar from Australia (Tracked, backorders allowed), Clover from the United
States (Untracked).
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal

from daybook.catalog import refresh
from daybook.connections.models import Connection, PostingSettings, TaxMapping
from daybook.intake.receipts import Receipt
from daybook.intake.receive import receive
from daybook.outbox.models import Entry
from daybook.sources.kornitx.reading import read_push
from localxero import LocalXero
from localxero.testing import signed_in
from tests.integration.posting.test_drain import post
from tests.world import Cast, connected

Json = dict[str, object]
BRITISH = {"10": "Ten per cent", "8.1": "Swiss standard", "25": "Danish standard"}
AMERICAN = {"8.625": "Suffolk", "9": "Two taxes", "14.975": "Quebec", "15": "Atlantic"}


def ash(xero: LocalXero) -> Cast:
    """A British company; its rates beside the usual ones are Switzerland's, Denmark's and ten per cent."""
    return settled(connected(xero, "Ash"), made_rates(xero, "GB", BRITISH), ("JPY", "CHF", "DKK"))


def briar(xero: LocalXero) -> Cast:
    """An Australian company that keeps stock and approves sales before it has any."""
    cast = connected(xero, "Briar", "AU", tracked=True)
    PostingSettings.objects.filter(connection__company=cast.company).update(allow_backorders=True)
    return settled(cast, {}, ("NZD",))


def clover(xero: LocalXero) -> Cast:
    """An American company; two provinces of Canada are among its rates."""
    return settled(connected(xero, "Clover", "US"), made_rates(xero, "US", AMERICAN), ())


def made_rates(xero: LocalXero, country: str, rates: Mapping[str, str]) -> dict[Decimal, str]:
    """Add tax rates to an organisation; return the TaxType of each, by the rate as a fraction."""
    reported = {} if country == "US" else {"ReportTaxType": "OUTPUT"}
    made = {}
    with signed_in(xero, xero.tenant_id(country)) as client:
        for percent, name in rates.items():
            rate = {"Name": name, **reported, "TaxComponents": [{"Name": name, "Rate": percent}]}
            answer = client.put("/TaxRates", json=rate)
            assert answer.status_code == 200, answer.text
            made[Decimal(percent) / 100] = answer.json()["TaxRates"][0]["TaxType"]
    return made


def settled(cast: Cast, rates: Mapping[Decimal, str], currencies: Iterable[str]) -> Cast:
    with signed_in(cast.xero, cast.tenant_id) as client:
        for code in currencies:
            assert client.put("/Currencies", json={"Code": code}).status_code == 200
    for rate, tax_type in rates.items():
        TaxMapping.objects.update_or_create(connection=cast.connection, rate=rate, defaults={"tax_type": tax_type})
    refresh.refresh(cast.connection, client=cast.client)
    cast.connection = Connection.objects.get(pk=cast.connection.pk)
    return cast


def take(cast: Cast, *deliveries: Json) -> Receipt:
    """Let deliveries of one order come in one after the other, each posted before the next; return the last receipt."""
    for delivery in deliveries:
        receipt = receive(cast.company, read_push(delivery) if "items" in delivery else delivery)
        post(cast)
    return receipt


def take_unposted(cast: Cast, *deliveries: Json) -> Receipt:
    """The same, but nothing is posted before the last has come."""
    for delivery in deliveries:
        receipt = receive(cast.company, delivery)
    post(cast)
    return receipt


def booked(cast: Cast) -> dict[str, str]:
    """What Xero's books hold of our invoices: number -> currency, net + tax = gross."""
    return {
        each["InvoiceNumber"]: f"{each['CurrencyCode']} {each['SubTotal']} + {each['TotalTax']} = {each['Total']}"
        for each in cast.invoices()
    }


def ordered(cast: Cast) -> dict[str, str]:
    """What they hold of our purchase orders: number -> currency and net."""
    return {
        each["PurchaseOrderNumber"]: f"{each['CurrencyCode']} {each['SubTotal']}" for each in cast.purchase_orders()
    }


def waiting(cast: Cast) -> dict[str, str]:
    """Every document that is not posted: number -> its state and cause."""
    entries = Entry.objects.filter(company=cast.company).exclude(state="posted").order_by("id")
    return {f"{each.kind} {each.number}": f"{each.state}: {each.cause}" for each in entries}


def lines_of(cast: Cast, number: str) -> list[Json]:
    """The lines of one of our invoices as Xero's books hold them."""
    return next(each["LineItems"] for each in cast.invoices() if each["InvoiceNumber"] == number)


def dated(cast: Cast) -> dict[str, str]:
    """The calendar day that each of our invoices bears: number -> YYYY-MM-DD."""
    milliseconds = {each["InvoiceNumber"]: int(each["Date"][6:-7]) for each in cast.invoices()}
    return {
        number: datetime.fromtimestamp(given / 1000, UTC).date().isoformat() for number, given in milliseconds.items()
    }

"""PURE: the fields of an order that a column or a path may be matched with."""

from dataclasses import dataclass
from enum import StrEnum

from daybook.kit.translation import gettext_noop, told


class Kind(StrEnum):
    """How a cell is read."""

    TEXT = "text"
    NUMBER = "number"
    RATE = "rate"
    MOMENT = "moment"
    FLAG = "flag"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of an order or of a line, and what files call it."""

    name: str
    """Of the canonical order, dotted; a line's begin with "lines."."""
    label: str
    kind: Kind = Kind.TEXT
    help: str = ""
    group: str = "order"
    """Under which heading the page shows it."""
    known_as: tuple[str, ...] = ()
    """Headings that mean it, in small letters without what is no letter and no digit."""

    @property
    def is_of_line(self) -> bool:
        """Tell whether it is said of each line."""
        return self.name.startswith("lines.")


_FIRST_NAMES, _LAST_NAMES = ("firstname", "forename"), ("lastname", "surname")


_BARE = frozenset(
    {"street", "city", "town", "region", "county", "province", "postcode", "zip", "zipcode", "postalcode"}
    | {"country", "countrycode", "address", "recipient", "posttown", "detailaddress"}
    | {f"{each}{at}" for each in ("address", "addressline", "street") for at in range(1, 6)}
)
"""So an address is headed where a file has only one."""


def _address(which: str, label: str, group: str, *others: str) -> tuple[Field, ...]:
    def field(name: str, title: str, *known: str) -> Field:
        names = tuple(
            both for before in (which, *others) for each in known for both in (f"{before}{each}", f"{each}{before}")
        )
        bare = tuple(each for each in known if each in _BARE) if which == "shipping" else ()
        return Field(name=f"{which}_address.{name}", label=f"{label}: {title}", group=group, known_as=names + bare)

    return (
        field("name", gettext_noop("name"), "name", "fullname", "addressname", "recipient", *_FIRST_NAMES),
        field("last_name", gettext_noop("last name"), *_LAST_NAMES),
        field("company", gettext_noop("company"), "company"),
        *(
            field(
                f"line{at}",
                told("line {number}", number=at),
                f"address{at}",
                f"addressline{at}",
                f"street{at}",
                *(("street", "address12", "address", "detailaddress") if at == 1 else ()),
            )
            for at in range(1, 6)
        ),
        field("city", gettext_noop("town"), "city", "town", "suburb", "posttown"),
        field(
            "region",
            gettext_noop("county or state"),
            "region",
            "state",
            "county",
            "province",
            "provincename",
            "statecode",
        ),
        field("postcode", gettext_noop("postcode"), "postcode", "zip", "zipcode", "postalcode", "zippostalcode"),
        field("country", gettext_noop("country's name"), "countryname"),
        field("country_code", gettext_noop("country, two letters"), "countrycode", "countryid", "country"),
    )


_CARRIAGE = (
    "shippingprice",
    "shippingnet",
    "postagenet",
    "carriagenet",
    "shippingextax",
    "shippingcostextax",
    "totalshippingextax",
    "ordershippingamount",
    "ordershippingprice",
    "shippingamount",
    "shippingtotal",
)
_CARRIAGE_INC_TAX = (
    "shipping",
    "shippinggross",
    "shippingpriceinctax",
    "postage",
    "deliverycharge",
    "shippingcost",
    "shippinginctax",
    "shippingcostinctax",
    "totalshippinginctax",
    "shippingandhandling",
    "postageandhandling",
    "postageandpackaging",
    "shippingrate",
    "ordershipping",
)
_N, _M, _F = Kind.NUMBER, Kind.MOMENT, Kind.FLAG
_ORDER = (
    Field(
        name="id",
        label="Order id",
        help="What names the order for good: it never changes and is never used twice. Rows that share it are one order.",
        known_as=("id", "orderid", "ordernumber", "orderno", "order", "ordernr", "bestellnummer", "bestellung", "auftragsnummer", "numerodecommande", "incrementid"),
    ),
    Field(
        name="number",
        label="Order number",
        help="What people call the order; document numbers are made of it. Without one the id is taken.",
        known_as=("number", "ref", "reference", "orderref", "orderreference", "ordername", "ordernumber", "orderno", "invoicenumber"),
    ),
    Field(name="external_ref", label="Customer's reference", known_as=("externalref", "ponumber", "customerreference", "customerordernumber", "purchaseordernumber")),
    Field(
        name="status",
        label="Status",
        help="The source's own words. What they mean is said in the feed's table of statuses.",
        known_as=("status", "orderstatus", "fulfillmentstatus"),
    ),
    Field(name="channel", label="Channel", known_as=("channel", "saleschannel", "marketplace")),
    Field(
        name="ordered_at",
        label="Ordered on",
        kind=_M,
        known_as=("orderedat", "orderdate", "date", "datum", "bestelldatum", "createdat", "saledatetime", "salesdatetime", "purchasedate", "saledate", "datedevente", "datecreated", "dateadded", "dateadd", "invoicedate", "issuedate", "createdtime", "ordercreated"),
    ),
    Field(
        name="dispatched_at",
        label="Dispatched on",
        kind=_M,
        help="An order with a date here has been dispatched.",
        known_as=("dispatchedat", "dispatchdate", "shippedat", "shipdate", "fulfilledat", "despatchdate", "shippedon", "dispatchedon", "shipped", "dateshipped", "shippedondate", "fulfillmentdate", "shippedtime"),
    ),
    Field(name="dispatched", label="Dispatched (yes or no)", kind=_F, known_as=("dispatched", "fulfilled")),
    Field(name="cancelled", label="Cancelled (yes or no)", kind=_F, known_as=("cancelled", "canceled", "cancelledat", "canceledat", "cancelledtime", "canceledtime")),
    Field(name="on_hold", label="On hold (yes or no)", kind=_F, known_as=("onhold", "hold")),
    Field(name="currency", label="Currency", help="Three letters: GBP.", known_as=("currency", "currencycode", "wahrung", "waehrung", "devise", "ordercurrencycode", "ordercurrency", "documentcurrencycode")),
    Field(name="shipping_method", label="Carrier's service", known_as=("shippingmethod", "deliverymethod", "service", "shippingmethodtitle", "shipservicelevel", "shipmethod")),
)  # fmt: skip
_SUMS = (
    Field(
        name="shipping.price",
        label="Carriage, without tax",
        kind=_N,
        help="For the whole order: the same on each of its rows, or on one of them only.",
        group="carriage and totals",
        known_as=_CARRIAGE,
    ),
    Field(
        name="shipping.price_inc_tax",
        label="Carriage, with tax",
        kind=_N,
        group="carriage and totals",
        known_as=_CARRIAGE_INC_TAX,
    ),
    Field(
        name="shipping.tax_rate",
        label="Carriage: tax rate",
        kind=Kind.RATE,
        group="carriage and totals",
        known_as=("shippingtaxrate", "shippingvatrate", "carriertaxrate"),
    ),
    Field(
        name="totals.net",
        label="Order total, without tax",
        kind=_N,
        help="Where it is given, documents meet it to the penny, or the order waits and says why.",
        group="carriage and totals",
        known_as=("totalnet", "nettotal", "ordernet", "totalextax", "ordertotalextax", "totalpaidextax"),
    ),
    Field(
        name="totals.tax",
        label="Order total: tax",
        kind=_N,
        group="carriage and totals",
        known_as=(
            "totaltax",
            "totalvat",
            "taxes",
            "vattotal",
            "ordertax",
            "ordertotaltaxamount",
            "taxtotal",
            "ordertaxtotal",
            "taxamount",
            "tax",
        ),
    ),
    Field(
        name="totals.gross",
        label="Order total, with tax",
        kind=_N,
        group="carriage and totals",
        known_as=(
            "total",
            "ordertotal",
            "grandtotal",
            "totalgross",
            "grosstotal",
            "anticipatedmonetarytotalpayableamount",
            "totalinctax",
            "ordertotalinctax",
            "totalpaidinctax",
            "amountpaid",
            "ordertotalamount",
            "totalprice",
            "totalamount",
        ),
    ),
)
_CUSTOMER = (
    Field(
        name="customer.name",
        label="Customer's name",
        group="customer",
        known_as=("customername", "fullname", "billingname", "billingfullname", "fullnamebilling", "buyername", "customer",
                  "buyer", "kunde", "customerfirstname", "firstname", "billingfirstname", "firstnamebilling"),
    ),
    Field(
        name="customer.last_name",
        label="Customer's last name",
        help="Where names stand in two columns: it is put behind the name.",
        group="customer",
        known_as=("customerlastname", "lastname", "billinglastname", "lastnamebilling"),
    ),
    Field(
        name="customer.company",
        label="Customer's company",
        group="customer",
        known_as=("customercompany", "company", "billingcompany", "companybilling", "retailername"),
    ),
    Field(name="customer.email", label="Customer's e-mail", group="customer", known_as=("email", "customeremail", "buyeremail", "emailbilling", "billingemail", "recipientemail", "contactemail", "emailaddress")),
    Field(
        name="customer.vat_number",
        label="Customer's VAT number",
        group="customer",
        known_as=("vatnumber", "vatid", "customervatnumber"),
    ),
)  # fmt: skip
_LINE = (
    Field(
        name="lines.id",
        label="Line id",
        help="Where there is one: shipments and cancellations name it.",
        group="line",
        known_as=("lineid", "itemid", "orderitemid"),
    ),
    Field(
        name="lines.sku",
        label="SKU",
        group="line",
        known_as=("sku", "itemsku", "lineitemsku", "productcode", "itemcode", "artikelnummer", "stockcode", "customlabel", "productsku", "productreference", "itemsellersitemidentificationid", "itemidsupplierpartid", "sellersku"),
    ),
    Field(
        name="lines.description",
        label="Description",
        group="line",
        known_as=("description", "itemdescription", "product", "productname", "producttitle", "artikel", "bezeichnung", "itemname", "lineitemname", "item", "title", "itemtitle", "name"),
    ),
    Field(
        name="lines.quantity",
        label="Quantity",
        kind=_N,
        group="line",
        known_as=("quantity", "qty", "itemquantity", "lineitemquantity", "menge", "units", "quantite", "quantitypurchased", "quantityrefund", "qtyordered", "productquantity", "productqty"),
    ),
    Field(
        name="lines.unit_price",
        label="Price of one, without tax",
        kind=_N,
        group="line",
        known_as=("unitprice", "netprice", "wholesaleprice", "unitpricenet", "unitpriceextax", "priceextax", "unitsaleprice", "itemcost", "pricepriceamount", "itemdetailunitpricemoney"),
    ),
    Field(
        name="lines.unit_price_inc_tax",
        label="Price of one, with tax",
        kind=_N,
        group="line",
        known_as=("priceinctax", "price", "preis", "prix", "unitpriceinctax", "grossprice", "lineitemprice", "unitpricegross", "soldfor"),
    ),
    Field(
        name="lines.total",
        label="Price of the whole line, without tax",
        kind=_N,
        help="Where the file says no price of one.",
        group="line",
        known_as=("linetotal", "linenet", "gesamtnetto", "linetotalnet", "netamount", "itemtotal", "rowtotal", "netsales", "totalnet", "orderlineextax"),
    ),
    Field(
        name="lines.total_inc_tax",
        label="Price of the whole line, with tax",
        kind=_N,
        group="line",
        known_as=("linetotalinctax", "rowtotalinctax", "linegross", "linetotalgross", "grossamount"),
    ),
    Field(
        name="lines.tax_rate",
        label="Tax rate",
        kind=Kind.RATE,
        group="line",
        known_as=("taxrate", "vatrate", "vat", "salevatrate", "mwst", "taxpercent", "vatpercent", "gstrate", "itemclassifiedtaxcategorypercent"),
    ),
    Field(
        name="lines.tax_amount",
        label="Tax of the whole line",
        kind=_N,
        group="line",
        known_as=("itemtotaltax", "linetotaltax", "itemtaxamount", "taxamount", "vatamount", "linetax", "linevat", "itemtax", "orderlinetax", "totaltax", "tax"),
    ),
    Field(
        name="lines.discount",
        label="Taken off the whole line, without tax",
        kind=_N,
        group="line",
        known_as=("discount", "discountnet", "linediscount"),
    ),
    Field(
        name="lines.discount_inc_tax",
        label="Taken off the whole line, with tax",
        kind=_N,
        group="line",
        known_as=("discountinctax", "discountgross", "lineitemdiscount"),
    ),
    Field(
        name="lines.carriage",
        label="Carriage of the line, without tax",
        kind=_N,
        help="Where each row has a carriage of its own: the order's is what they come to.",
        group="line",
        known_as=_CARRIAGE,
    ),
    Field(
        name="lines.carriage_inc_tax",
        label="Carriage of the line, with tax",
        kind=_N,
        group="line",
        known_as=_CARRIAGE_INC_TAX,
    ),
    Field(
        name="lines.unit_cost",
        label="Cost of one, without tax",
        kind=_N,
        help="What one costs the company.",
        group="line",
        known_as=("unitcost", "cost", "costprice"),
    ),
)  # fmt: skip
FIELDS: dict[str, Field] = {
    each.name: each
    for each in (
        *_ORDER,
        *_LINE,
        *_SUMS,
        *_CUSTOMER,
        *_address(
            "shipping", gettext_noop("Goes to"), gettext_noop("goes to"), "delivery", "ship", "shipto", "recipient"
        ),
        *_address("billing", gettext_noop("Billed to"), gettext_noop("billed to"), "invoice", "bill", "billto"),
    )
}
"""By name, as the page shows them."""
OF_LINES = frozenset(name for name, each in FIELDS.items() if each.is_of_line)
"""What is said of each line."""
PRICES = ("lines.unit_price", "lines.unit_price_inc_tax", "lines.total", "lines.total_inc_tax")
"""One of these must be matched."""

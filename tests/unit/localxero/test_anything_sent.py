"""Whatever is sent, the answer is one of Xero's: never a 500, never a traceback, and the books still add up."""

from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from localxero import LocalXero
from localxero.books.arithmetic import INCLUSIVE
from localxero.testing import signed_in

XERO = LocalXero(limits="off", start=datetime(2026, 11, 20, 12, tzinfo=UTC))
GB = XERO.tenant_id("GB")
COMPANY = XERO.books(GB).contact_named("Custom Gateway Orders").contact_id
CLIENT = signed_in(XERO, GB)

WORDS = st.sampled_from(
    ["", "ACCREC", "ACCPAY", "DRAFT", "AUTHORISED", "VOIDED", "200", "630", "STOCK-MUG", "OUTPUT2", "x"]
)
NUMBERS = st.one_of(
    st.integers(-5, 10**16), st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(["1e999", "NaN", "2"])
)
SCALARS = st.one_of(st.none(), st.booleans(), WORDS, NUMBERS, st.text(max_size=8))
LINE_FIELDS = st.sampled_from(
    [
        "Description",
        "Quantity",
        "UnitAmount",
        "LineAmount",
        "ItemCode",
        "AccountCode",
        "AccountID",
        "TaxType",
        "TaxAmount",
        "DiscountRate",
        "DiscountAmount",
        "LineItemID",
        "Tracking",
    ]
)
LINES = st.dictionaries(LINE_FIELDS, SCALARS, max_size=6)
FIELDS = st.sampled_from(
    [
        "Type",
        "Status",
        "InvoiceNumber",
        "PurchaseOrderNumber",
        "Date",
        "DueDate",
        "CurrencyCode",
        "CurrencyRate",
        "LineAmountTypes",
        "Reference",
        "Url",
        "InvoiceID",
        "Code",
        "Name",
        "EmailAddress",
        "SentToContact",
        "IsSold",
    ]
)
CONTACT = st.one_of(st.just({"ContactID": COMPANY}), st.dictionaries(st.just("Name"), SCALARS), SCALARS)
BODIES = st.fixed_dictionaries(
    {"LineItems": st.one_of(st.lists(LINES, max_size=3), SCALARS), "Contact": CONTACT},
    optional={"Type": WORDS, "Status": WORDS},
).flatmap(lambda body: st.dictionaries(FIELDS, SCALARS, max_size=5).map(lambda more: {**more, **body}))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(["PUT", "POST"]),
    st.sampled_from(["Invoices", "PurchaseOrders", "CreditNotes", "Contacts", "Items", "Payments", "TaxRates"]),
    st.one_of(BODIES, st.lists(BODIES, max_size=3), SCALARS),
    st.sampled_from(["true", "false"]),
)
def test_writes(method, path, body, summarize):
    answer = CLIENT.request(method, f"/{path}", params={"summarizeErrors": summarize}, json=body)
    assert answer.status_code in {200, 400}, answer.text
    answer.json()


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["Invoices", "PurchaseOrders", "Contacts", "Items", "Accounts", "TaxRates", "Currencies"]),
    st.dictionaries(
        st.sampled_from(
            ["where", "order", "page", "pageSize", "IDs", "InvoiceNumbers", "Statuses", "searchTerm", "DateFrom"]
        ),
        st.one_of(
            st.text(max_size=12),
            st.sampled_from(['Status=="DRAFT"', "Date>=DateTime(2026,1,1)", "Name DESC", "0", "-1"]),
        ),
        max_size=3,
    ),
)
def test_reads(path, params):
    assert CLIENT.get(f"/{path}", params=params).status_code in {200, 400}


LINE = st.fixed_dictionaries(
    {
        "Description": st.just("x"),
        "Quantity": st.decimals(0, 999, places=4).map(str),
        "UnitAmount": st.decimals(0, 9999, places=4).map(str),
        "AccountCode": st.just("200"),
        "TaxType": st.sampled_from(["OUTPUT2", "RROUTPUT", "ZERORATEDOUTPUT"]),
    },
    optional={"DiscountRate": st.decimals(0, 100, places=2).map(str)},
)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(LINE, min_size=1, max_size=6),
    st.sampled_from(["Exclusive", "Inclusive", "NoTax"]),
    st.sampled_from([2, 4]),
)
def test_booked_documents_add_up(lines, types, unitdp):
    body = {"Type": "ACCREC", "Contact": {"ContactID": COMPANY}, "LineItems": lines, "LineAmountTypes": types}
    answer = CLIENT.put("/Invoices", params={"unitdp": unitdp}, json=body)
    assert answer.status_code == 200, answer.text
    booked = XERO.books(GB).invoices[answer.json()["Invoices"][0]["InvoiceID"]]
    assert booked.sub_total + booked.total_tax == booked.total
    amounts = sum((line.line_amount for line in booked.lines), Decimal(0))
    assert amounts == (booked.total if types == INCLUSIVE else booked.sub_total)
    assert sum((line.tax_amount for line in booked.lines), Decimal(0)) == booked.total_tax

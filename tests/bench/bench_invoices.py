"""What printing an invoice costs: a page of three lines in Latin letters, one in Chinese, each with letters of its own or
with those of the one before, one of five pages.

make bench ARGS='tests/bench/bench_invoices.py'        COUNT=5000 prints as many
"""

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from decimal import Decimal

import pytest

from daybook.documents.mailed_invoice import MailedInvoice
from daybook.documents.order_file import Address
from daybook.documents.sale import Sale, SoldLine
from daybook.printing.invoice import Letterhead, invoice_pdf

COUNT = int(os.environ.get("COUNT", "60"))
WANTED, WITHIN, CORES = 5000, 600, 2
"""So many in so many seconds, on so many cores."""
HEAD = Letterhead(seller="Birch & Bell Ltd\n1 High Street\nLeeds", vat_number="GB 123456789", footer="Thank you")


def invoice(name: str, lines: int, what: str = "Ceramic mug") -> MailedInvoice:
    sold = tuple(
        SoldLine(
            sku=f"MUG-{place}", description=what, quantity=Decimal(2), unit_price=Decimal("6.25"),
            net=Decimal("12.50"), tax=Decimal("2.50"), rate=Decimal("0.2"),
        )
        for place in range(lines)
    )  # fmt: skip
    net, tax = sum(line.net for line in sold), sum(line.tax for line in sold)
    return MailedInvoice(
        number="INV-1", email="ann@example.com", customer_name=name, billing_address=Address(lines=("2 Low Road",)),
        due_date=date(2026, 12, 1), currency="GBP",
        sale=Sale(date=date(2026, 11, 1), lines=sold, net=net, tax=tax, gross=net + tax),
    )  # fmt: skip


def print_all(invoices: Sequence[MailedInvoice]) -> float:
    """Return the seconds of CPU that it took."""
    began = time.process_time()
    for each in invoices:
        assert invoice_pdf([each], HEAD).startswith(b"%PDF")
    return time.process_time() - began


@pytest.mark.parametrize(
    ("what", "one"),
    [
        ("a page in Latin letters", invoice("Ann Smith", 3)),
        ("a page in Arabic", invoice("محمد الأحمد", 3, "كوب خزفي")),
        ("a page in Chinese", invoice("王小明", 3, "白色馬克杯")),
        ("five pages", invoice("Ann Smith", 80)),
    ],
)
def test_one(what: str, one: MailedInvoice) -> None:
    print_all([one])
    print(f"\n{what}: {print_all([one] * 10) / 10 * 1000:.0f} ms of CPU")


def in_chinese(place: int) -> MailedInvoice:
    """One whose letters no other has."""
    letters = [chr(0x4E00 + place * 10 % 20_000 + each) for each in range(10)]
    return invoice("".join(letters[:3]), 3, "".join(letters[3:]))


@pytest.mark.parametrize("made", [lambda place: invoice(f"Customer {place}", 3), in_chinese], ids=["Latin", "Chinese"])
def test_five_thousand(made: Callable[[int], MailedInvoice]) -> None:
    share = [made(place) for place in range(COUNT // CORES)]
    began = time.monotonic()
    with ProcessPoolExecutor(CORES) as pool:
        cpu = sum(pool.map(print_all, [share] * CORES))
    took = time.monotonic() - began
    each = cpu / (len(share) * CORES)
    print(f"\n{COUNT} in {took:.1f} s; {each * 1000:.0f} ms of CPU each: {WANTED} in {each * WANTED / CORES:.0f} s")
    assert each * WANTED / CORES < WITHIN

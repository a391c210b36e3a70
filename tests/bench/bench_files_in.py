"""What a large spreadsheet costs: a CSV of 100,000 rows (30,000 orders), from its bytes until all of it is stored and safe.

    make bench ARGS='-k large_spreadsheet'

Asked for: under 90 s on 2 cores, at most 300 MB. The file is read and taken in by a process of its own, as by a worker;
its memory is what the system says was its most. A DATABASE_URL of your own server keeps PostgreSQL out of this machine.
"""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from openpyxl import Workbook

from daybook.feeds import opening, roster
from daybook.sources.mapped.mapping import ColumnMapping
from localxero import LocalXero
from tests.bench.conftest import Note
from tests.database import url_of
from tests.world import connected

pytestmark = pytest.mark.django_db(transaction=True)
ORDERS = int(os.environ.get("DAYBOOK_BENCH_FILE_ORDERS", "30000"))

COLUMNS = (
    "order.id", "order.date", "customer", "email", "country", "currency", "item.sku", "description", "quantity",
    "unit price", "vat rate", "shipping", "street", "town", "postcode",
)  # fmt: skip
FIELDS = {
    "id": "order.id", "ordered_at": "order.date", "dispatched_at": "order.date", "customer.name": "customer",
    "customer.email": "email", "shipping_address.country_code": "country", "currency": "currency",
    "lines.sku": "item.sku", "lines.description": "description", "lines.quantity": "quantity",
    "lines.unit_price": "unit price", "lines.tax_rate": "vat rate", "shipping.price": "shipping",
    "shipping_address.line1": "street", "shipping_address.city": "town", "shipping_address.postcode": "postcode",
}  # fmt: skip


def table(orders: int) -> list[list[str]]:
    """Return the rows: three or four lines an order, 10 rows to 3 orders."""
    return [_row(at, line) for at in range(orders) for line in range(4 if at % 3 == 0 else 3)]


def _row(at: int, line: int) -> list[str]:
    order = [f"W{at:06}", "2026-11-20", f"Person {at}", f"p{at}@example.com", "GB", "GBP"]
    goods = [f"SKU-{line}-{at % 900}", f"A thing, printed, size {line}", str(1 + line % 3)]
    return [*order, *goods, f"{5 + at % 40}.{at % 100:02}", "20", "3.50", f"{at} Example Street", "Leeds", "LS1 1AA"]


def as_csv(rows: list[list[str]]) -> bytes:
    """Return the file."""
    text = io.StringIO()
    csv.writer(text).writerows([list(COLUMNS), *rows])
    return text.getvalue().encode()


def as_xlsx(rows: list[list[str]]) -> bytes:
    """Return the workbook, its quantities and prices as numbers."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Orders")
    sheet.append(COLUMNS)
    for row in rows:
        sheet.append([float(cell) if at in {8, 9, 10, 11} else cell for at, cell in enumerate(row)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_large_spreadsheet_is_stored_and_safe(note: Note, tmp_path: Path, kind: str) -> None:
    cast = connected(LocalXero(limits="off"))
    feed = opening.add(cast.company, "table", "sheet", "S-")
    roster.change_fields(feed, secrets={}, settings={"mapping": ColumnMapping(columns=FIELDS).kept()})
    rows = table(ORDERS)
    path = tmp_path / f"orders.{kind}"
    path.write_bytes(as_csv(rows) if kind == "csv" else as_xlsx(rows))
    print(f"\n{len(rows):,} rows, {ORDERS:,} orders, {path.stat().st_size / 1e6:.1f} MB of {kind}")
    command = [sys.executable, "-m", "tests.bench.taking_a_file", str(path), str(cast.company.pk)]
    ended = subprocess.run(
        command,
        check=True,
        env=os.environ | {"DATABASE_URL": url_of(connection.settings_dict["NAME"])},
        stdout=subprocess.PIPE,
        text=True,
    )
    said = json.loads(ended.stdout.splitlines()[-1])
    print(f"  {said}")
    assert (said["state"], said["accepted"]) == ("taken", ORDERS)

"""Documents and orders as files: what the filters show, and nothing in them that a spreadsheet runs."""

import csv
import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from tests.integration.web.conftest import take_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]

FORMULA = '=HYPERLINK("http://evil.example","Jo")'


@pytest.fixture
def read(logged_in, acme):
    """The rows of a file, by the names of its columns."""
    client = logged_in("viewer")

    def ask(name: str, form: str, asked: str = "", **headers: str) -> list[dict]:
        answer = client.get(reverse(f"web:{name}-file", args=[acme.company.public_id, form]) + asked, **headers)
        assert answer["Content-Disposition"].endswith(f'-{acme.company.public_id}.{form}"')
        whole = b"".join(answer.streaming_content)
        if form == "csv":
            return list(csv.DictReader(io.StringIO(whole.decode("utf-8-sig"))))
        head, *rows = load_workbook(io.BytesIO(whole)).active.iter_rows()
        return [{name.value: cell for name, cell in zip(head, row, strict=True)} for row in rows]

    return ask


def test_say_what_the_filters_show(read, acme, birch):
    take_in(acme, 1), take_in(acme, 2, rate="0.19"), take_in(birch, 3)
    assert [(row["Number"], row["State"], row["Gross"]) for row in read("documents", "csv")] == [
        ("ORD-2", "Held", ""),
        ("ORD-1", "Ready", "15.00"),
    ]
    (held,) = read("documents", "csv", "?state=held")
    assert held["Waits for"] == "A tax rate has no tax in Xero yet"
    (order,) = read("orders", "xlsx", "?q=ORD-1")
    assert (order["Reference"].value, order["Gross"].value, order["Standing"].value) == ("ORD-1", 15, "In the day book")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_are_in_the_language_of_who_asks(read, acme, form):
    take_in(acme, 1, rate="0.19")
    (row,) = read("documents", form, HTTP_ACCEPT_LANGUAGE="de")
    said = {name: str(getattr(cell, "value", cell)) for name, cell in row.items()}
    assert (said["Nummer"], said["Art"], said["Zustand"]) == ("ORD-1", "Rechnung", "Zurückgehalten")
    assert said["Wartet auf"] != "A tax rate has no tax in Xero yet"


def test_hold_no_formula_and_nothing_that_breaks_them(read, acme):
    take_in(acme, customer={"name": FORMULA}, external_ref="+1\x0b\u202e")
    (row,) = read("orders", "csv")
    assert row["Customer"] == f"'{FORMULA}"
    assert row["Shop reference"].startswith("'+1")
    (cells,) = read("orders", "xlsx")
    assert (cells["Customer"].value, cells["Customer"].data_type) == (FORMULA, "s")
    assert cells["Shop reference"].data_type == "s"

"""What a spreadsheet program finds in a CSV file is text, wherever it parts its cells."""

import csv
import io

import pytest

from daybook.kit.cells import harmless


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t=", "\n=", "\uff1d", '"=', " ="])
@pytest.mark.parametrize("parts_at", [",", ";"])
@pytest.mark.parametrize("before", ["", "Jo;", "Jo\n", "Jo\r", "Jo; "])
def test_no_cell_begins_a_formula(begins, parts_at, before):
    file = io.StringIO(newline="")
    csv.writer(file).writerow(["1001", harmless(f'{before}{begins}HYPERLINK("http://evil.example")')])

    file.seek(0)
    cells = [cell.strip('" \t\r\n') for row in csv.reader(file, delimiter=parts_at) for cell in row]

    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\uff1d"))] == []


@pytest.mark.parametrize("text", ["", "Jo", "a-b", "1;2", "x=y", "a@b.example", "Wei\u00df & S\u00f6hne; Berlin"])
def test_what_is_no_formula_stays_as_it_is(text):
    assert harmless(text) == text

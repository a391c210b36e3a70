"""A document as a PDF: by Accept or by path, for the three kinds."""

import re
import zlib

import pytest

LINE = {"Description": "Mug, £5 - “blue” " + "x" * 90, "Quantity": 1.5, "UnitAmount": 10, "AccountCode": "200"}


def texts(pdf):
    """Read the texts of a PDF of ours: hex strings in compressed streams."""
    streams = [zlib.decompress(raw) for raw in re.findall(rb"stream\n(.*?)\nendstream", pdf, re.DOTALL)]
    return [
        bytes.fromhex(found.decode()).decode("cp1252")
        for raw in streams
        for found in re.findall(rb"<([0-9a-f]*)> Tj", raw)
    ]


@pytest.fixture(params=[("Invoices", "ACCREC"), ("CreditNotes", "ACCRECCREDIT"), ("PurchaseOrders", "")])
def path(request, client, customer):
    plural, kind = request.param
    body = {"Type": kind, "Contact": customer, "LineItems": [LINE] * 60}
    made = client.put(f"/{plural}", json=body).json()[plural][0]
    return f"/{plural}/{made[{'Invoices': 'InvoiceID', 'CreditNotes': 'CreditNoteID', 'PurchaseOrders': 'PurchaseOrderID'}[plural]]}"


@pytest.mark.parametrize("way", [("", "application/pdf"), ("/pdf", "*/*")])
def test_a_document_comes_as_a_pdf(client, path, way):
    suffix, accept = way
    answer = client.get(f"{path}{suffix}", headers={"Accept": accept})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")
    assert b"/Count 2" in answer.content, "sixty lines want two sheets"
    shown = texts(answer.content)
    assert "Made by a simulator. Not Xero." in shown
    assert any(text.startswith("Mug, £5 - “blue”") and text.endswith("...") for text in shown)
    assert shown.count("15.00") == 60


def test_the_gate_still_wants_a_form_it_can_answer_in(client, path):
    assert client.get(path, headers={"Accept": "text/html"}).status_code == 406
    assert client.get(f"{path[:-4]}0000/pdf").status_code == 404

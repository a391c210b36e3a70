"""A document as its ledger would show it, beside its order, each amount with its origin."""

import re
from html import unescape

import pytest
from django.urls import reverse

from daybook.outbox.models import Entry
from tests.integration.web.conftest import take_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]


def test_each_amount_says_where_it_comes_from_and_what_decided_it(logged_in, acme):
    mug = {"id": "1", "sku": "MUG", "description": "Mug <b>", "quantity": 3, "unit_price": "6.25", "tax_rate": "0.2"}
    entry = take_in(acme, lines=[mug], shipping={"price": "4", "tax_rate": "0.2"})
    address = reverse("web:document-preview", args=[acme.company.public_id, entry.public_id])
    page = logged_in("viewer").get(address).content.decode()
    cells = {
        unescape(text): " ".join(unescape(origin).split())
        for text, origin in re.findall(
            r'<button type="button"[^>]*>([^<]*)</button><span role="tooltip"[^>]*>([^<]*)<', page
        )
    }
    assert cells["Mug <b>"] == "It stands for line 1 of the order."
    assert cells["3"] == "As line 1 of the order says."
    assert cells["6.25"] == "The price before tax of line 1 of the order."
    assert cells["18.75"] == "3 × 6.25, to the cent."  # noqa: RUF001
    assert cells["4.00"].startswith(("The price before tax of carriage 1", "1 ×"))  # noqa: RUF001
    assert cells["200 Sales"] == "Shipping account"  # of the last line that stands on it
    assert cells["ORD-1001"].endswith("the order's reference, ORD-1001.")
    assert cells["27.30"].startswith("The lines added up")
    assert len(re.findall(r'id="(origin-\d+)"', page)) == len(set(re.findall(r'id="(origin-\d+)"', page)))


def test_what_cannot_be_written_yet_has_none(logged_in, acme):
    entry = take_in(acme, rate="0.19")
    client = logged_in("viewer")
    assert (
        "/preview/"
        not in client.get(reverse("web:document", args=[acme.company.public_id, entry.public_id])).content.decode()
    )
    answer = client.get(reverse("web:document-preview", args=[acme.company.public_id, entry.public_id]))
    assert answer["Location"] == reverse("web:document", args=[acme.company.public_id, entry.public_id])
    assert Entry.objects.get(pk=entry.pk).document is None

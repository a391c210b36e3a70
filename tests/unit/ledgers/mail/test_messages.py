"""The mail that an invoice goes by: one address or none, no header that a text could add, the same id for the same entry."""

from datetime import UTC, date, datetime
from decimal import Decimal
from email import message_from_bytes, policy

import pytest

from daybook.documents.mailed_invoice import MailedInvoice
from daybook.documents.sale import Sale
from daybook.ledgers.mail.messages import Envelope, addresses, mail, usable_address

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


def invoice(**said: object) -> MailedInvoice:
    sale = Sale(date=date(2026, 11, 1), lines=(), net=Decimal(10), tax=Decimal(2), gross=Decimal(1012))
    facts = {
        "number": "INV-1",
        "email": "ann@example.com",
        "due_date": date(2026, 12, 1),
        "currency": "GBP",
        "sale": sale,
    }
    return MailedInvoice(**{**facts, **said})


@pytest.mark.parametrize(
    "text",
    ["", "ann", "ann@", "@example.com", "a b@example.com", "ann@example.com\r\nBcc: eve@example.com", "a@b, c@d.com",
     "ann@-example.com", "ann@exa mple.com", "ann..b@example.com", ".ann@example.com", "ann@example.com>", "Ann <ann@example.com>",
     f"{'a' * 65}@example.com", "ünn@example.com"],
)  # fmt: skip
def test_what_is_not_one_address_is_none(text):
    assert usable_address(text) == ""


def test_a_host_in_any_script_is_written_as_mail_servers_take_it():
    assert usable_address(" ann@bücher.example ") == "ann@xn--bcher-kva.example"


def test_several_are_all_addresses_or_none_is():
    assert addresses("a@b.com,c@d.com; e@f.com") == ("a@b.com", "c@d.com", "e@f.com")
    assert addresses("a@b.com, c") is None
    assert addresses("") == ()


def test_no_text_adds_a_header():
    evil = "Ann\r\nBcc: eve@example.com\n\nhello"
    envelope = Envelope(sender="me@example.com", sender_name=evil, subject="For {customer}", text="Dear {customer}")
    made = message_from_bytes(
        mail([invoice(customer_name=evil)], b"%PDF", envelope, mark="m1", moment=NOW), policy=policy.default
    )
    assert made["Bcc"] is None
    assert made["To"].addresses[0].addr_spec == "ann@example.com"
    assert len(made["To"].addresses) == 1


def test_words_are_filled_in_and_others_left():
    envelope = Envelope(sender="me@example.com", subject="{number} {total} {0.__class__} {other}", text="x")
    made = message_from_bytes(mail([invoice()], b"%PDF", envelope, mark="m1", moment=NOW), policy=policy.default)
    assert made["Subject"] == "INV-1 1,012.00 GBP {0.__class__} {other}"
    assert made["Message-ID"] == "<m1.invoice@example.com>"

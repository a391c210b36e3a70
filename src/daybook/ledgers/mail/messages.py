"""PURE: the mail that an invoice goes by, complete to the byte; the same entry is always under the same Message-ID."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from daybook.documents.mailed_invoice import MailedInvoice

_FIELD = re.compile(r"\{(number|customer|seller|order|total)\}")
_LOCAL = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_LOCAL}@(?:{_LABEL}\.)*{_LABEL}")
LONGEST_ADDRESS = 254
_LONGEST_SUBJECT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """From whom, and how it is worded."""

    sender: str
    sender_name: str = ""
    bcc: tuple[str, ...] = ()
    subject: str = "Invoice {number}"
    text: str = ""
    seller: str = ""


def usable_address(text: str) -> str:
    """Return the one address that a text is, its host in the letters that mail servers take; "" where it is none."""
    local, _, host = text.strip().rpartition("@")
    try:
        host = host.encode("idna").decode() if not host.isascii() else host
    except UnicodeError:
        return ""
    address = f"{local}@{host}"
    is_one = _ADDRESS.fullmatch(address) and len(address) <= LONGEST_ADDRESS
    is_dotted = ".." not in local and not local.startswith(".") and not local.endswith(".")
    return address if is_one and is_dotted else ""


def addresses(text: str) -> tuple[str, ...] | None:
    """Return the addresses of a text with commas between them; None where one of them is none."""
    said = [each for each in re.split(r"[,;\s]+", text.strip()) if each]
    found = tuple(usable_address(each) for each in said)
    return None if "" in found else found


def message_id(mark: str, sender: str) -> str:
    """Return the id of the mail about an entry of this public id: a second one of it would bear the same."""
    return f"<{mark}.invoice@{sender.rpartition('@')[2]}>"


def mail(invoices: Sequence[MailedInvoice], pdf: bytes, envelope: Envelope, *, mark: str, moment: datetime) -> bytes:
    """Return the whole mail of invoices that go to one address. `mark`: the public id of the first one's entry."""
    made, first = EmailMessage(policy=SMTP.clone(max_line_length=78)), invoices[0]
    numbers = ", ".join(each.number for each in invoices)
    values = {
        "number": numbers,
        "customer": first.customer_name or first.email,
        "seller": envelope.seller.strip().partition("\n")[0],
        "order": ", ".join(each.order_ref for each in invoices),
        "total": ", ".join(f"{each.sale.gross:,.2f} {each.currency}" for each in invoices),
    }
    subject = " ".join(_clean(_filled(envelope.subject, values)).split())
    made["Subject"] = subject[:_LONGEST_SUBJECT] or numbers[:_LONGEST_SUBJECT]
    made["From"] = Address(_one_line(envelope.sender_name), addr_spec=envelope.sender)
    made["To"] = Address(_one_line(first.customer_name), addr_spec=first.email)
    made["Date"] = format_datetime(moment)
    made["Message-ID"] = message_id(mark, envelope.sender)
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(_clean(_filled(envelope.text, values)) or "\n", cte="quoted-printable")
    name = f"{first.number}.pdf" if len(invoices) == 1 else f"invoices-{first.number}.pdf"
    made.add_attachment(pdf, maintype="application", subtype="pdf", filename=name)
    return made.as_bytes()


def _filled(text: str, values: dict[str, str]) -> str:
    return _FIELD.sub(lambda match: values[match[1]], text)


def _one_line(text: str) -> str:
    return " ".join(_clean(text).split())[:100]


def _clean(text: str) -> str:
    """Return the text without half characters and control characters, which no mail carries."""
    return "".join(each for each in text if each in "\n\t" or (each.isprintable() and not "\ud800" <= each <= "\udfff"))

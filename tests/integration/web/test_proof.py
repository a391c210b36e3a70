"""The proof of a period: made on its page, taken away as files, checked with and without the database."""

import json
from datetime import date
from decimal import Decimal

import pypdfium2
import pytest
from click.testing import CliRunner
from django.db import connection as database
from django.utils import translation

from daybook.companies.models import Membership
from daybook.history.models import Event
from daybook.history.sealing import seal_all
from daybook.intake.receive import receive
from daybook.ops.cli import lost_keys, rotation
from daybook.ops.cli.app import daybook
from daybook.outbox.models import Entry
from daybook.proving import books, keys, making, signing
from daybook.proving.models import ProofKey
from daybook.secrets import keyring
from localxero.testing import signed_in
from tests.integration.posting.test_drain import post
from tests.integration.reconciliation.test_report import order
from tests.integration.test_orders_become_documents import post_all

Role = Membership.Role
pytestmark = pytest.mark.django_db(transaction=True)
YEAR = {"since": "2026-01-01", "until": "2026-12-31"}
MIXED = [
    {"id": "1", "sku": "MUG", "quantity": 2, "unit_price": "6.25", "tax_rate": "0.2"},
    {"id": "2", "sku": "BOOK", "quantity": 1, "unit_price": "5.00", "tax_rate": "0"},
]


@pytest.fixture
def page(acme):
    return f"/c/{acme.company.public_id}/proof/"


def made(acme, since="2026-01-01", until="2026-12-31") -> bytes:
    days = (date.fromisoformat(since), date.fromisoformat(until))
    return making.make(acme.company, [acme.connection], *days, acme.client, by=None)


def verified(tmp_path, file: bytes, *more: str):
    (tmp_path / "proof.json").write_bytes(file)
    return CliRunner().invoke(daybook, ["proof", "verify", str(tmp_path / "proof.json"), *more])


def test_a_month_is_proved_taken_away_and_checked(acme, page, logged_in, tmp_path):
    receive(acme.company, order("P-1", lines=MIXED))
    receive(acme.company, order("P-2", on_hold=True))
    receive(acme.company, order("P-3", lines=[MIXED[0] | {"tax_rate": "0.11"}]))
    post_all(acme)
    with signed_in(acme.xero, acme.tenant_id) as accountant:
        approved = {"InvoiceID": Entry.objects.get(state="posted").their_id, "Status": "AUTHORISED"}
        accountant.post("/Invoices", json=approved).raise_for_status()
    client = logged_in(Role.ACCOUNTANT)

    shown = client.post(page, YEAR)
    text = shown.content.decode()
    assert "1 of 1 document agrees, difference 0.00." in text
    file = shown.context["file"].encode()
    says = json.loads(file)["proof"]
    (mine,) = says["ledgers"]
    assert (says["since"], says["company_id"]) == ("2026-01-01", acme.company.public_id)
    assert {row["tax_type"]: (row["ledger"]["net"], row["ledger"]["tax"]) for row in mine["sums"]} == {
        "OUTPUT2": ("12.50", "2.50"),
        "ZERORATEDOUTPUT": ("5.00", "0.00"),
        "*": ("17.50", "2.50"),
    }
    standings = {row["standing"]: (row["orders"], row["gross"], bool(row["reason"])) for row in mine["orders"]}
    assert standings == {"documented": (2, "33.88", False), "held": (1, "15.00", True)}
    states = {
        row["state"]: (row["documents"], row["amounts"]["gross"], bool(row["reason"])) for row in mine["day_book"]
    }
    assert states == {"posted": (1, "20.00", False), "held": (1, "13.88", True)}
    boxes = {box["code"]: box["amount"] for box in mine["tax_return"]["boxes"]}
    assert (boxes["1"], boxes["6"], boxes["7"]) == ("2.50", "17.50", "0.00")

    key = keys.public()
    event = Event.objects.get(what="proved")
    assert (event.after["key"], event.after["sha256"]) == (key, signing.digest(says))
    taken = {
        kind: client.post(f"{page}file/", {"file": file.decode().replace("\n", "\r\n"), "format": kind})
        for kind in ("json", "pdf")
    }
    assert taken["json"].content == file
    printed = pypdfium2.PdfDocument(taken["pdf"].content)
    words = "".join(sheet.get_textpage().get_text_bounded() for sheet in printed)
    assert key in words
    assert "1 of 1 document agrees, difference 0.00." in words

    assert "valid: Acme" in verified(tmp_path, file, "--key", key).output
    assert "unknown key" in str(verified(tmp_path, file, "--key", "ab" * 32).output)
    bad = verified(tmp_path, file.replace(b'"12.50"', b'"12.51"', 1))
    assert (bad.exit_code, "changed:" in bad.output) == (1, True)
    assert books.differences(says) == []

    refused = client.post(f"{page}file/", {"file": file.decode().replace("Acme", "Acne"), "format": "pdf"})
    assert (refused.status_code, "signed no such proof" in refused.content.decode()) == (422, True)


def test_is_shown_in_the_language_of_who_asks_and_signed_in_one(acme, page, logged_in, tmp_path):
    receive(acme.company, order("P-2", on_hold=True))
    receive(acme.company, order("P-3", lines=[MIXED[0] | {"tax_rate": "0.11"}]))
    client = logged_in(Role.ACCOUNTANT)
    german = {"HTTP_ACCEPT_LANGUAGE": "de"}

    shown = client.post(page, YEAR, **german)
    file = shown.context["file"].encode()
    taken = client.post(f"{page}file/", {"file": file.decode().replace("\n", "\r\n"), "format": "pdf"}, **german)
    words = "".join(sheet.get_textpage().get_text_bounded() for sheet in pypdfium2.PdfDocument(taken.content))
    for said in (shown.content.decode(), words):
        assert "0 von 0 Belegen stimmen überein, Differenz 0,00." in said
        assert "documents agree" not in said
    assert "Seite 1 von" in words

    (mine,) = json.loads(file)["proof"]["ledgers"]
    (english,) = json.loads(client.post(page, YEAR).context["file"])["proof"]["ledgers"]
    assert mine == english
    assert "valid: Acme" in verified(tmp_path, file).output
    with translation.override("de"):
        assert books.differences(json.loads(file)["proof"]) == []


def test_beside_the_books_says_what_became_of_them(acme):
    acme.ready_invoices(2)
    says = json.loads(made(acme))["proof"]
    assert [row["state"] for row in says["ledgers"][0]["day_book"]] == ["ready"]
    post(acme)
    assert [sentence.split(": ")[1][:12] for sentence in books.differences(says)] == ["the day book"]

    moved = says | {"history": says["history"] | {"seal": "0" * 64, "position": 1}}
    seal_all()
    assert "does not hold the seal" in books.differences(moved)[0]
    assert "does not tell that this proof was made" in books.differences(moved)[1]


def test_the_command_line_makes_the_same_and_lays_it_beside_the_books(acme, tmp_path, monkeypatch):
    monkeypatch.setenv(
        "DATABASE_URL",
        f"postgresql:///{database.settings_dict['NAME']}?host={database.settings_dict['HOST']}&port={database.settings_dict['PORT']}&user={database.settings_dict['USER']}",
    )
    acme.ready_invoice()
    post(acme)
    file, pdf = tmp_path / "made.json", tmp_path / "made.pdf"
    days = ["--since", "2026-01-01", "--until", "2026-12-31"]
    ended = CliRunner().invoke(daybook, ["proof", "make", "Acme", *days, "-o", str(file), "--pdf", str(pdf)])
    assert ended.exit_code == 0, ended.output
    assert pdf.read_bytes().startswith(b"%PDF")
    beside = verified(tmp_path, file.read_bytes(), "--books")
    assert (beside.exit_code, "says the same of the period today" in beside.output) == (0, True)
    other = signing.signed(json.loads(file.read_bytes())["proof"], signing.new_key()[0])
    assert "is not this installation's" in verified(tmp_path, other, "--books").output


def test_what_differs_is_named(acme):
    _, bad = acme.ready_invoices(2)
    post(acme)
    Entry.objects.filter(pk=bad.pk).update(net=Decimal("12.49"), gross=Decimal("14.99"))
    (mine,) = json.loads(made(acme))["proof"]["ledgers"]
    assert (mine["agreeing"], mine["compared"], mine["difference"]) == (1, 2, "0.01")
    assert [row["number"] for row in mine["differing"]] == [bad.number]


def test_the_key_is_made_once_turns_with_the_ring_and_is_given_up_with_it(acme, settings):
    first = signing.check(made(acme)).public_key
    settings.ENCRYPTION_KEYS = f"{keyring.new_key()},{settings.ENCRYPTION_KEYS}"
    assert rotation.rotate().unreadable == []
    settings.ENCRYPTION_KEYS = settings.ENCRYPTION_KEYS.split(",")[0]
    assert signing.check(made(acme)).public_key == first
    assert ProofKey.objects.get().private_key not in str(Event.objects.values_list("after", flat=True))

    settings.ENCRYPTION_KEYS = keyring.new_key()
    lost_keys.forget()
    second = keys.current().public_key
    assert second != first
    assert books.is_ours(first)
    assert books.is_ours(second)


@pytest.mark.parametrize("said", [{}, {"since": "2026-03-01"}, {"since": "2026-04-01", "until": "2026-03-01"}])
def test_asks_for_both_days(page, logged_in, said):
    assert logged_in(Role.ACCOUNTANT).post(page, said).status_code == 422


def test_says_why_the_ledger_could_not_be_read(acme, page, logged_in, served):
    served.xero.add_fault("organisation_offline", path="/api.xro/", times=50)
    answer = logged_in(Role.ACCOUNTANT).post(page, YEAR)
    assert "The ledger could not be read" in answer.content.decode()
    assert not Event.objects.filter(what="proved").exists()

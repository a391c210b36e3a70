"""All of a company in one file: whole, readable by machines and spreadsheets, and without a secret."""

import csv
import hashlib
import io
import json
import tracemalloc
import zipfile

import pytest

from daybook.ending import exporting, rows, tables
from daybook.ending.tables import Table
from daybook.history.models import Event
from daybook.outbox.models import Attempt, Entry
from daybook.secrets import vault
from tests.integration.ending.conftest import close
from tests.world import Cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]


def unpacked(cast: Cast) -> dict[str, bytes]:
    content = b"".join(exporting.archive(cast.company))
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


def lines(files: dict[str, bytes], name: str) -> list[dict]:
    return [json.loads(line) for line in files[f"{name}.jsonl"].splitlines()]


def cells(files: dict[str, bytes], name: str) -> list[dict]:
    return list(csv.DictReader(io.StringIO(files[f"{name}.csv"].decode(), newline="")))


class TestTheExport:
    def test_holds_every_row_twice(self, acme: Cast):
        files = unpacked(acme)
        for name, model in (("documents", Entry), ("attempts", Attempt), ("events", Event)):
            count = model.objects.filter(company=acme.company).count()
            assert count > 0
            assert (len(lines(files, name)), len(cells(files, name))) == (count, count), name
        assert {"orders.jsonl", "revisions.csv", "posting_settings.jsonl", "README.txt"} <= set(files)

    def test_says_of_a_document_what_the_day_book_says(self, acme: Cast):
        entry = Entry.objects.filter(company=acme.company, state="posted").first()
        said = next(each for each in lines(unpacked(acme), "documents") if each["id"] == entry.pk)
        assert (said["number"], said["gross"], said["their_id"]) == (entry.number, f"{entry.gross:f}", entry.their_id)
        assert said["document"] == entry.document

    def test_holds_what_was_sent_and_answered(self, acme: Cast):
        sent = lines(unpacked(acme), "attempts")
        assert any('"Invoices"' in each["answer"] for each in sent)

    def test_has_no_row_of_anybody_else(self, acme: Cast, birch: Cast):
        files = unpacked(acme)
        assert {each["company_id"] for each in lines(files, "orders")} == {acme.company.pk}
        assert not [name for name, content in files.items() if birch.company.public_id.encode() in content]

    def test_is_told_to_the_history_with_its_hash(self, acme: Cast):
        content = b"".join(exporting.told(acme.company))
        event = Event.objects.get(what="exported")
        assert event.after == {"sha256": hashlib.sha256(content).hexdigest()}

    def test_that_breaks_off_is_told_too(self, acme: Cast):
        pieces = exporting.told(acme.company)
        next(pieces)
        pieces.close()
        assert Event.objects.get(what="exported").after == {"sha256": "", "ended": "it broke off"}

    def test_is_the_same_to_the_byte_while_nothing_changes(self, acme: Cast):
        close(acme)
        assert exporting.digest_of(acme.company) == exporting.digest_of(acme.company)

    def test_takes_no_more_memory_for_more_rows(self, acme: Cast, monkeypatch):
        acme.ready_invoices(300)
        monkeypatch.setattr(rows, "AT_ONCE", 50)
        tracemalloc.start()
        size = sum(len(piece) for piece in exporting.archive(acme.company))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert size > 50_000
        assert peak < 8_000_000


class TestSecrets:
    def test_are_nowhere(self, acme: Cast):
        connection = acme.connection
        secrets = [
            b"secret-of-acme", connection.token_set.access_token.encode(), connection.token_set.refresh_token.encode(),
        ]  # fmt: skip
        connection.client_secret = "secret-of-acme"
        connection.save()
        sealed = bytes(connection.client_secret_sealed)
        files = unpacked(acme)
        for content in files.values():
            assert not [secret for secret in (*secrets, sealed) if secret in content]
        assert vault.unseal(connection.client_secret_sealed, context=f"company:{acme.company.pk}:client_secret")

    def test_of_any_table_are_left_out_by_their_names(self):
        """A new column whose name says secret, token, key, seal or hash is left out, or stands here with why it is not one."""
        harmless = {
            "content_hash", "body_hash", "request_hash",  # of what is exported itself
            "idempotency_key", "request_key", "key", "seal",  # senders' and calls' own, documents', the chain's
            "public_key", "host_key", "shown_key",  # the public halves
        }  # fmt: skip
        suspicious = {
            name
            for table in tables.tables()
            if rows.is_exported(table)
            for name in rows.fields_of(table)
            if any(word in name for word in ("secret", "token", "key", "seal", "hash", "password"))
        }
        assert suspicious - harmless == set()


class TestCells:
    @pytest.mark.parametrize("typed", ["=1+1", "+44 20", "-x", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")'])
    def test_that_were_typed_are_no_formulas(self, typed):
        assert rows.cell(typed) == f"'{typed}"

    def test_that_were_typed_are_no_formulas_behind_the_end_of_a_line_either(self):
        assert rows.cell("\r=1") == "'\r'=1"

    def test_that_are_figures_stay(self):
        from decimal import Decimal

        assert [rows.cell(each) for each in (Decimal("-5.10"), -3, None, True, {"a": 1})] == [
            "-5.10",
            "-3",
            "",
            "yes",
            '{"a": 1}',
        ]

    def test_of_the_costs_of_a_sku_that_is_one(self, acme: Cast):
        assert [each["sku"] for each in cells(unpacked(acme), "item_costs")] == ["'=MUG"]


def test_names_of_files_are_each_given_once():
    names = [rows.name_of(table) for table in tables.tables() if rows.is_exported(table)]
    assert len(names) == len(set(names))
    assert isinstance(tables.tables()[0], Table)

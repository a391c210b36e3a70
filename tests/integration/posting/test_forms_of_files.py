"""Order files in a form of the company's choice, one an order or one a run, into folders and onto FTP servers."""

import csv
import io
import logging
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from daybook.companies.models import Company
from daybook.connections import reaching, roster
from daybook.connections.models import Connection, PostingSettings, TaxMapping
from daybook.connections.outgoing import FileFormat
from daybook.connections.places import FileAccess
from daybook.intake import prepare
from daybook.intake.receive import receive
from daybook.kit import clock
from daybook.outbox.models import Attempt, Entry
from daybook.posting import drain, files, filing
from daybook.reconciliation.resolve import Patience, resolve
from daybook.wire.http import HttpClient
from tests.ftp_server import PASSWORD, USER, certificate, ftp_server

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning"),
]
logging.getLogger("pyftpdlib").setLevel(logging.CRITICAL)
PATIENCE = Patience(call_timeout=timedelta(seconds=1), look_after=timedelta(seconds=5))


@dataclass
class Sender:
    company: Company
    connection: Connection
    root: Path

    def form(self, **said: object) -> None:
        FileFormat.objects.update_or_create(connection=self.connection, defaults=said)
        prepare.prepare_company(self.company.pk)

    def sage(self, **said: object) -> None:
        """As a person fills the page in."""
        PostingSettings.objects.update_or_create(
            connection=self.connection, defaults={"sales_account": "4000", "shipping_account": "0905"}
        )
        for rate, code in ((Decimal("0.2"), "T1"), (Decimal("0.05"), "T5"), (Decimal(0), "T0")):
            TaxMapping.objects.update_or_create(connection=self.connection, rate=rate, defaults={"tax_type": code})
        self.form(format="sage50", account="WEB001", **said)

    def order(self, number: str, /, **said: object) -> None:
        line = {"sku": "MUG", "description": "Mug", "quantity": 2, "unit_price": "6.25", "tax_rate": "0.2"}
        order = {
            "source": "shop",
            "id": number,
            "number": number,
            "dispatched": True,
            "currency": "GBP",
            "lines": [line],
        }
        dated = {"ordered_at": "2026-11-01T10:00:00Z", "dispatched_at": "2026-11-02T10:00:00Z"}
        receive(self.company, {**order, **dated, **said})

    def send(self) -> None:
        Connection.objects.update(paused_until=None)
        drain.drain(self.connection.pk, HttpClient(10))

    def look(self) -> None:
        Connection.objects.update(paused_until=None)
        resolve(HttpClient(10), now=clock.now() + timedelta(minutes=30), patience=PATIENCE)

    def states(self) -> list[str]:
        return list(Entry.objects.order_by("id").values_list("state", flat=True))

    def causes(self) -> list[str]:
        return list(Entry.objects.order_by("id").values_list("cause", flat=True))

    def there(self) -> list[str]:
        return sorted(path.name for path in self.root.iterdir())

    def rows(self, name: str) -> list[list[str]]:
        return list(csv.reader(io.StringIO((self.root / name).read_bytes().decode("cp1252"))))[1:]

    def pause(self) -> str:
        self.connection.refresh_from_db()
        return self.connection.pause_reason


@pytest.fixture
def acme(tmp_path, settings) -> Sender:
    settings.FILES_ROOT = str(tmp_path)
    company = Company.objects.create(name="Acme")
    connection = roster.add(company, ledger="files")
    reaching.save(connection, FileAccess(connection=connection, place="folder", path=str(tmp_path)))
    assert reaching.check(connection) is None
    connection.refresh_from_db()
    return Sender(company, connection, tmp_path)


class TestSage:
    def test_has_a_row_for_each_nominal_and_tax_code_that_come_to_the_order(self, acme):
        acme.sage()
        books = {"sku": "BOOK", "quantity": 1, "unit_price": "10.00", "tax_rate": "0"}
        mugs = {"sku": "MUG", "quantity": 3, "unit_price_inc_tax": "7.99", "tax_rate": "0.2"}
        shipping = {"price": "4.00", "tax_rate": "0.2"}
        acme.order("1001", lines=[mugs, books, {**books, "sku": "B2"}], shipping=shipping, external_ref="=SHOP-7")
        acme.send()
        rows = acme.rows("1001.csv")
        assert [row[:12] for row in rows] == [
            [
                "SI",
                "WEB001",
                "4000",
                "0",
                "02/11/2026",
                "1001",
                "Order 1001: Goods",
                "19.97",
                "T1",
                "4.00",
                "1",
                "SHOP-7",
            ],
            [
                "SI",
                "WEB001",
                "4000",
                "0",
                "02/11/2026",
                "1001",
                "Order 1001: Goods",
                "20.00",
                "T0",
                "0.00",
                "1",
                "SHOP-7",
            ],
            [
                "SI",
                "WEB001",
                "0905",
                "0",
                "02/11/2026",
                "1001",
                "Order 1001: Shipping",
                "4.00",
                "T1",
                "0.80",
                "1",
                "SHOP-7",
            ],
        ]
        entry = Entry.objects.get()
        assert sum(Decimal(row[7]) for row in rows) == entry.net
        assert sum(Decimal(row[9]) for row in rows) == entry.tax

    def test_takes_back_in_a_row_of_its_own_what_is_taken_off_at_another_rate(self, acme):
        acme.sage()
        mug = {"sku": "MUG", "quantity": 1, "unit_price": "20.00", "tax_rate": "0.2"}
        off = {"kind": "discount", "quantity": 1, "unit_price": "-5.00", "tax_rate": "0"}
        acme.order("1001", lines=[mug, off])
        acme.send()
        assert [(row[0], row[7], row[8], row[9]) for row in acme.rows("1001.csv")] == [
            ("SI", "20.00", "T1", "4.00"),
            ("SC", "5.00", "T0", "0.00"),
        ]

    @pytest.mark.parametrize(
        ("said", "cause"),
        [
            ({"lines": [{"sku": "A", "quantity": 1, "unit_price": "1.00", "tax_rate": "0.1"}]}, "tax_rate_not_mapped"),
            ({"number": "1" * 31}, "number_too_long"),
            ({"number": "注文1"}, "number_unwritable"),
            ({"number": "=1+1"}, "number_unwritable"),
            ({"lines": [{"sku": "A", "quantity": 1}]}, "no_prices"),
        ],
    )
    def test_holds_what_it_cannot_say(self, acme, said, cause):
        acme.sage()
        acme.order("1001", **said)
        acme.send()
        assert (acme.states(), acme.causes(), acme.there()) == (["held"], [cause], [])

    def test_asks_an_order_in_another_currency_for_its_rate(self, acme):
        acme.sage()
        PostingSettings.objects.update(default_currency="GBP")
        acme.order("1001", currency="EUR")
        acme.order("1002", currency="EUR", exchange_rate="1.16")
        acme.send()
        assert acme.causes() == ["exchange_rate_missing", ""]
        assert acme.rows("1002.csv")[0][10] == "1.16"

    def test_that_is_not_complete_holds_everything_until_it_is(self, acme):
        acme.form(format="sage50")
        acme.order("1001")
        assert acme.causes() == ["format_incomplete"]
        acme.sage()
        acme.send()
        assert (acme.states(), acme.there()) == (["posted"], ["1001.csv"])


def back(refund_id: str, amount: str, **more: object) -> dict:
    """A refund: of a mug, or of an amount for no line."""
    payment = {"id": f"re_{refund_id}", "at": "2026-11-05T10:00:00Z", "amount": amount}
    return {"id": refund_id, "at": "2026-11-05T10:00:00Z", "payments": [payment], **more}


class TestARefund:
    def test_before_the_file_leaves_lowers_its_amounts_by_their_own_rates(self, acme):
        acme.sage()
        books = {"id": "2", "sku": "BOOK", "quantity": 1, "unit_price": "10.00", "tax_rate": "0"}
        mugs = {"id": "1", "sku": "MUG", "quantity": 3, "unit_price_inc_tax": "7.99", "tax_rate": "0.2"}
        acme.order("1001", lines=[mugs, books], refunds=[back("r1", "7.99", lines=[{"line": "1", "quantity": 1}])])
        acme.order("1002", refunds=[back("r2", "15.00")])
        acme.send()
        assert acme.there() == ["1001.csv"]
        assert [(row[0], row[8], row[7], row[9]) for row in acme.rows("1001.csv")] == [
            ("SI", "T1", "13.31", "2.67"),
            ("SI", "T0", "10.00", "0.00"),
        ]
        assert acme.states() == ["posted"]

    def test_after_it_left_is_a_credit_of_its_own_once_and_the_last_takes_what_is_left(self, acme):
        acme.sage()
        line = {"id": "1", "sku": "MUG", "quantity": 3, "unit_price_inc_tax": "3.33", "tax_rate": "0.2"}
        refunds = [back(f"r{each}", "3.33", lines=[{"line": "1", "quantity": 1}]) for each in (1, 2, 3)]
        for told in range(4):
            acme.order("1001", lines=[line], refunds=refunds[:told])
            acme.send()
            acme.send()
        assert acme.there() == ["1001-CR1.csv", "1001-CR2.csv", "1001-CR3.csv", "1001.csv"]
        rows = [row for name in acme.there() for row in acme.rows(name)]
        assert [row[0] for row in rows] == ["SC", "SC", "SC", "SI"]
        for column in (7, 9):
            assert sum(Decimal(row[column]) for row in rows[:3]) == Decimal(rows[3][column])
        assert {row[4] for row in rows[:3]} == {"05/11/2026"}
        assert not Entry.objects.exclude(state="posted", attention="").exists()

    def test_of_an_amount_for_no_line_bears_the_taxes_of_the_sale(self, acme):
        acme.sage()
        books = {"id": "2", "sku": "BOOK", "quantity": 1, "unit_price": "12.00", "tax_rate": "0"}
        mugs = {"id": "1", "sku": "MUG", "quantity": 1, "unit_price": "10.00", "tax_rate": "0.2"}
        acme.order("1001", lines=[mugs, books])
        acme.send()
        acme.order("1001", lines=[mugs, books], refunds=[back("r1", "6.00")])
        acme.send()
        found = [(row[0], row[8], row[7], row[9]) for row in acme.rows("1001-CR1.csv")]
        assert found == [("SC", "T1", "2.50", "0.50"), ("SC", "T0", "3.00", "0.00")]

    def test_beyond_the_sale_or_without_amounts_waits_for_a_person(self, acme):
        acme.sage()
        acme.order("1001", refunds=[back("r1", "99.00")])
        acme.order("1002", refunds=[{"id": "r2"}])
        acme.send()
        assert acme.causes() == ["refund_unclear", "refund_without_amounts"]
        assert acme.there() == []


class TestATemplate:
    def test_writes_what_it_says_for_customers_of_any_script(self, acme):
        acme.form(format="template", ending=".csv", template="{{ order.number }};{{ order.customer.name|csv(';') }}\n")
        acme.order("1001", customer={"name": 'محمد; "山田"'})
        acme.send()
        assert (acme.root / "1001.csv").read_text() == '1001;"محمد; ""山田"""\n'

    @pytest.mark.parametrize(
        ("template", "cause"),
        [
            ("half a file {{ order.nothing }}", "template_failed"),
            ("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "template_too_much"),
            ("{{ order.__class__.__mro__ }}", "template_failed"),
            ("{% include '/etc/passwd' %}", "template_failed"),
            ("", "format_incomplete"),
        ],
    )
    def test_that_does_not_end_well_writes_nothing_and_is_told(self, acme, template, cause):
        acme.form(format="template", template=template)
        acme.order("1001")
        acme.send()
        assert (acme.states(), acme.causes(), acme.there()) == (["held"], [cause], [])
        acme.form(template="{{ order.number }}")
        acme.send()
        assert (acme.states(), acme.there()) == (["posted"], ["1001.txt"])

    def test_that_one_order_spoils_keeps_no_other(self, acme):
        acme.form(
            format="template",
            template="{{ 1 / order.lines|map(attribute='quantity')|sum - 0 }}{{ order.taxes[0].rate.x }}",
        )
        acme.form(template="{% if order.number == '1001' %}{{ order.oops }}{% endif %}{{ order.number }}")
        acme.order("1001")
        acme.order("1002")
        acme.send()
        assert (acme.states(), acme.there()) == (["held", "posted"], ["1002.txt"])


class TestARun:
    def test_is_one_numbered_file_of_all_that_is_due(self, acme):
        acme.sage(every="hourly", is_together=True, next_run_at=clock.now() + timedelta(minutes=5))
        for number in ("1001", "1002", "1003"):
            acme.order(number)
        acme.send()
        assert acme.there() == []
        FileFormat.objects.update(next_run_at=clock.now())
        acme.send()
        assert acme.there() == ["orders-000001.csv"]
        assert [row[5] for row in acme.rows("orders-000001.csv")] == ["1001", "1002", "1003"]
        acme.order("1004")
        acme.send()
        assert acme.there() == ["orders-000001.csv"]
        FileFormat.objects.update(next_run_at=clock.now())
        acme.send()
        assert acme.there() == ["orders-000001.csv", "orders-000002.csv"]

    def test_leaves_out_what_cannot_be_said_and_keeps_the_rest(self, acme):
        acme.form(format="json", every="daily", is_together=True)
        acme.order("1001")
        acme.order("1002", lines=[{"sku": "A", "quantity": 1}])
        FileFormat.objects.update(next_run_at=clock.now())
        acme.send()
        assert acme.states() == ["posted", "held"]
        assert '"number": "1001"' in (acme.root / "orders-000001.json").read_text()

    @pytest.mark.parametrize("step", ["claimed", "written", "confirmed", "renamed"])
    def test_holds_each_order_once_whatever_dies_when(self, acme, step):
        from daybook.connections import folders
        from daybook.ledgers.files import talks
        from daybook.outbox import confirmed, queue
        from daybook.wire.carrying import carry

        acme.form(format="xml", every="hourly", is_together=True)
        acme.order("1001")
        acme.order("1002")
        FileFormat.objects.update(next_run_at=clock.now())
        plan, access = FileFormat.objects.get(), FileAccess.objects.get()
        (claimed,) = files._claim(acme.connection, access, filing.prepared(acme.connection, plan))
        if step != "claimed":
            with folders.session(acme.connection, access) as session:
                assert queue.begin_sending(claimed.attempt, acme.connection.pk, clock.now())
                sent = talks.send(access.path, claimed.file.name, claimed.attempt.public_id, claimed.file.content)
                written = carry(sent, session.ask)
                if step != "written":
                    assert confirmed.keep(claimed.attempt, written)
                if step == "renamed":
                    carry(talks.publish(access.path, written), session.ask)
        # the worker is gone; another one gives its attempt up, looks, and goes on
        acme.look()
        Attempt.objects.update(ended_at=clock.now() - timedelta(hours=1))
        acme.look()
        acme.send()
        assert acme.states() == ["posted", "posted"]
        whole = [path for path in acme.root.iterdir() if path.suffix == ".xml"]
        assert len(whole) == 1
        assert [whole[0].read_text().count(f"<ref>{number}</ref>") for number in ("1001", "1002")] == [1, 1]


class TestAnFtpServer:
    @pytest.fixture(params=["ftp", "ftps"])
    def served(self, request, tmp_path, settings):
        settings.CALL_TIMEOUT_SECONDS = 1
        root = tmp_path / "ftp"
        root.mkdir()
        with ftp_server(root, certificate(tmp_path) if request.param == "ftps" else None) as server:
            company = Company.objects.create(name="Acme")
            connection = roster.add(company, ledger="files")
            said = FileAccess(
                connection=connection, place=request.param, host="localhost", port=server.port, username=USER, path="/"
            )
            said.password = PASSWORD
            reaching.save(connection, said)
            shown = reaching.check(connection)
            if request.param == "ftps":
                reaching.trust(connection, shown.fingerprint)
                assert reaching.check(connection) is None
            connection.refresh_from_db()
            yield Sender(company, connection, root), server

    def test_gets_each_order_once_though_the_answer_to_the_renaming_is_lost(self, served):
        acme, server = served
        server.switches.breaks_after_rename = True
        acme.order("1001")
        acme.send()
        acme.look()
        server.switches.breaks_after_rename = False
        acme.send()
        assert (acme.states(), acme.there()) == (["posted"], ["1001.xml"])

    def test_whose_reader_collects_at_once_gets_each_order_once(self, served):
        acme, server = served
        server.switches.reader = True
        acme.order("1001")
        acme.send()
        acme.send()
        assert (acme.states(), acme.there(), server.switches.collected) == (["posted"], [], ["1001.xml"])

    def test_that_is_full_keeps_no_half_file_and_is_told(self, served):
        acme, server = served
        server.switches.room = 10
        acme.order("1001")
        acme.send()
        assert acme.there() == []
        assert acme.pause()
        server.switches.room = None
        acme.look()
        acme.send()
        assert (acme.states(), acme.there()) == (["posted"], ["1001.xml"])

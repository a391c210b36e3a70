"""Taking one file in: kept first, then batch by batch; the same twice changes nothing; a crash neither loses nor doubles."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from daybook.companies import people
from daybook.companies.models import Membership
from daybook.feeds import roster
from daybook.feeds.incoming import FilePiece, IncomingFile
from daybook.feeds.models import Feed
from daybook.intake import file_taking, files_due, receive, replaying
from daybook.kit import clock
from daybook.ops.cli import importing_by_feed
from daybook.orders.models import Delivery, Notice, Order, Revision
from daybook.outbox.models import Entry
from daybook.sources.mapped import pieces
from daybook.sources.table import within
from daybook.web.reading import refused_rows
from tests.integration.files_in.conftest import GOOD, HEADINGS, MAPPING

pytestmark = pytest.mark.django_db


def rows(count: int, first: int = 1) -> bytes:
    lines = [HEADINGS] + [f"N{at},2026-11-20,MUG,{1 + at % 3},6.25,20" for at in range(first, first + count)]
    return "\n".join(lines).encode()


def taken(feed, content, name="orders.csv"):
    return file_taking.take_in(file_taking.keep(feed, name, content))


class TestAFile:
    def test_becomes_orders_and_documents_to_the_penny(self, feed):
        file = taken(feed, GOOD)

        assert (file.state, file.accepted, file.refused, file.done, file.total) == ("taken", 2, 0, 2, 2)
        assert {(each.number, str(each.net), str(each.tax)) for each in Entry.objects.all()} == {
            ("S-A1", "20.50", "2.50"),
            ("S-A2", "6.25", "1.25"),
        }
        assert {each.source for each in Order.objects.all()} == {"sheet"}
        feed.refresh_from_db()
        assert feed.last_received_at is not None  # its page would say that nothing came yet

    def test_is_imported_from_the_command_line_after_a_look_at_it(self, feed, tmp_path):
        path = tmp_path / "orders.csv"
        path.write_bytes(GOOD + b"A3,2026-11-21,MUG,two,6.25,20\n")
        seen = importing_by_feed.preview(feed, path)
        assert "2 orders, 0 messages, 1 refused" in seen.out[-1]
        assert not IncomingFile.objects.exists()

        told = importing_by_feed.take_in(feed, path)
        assert told.out == ("      2 taken in: new, or with new content", "      1 refused")
        assert told.wrong == seen.wrong
        assert told.wrong[0].startswith("row 5, column “Qty”: “two” is not a number.")
        assert Order.objects.count() == 2
        assert "nothing was changed" in importing_by_feed.take_in(feed, path).out[0]

    def test_is_corrected_cell_by_cell_where_it_was_refused(self, feed):
        file = taken(feed, GOOD + b'A3,2026-11-21,MUG,two,6.25,20\nA3,,"=1+1",1,-2.00,20\nA4,21/11,MUG,1,6.25,\xe920\n')
        first, second = refused_rows.open_of(file)
        assert [first.ref, second.ref] == ["A3", "A4"]
        cells = {each.input: each for part in refused_rows.parts_of(first) for each in part.cells}
        assert [name for name, each in cells.items() if each.is_wrong] == ["lines:0:lines.quantity"]
        as_shown = {name: each.text for name, each in cells.items()}
        assert refused_rows.corrected(first, as_shown) is None

        name, content = refused_rows.as_file(file)
        again = taken(feed, content, name)
        assert (again.state, again.refused, again.problems[0]["field"]) == ("refused", 2, "row 2, column “Qty”")
        replaying.put_aside(refused_rows.open_of(again)[0])

        corrected = refused_rows.corrected(first, {**as_shown, "lines:0:lines.quantity": "2"})
        done = replaying.replay(first, by=None, corrected=corrected)
        assert done.is_taken
        order = Order.objects.get(source_id="A3").current_revision.content
        assert [(each["sku"], each["quantity"]) for each in order["lines"]] == [("MUG", "2"), ("=1+1", "1")]
        assert list(refused_rows.open_of(file)) == [second]
        assert b"two" in bytes(Delivery.objects.get(pk=first.pk).raw)
        assert not replaying.replay(second, by=None).is_taken

    def test_whose_lines_stand_within_cells_gives_back_what_was_refused_of_it(self, feed):
        within = {
            f"lines.{field}": f"B → {name}" for field, name in (("sku", "s"), ("quantity", "q"), ("unit_price", "p"))
        }
        said = {**MAPPING.kept(), "header_row": 0, "columns": {"id": "A", **within}, "lines_in": "B"}
        roster.change_fields(feed, secrets={}, settings={"mapping": said})
        feed.refresh_from_db()
        file = taken(feed, b"A1,s:M|q:1|p:5\nA2,s:M|q:two|p:5\nA3,s:M|q:1|p:5;q:2\n")
        assert (file.accepted, file.refused) == (1, 2)
        wrong, doubtful = refused_rows.open_of(file)

        assert [each.ref for each in (wrong, doubtful)] == ["A2", "A3"]
        name, content = refused_rows.as_file(file)
        assert name.endswith(".jsonl")
        assert b"two" in content
        (cell,) = [each for part in refused_rows.parts_of(doubtful) for each in part.cells if each.is_long]
        assert (cell.input, cell.column, cell.is_wrong) == ("held:0:", "B", True)
        assert refused_rows.corrected(doubtful, {cell.input: cell.text}) is None
        assert not replaying.replay(doubtful, by=None).is_taken

        corrected = refused_rows.corrected(doubtful, {cell.input: "s:M|q:1|p:5\r\ns:P|q:2|p:4"})
        assert replaying.replay(doubtful, by=None, corrected=corrected).is_taken
        order = Order.objects.get(source_id="A3").current_revision.content
        assert [(each["sku"], each["quantity"]) for each in order["lines"]] == [("M", "1"), ("P", "2")]

    def test_with_lines_in_doubt_gives_back_a_file_that_is_mended_there(self, feed):
        within = {
            f"lines.{field}": f"L → {name}" for field, name in (("sku", "s"), ("quantity", "q"), ("unit_price", "p"))
        }
        said = {**MAPPING.kept(), "columns": {"id": "Id", **within}, "lines_in": "L"}
        roster.change_fields(feed, secrets={}, settings={"mapping": said})
        feed.refresh_from_db()
        file = taken(feed, b"Id,L\nA2,s:M|q:two|p:5\nA3,s:M|q:1|p:5;q:2\n")
        name, content = refused_rows.as_file(file)
        assert content.decode("utf-8-sig").splitlines()[0] == "Id,L → s,L → q,L → p,L,Not taken in because"

        again = taken(feed, content, name)
        assert (again.accepted, again.refused) == (0, 2)
        mended = content.replace(b"two", b"2").replace(b";q:2", b";s:P|q:2|p:4")
        assert taken(feed, mended, name).accepted == 2
        lines = {
            each.source_id: [(line["sku"], line["quantity"]) for line in each.current_revision.content["lines"]]
            for each in Order.objects.all()
        }
        assert lines == {"A2": [("M", "2")], "A3": [("M", "1"), ("P", "2")]}

    def test_that_comes_again_changes_nothing(self, feed):
        taken(feed, GOOD)
        again = taken(feed, GOOD, "other name.csv")

        assert (again.state, again.accepted, again.done) == ("same", 0, 0)
        assert (Order.objects.count(), Revision.objects.count(), Entry.objects.count()) == (2, 2, 2)

    def test_that_comes_again_after_a_newer_one_does_not_take_that_back(self, feed):
        taken(feed, GOOD)
        taken(feed, GOOD.replace(b"MUG,2", b"MUG,3"))
        taken(feed, GOOD)

        assert Order.objects.get(source_id="A1").current_revision.content["lines"][0]["quantity"] == "3"

    def test_is_read_anew_where_the_mapping_says_something_else_now(self, feed):
        taken(feed, GOOD)
        said = {**MAPPING.kept(), "constants": {"currency": "EUR"}}
        roster.change_fields(feed, secrets={}, settings={"mapping": said})
        feed.refresh_from_db()

        assert taken(feed, GOOD).accepted == 2

    def test_loses_no_good_order_to_a_bad_one(self, feed):
        file = taken(feed, GOOD + b"A3,2026-11-21,MUG,two,6.25,20\n")

        assert (file.state, file.accepted, file.refused) == ("taken", 2, 1)
        assert file.problems[0]["field"] == "row 5, column “Qty”"
        assert "two" in file.problems[0]["problem"]
        assert file.problems[0]["cure"]
        assert Delivery.objects.filter(result="refused", feed=feed).count() == 1

    @pytest.mark.parametrize(
        ("content", "place"),
        [
            (b'Order,Date,SKU,Qty,Price,VAT\nA1,2026-11-20,"MUG,2,6.25,20\nA2,2026-11-20,MUG,1,6.25,20\n', "row "),
            (b"Order,Date,SKU,Qty,Price,VAT\nA1,2026-11-20,MUG,2,6.25,20\n,,Total,,12.50,\n", "row 3, column “Order”"),
            (b"Order,Date,SKU,Qty,Price,VAT\nA1,2026-11-20,MUG,2,6,25,20\n", "row 2"),
            (b"Order,Date,SKU,Amount,Price,VAT\nA1,2026-11-20,MUG,2,6.25,20\n", "row 1"),
            (b"\x89PNG\r\n\x1a\n\x00\x00", "row 1"),
        ],
    )
    def test_whose_form_is_broken_lets_nothing_in(self, feed, content, place):
        file = taken(feed, content)

        assert file.state == "refused"
        assert file.problems[0]["field"].startswith(place)
        assert file.problems[0]["cure"]
        assert Order.objects.count() == 0

    def test_over_which_daybook_stumbles_does_not_stand_in_the_way_for_ever(self, feed):
        file = file_taking.keep(feed, "orders.csv", GOOD)
        IncomingFile.objects.update(attempts=file_taking.MOST_ATTEMPTS)

        assert file_taking.take_in(file).state == "refused"
        assert Order.objects.count() == 0

    def test_of_a_closed_feed_waits(self, feed):
        file = file_taking.keep(feed, "orders.csv", GOOD)
        roster.close(feed)

        assert file_taking.take_in(file).state == "kept"
        assert Order.objects.count() == 0

    def test_gives_back_its_bytes_until_they_are_forgotten(self, feed, monkeypatch):
        monkeypatch.setattr("daybook.intake.file_taking.PIECE", 50)
        file = taken(feed, GOOD)
        assert FilePiece.objects.count() > 1
        assert file_taking.bytes_of(file) == GOOD

        files_due.forget_bytes(clock.now(), timedelta(0))
        assert file_taking.bytes_of(file) == b""
        assert IncomingFile.objects.get().accepted == 2


class TestAWorkerThatDies:
    def test_leaves_what_is_committed_and_the_next_goes_on_behind_it(self, feed):
        """At each batch: its transaction is broken off, as a killed process breaks it off."""
        content = rows(250)
        file = file_taking.keep(feed, "orders.csv", content)
        for most in (0, 1, 0):
            with pytest.raises(KeyboardInterrupt), Stops(most).after_batches():
                file_taking.take_in(file)
            IncomingFile.objects.update(attempts=0)

        assert file_taking.take_in(file).state == "taken"
        assert Order.objects.count() == Revision.objects.count() == Entry.objects.count() == 250
        assert Delivery.objects.filter(request=file.public_id).count() == 250
        positions = Delivery.objects.values_list("position", flat=True)
        assert sorted(positions) == list(range(250))


class Stops:
    """Breaks off in the statement that notes how far a batch is, after so many batches."""

    def __init__(self, after: int) -> None:
        self.left = after

    def after_batches(self):
        from django.db import connection

        return connection.execute_wrapper(self)

    def __call__(self, execute, sql, params, many, context):
        if sql.startswith('UPDATE "feeds_incomingfile"') and '"done"' in sql:
            if self.left == 0:
                raise KeyboardInterrupt
            self.left -= 1
        return execute(sql, params, many, context)


class TestFilesOfKornitX:
    ORDER = (
        b"<orders><order><id>77</id><ref>R77</ref><currency_code>GBP</currency_code><sale_datetime>TODAY</sale_datetime>"
        b"<items><item><id>9001</id>"
        b"<sku>MUG</sku><quantity>2</quantity><unit_sale_price>6.25</unit_sale_price><sale_vat_rate>0.2</sale_vat_rate>"
        b"</item></items></order></orders>"
    ).replace(b"TODAY", f"{clock.now():%Y-%m-%d}".encode())
    CANCELLATION = (
        b'<c:cancellation xmlns:c="u"><c:items><ci:item xmlns:ci="v"><ci:order_item_id>9001</ci:order_item_id></ci:item>'
        b"</c:items></c:cancellation>"
    )

    @pytest.fixture
    def kornitx(self, cast):
        from daybook.sources.registry import SOURCES

        return roster.own(cast.company, SOURCES["kornitx"])

    def test_an_order_without_a_status_is_a_dispatched_one(self, kornitx):
        assert taken(kornitx, self.ORDER, "77.xml").accepted == 1
        assert Entry.objects.get().number == "R77"

    def test_an_order_that_is_refused_is_corrected_in_the_inbox(self, kornitx):
        wrong = self.ORDER.replace(b"<quantity>2<", b"<quantity>two<")
        assert taken(kornitx, wrong, "77.xml").refused == 1
        kept = Delivery.objects.get()
        assert (kept.ref, "quantity" in kept.problems[0]["field"]) == ("R77", True)
        said = json.loads(replaying.piece_of(kept))
        still = replaying.replay(kept, by=None)
        assert still.problems
        said["items"][0]["quantity"] = "2"
        assert replaying.replay(kept, by=None, corrected=json.dumps(said).encode()).is_taken
        assert (Entry.objects.get().number, Order.objects.get().source_id) == ("R77", "77")

    def test_a_shipment_that_is_refused_is_corrected_in_the_inbox(self, kornitx):
        taken(kornitx, self.ORDER, "77.xml")
        told = b"shipment.correlation,shipment_item.order_item_id,shipment_item.quantity\n77,9001,many\n"
        assert taken(kornitx, told, "s.csv").refused == 1
        kept = Delivery.objects.get(result="refused")
        corrected = replaying.piece_of(kept).replace(b"many", b"2")
        assert replaying.replay(kept, by=None, corrected=corrected).is_taken
        assert Notice.objects.get().order.source_id == "77"

    def test_an_item_that_is_cancelled_is_found_by_its_id_and_all_of_it_is_meant(self, kornitx):
        taken(kornitx, self.ORDER, "77.xml")
        assert taken(kornitx, self.CANCELLATION, "c.xml").accepted == 1

        assert Notice.objects.get().content == {"cancellations": [{"lines": [{"line": "9001", "quantity": "2"}]}]}
        assert taken(kornitx, self.CANCELLATION, "again.xml").state == "same"
        assert Notice.objects.count() == 1

    def test_an_item_that_no_order_has_is_refused_with_its_cure(self, kornitx):
        file = taken(kornitx, self.CANCELLATION, "c.xml")
        assert (file.state, file.refused) == ("refused", 1)
        assert "9001" in file.problems[0]["problem"]

    def test_a_cancelled_row_adds_up_once_however_often_the_worker_dies(self, kornitx):
        taken(kornitx, self.ORDER, "77.xml")
        told = b"cancellation.correlation,cancellation_item.order_item_id,cancellation_item.quantity\n77,9001,1\n77x,9001,1\n"
        file = file_taking.keep(kornitx, "c.csv", told)
        for most in range(2):
            with pytest.raises(KeyboardInterrupt), Stops(most).after_batches():
                file_taking.take_in(file)
        file_taking.take_in(file)

        assert Notice.objects.filter(order__source_id="77").count() == 1


def test_taking_a_batch_of_a_file_costs_as_many_statements_as_receiving_it(feed, django_assert_max_num_queries):
    content = rows(receive.BATCH)
    file = file_taking.keep(feed, "orders.csv", content)
    with django_assert_max_num_queries(60):
        file_taking.take_in(file)


class TestNewsInAFile:
    """Of what stands in a file nothing but its own row is kept beside the file."""

    def test_that_come_before_their_order_are_taken_in_once_it_comes(self, feed):
        Feed.objects.filter(pk=feed.pk).update(brings=Feed.Brings.NEWS)
        feed.refresh_from_db()
        taken(feed, GOOD)
        assert set(Delivery.objects.values_list("result", "ref")) == {("waiting", "A1"), ("waiting", "A2")}
        line = {"id": "1", "sku": "MUG", "quantity": 1, "unit_price": "6.25", "tax_rate": "0.2"}
        receive.receive(feed.company, {"source": "shop", "id": "9", "number": "A2", "currency": "GBP", "lines": [line]})
        assert replaying.take_waiting() == 1
        assert Notice.objects.get().order.ref == "A2"
        assert Order.objects.count() == 1
        assert list(Delivery.objects.filter(settled_at=None, result="waiting").values_list("ref", flat=True)) == ["A1"]


class TestACorrectionOnThePage:
    """What a person typed is in its place, or stands before them still."""

    def test_that_is_too_large_stands_on_the_page_that_says_so(self, feed, owner):
        first = in_doubt(feed)
        text = f"s:M|q:1|p:5;q:2;n:{'你' * 400_000}"
        answer = send(owner, first, {"held:0:": text})
        assert answer.status_code == 422
        assert text in answer.content.decode()

    def test_that_is_long_and_refused_again_is_kept_whole(self, feed, owner):
        first = in_doubt(feed)
        text = f"s:M|q:1|p:5;q:2;n:{'x' * within.LARGEST}"
        assert send(owner, first, {"held:0:": text}).status_code == 422
        kept = Delivery.objects.get(result="refused", settled_at=None)
        assert pieces.load(bytes(kept.raw)).held[0].cell == text
        assert send(owner, kept, {"held:0:": "s:M|q:1|p:5"}).status_code == 302
        assert Order.objects.get().source_id == "A3"

    def test_of_an_order_of_very_many_cells_is_taken(self, feed, owner):
        lines = [f"A1,2026-11-20,MUG,{at},6.25,20" for at in ["two", *range(1, 200)]]
        taken(feed, "\n".join([HEADINGS, *lines]).encode())
        row = Delivery.objects.get()
        cells = {each.input: each.text for part in refused_rows.parts_of(row) for each in part.cells}
        assert len(cells) > 1_000
        assert send(owner, row, cells | {"lines:0:lines.quantity": "2"}).status_code == 302
        assert Order.objects.get().source_id == "A1"


@pytest.fixture
def owner(feed, client):
    person = people.add_person("ann@example.com", password="mill pond lantern 7")
    people.join(feed.company, person, Membership.Role.OWNER)
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def in_doubt(feed) -> Delivery:
    """A refused order whose cell of lines cannot be told apart."""
    inner = {f"lines.{field}": f"L → {name}" for field, name in (("sku", "s"), ("quantity", "q"), ("unit_price", "p"))}
    said = {**MAPPING.kept(), "columns": {"id": "Id", **inner}, "lines_in": "L"}
    roster.change_fields(feed, secrets={}, settings={"mapping": said})
    feed.refresh_from_db()
    taken(feed, b"Id,L\nA3,s:M|q:1|p:5;q:2\n")
    return Delivery.objects.get()


def send(client, row, cells):
    return client.post(reverse("web:delivery-replay", args=[row.company.public_id, row.pk]), cells)

"""The pages of files in: what is looked at before it is taken in, what is refused in words, and no way to a 500."""

import io
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from daybook.feeds import opening, places, roster
from daybook.feeds.incoming import IncomingFile, WatchedPlace
from daybook.feeds.models import Feed
from daybook.intake import collecting, file_taking, files_due
from daybook.intake.door import judge
from daybook.orders.models import Order
from tests.integration.files_in.conftest import GOOD, MAPPING
from tests.sftp_server import sftp_server

pytestmark = [pytest.mark.django_db, pytest.mark.drawn]


@pytest.fixture
def sheet(acme):
    made = opening.add(acme.company, "table", "sheet", "S-")
    roster.change_fields(made, secrets={}, settings={"mapping": MAPPING.kept()})
    made.refresh_from_db()
    return made


@pytest.fixture
def at(acme):
    return lambda name, *named: reverse(f"web:{name}", args=[acme.company.public_id, *named])


@pytest.fixture
def client(logged_in):
    return logged_in("accountant")


@pytest.fixture
def upload(client, at):
    def make(feed, content, name="orders.csv"):
        given = {"feed": feed.public_id, "file": SimpleUploadedFile(name, content)}
        return client.post(at("filesin-upload"), given, follow=True)

    return make


class TestAnUpload:
    def test_takes_nothing_in_before_somebody_says_so(self, upload, sheet, at, client):
        page = " ".join(upload(sheet, GOOD).content.decode().split())
        assert "2 orders" in page
        assert "2 x MUG: 6.25 without tax, 20 % tax" in page
        assert Order.objects.count() == 0

        file = IncomingFile.objects.get()
        client.post(at("filesin-take", file.public_id))
        files_due.take(file.pk)
        assert Order.objects.count() == 2
        assert "Taken in" in client.get(at("filesin-file", file.public_id)).content.decode()
        client.post(at("filesin-take", file.public_id))  # pressed twice
        files_due.take(file.pk)
        assert IncomingFile.objects.get().accepted == 2

    def test_shows_what_the_file_says_that_each_order_comes_to(self, upload, acme):
        body = (
            b"order_id,item_sku,item_quantity,item_total,item_total_tax,tax_total,order_total\n"
            b"A1,MUG,2,15.00,3.00,4.50,27.00\nA1,POS,1,7.50,1.50,4.50,27.00\n"
        )
        page = " ".join(upload(opening.add(acme.company, "table", "shop", "S-"), body).content.decode().split())
        assert "2 x MUG: 7.50 without tax, tax 3.00" in page
        assert "<span>27.00, tax 4.50</span>" in page

    def test_of_amounts_whose_currency_nobody_has_said_names_the_one_they_would_be(self, upload, acme):
        feed = opening.add(acme.company, "table", "auctions", "A-")
        dollars = b"Order Number,Sale Date,Quantity,Sold For,Item Title\n1,Nov-02-26,1,$10.00,Shirt\n"
        page = " ".join(upload(feed, dollars).content.decode().split())
        assert "Orders here name no currency: their amounts would be GBP." in page
        page = upload(feed, dollars.replace(b"Item Title", b"Currency").replace(b"Shirt", b"USD")).content.decode()
        assert "name no currency" not in page

    def test_says_of_each_order_that_its_lines_do_not_come_to_its_own_total(self, upload, acme):
        body = (
            b"order_id,item_sku,item_quantity,item_total,item_total_tax,tax_total,order_total\n"
            b"A1,MUG,2,15.00,3.00,3.00,18.00\nA2,MUG,2,15.00,3.00,3.00,19.50\n"
        )
        page = " ".join(upload(opening.add(acme.company, "table", "shop", "S-"), body).content.decode().split())
        assert page.count("Would be held") == 1
        assert "3.00 tax, 19.50 gross, but its lines come to 15.00 net + 3.00 tax = 18.00 gross" in page
        assert "1.50 more with tax" in page

    def test_says_what_could_not_be_guessed(self, upload, acme):
        body = b"ID,Purchase Date,Grand Total (Base)\n000000123,2026-11-02,31.80\n"
        page = upload(opening.add(acme.company, "table", "shop", "S-"), body).content.decode()
        assert "No column is chosen for the price." in page
        assert "Nobody has said how many." in page
        assert "No column is chosen for the order" not in page

    def test_that_was_taken_in_before_says_so(self, upload, sheet, at, client):
        file_taking.take_in(file_taking.keep(sheet, "before.csv", GOOD))
        assert "known already" in upload(sheet, GOOD).content.decode()
        file = IncomingFile.objects.get(state="shown")
        page = client.post(at("filesin-take", file.public_id), follow=True).content.decode()
        assert "The same file was taken in before" in page

    def test_that_is_put_aside_is_not_taken_in(self, upload, sheet, at, client):
        upload(sheet, GOOD)
        file = IncomingFile.objects.get()
        client.post(at("filesin-aside", file.public_id))
        client.post(at("filesin-take", file.public_id))
        assert IncomingFile.objects.get().state == "aside"

    @pytest.mark.parametrize(
        "content",
        [
            b"\x00" * 4000,
            b"PK\x03\x04junk",
            b"\xd0\xcf\x11\xe0old",
            b'a,"b\n',
            b"\xff\xfea",
            b"<xml/>",
            b"x" * 300_000,
            b"\n",
        ],
    )
    @pytest.mark.parametrize("source", ["table", "xml", "jsonfile"])
    def test_of_anything_is_answered_with_a_page(self, upload, acme, content, source):
        feed = opening.add(acme.company, source, f"any-{source}", f"{source}-")
        answer = upload(feed, content)
        assert answer.status_code == 200
        assert Order.objects.count() == 0

    def test_may_be_called_anything(self, upload, sheet, at, logged_in):
        upload(sheet, GOOD, name='..\\..\\a"\r\nb\u2028;.csv')
        file = IncomingFile.objects.get()
        answer = logged_in("viewer").get(at("filesin-original", file.public_id))
        assert answer.content == GOOD
        assert answer["Content-Disposition"].isprintable()

    def test_of_another_companys_feed_is_refused(self, client, at, birch):
        theirs = opening.add(birch.company, "table", "sheet", "B-")
        given = {"feed": theirs.public_id, "file": io.BytesIO(GOOD)}
        assert client.post(at("filesin-upload"), given).status_code == 422
        assert IncomingFile.objects.count() == 0

    def test_of_more_than_ten_megabytes_is_kept_whole(self, upload, sheet):
        large = GOOD + b"".join(b"B%d,2026-11-21,MUG,1,6.25,20\n" % at for at in range(400_000))
        assert len(large) > 11 * 1024 * 1024
        assert "B1" in upload(sheet, large).content.decode()
        assert IncomingFile.objects.get().size == len(large)

    def test_may_be_large_where_orders_are_uploaded_only(self):
        logged_in_as = {"COOKIE": f"sessionid={'a' * 32}", "CONTENT_TYPE": "multipart/form-data; boundary=x"}
        thirty = 30 * 1024 * 1024
        assert judge("POST", "/c/abc/files/upload/", logged_in_as, thirty)
        assert judge("POST", "/c/abc/costs/upload/", logged_in_as, thirty) is None
        assert judge("POST", "/c/abc/files/upload/", {}, thirty) is None


class TestColumns:
    def test_are_shown_with_what_they_make_before_they_are_kept(self, upload, acme, at, client):
        feed = opening.add(acme.company, "table", "fresh", "F-")
        page = upload(feed, GOOD).content.decode()
        assert "Match the columns of this feed, once" in page
        file = IncomingFile.objects.get()
        said = self.said()

        shown = client.post(at("filesin-columns", file.public_id), said | {"show": "1"})
        assert "2 x MUG" in shown.content.decode()
        feed.refresh_from_db()
        assert "mapping" not in feed.settings
        client.post(at("filesin-columns", file.public_id), said | {"keep": "1"})
        feed.refresh_from_db()
        assert feed.settings["mapping"]["columns"]["lines.unit_price"] == "Price"

    @pytest.mark.parametrize(
        "wrong",
        [
            {"column:id": ""},
            {"column:lines.unit_price": ""},
            {"column:lines.sku": "no such column"},
            {"dates": "xyz"},
            {"header_row": "99"},
            {"header_row": "7"},
            {"delimiter": "x"},
            {"encoding": "klingon"},
            {"sheet": "\x00"},
            {"column:id": "\udc80"},
        ],
    )
    def test_that_lack_something_are_not_kept(self, upload, acme, at, client, wrong):
        feed = opening.add(acme.company, "table", "fresh", "F-")
        upload(feed, GOOD)
        said = self.said() | wrong | {"keep": "1"}
        said = {name: text.encode("utf-8", "replace").decode() for name, text in said.items()}
        answer = client.post(at("filesin-columns", IncomingFile.objects.get().public_id), said)
        assert answer.status_code == 422
        feed.refresh_from_db()
        assert "mapping" not in feed.settings

    def said(self):
        columns = {f"column:{name}": column for name, column in MAPPING.columns.items()}
        habits = {"decimal": ".", "dates": "ymd", "rates": "percent", "encoding": "utf-8", "delimiter": ","}
        return {**columns, **habits, "always:currency": "GBP", "header_row": "1", "several_rows": "on"}


class TestNewsInFiles:
    @pytest.fixture
    def news(self, acme, client, at):
        said = {"source": "jsonfile", "name": "oms", "number_prefix": "", "brings": "news"}
        client.post(at("filesin-add"), said)
        return Feed.objects.get(company=acme.company, name="oms")

    def test_are_said_to_be_of_other_feeds_orders_before_they_are_taken_in(self, upload, sheet, news, at, client):
        file_taking.take_in(file_taking.keep(sheet, "sales.csv", GOOD))
        told = (
            b'{"id": "1", "number": "A2", "cancelled": true, "lines": [{"sku": "MUG", "quantity": 1}]}\n'
            b'{"id": "2", "number": "A1", "dispatched": true, "lines": []}\n'
            b'{"id": "3", "number": "A9", "dispatched": true, "lines": []}\n'
        )
        page = " ".join(upload(news, told, "news.jsonl").content.decode().split())
        assert ("news about A2" in page, "news about A1" in page, page.count("Would wait")) == (True, True, 2)
        assert "It is about 0 of the 3 things of order A1, and does not say which. Name each line that is meant" in page
        assert "No order of another feed has this number" in page
        assert Order.objects.count() == 2

        file = IncomingFile.objects.get(feed=news)
        client.post(at("filesin-take", file.public_id))
        files_due.take(file.pk)
        page = client.get(at("filesin-file", file.public_id)).content.decode()
        assert f"{at('inbox')}?file={file.public_id}" in page
        assert Order.objects.count() == 2


class TestAPlace:
    def test_on_a_server_is_tested_and_its_key_confirmed(self, client, sheet, at, tmp_path, settings):
        settings.FEEDS_REACH_NEIGHBOURS = True
        page = at("filesin-feed", sheet.public_id)
        with sftp_server(tmp_path) as server:
            said = {"kind": "sftp", "host": "127.0.0.1", "port": server.port, "username": "daybook", "path": "/"}
            assert (
                "Saved. Press Test." in client.post(page, said | {"afterwards": "move"}, follow=True).content.decode()
            )
            assert "Is this your server?" in self.found_at(client, sheet, at)
            shown = places.fingerprint_of(WatchedPlace.objects.get().shown_key)
            answer = client.post(at("filesin-trust", sheet.public_id), {"fingerprint": "SHA256:other"}, follow=True)
            assert "another key by now" in answer.content.decode()
            answer = client.post(at("filesin-trust", sheet.public_id), {"fingerprint": shown}, follow=True)
            assert "does not let Daybook in" in answer.content.decode()
            sheet.refresh_from_db()
            server.authorized.append(places.of(sheet).public_key.split()[1])
            assert "can be listed" in self.found_at(client, sheet, at)
            server.change_host_key()
            changed = self.found_at(client, sheet, at)
            assert "Another server answers than the one that was confirmed" in changed
            assert "then press This is our server" not in changed
            assert "PRIVATE" not in client.get(page).content.decode()

    @pytest.mark.long(14)
    def test_on_a_server_that_hangs_is_told_to_the_person_soon(self, client, sheet, at, tmp_path, settings):
        settings.FEEDS_REACH_NEIGHBOURS = True
        with sftp_server(tmp_path) as server:
            said = {"kind": "sftp", "host": "127.0.0.1", "port": server.port, "username": "daybook", "path": "/"}
            place = places.save(sheet, places.tidied(said))
            server.authorized.append(place.public_key.split()[1])
            collecting.test(sheet)
            places.confirm(sheet, places.fingerprint_of(WatchedPlace.objects.get().shown_key))
            server.switches.hangs_in = "scandir"
            before = time.monotonic()
            assert "No answer in time" in self.found_at(client, sheet, at)
            assert places.TEST_SECONDS <= time.monotonic() - before < 2 * places.TEST_SECONDS
            server.reset()

    def found_at(self, client, sheet, at):
        return client.post(at("filesin-test", sheet.public_id), follow=True).content.decode()

    @pytest.mark.parametrize(
        "wrong",
        [
            {"kind": "folder", "path": "/etc"},
            {"kind": "sftp", "path": "/x", "username": "u"},
            {"kind": "sftp", "path": "x", "host": "h", "username": "u"},
            {"kind": "ftp", "path": "/../x", "host": "h", "username": "u"},
            {"kind": "carrier pigeon"},
            {"kind": "sftp", "path": "/x", "host": "h", "username": "u", "port": "99999"},
            {"kind": "sftp", "path": "/x", "host": "h", "username": "u", "marker": "a/b"},
            {"kind": "sftp", "path": "/x\n", "host": "h\r\n", "username": "u\x00v"},
        ],
    )
    def test_that_cannot_be_is_refused_at_its_field(self, client, sheet, at, wrong, settings, tmp_path):
        settings.FILES_ROOT = str(tmp_path)
        answer = client.post(at("filesin-feed", sheet.public_id), wrong)
        assert answer.status_code == 422
        assert WatchedPlace.objects.count() == 0

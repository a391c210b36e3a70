"""A connection of order files on the pages: made, said, checked, trusted; what came of an order is shown there."""

from html import unescape

import pytest
from django.urls import reverse

from daybook.connections import calls, reaching, roster
from daybook.connections.models import Connection
from daybook.connections.places import FileAccess
from daybook.documents.kinds import Kind
from daybook.feeds.models import Feed
from daybook.outbox.models import Entry
from daybook.posting import drain
from daybook.wire.http import HttpClient
from tests.integration.posting.test_files import come
from tests.sftp_server import USER, sftp_server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drawn]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with sftp_server(tmp_path_factory.mktemp("sftp")) as running:
        yield running


def said_of(server, **changes):
    place = {"place": "server", "host": "127.0.0.1", "port": server.port, "username": USER, "path": "/"}
    return {**place, "post_when": "dispatched", "number_prefix": "", "order_time_zone": "", "start_date": "", **changes}


@pytest.fixture
def company(acme):
    return acme.company


@pytest.fixture
def browser(logged_in):
    return logged_in("accountant")


def test_a_person_connects_a_folder_on_a_server_and_sees_what_was_sent(company, browser, server):
    browser.post(reverse("web:connection-add", args=[company.public_id]), {"ledger": "files"})
    row = Connection.objects.get(company=company, ledger="files")

    def press(name: str, **fields: object):
        return browser.post(reverse(f"web:{name}", args=[company.public_id, row.public_id]), fields, follow=True)

    refused = press("files-save", **said_of(server, path="relative", host=""))
    assert refused.status_code == 422
    assert "begins with /" in refused.content.decode()
    page = press("files-save", **said_of(server))
    access = FileAccess.objects.get(connection=row)
    assert access.public_key in page.content.decode()
    assert "PRIVATE KEY" not in page.content.decode()
    server.authorized.append(access.public_key.split()[1])
    page = press("files-check")
    assert "Is this your server?" in page.content.decode()
    assert not Connection.objects.get(pk=row.pk).is_connected
    shown = page.context["shown_key"]
    assert "compare again" in press("files-trust", fingerprint="SHA256:wrong").content.decode()
    page = press("files-trust", fingerprint=shown)
    assert Connection.objects.get(pk=row.pk).is_connected
    come(company)
    drain.drain(row.pk, HttpClient(10))
    entry = Entry.objects.get(kind=Kind.ORDER_FILE)
    page = browser.get(reverse("web:document", args=[company.public_id, entry.public_id]))
    assert "Send again" in page.content.decode()
    assert "Look in Xero now" not in page.content.decode()
    assert "order file" in browser.get(reverse("web:documents", args=[company.public_id])).content.decode().lower()
    browser.post(reverse("web:document-again", args=[company.public_id, entry.public_id]))
    assert Entry.objects.filter(kind=Kind.ORDER_FILE).count() == 2
    for name in ("overview", "orders"):
        assert browser.get(reverse(f"web:{name}", args=[company.public_id])).status_code == 200
    page = press("files-disconnect")
    assert not Connection.objects.get(pk=row.pk).is_connected


def test_nobody_adds_a_way_to_a_ledger_that_daybook_does_not_know(company, browser):
    page = browser.post(reverse("web:connection-add", args=[company.public_id]), {"ledger": "sage"}, follow=True)
    assert "Nothing was added" in page.content.decode()
    assert not Connection.objects.filter(ledger="sage").exists()


@pytest.fixture
def files(company, browser):
    browser.post(reverse("web:connection-add", args=[company.public_id]), {"ledger": "files"})
    return Connection.objects.get(company=company, ledger="files")


@pytest.fixture
def files_only(company, files):
    """The connection of a company that has no other one any more."""
    first = roster.first(company)
    calls.disconnect(first)
    assert roster.close(first, by=None)
    return files


OF_CONSENT = ("connection-app", "connection-choose", "connection-disconnect", "connection-read-again", "settings-save")
OF_FOLDERS = ("files-save", "files-check", "files-trust", "files-disconnect")


@pytest.mark.parametrize("name", OF_CONSENT)
def test_order_files_have_no_address_of_what_only_a_consent_gives(company, browser, files, name):
    sent = {"client_id": "A" * 32, "client_secret": "s" * 48, "then": "consent", "tenant": "1", "contact_name": "Acme"}
    answer = browser.post(reverse(f"web:{name}", args=[company.public_id, files.public_id]), sent)
    assert answer.status_code == 404
    kept = Connection.objects.get(pk=files.pk)
    assert (kept.client_id, roster.posting_of(kept).contact_name) == ("", "")


@pytest.mark.parametrize("name", ["connection-disconnect", "settings-example"])
def test_order_files_have_no_page_of_it_either(company, browser, files, name):
    assert browser.get(reverse(f"web:{name}", args=[company.public_id, files.public_id])).status_code == 404


@pytest.mark.parametrize("name", OF_FOLDERS)
def test_a_connection_by_consent_has_no_address_of_folders(company, browser, acme, name):
    answer = browser.post(reverse(f"web:{name}", args=[company.public_id, acme.connection.public_id]), {"path": "/"})
    assert answer.status_code == 404
    assert Connection.objects.get(pk=acme.connection.pk).is_connected
    assert not FileAccess.objects.filter(connection=acme.connection).exists()


def test_a_pause_of_order_files_ends_because_a_person_asks(company, browser, files):
    address = reverse("web:connection-resume", args=[company.public_id, files.public_id])
    assert "The pause is over" in browser.post(address, follow=True).content.decode()


def test_looking_at_all_says_that_a_folder_tells_nothing(company, browser, files_only):
    page = browser.post(reverse("web:look", args=[company.public_id]), follow=True).content.decode()
    assert "A folder tells nothing of what was collected" in page


def test_a_closed_one_is_opened_again_and_says_how_to_connect_it(company, browser, files):
    address = reverse("web:connection-close", args=[company.public_id, files.public_id])
    assert "is closed" in browser.post(address, follow=True).content.decode()
    opened = browser.post(
        reverse("web:connection-reopen", args=[company.public_id, files.public_id]), follow=True
    ).content.decode()
    assert "Press Check to connect it" in opened
    assert "Get Access Token" not in opened


PAGES = ("overview", "orders", "documents", "connection", "costs", "keys", "people", "banner")


@pytest.mark.parametrize("name", PAGES)
def test_no_page_of_a_company_of_order_files_names_a_ledger_that_it_has_not(company, logged_in, files_only, name):
    come(company)
    page = logged_in("owner").get(reverse(f"web:{name}", args=[company.public_id]))
    assert page.status_code == 200
    shown = page.content.decode()
    assert [line.strip() for line in shown.splitlines() if "xero" in line.lower()] == []


def reach(row: Connection, server) -> None:
    place = FileAccess(connection=row, place="server", host="127.0.0.1", port=server.port, username=USER, path="/")
    server.authorized.append(reaching.save(row, place).public_key.split()[1])
    reaching.trust(row, reaching.check(row).fingerprint)
    assert reaching.check(row) is None


def test_nor_does_the_page_of_its_order_and_of_its_document(company, browser, files_only, server):
    reach(files_only, server)
    come(company)
    entry = Entry.objects.get(kind=Kind.ORDER_FILE)
    order = reverse("web:order", args=[company.public_id, entry.order.public_id])
    for address in (order, reverse("web:document", args=[company.public_id, entry.public_id])):
        page = browser.get(address)
        assert page.status_code == 200
        shown = page.content.decode()
        assert [line.strip() for line in shown.splitlines() if "xero" in line.lower()] == []


def test_the_banner_leads_to_where_another_host_key_is_confirmed(company, browser, files, server):
    reach(files, server)
    come(company)
    before = server.host_key
    server.change_host_key()
    drain.drain(files.pk, HttpClient(10))
    place = reverse("web:connection", args=[company.public_id, files.public_id])
    shown = browser.get(reverse("web:overview", args=[company.public_id])).content.decode()
    assert "The server shows another key than the confirmed one. Nothing was shown or sent to it." in shown
    assert f'href="{place}#check">Compare the keys</a>' in shown
    page = browser.get(place).content.decode()
    assert '<section class="db-card" id="check">' in page
    assert before.split()[1] in FileAccess.objects.get(connection=files).host_key


def test_the_banner_leads_to_our_key_where_the_server_does_not_let_it_in(company, browser, files, server):
    reach(files, server)
    come(company)
    server.authorized.clear()
    drain.drain(files.pk, HttpClient(10))
    place = reverse("web:connection", args=[company.public_id, files.public_id])
    shown = browser.get(reverse("web:overview", args=[company.public_id])).content.decode()
    assert "The server does not let Daybook in: put the public key" in shown
    assert f'href="{place}#check">See the key and the folder</a>' in shown


def test_the_page_of_a_file_says_once_that_it_is_there(company, browser, files_only, server):
    server.reset()
    reach(files_only, server)
    come(company)
    drain.drain(files_only.pk, HttpClient(10))
    entry = Entry.objects.get(kind=Kind.ORDER_FILE, state="posted")
    shown = browser.get(reverse("web:document", args=[company.public_id, entry.public_id])).content.decode()
    assert shown.lower().count("it is there under its name") == 1


TROUBLES = [
    ({"hangs_in": "scandir"}, "The folder could not be reached"),
    ({"room": 0}, "The disk or quota there is full"),
    ({"read_only": True}, "it must be there, and Daybook must be let write to it"),
    ({"breaks_in": "write"}, "The folder gave no clear answer"),
]


@pytest.mark.parametrize(("trouble", "words"), TROUBLES)
def test_every_page_says_what_is_wrong_with_the_folder(company, browser, files, server, settings, trouble, words):
    server.reset()
    settings.CALL_TIMEOUT_SECONDS = 0.5
    reach(files, server)
    come(company)
    server.switches.__dict__.update(trouble)
    drain.drain(files.pk, HttpClient(10))
    server.reset()
    shown = " ".join(browser.get(reverse("web:overview", args=[company.public_id])).content.decode().split())
    assert "Nothing is sent to Order files for the moment" in shown
    assert words in shown
    assert "What waits then goes by itself." in shown


def test_a_file_of_our_name_that_stands_there_already_is_left_and_said_on_the_document_s_page(
    company, browser, files, server
):
    server.reset()
    reach(files, server)
    come(company)
    (server.root / "7001.xml").write_bytes(b"theirs")
    drain.drain(files.pk, HttpClient(10))
    entry = Entry.objects.get(kind=Kind.ORDER_FILE)
    page = browser.get(reverse("web:document", args=[company.public_id, entry.public_id]))
    explanation = page.context["explanation"].words
    assert "7001.xml" in f"{explanation.title} {explanation.why}"
    assert explanation.cure in unescape(page.content.decode())
    assert (server.root / "7001.xml").read_bytes() == b"theirs"


def test_a_folder_that_another_company_has_is_refused_on_the_page(company, browser, files, birch, server):
    server.reset()
    reach(roster.add(birch.company, ledger="files"), server)
    place = {"connection": files, "place": "server", "host": "127.0.0.1", "port": server.port, "username": USER}
    server.authorized.append(reaching.save(files, FileAccess(path="/", **place)).public_key.split()[1])
    reaching.trust(files, reaching.check(files).fingerprint)
    address = reverse("web:files-check", args=[company.public_id, files.public_id])
    shown = unescape(browser.post(address, follow=True).content.decode())
    assert reaching.TAKEN in shown
    assert birch.company.public_id not in shown
    assert not Connection.objects.get(pk=files.pk).is_connected


def test_a_template_that_makes_no_file_is_kept_and_says_so_at_once(company, browser, files):
    come(company)
    Feed.objects.filter(company=company).update(number_prefix="F-")
    address = reverse("web:files-looks", args=[company.public_id, files.public_id])
    said = {"format": "template", "ending": ".txt", "every": "at_once", "run_at": "06:00"}
    said |= {"template": "{% for order in orders %}"}
    answer = browser.post(address, said, follow=True)
    shown = unescape(answer.content.decode())
    assert "Saved, but look at the preview" in shown
    assert "The template makes no file of this order" in shown
    assert "F-7001.txt" in shown
    said |= {"template": "{% for order in orders %}{{ order.number }}{% endfor %}"}
    assert "What waits is written in this form" in browser.post(address, said, follow=True).content.decode()

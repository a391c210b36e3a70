"""A connection of order files on the pages: made, said, checked, trusted; what came of an order is shown there."""

import pytest
from django.urls import reverse

from daybook.connections.models import Connection
from daybook.connections.places import FileAccess
from daybook.documents.kinds import Kind
from daybook.outbox.models import Entry
from daybook.posting import drain
from daybook.wire.http import HttpClient
from tests.integration.posting.test_files import come
from tests.sftp_server import USER, sftp_server

pytestmark = pytest.mark.django_db(transaction=True)


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

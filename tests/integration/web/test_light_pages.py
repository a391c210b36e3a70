"""Main pages stay light: under 250 kB, at most eight requests on a warm cache, and none to any host but their own."""

import gzip
import hashlib
import re

import pytest
from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse

from tests.integration.web.conftest import take_in

pytestmark = [pytest.mark.django_db, pytest.mark.drawn]

MAIN = (
    "overview", "needs", "orders", "documents", "payments", "payments-month", "reconciliation", "proof", "log", "feeds",
    "filesin", "inbox", "connection", "rules", "dryrun", "costs", "wizard", "wizard-step",
)  # fmt: skip
MOST_BYTES, MOST_REQUESTS = 250_000, 8


def test_each_is_small_and_asks_for_little_that_no_cache_keeps(logged_in, acme):
    for serial in range(1001, 1011):
        take_in(acme, serial)
    client, pages = logged_in("owner"), {}
    for name in MAIN:
        asked = {"of": "last"} if name == "dryrun" else {}
        named = ["connect"] if name == "wizard-step" else []
        pages[name] = client.get(reverse(f"web:{name}", args=[acme.company.public_id, *named]), asked).content.decode()
    assert {name: len(text.encode()) for name, text in pages.items() if len(text.encode()) >= MOST_BYTES} == {}
    for name, text in pages.items():
        own = re.findall(r'<(?:script|link|img|iframe|source)\b[^>]*?(?:src|href)="([^"]*)"', text)
        assert own, name
        assert [each for each in own if not each.startswith("/")] == [], name
        kept = [each for each in own if each.startswith(settings.STATIC_URL)]
        assert 1 + len(own) - len(kept) <= MOST_REQUESTS, name
        assert len(own) <= MOST_REQUESTS + 2, name


def test_a_browser_keeps_our_files_for_a_day_and_sees_another_version_at_once(client):
    address = static("daybook/daybook.css")
    assert re.fullmatch(r"/static/daybook/daybook\.css\?[0-9a-f]{8}", address)
    answer = client.get(address)
    assert answer["Cache-Control"] == "max-age=86400, public"
    content = b"".join(answer.streaming_content)
    assert hashlib.sha256(content).hexdigest().startswith(address.partition("?")[2])
    assert static("nowhere.css") == "/static/nowhere.css"


def test_style_sheets_and_scripts_go_out_compressed_to_whoever_unpacks_them_and_pages_as_they_are(client):
    for name in ("unfold/css/styles.css", "unfold/js/htmx/htmx.js", "daybook/daybook.css"):
        plain, packed = client.get(static(name)), client.get(static(name), headers={"Accept-Encoding": "gzip, br"})
        assert (plain["Vary"], packed["Vary"]) == ("Accept-Encoding", "Accept-Encoding")
        assert packed["Content-Encoding"] == "gzip"
        assert int(packed["Content-Length"]) == len(packed.content) < int(plain["Content-Length"]) / 2
        assert gzip.decompress(packed.content) == b"".join(plain.streaming_content)
        assert packed["Cache-Control"] == plain["Cache-Control"]
        unchanged = client.get(static(name), headers={"Accept-Encoding": "gzip", "If-None-Match": packed["ETag"]})
        assert unchanged.status_code == 304
    page = client.get(reverse("account_login"), headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in page
    assert client.get("/static/no.css", headers={"Accept-Encoding": "gzip"}).status_code == 404

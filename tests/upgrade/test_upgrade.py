"""An installation of an old version is brought up to today's, by the command that an operator runs, and goes on.

What stands in the dumps is told in `old_play.py`. Everything is seen from outside: the command line, the REST API, the
pages, the local Xero's books, and the inventory that `after.py` reads out of today's tables.
"""

import gzip
import hashlib
import hmac
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

import daybook.ops.demo
from daybook.ops.demo.browser import Browser
from daybook.ops.processes import waiting
from localxero import LocalXero
from localxero.testing import Running, running
from tests.ports import free_port
from tests.upgrade.conftest import NEWS, REPOSITORY, TABLES, Installation, empty_database
from tests.upgrade.inventory import Facts, Inventory, lost
from tests.upgrade.make_dumps import COMMITS, DUMPS

SAMPLE = Path(daybook.ops.demo.__file__).parent / "samples/kornitx-order.min.json"
pytestmark = [pytest.mark.long(60), pytest.mark.together]
*OLDER, NEWEST = COMMITS
CONNECTED = ("Acme", "Tracy")
"""Birch lost its consent, Cedar never had any, Dunn has no settings: nothing of theirs may go."""
ON_THEIR_WAY = ("ready", "sending", "unknown")
SETTLED_WITHIN_SECONDS = 120


@dataclass
class Upgraded:
    """An installation right after `daybook migrate`, before anything else was started on it."""

    old: Installation
    stood: Inventory
    stands: Inventory
    migrated: str
    status: dict[str, Any]


@dataclass
class AtWork:
    """The upgraded installation with a web process and a worker, at a local Xero that holds what was posted."""

    upgraded: Upgraded
    url: str
    xero: LocalXero

    def order(self, key: str) -> dict[str, Any]:
        """Return what the API says of an order of `company/source/id`."""
        company, source, source_id = key.split("/", 2)
        answer = self.call("GET", company, params={"source": source, "id": source_id})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def call(self, method: str, company: str, **options: Any) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {self.upgraded.old.known['keys'][company]}"}
        return httpx2.request(method, f"{self.url}/api/v1/orders", headers=headers, timeout=30, **options)

    def in_the_books(self, organisation: str) -> Counter[str]:
        """Return how many documents carry each mark of ours."""
        books = self.xero.export(organisation)
        texts = [document.get("Reference") or "" for name in ("Invoices", "PurchaseOrders") for document in books[name]]
        return Counter(text.rpartition("[db:")[2].partition("]")[0] for text in texts if "[db:" in text)


@pytest.fixture(
    scope="module",
    params=[
        *(pytest.param(each, marks=pytest.mark.drawn(3)) for each in OLDER),
        pytest.param(NEWEST, marks=pytest.mark.drawn(2, guards=TABLES)),
    ],
)
def old(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An old installation's empty database; what leads from the older ones to the newest has long been written."""
    with empty_database(request.param, tmp_path_factory.mktemp(request.param)) as installation:
        yield installation


@pytest.fixture(scope="module")
def upgraded(old: Installation) -> Upgraded:
    old.load()
    stood = old.before()
    migrated = old.daybook("migrate").stdout
    status = json.loads(old.daybook("status", "--json", succeeds=False).stdout)
    return Upgraded(old, stood, old.after(), migrated, status)


@pytest.fixture(scope="module")
def at_work(upgraded: Upgraded) -> Iterator[AtWork]:
    xero = LocalXero(limits="off")
    state = Path(upgraded.old.folder) / "xero.json"
    state.write_bytes(gzip.decompress((DUMPS / f"{upgraded.old.commit}.xero.gz").read_bytes()))
    xero.load(state)
    xero.clock.resume()  # it stood still since: its tokens are as young as they were
    with running(xero=xero) as served, processes(upgraded.old, served) as url:
        work = AtWork(upgraded, url, xero)
        wait_for_the_worker(work)
        yield work


@contextmanager
def processes(old: Installation, served: Running) -> Iterator[str]:
    """Run a web process and a worker; yield where the pages are."""
    port = free_port()
    url = f"http://localhost:{port}"
    bases = dict.fromkeys(("XERO_API_BASE", "XERO_IDENTITY_BASE", "XERO_LOGIN_BASE", "XERO_LINK_BASE"), served.url)
    environ = old.environ | bases | {"DAYBOOK_PUBLIC_URL": url}
    log = Path(old.folder) / "processes.log"
    started = []
    with log.open("w") as output:
        for command in (["web", f"--port={port}", "--processes=1"], ["worker"]):
            program = [sys.executable, "-m", "daybook", *command]
            started.append(subprocess.Popen(program, env=environ, cwd=REPOSITORY, stdout=output, stderr=output))
    try:
        assert waiting.until(lambda: answers(url), seconds=60, every=0.2), log.read_text()
        yield url
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(60)


def answers(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/health", timeout=5).status_code == 200
    except httpx2.HTTPError:
        return False


def wait_for_the_worker(work: AtWork) -> None:
    """Wait until nothing is on its way any more, or for long; asks again only for what was not there yet."""
    left = waiting_orders(work)

    def is_over() -> bool:
        left.intersection_update(on_their_way(work, left))
        return not left

    waiting.until(is_over, seconds=SETTLED_WITHIN_SECONDS, every=1)


def waiting_orders(work: AtWork) -> set[str]:
    """Return the orders of connected companies of which something was on its way."""
    documents = work.upgraded.stood["documents"].values()
    return {each["order"] for each in documents if each["state"] in ON_THEIR_WAY and each["company"] in CONNECTED}


def on_their_way(work: AtWork, orders: set[str]) -> set[str]:
    """Return those of some orders of which something is on its way still."""
    return {key for key in orders if any(each["state"] in ON_THEIR_WAY for each in work.order(key)["documents"])}


def of(company: str, section: dict[str, Facts]) -> dict[str, Facts]:
    return {key: facts for key, facts in section.items() if facts["company"] == company}


class TestAnUpgrade:
    def test_loses_nothing(self, upgraded):
        assert lost(upgraded.stood, upgraded.stands) == NEWS

    def test_is_said_to_be_done(self, upgraded):
        assert upgraded.migrated.startswith(("The database is up to date (", "The database was up to date."))

    def test_leaves_every_company_with_the_figures_it_had(self, upgraded):
        said = {company["name"]: company for company in upgraded.status["companies"]}
        for name, figures in said.items():
            states = Counter(facts["state"] for facts in of(name, upgraded.stood["documents"]).values())
            standings = Counter(
                facts["standing"] for key, facts in upgraded.stood["orders"].items() if key.startswith(f"{name}/")
            )
            assert (name, figures["documents"]) == (name, dict(states))
            assert (name, figures["orders"]) == (name, dict(standings))
        assert {name: company["connection"] for name, company in said.items()} == {
            "Acme": "connected", "Tracy": "connected", "Birch": "needs_consent", "Cedar": "not_connected",
            "Dunn": "not_connected",
        }  # fmt: skip


class TestAnUpgradedInstallation:
    def test_posts_once_what_waited_and_never_again_what_was_posted_or_may_have_been(self, at_work):
        assert on_their_way(at_work, waiting_orders(at_work)) == set()
        stood = at_work.upgraded.stood
        for company in CONNECTED:
            organisation = stood["connections"][company]["organisation"]
            must_be_there = {
                key
                for key, facts in of(company, stood["documents"]).items()
                if facts["state"] in (*ON_THEIR_WAY, "posted")
            }
            assert at_work.in_the_books(organisation) == Counter(must_be_there)

    def test_keeps_back_what_a_company_without_consent_has_waiting(self, at_work):
        stood = at_work.upgraded.stood
        posted = {key for key, facts in of("Birch", stood["documents"]).items() if facts["state"] == "posted"}
        assert at_work.in_the_books(stood["connections"]["Birch"]["organisation"]) == Counter(posted)
        assert [each["state"] for each in at_work.order("Birch/shop/B-READY")["documents"]] == ["ready"]

    def test_posts_the_amounts_that_stood_in_the_day_book(self, at_work):
        stood = at_work.upgraded.stood
        books = at_work.xero.export(stood["connections"]["Acme"]["organisation"])
        totals = {
            row["InvoiceNumber"]: str(row["Total"].normalize()) for row in books["Invoices"] if row["InvoiceNumber"]
        }
        waited = [each for each in of("Acme", stood["documents"]).values() if each["state"] in ON_THEIR_WAY]
        assert {each["number"]: totals[each["number"]] for each in waited} == {
            each["number"]: each["gross"] for each in waited
        }

    def test_shows_that_an_order_changed_while_its_document_was_under_way(self, at_work):
        seen = at_work.upgraded.old.after()["documents"].values()
        changed = [each for each in seen if each["order"] == "Acme/shop/SENDING-CHANGED"]
        assert [(each["state"], each["attention"]) for each in changed] == [("posted", "changed_after_posting")]

    def test_knows_every_order_by_the_ids_and_numbers_it_had(self, at_work):
        stood = at_work.upgraded.stood
        numbers: dict[str, list[tuple[str, str]]] = {key: [] for key in stood["orders"]}
        for key, facts in stood["documents"].items():
            numbers[facts["order"]].append((key, facts["number"]))
        for key, facts in stood["orders"].items():
            said = at_work.order(key)
            assert (said["order"], said["ref"]) == (facts["public_id"], facts["ref"])
            assert sorted((each["id"], each["number"]) for each in said["documents"]) == sorted(numbers[key])

    def test_takes_an_order_that_it_has_already_as_one_that_it_has(self, at_work):
        content = at_work.upgraded.stood["orders"]["Acme/shop/POSTED-1"]["contents"][-1]
        answer = at_work.call("POST", "Acme", json=[content])
        assert [result["result"] for result in answer.json()["results"]] == ["unchanged"]

    def test_takes_what_kornit_x_signs_with_the_key_it_had(self, at_work):
        stood = at_work.upgraded.stood
        acme = next(key for key, facts in stood["companies"].items() if facts["name"] == "Acme")
        key, body = at_work.upgraded.old.known["hmac_key"], SAMPLE.read_bytes()
        signed = {"X-CustomGateway-Hmac": hmac.new(key.encode(), body, hashlib.sha256).hexdigest()}
        signed["Content-Type"] = "application/json"
        answer = httpx2.post(f"{at_work.url}/api/v1/intake/kornitx/{acme}", content=body, headers=signed, timeout=30)
        known = {facts["public_id"] for facts in stood["orders"].values()}
        assert (answer.status_code, answer.json()["order"] in known) == (200, True)

    def test_lets_people_in_by_their_passwords_and_shows_them_what_they_had(self, at_work):
        stood, known = at_work.upgraded.stood, at_work.upgraded.old.known
        acme = next(key for key, facts in stood["companies"].items() if facts["name"] == "Acme")
        document = next(key for key, facts in stood["documents"].items() if facts["number"] == "AC-BURNT-R2")
        with Browser() as browser:
            login = f"{at_work.url}/accounts/login/"
            who = {"login": "owner@acme.example", "password": known["password"]}
            assert "/accounts/login" not in browser.submit(browser.open(login), "/accounts/login/", who).url
            for page in ("", "orders/", "documents/", "connection/", "people/", "keys/", "costs/"):
                assert browser.open(f"{at_work.url}/c/{acme}/{page}").status == 200
            assert "AC-BURNT-R2" in browser.open(f"{at_work.url}/c/{acme}/documents/{document}/").words
            for token in known["invitations"].values():
                assert "guest@example.com" in browser.open(f"{at_work.url}/invitation/{token}").words

    def test_has_no_job_that_fails(self, at_work):
        assert at_work.upgraded.old.sql("SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'") == 0

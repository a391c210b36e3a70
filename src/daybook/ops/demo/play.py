"""What a person does in the demo, through the same pages and the same API as everybody.

    a person and two companies -> Get Access Token and consent at the local Xero -> settings -> orders
        -> one document looked at and approved, posting switched on
        -> where payments are posted: consent for them, a clearing account for each gateway, refunds once all is invoiced
        -> a spreadsheet uploaded, its columns kept, and a folder watched for more of them

Every step goes over HTTP, except those that only an operator at the command line does.
"""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import msgspec

from daybook.companies import keys, people
from daybook.companies.models import Company, Membership
from daybook.connections import roster
from daybook.connections.models import Gateway
from daybook.documents.kinds import Kind
from daybook.feeds import places
from daybook.kit import clock
from daybook.ops.demo.browser import Browser, BrowserError, Page
from daybook.ops.demo.stage import Stage
from daybook.ops.processes import waiting
from daybook.outbox import approving
from daybook.outbox.models import Entry
from daybook.outbox.states import State
from daybook.sources.kornitx import signature

EMAIL = "you@example.com"
NAME = "Alex Birch"
"""A name, so that mails and the log say who did it: “You invites you” says nothing."""
SAMPLES = Path(__file__).parent / "samples"
CONTACT = "Custom Gateway Orders"
CATALOG_SECONDS = 30
PAID_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Role:
    """One company of the demo."""

    name: str
    organisation: int
    """Its place in the list on the consent page."""
    settings: Mapping[str, str]
    taxes: Mapping[str, str]
    """Percent -> Xero's TaxType."""
    samples: str
    """The file of its orders in the canonical form."""
    pushes: str = ""
    """Which files Kornit X pushes to it, and of them those that tell news of an order come last."""
    refunds: str = ""
    """The file of the orders that are sent again, refunded, once their invoices were posted and paid."""
    gateways: int = 0
    """By how many gateways its orders are paid."""
    spreadsheet: str = ""
    """The file like those that its watched folder takes."""


CAST = (
    Role(
        name="Birch & Bell (Untracked)",
        organisation=0,
        settings={
            "process_method": "untracked",
            "contact_name": CONTACT,
            "number_prefix": "BB-",
            "document_status": "AUTHORISED",
            "post_payments": "on",
            "make_accounts": "on",
            "post_credit_notes": "on",
        },
        taxes={"20": "OUTPUT2", "5": "RROUTPUT", "0": "ZERORATEDOUTPUT"},
        samples="untracked-orders.json",
        pushes="kornitx-*.json",
        refunds="untracked-refunds.json",
        gateways=3,
        spreadsheet="spreadsheet-orders.csv",
    ),
    Role(
        name="Southern Print (Tracked)",
        organisation=1,
        settings={
            "process_method": "tracked",
            "contact_name": CONTACT,
            "number_prefix": "SP-",
            "purchase_tax_type": "INPUT",
            "allow_backorders": "on",
        },
        taxes={"10": "OUTPUT", "0": "EXEMPTOUTPUT"},
        samples="tracked-orders.json",
    ),
)


@dataclass(frozen=True, slots=True)
class Played:
    """What the play made."""

    email: str
    password: str
    companies: tuple[Company, ...]


def perform(stage: Stage, say: Callable[[str], None]) -> Played:
    """Play everything. Raises BrowserError where a page or the API does not do as expected."""
    password = secrets.token_urlsafe(12)
    person = people.add_person(EMAIL, password=password, name=NAME, operator=True)
    companies = []
    with Browser() as browser:
        _log_in(browser, stage, password)
        for role in CAST:
            company = people.create_company(role.name)
            people.join(company, person, Membership.Role.OWNER)
            say(f"{role.name}: asks the local Xero for consent")
            _connect(browser, stage, company, role)
            _decide(browser, stage, company, role)
            if role.gateways:
                _connect(browser, stage, company, role)  # again: payments and accounts are switched on by now
            _, key = keys.create_api_key(company, "demo", person)
            count = _send(stage, key, SAMPLES / role.samples)
            if role.pushes:
                count += _push(browser, stage, company, role)
            say(f"{role.name}: {count} orders taken in")
            say(f"{role.name}: {_approve(browser, stage, company, role)} looked at and approved, posting switched on")
            if role.gateways:
                _make_accounts(browser, stage, company, role)
                say(f"{role.name}: {role.gateways} gateways have their accounts")
            if role.refunds:
                count = _refund(stage, company, role, key)
                say(f"{role.name}: {count} of them were refunded")
            if role.spreadsheet:
                _watch(browser, stage, company, role)
                say(f"{role.name}: a folder is watched for spreadsheets")
            companies.append(company)
    return Played(EMAIL, password, tuple(companies))


def _log_in(browser: Browser, stage: Stage, password: str) -> None:
    page = browser.open(f"{stage.web_url}/accounts/login/")
    page = browser.submit(page, "/accounts/login/", {"login": EMAIL, "password": password})
    if "/accounts/login" in page.url:
        message = f"logging in does not work: {page.words[:300]}"
        raise BrowserError(message)


def _connect(browser: Browser, stage: Stage, company: Company, role: Role) -> None:
    """Client ID, Client Secret, Get Access Token, allow, and back."""
    page = browser.open(_settings_page(stage, company, "connect"))
    credentials = {"client_id": "client", "client_secret": "secret", "then": "consent"}
    consent = browser.submit(page, "/connection/app/", credentials)
    tenants = consent.form("/identity/connect/authorize").options["tenant"]
    chosen = {"decision": "allow", "tenant": tenants[role.organisation]}
    browser.submit(consent, "/identity/connect/authorize", chosen)
    connection = roster.first(company)
    if not connection.is_connected:
        message = f"{role.name} is not connected: {connection.status_reason}"
        raise BrowserError(message)


def _decide(browser: Browser, stage: Stage, company: Company, role: Role) -> None:
    """Fill the settings in, once the organisation's chart is known, and decide the tax rates."""

    def page_with_accounts() -> Page | None:
        page = browser.open(_settings_page(stage, company, "all"))
        return page if "200" in page.form("/rooms/all/").options.get("sales_account", []) else None

    page = waiting.until(page_with_accounts, seconds=CATALOG_SECONDS, every=0.5)
    if page is None:
        message = f"{role.name}: the organisation's accounts were not read within {CATALOG_SECONDS} s"
        raise BrowserError(message)
    taxes: dict[str, str] = {}
    for row, (percent, tax_type) in zip(("", "-2", "-3"), role.taxes.items(), strict=False):
        taxes |= {f"new_rate{row}": percent, f"new_tax_type{row}": tax_type}
    browser.submit(page, "/rooms/all/", {**role.settings, **taxes})


def _approve(browser: Browser, stage: Stage, company: Company, role: Role) -> str:
    """Look at the first document, approve it, see it posted, and switch posting on; return its number."""
    connection = roster.first(company)
    first = waiting.until(lambda: approving.first(connection), seconds=CATALOG_SECONDS, every=0.5)
    if first is None:
        message = f"{role.name}: no document was ready within {CATALOG_SECONDS} s"
        raise BrowserError(message)
    page = browser.open(f"{stage.web_url}/c/{company.public_id}/documents/{first.public_id}/")
    browser.submit(page, "/approve/", {})
    posted = Entry.objects.filter(company=company, pk=first.pk, state=State.POSTED)
    if not waiting.until(posted.exists, seconds=CATALOG_SECONDS, every=0.5):
        message = f"{role.name}: {first.number} was approved and not posted within {CATALOG_SECONDS} s"
        raise BrowserError(message)
    address = f"{stage.web_url}/c/{company.public_id}/connection/switch-on/"
    browser.submit(browser.open(address), "/switch-on/", {})
    return first.number


def _make_accounts(browser: Browser, stage: Stage, company: Company, role: Role) -> None:
    """Let Daybook make a clearing account in the local Xero for each gateway that the orders name."""

    def gateways() -> list[str]:
        found = re.findall(
            r'href="([^"]+/gateways/\d+/account/)"', browser.open(_settings_page(stage, company, "payments")).text
        )
        return found if len(found) == role.gateways else []

    for address in waiting.until(gateways, seconds=CATALOG_SECONDS, every=0.5):
        page = browser.open(f"{stage.web_url}{address}")
        browser.submit(page, "/account/", {})
    if left := Gateway.objects.filter(connection__company=company, account_id="").count():
        message = f"{role.name}: {left} gateways have no account"
        raise BrowserError(message)


def _refund(stage: Stage, company: Company, role: Role, key: str) -> int:
    """Wait until the sales were posted and paid, then send what was given back; return of how many orders."""
    refs = {order["id"] for order in msgspec.json.decode((SAMPLES / role.refunds).read_bytes())}
    mine = Entry.objects.filter(company=company, order__source_id__in=refs, state=State.POSTED)
    paid = mine.filter(kind=Kind.PAYMENT)
    if not waiting.until(lambda: paid.count() >= len(refs), seconds=PAID_SECONDS, every=0.5):
        message = f"{role.name}: the orders to be refunded were not paid within {PAID_SECONDS} s"
        raise BrowserError(message)
    return _send(stage, key, SAMPLES / role.refunds)


def _watch(browser: Browser, stage: Stage, company: Company, role: Role) -> None:
    """Add a feed of spreadsheets, keep the columns that are guessed of the first one, and say which folder is watched."""
    today = clock.now().date().isoformat()
    stage.sample.write_text((SAMPLES / role.spreadsheet).read_text("utf-8").replace("{day}", today), "utf-8")
    files_in = browser.open(f"{stage.web_url}/c/{company.public_id}/files/")
    feed = browser.submit(
        files_in, "/files/add/", {"source": "table", "name": "spreadsheet", "number_prefix": "SHEET-"}
    )
    place = {"kind": places.Kind.FOLDER.value, "path": str(stage.watched)}
    files_in = browser.open(f"{files_in.url}?feed={urlsplit(feed.url).path.split('/')[-2]}")
    upload = browser.submit(files_in, "/files/upload/", {}, files={"file": stage.sample})
    preview = browser.submit(upload, "/columns/", {"keep": "1"})
    browser.submit(preview, "/aside/", {})
    browser.submit(feed, urlsplit(feed.url).path, place)


def _settings_page(stage: Stage, company: Company, room: str) -> str:
    return f"{stage.web_url}/c/{company.public_id}/connection/rooms/{room}/"


def _send(stage: Stage, key: str, file: Path) -> int:
    """Send the orders of one file to the API and return how many it took."""
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    answer = httpx2.post(f"{stage.web_url}/api/v1/orders", content=file.read_bytes(), headers=headers, timeout=60)
    _refuse_refusal(answer, file)
    return len(answer.json()["results"])


def _push(browser: Browser, stage: Stage, company: Company, role: Role) -> int:
    """Push what Kornit X would, signed with the key that the feed's page was given; return how many orders it took."""
    hmac_key = secrets.token_urlsafe(24)
    feeds = browser.open(f"{stage.web_url}/c/{company.public_id}/feeds/")
    page = browser.submit(browser.submit(feeds, "/feeds/new/kornitx/", {}), "/settings/", {"hmac_key": hmac_key})
    page = browser.submit(page, "/callback/new/", {})
    callback_url = re.search(r"https?://\S+/status/[\w-]+", page.text)
    if callback_url is None:
        message = f"the page of the feed shows no callback URL: {page.words[:300]}"
        raise BrowserError(message)
    files = sorted(SAMPLES.glob(role.pushes))
    news = [file for file in files if "callback" in file.name]
    orders = [file for file in files if file not in news]
    for file in orders:
        url = f"{stage.web_url}/api/v1/intake/kornitx/{company.public_id}"
        _refuse_refusal(_signed("POST", url, hmac_key, file), file)
    for file in news:
        _refuse_refusal(_signed("PUT", callback_url.group(), hmac_key, file), file)
    return len(orders)


def _signed(method: str, url: str, hmac_key: str, file: Path) -> httpx2.Response:
    body = file.read_bytes()
    headers = {signature.HEADER: signature.sign(hmac_key, body), "Content-Type": "application/json"}
    return httpx2.request(method, url, content=body, headers=headers, timeout=60)


def _refuse_refusal(answer: httpx2.Response, file: Path) -> None:
    if answer.status_code != 200:
        message = f"{file.name} was refused ({answer.status_code}): {answer.text[:1000]}"
        raise BrowserError(message)

"""Every page to which the menu and the lists lead, in English and in German: no sentence of ours is the same in both."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from daybook.catalog.models import Account, Contact, Item, TaxRate
from daybook.companies import invitations, keys, people
from daybook.companies.models import ItemCost, Membership, Person
from daybook.connections.models import Organisation
from daybook.documents.causes import Cause
from daybook.feeds.models import Feed
from daybook.intake.receive import receive
from daybook.kit import clock
from daybook.mapping import rule_sets
from daybook.orders.models import OrderStanding
from daybook.outbox.models import Entry
from daybook.outbox.states import State
from tests.integration.credits.shop import order
from tests.journeys import scenes
from tests.world import Cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long(60), pytest.mark.drawn]

ALIKE = 2
"""So many addresses are looked at that lead to one page with the same things asked."""
SPOKEN = ("title", "aria-label", "placeholder", "alt", "data-confirm")
NOT_SAID = {"script", "style", "pre", "code", "textarea", "kbd", "samp"}
"""Elements whose text is a program's, or was sent."""
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr", "path", "rect", "circle"}
NO_PAGES = re.compile(r"/(static|api|log-file|file|raw|original|refused|health|admin)\b|logout|\.(csv|xlsx|json|pdf)$")
NAMES = (
    *(
        "Daybook",
        "Xero",
        "Kornit X",
        "Shopify",
        "WooCommerce",
        "PayPal",
        "Stripe",
        "Sage 50",
        "REST API",
        "Olive",
        "Acme",
    ),
    *("Client ID", "Client Secret", "English", "Deutsch", "Jo Bloggs", "Atelier", "Mug", "Cap", "MUG", "CAP", "shop"),
    *(
        "Europe/London",
        "Europe London",
        "Isle of Man",
        "Shipping charged",
        "Reverse charge",
        "Broken in the post",
        "november.csv",
        "United Kingdom",
    ),
    *("Ada Example", "Bob Example", "Cem Example", "Tasse, weiß", "MwSt", "Web shop", "New app", "App name"),
    *("Authorised", "Draft", "Paid", "Voided", "Id", "Invoice Schedule", "Next Invoice", "Starting From"),
    *(
        "paypal",
        "stripe",
        "Integration type",
        "Web app",
        "Company or application URL",
        "Generate a secret",
        "Client id",
    ),
    *(
        "European Commission, VAT rates applied in the Member States",
        "audit trail transactions",
        "part dispatched",
        "on hold",
    ),
)
"""What people, firms, programs and goods are called, what they said themselves, and what a ledger's own pages say."""
WORD = re.compile(r"[A-Za-z][a-z]+")
ENGLISH = re.compile(
    r"\b(the|and|of|is|are|with|this|that|which|from|has|have|its|been|their|to|by|for|not|on|it|be)\b"
)
"""Words that no German sentence has."""
NOT_WORDS = re.compile(
    r"https?://\S+|\S+@\S+|\[db:\w+\]|\w+ = [\w:\[\]]+|\{\w+\}|\S*[\d_/]\S*|“[^”]*”|„[^“]*“|\b[a-z]+[.-][a-z.-]+\b"
)
"""Addresses, ids, marks, dates, places for facts, and what is quoted."""


class _Texts(HTMLParser):
    """Collects what a page says: its texts, and what its elements are called."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.links: list[str] = []
        self._within: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.said += [given[name] for name in SPOKEN if given.get(name)]
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        if tag == "input" and given.get("type") in {"submit", "button"}:
            self.said.append(given.get("value", ""))
        if tag not in VOID:
            is_icon = "material-symbols" in given.get("class", "")
            self._within.append(tag in NOT_SAID or is_icon or given.get("translate") == "no")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._within.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and self._within:
            self._within.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and not any(self._within):
            self.said.append(data)


def texts(page: str) -> tuple[list[str], list[str]]:
    """What a page says, and where it leads."""
    found = _Texts()
    found.feed(page)
    return [" ".join(each.split()) for each in found.said if each.strip()], found.links


def data(cast: Cast) -> list[str]:
    """What the company's rows say, the longest first: it is nobody's to translate."""
    rows = [
        *Account.objects.values_list("name", flat=True),
        *TaxRate.objects.values_list("name", flat=True),
        *Contact.objects.values_list("name", flat=True),
        *Item.objects.values_list("name", flat=True),
        *Organisation.objects.values_list("name", flat=True),
        *Feed.objects.values_list("name", flat=True),
        *Entry.objects.values_list("number", flat=True),
        *(line.title for each in rule_sets.sets("GB") for line in each.lines),  # rules are called so
        cast.company.name,
        *NAMES,
    ]
    return sorted({each for each in rows if each}, key=len, reverse=True)


def own_words(text: str, given: re.Pattern[str]) -> str:
    """A text without names and data."""
    return given.sub(" ", NOT_WORDS.sub(" ", given.sub(" ", text)))


def left(english: list[str], german: list[str], given: re.Pattern[str]) -> Iterator[str]:
    """What the German page says in English: the same as the English page, or with English words in it."""
    same = set(english)
    for text in dict.fromkeys(german):
        words = own_words(text, given)
        if (text in same and len(WORD.findall(words)) > 1) or ENGLISH.search(words):
            yield text


def key_of(address: str) -> tuple[str, ...]:
    """What makes an address a page of its own: its name, and what is asked of it."""
    parts = urlsplit(address)
    try:
        name = resolve(parts.path).url_name or parts.path
    except Resolver404:
        name = parts.path
    room = parts.path if name in {"settings-room", "wizard-step", "rule-set", "feed-set-up"} else ""
    return (name, room, *sorted(name for name, _ in parse_qsl(parts.query)))


@pytest.fixture
def owner(db) -> Person:
    return people.add_person("olive@acme.example", password="mill pond lantern 7", name="Olive")


@pytest.fixture
def cast(served, owner) -> Cast:
    """A company that has something of each kind to show."""
    cast = scenes.after_the_sale(served.xero)
    people.join(cast.company, owner, Membership.Role.OWNER)
    keys.create_api_key(cast.company, "shop")
    ItemCost.objects.create(company=cast.company, sku="MUG", currency="GBP", unit_cost="2.5")
    invitations.invite(cast.company, "guest@one.example", "viewer", owner)
    return cast


def wait_for_everything(cast: Cast) -> None:
    """Let documents and orders wait for each cause."""
    for place, cause in enumerate(Cause):
        receive(cast.company, order(f"S-{place}"))
        receive(cast.company, order(f"W-{place}", on_hold=True))
        held = OrderStanding.objects.filter(company=cast.company, order__ref=f"W-{place}")
        held.update(standing="held", cause=cause, subject="", detail="")
        documents = Entry.objects.filter(company=cast.company, order__ref=f"S-{place}")
        documents.update(state=State.HELD, cause=cause, subject="", detail="", state_since=clock.now())


@pytest.fixture
def browsers(owner):
    """Two in which an owner has logged in: the first speaks English, the second German."""
    made = []
    for language in ("en-gb", "de"):
        client = Client(HTTP_ACCEPT_LANGUAGE=language)
        client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
        made.append(client)
    return made


def beginnings(cast: Cast, owner: Person) -> list[str]:
    """Where to begin: the menu, the pages of what came after the sale, and a person's own."""
    company = cast.company.public_id
    own = ("account_change_password", "mfa_index", "usersessions_list", "account_mail", "account_logout", "web:home")
    return [reverse("web:overview", args=[company]), *scenes.pages(cast, owner), *map(reverse, own)]


def pages(english: Client, german: Client, addresses: list[str]) -> Iterator[tuple[str, list[str], list[str]]]:
    """Each page and what it says in both languages; then those to which it leads."""
    seen: dict[tuple[str, ...], int] = {}
    known = set(addresses)
    while addresses:
        address = addresses.pop(0).partition("#")[0]
        answer = english.get(address)
        if answer.status_code != 200 or "text/html" not in answer["Content-Type"]:
            continue
        in_english, links = texts(answer.content.decode())
        in_german, _ = texts(german.get(address).content.decode())
        yield address, in_english, in_german
        for link in (link if link.startswith("/") else f"{urlsplit(address).path}{link}" for link in links):
            bare = link.partition("#")[0]
            if not link.startswith(("/c/", "/account", "/")) or "://" in link or NO_PAGES.search(bare) or bare in known:
                continue
            known.add(bare)
            key = key_of(bare)
            seen[key] = seen.get(key, 0) + 1
            if seen[key] <= ALIKE:
                addresses.append(bare)


def test_no_page_says_in_german_what_it_says_in_english(cast, owner, browsers):
    addresses = beginnings(cast, owner)
    wait_for_everything(cast)
    given = re.compile("|".join(rf"(?<!\w){re.escape(each)}(?!\w)" for each in data(cast)))

    found: dict[str, list[str]] = {}
    looked_at = set()
    for address, english, german in pages(*browsers, addresses):
        looked_at.add(key_of(address)[0])
        for text in left(english, german, given):
            found.setdefault(text, []).append(address)

    assert len(looked_at) > 30
    assert not found, "\n".join(f"{text!r} ({len(where)} pages, {where[0]})" for text, where in found.items())

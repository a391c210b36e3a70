"""Every page of a company is drawn here: Unfold's layout, our sidebar, and what the foot says."""

import hashlib
import re
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render as render_template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from daybook.companies.models import Membership, Person
from daybook.connections import endpoints
from daybook.kit import clock
from daybook.ledgers import registry
from daybook.web import titles
from daybook.web.reading import banner, needs

Page = tuple[str, str, str, str]
"""Its name, title, icon, and the role from which it is shown."""
PAGES: tuple[tuple[str, tuple[Page, ...]], ...] = (
    (
        gettext_noop("Today"),
        (
            ("overview", gettext_noop("Overview"), "space_dashboard", "viewer"),
            ("needs", gettext_noop("Needs a person"), "front_hand", "viewer"),
        ),
    ),
    (
        gettext_noop("Sales"),
        (
            ("orders", gettext_noop("Orders"), "shopping_bag", "viewer"),
            ("documents", gettext_noop("Documents"), "receipt_long", "viewer"),
            ("payments", gettext_noop("Payments"), "payments", "viewer"),
            ("dryrun", gettext_noop("Dry run"), "science", "viewer"),
        ),
    ),
    (
        gettext_noop("Ways in"),
        (
            ("feeds", gettext_noop("Feeds"), "input", "viewer"),
            ("filesin", gettext_noop("Files in"), "upload_file", "viewer"),
            ("inbox", gettext_noop("Inbox"), "inbox", "viewer"),
        ),
    ),
    (
        gettext_noop("Proof"),
        (
            ("reconciliation", gettext_noop("Reconciliation"), "balance", "viewer"),
            ("payments-month", gettext_noop("Month end"), "event_available", "viewer"),
            ("proof", gettext_noop("Proof of a period"), "verified", "viewer"),
            ("log", gettext_noop("Log"), "history", "viewer"),
        ),
    ),
    (
        gettext_noop("Settings"),
        (
            ("connection", gettext_noop("Connection settings"), "tune", "viewer"),
            ("costs", gettext_noop("Item costs"), "sell", "viewer"),
            ("keys", gettext_noop("API keys"), "key", "owner"),
            ("people", gettext_noop("People"), "group", "owner"),
            ("company", gettext_noop("Export and close"), "inventory_2", "owner"),
        ),
    ),
)
"""The menu, by what a person does: of each group its pages, each with the role from which it is shown."""
TOUR = (gettext_noop("Help"), (("tour", gettext_noop("Tour of the demo"), "explore", "viewer"),))
"""Where nothing reaches a real ledger."""
SET_UP_HERE = "set_up"
"""What the banner's address names the connection by that its page sets up."""
_RANK = {"viewer": 0, "clerk": 1, "accountant": 2, "owner": 3}
_OWN_PLACE = {page[0] for _, pages in PAGES for page in pages}


def render(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """Return the page of `template` inside the layout; of the company where the request has a membership."""
    everything = {**_shell(request), **(context or {})}
    membership = everything["membership"]
    if membership:
        everything["banner"] = _banner(request, membership, everything.get("is_set_up_here", ""))
    return _unkept(_unbroken(render_template(request, template, everything, status=status)))


def banner_context(membership: Membership, is_set_up_here: str) -> dict[str, Any]:
    """Return what the banner is drawn from, without what the page says by itself.

    `is_set_up_here`: the public id of the connection that the page is about the set-up of; "": of none.
    """
    company = membership.company
    found = banner.troubles(company, clock.now())
    return {
        "company": company,
        "troubles": [each for each in found if not each.sets_up or each.sets_up != is_set_up_here],
        "may_change": _RANK[membership.role] >= _RANK["accountant"] and not company.is_closed,
    }


def _banner(request: HttpRequest, membership: Membership, is_set_up_here: str) -> dict[str, Any]:
    context = banner_context(membership, is_set_up_here)
    text = render_to_string("daybook/parts/banner.html", context, request=request)
    asked = f"?{urlencode({SET_UP_HERE: is_set_up_here})}" if is_set_up_here else ""
    address = reverse("web:banner", args=[membership.company.public_id]) + asked
    return {"text": text, "tag": tag_of(text), "url": address, "may_change": context["may_change"]}


def tag_of(text: str) -> str:
    """Return the tag by which a part of a page is known to be the same as before."""
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def fragment(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Return a part of a page, for htmx."""
    shown = {**context, "membership": getattr(request, "membership", None)}
    return _unkept(_unbroken(render_template(request, template, shown)))


_LOOSE_PERCENT = re.compile(rb"(<(textarea|script|style)\b.*?</\2>|<[^>]*>)|(?<=\d) %", re.DOTALL)
"""A percentage, told from what is no text of the page."""


def _unbroken(response: HttpResponse) -> HttpResponse:
    """Let no line end between a number and its %: rates come from the ledger's names and from stored words, too."""
    if b" %" in response.content:
        response.content = _LOOSE_PERCENT.sub(lambda found: found[1] or "\u00a0%".encode(), response.content)
    return response


def _unkept(response: HttpResponse) -> HttpResponse:
    """Let no browser keep the page."""
    response["Cache-Control"] = "no-store"
    return response


def talked_to() -> str:
    """Return what the foot says: where the documents go."""
    base, title = _api_base(), titles.reached()
    if is_real():
        return title
    if _is_loopback(base):
        return gettext("Local {ledger} at {address}").format(
            ledger=title, address=base.replace("127.0.0.1", "localhost")
        )
    return gettext("{ledger} at {address}").format(ledger=title, address=base)


def is_real() -> bool:
    """Return whether documents reach real ledgers."""
    return bool(_api_base() == settings.REAL_API)


def _api_base() -> str:
    return endpoints.bases(registry.LEDGERS[registry.USUAL]).api


def _is_loopback(base: str) -> bool:
    return urlsplit(base).hostname in {"localhost", "127.0.0.1", "::1"}


def _shell(request: HttpRequest) -> dict[str, Any]:
    membership: Membership | None = getattr(request, "membership", None)
    return {
        "membership": membership,
        "company": membership.company if membership else None,
        "companies": _companies(request),
        "menu": _menu(request, membership) if membership else [],
    }


def _companies(request: HttpRequest) -> list[Membership]:
    if not isinstance(request.user, Person):
        return []
    return list(request.user.memberships.select_related("company").order_by("company__name"))


def _menu(request: HttpRequest, membership: Membership) -> list[dict[str, Any]]:
    here = (request.resolver_match.url_name if request.resolver_match else "") or ""
    needed = needs.in_menu(membership.company)
    everything = PAGES if is_real() else (TOUR, *PAGES)
    groups = [
        {
            "title": gettext(title),
            "pages": [_item(page, here, membership, needed) for page in pages if _sees(membership, page)],
        }
        for title, pages in everything
    ]
    return [group for group in groups if group["pages"]]


def _sees(membership: Membership, page: Page) -> bool:
    return _RANK[membership.role] >= _RANK[page[3]]


def _item(page: Page, here: str, membership: Membership, needed: str) -> dict[str, Any]:
    name, title, icon, _ = page
    return {
        "title": gettext(title),
        "icon": icon,
        "url": reverse(f"web:{name}", args=[membership.company.public_id]),
        "active": here == name or (_is_here(name, here) and here not in _OWN_PLACE),
        "count": needed if name == "needs" else "",
    }


def _is_here(page: str, here: str) -> bool:
    if page == "connection" and here.startswith("settings-"):
        return True
    return here == page or here.startswith((f"{page}-", f"{page.removesuffix('s')}-")) or here == page.removesuffix("s")

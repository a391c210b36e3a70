"""PURE but for the table of addresses: the page on which a form stands, from the address it is sent to."""

from django.urls import Resolver404, resolve

KEPT = "kept"
"""In an address: the person logged in again, and what they had typed is to be put back (`daybook.js`)."""
CAME_FROM = "consent_came_from"
"""In the session while a person is at a ledger: the step of the set-up wizard to come back to, "" to the settings."""
PAGES = frozenset(
    {
        "company", "connection", "connection-disconnect", "costs", "delivery", "document",
        "document-cancel", "document-done", "document-keep", "document-preview", "documents", "dryrun", "feed-page", "feeds", "filesin",
        "filesin-feed", "filesin-file", "inbox", "keys", "log", "needs", "needs-group", "order", "order-refund", "orders",
        "overview", "payments", "payments-month", "people", "people-address", "people-remove", "proof", "reconciliation",
        "rule", "rule-new", "rule-set", "rules", "settings-room", "switch-on", "tour", "wizard", "wizard-step",
    }
)  # fmt: skip
"""Names of addresses that a person can open."""


def page_of(path: str) -> str:
    """Return the nearest page at or above an address of a company, "/" where there is none.

    `/c/x/connection/settings/`, where the settings are saved, belongs to `/c/x/connection/`.
    """
    parts = [part for part in path.split("/") if part]
    while len(parts) >= 2 and parts[0] == "c":
        here = f"/{'/'.join(parts)}/"
        try:
            match = resolve(here)
        except Resolver404:
            match = None
        if match is not None and match.url_name == "connection-app":
            return f"/{'/'.join(parts[:-1])}/rooms/connect/"  # where that form stands
        if match is not None and match.url_name in PAGES:
            return here
        parts.pop()
    return "/"

"""What pages call the ledger: `{{ ledger }}` in templates, its title in messages."""

from django.http import HttpRequest
from django.utils.translation import gettext, gettext_noop

from daybook.connections.models import Connection
from daybook.ledgers import registry

A_LEDGER = gettext_noop("the ledger")
"""Where nothing says which one."""


def ledger(request: HttpRequest) -> dict[str, str]:
    """Return what every template knows: the title of the ledger of the connection that the page is about.

    That is the one in its address, or the company's first; a document's page says its own instead.
    """
    connection: Connection | None = getattr(request, "connection", None)
    return {"ledger": of(connection.ledger) if connection is not None else gettext(A_LEDGER)}


def of(name: str) -> str:
    """Return the title of the ledger of that name."""
    return gettext(registry.title(name))


def reached() -> str:
    """Return what this installation posts to where a ledger is reached over the network: the one with a consent."""
    return next((each.title for each in registry.LEDGERS.values() if each.scopes), gettext(A_LEDGER))


def filled(text: str, name: str) -> str:
    """Return the text with the title of the ledger of that name in the place of `{ledger}`."""
    return text.replace("{ledger}", of(name))

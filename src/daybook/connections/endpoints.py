"""Where Xero lives for this installation, and a company's app as Xero's login knows it: all from the settings."""

from django.conf import settings

from daybook.connections.models import Connection
from daybook.ledgers import registry
from daybook.ledgers.ledger import Access, Ledger, Wire
from daybook.ledgers.xero.oauth import App, Endpoints
from daybook.wire import http as xero_client
from daybook.wire.http import HttpClient

CALLBACK_PATH = "/xero/callback"
"""One address for all companies: `state` says whose it is (xero-rules.md 10, 29)."""


def endpoints() -> Endpoints:
    """Return the three bases of Xero."""
    return Endpoints(api=settings.XERO_API_BASE, identity=settings.XERO_IDENTITY_BASE, login=settings.XERO_LOGIN_BASE)


def ledger_of(connection: Connection) -> Ledger:
    """Return the ledger that a connection leads to. Raises UnknownLedgerError."""
    return registry.ledger(connection.ledger)


def can_be_asked(connection: Connection) -> bool:
    """Tell whether the ledger says what stands there, so that a person may have it looked at."""
    return connection.is_ledger_known and ledger_of(connection).wire is Wire.CALLS


def is_of_files(connection: Connection) -> bool:
    """Tell whether the connection puts files into a folder: it has a page of its own, and neither app nor consent."""
    return connection.is_ledger_known and ledger_of(connection).wire is Wire.FILES


def access(ledger: Ledger, access_token: str, organisation: str) -> Access:
    """Return what calls to one organisation are dressed with; `organisation` is the ledger's id of it.

    Where a ledger's calls go is the setting `<LEDGER>_API_BASE`.
    """
    base: str = getattr(settings, f"{ledger.name.upper()}_API_BASE")
    return Access(base, access_token, organisation)


def redirect_uri() -> str:
    """Return the Redirect URI to register in Xero's developer portal, exact to the character (xero-rules.md 1.3)."""
    return f"{settings.PUBLIC_URL}{CALLBACK_PATH}"


def app_of(connection: Connection) -> App:
    """Return the company's own Xero app."""
    return App(connection.client_id, connection.client_secret, redirect_uri())


def client() -> HttpClient:
    """Return this process's client."""
    return xero_client.shared_client(float(settings.CALL_TIMEOUT_SECONDS))

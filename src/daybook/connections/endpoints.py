"""Where a ledger lives for this installation, and a company's app as its login knows it: all from the settings."""

from django.conf import settings

from daybook.connections.models import Connection
from daybook.ledgers import registry
from daybook.ledgers.consent import App, Bases, Consent
from daybook.ledgers.exchange import Access
from daybook.ledgers.ledger import Address, Ledger, Wire
from daybook.ledgers.lists import Lists
from daybook.wire import http
from daybook.wire.http import HttpClient


def bases(ledger: Ledger) -> Bases:
    """Return where a ledger lives: the settings `<LEDGER>_API_BASE`, `_IDENTITY_BASE` and `_LOGIN_BASE`."""
    return Bases(*(_setting(ledger, which) for which in (Address.API, Address.IDENTITY, Address.LOGIN)))


def consent_of(connection: Connection) -> Consent | None:
    """Return how a connection's ledger lets people in; None where it asks nobody, or is not known here."""
    return ledger_of(connection).consent if connection.is_ledger_known else None


def ledger_of(connection: Connection) -> Ledger:
    """Return the ledger that a connection leads to. Raises UnknownLedgerError."""
    return registry.ledger(connection.ledger)


def lists_of(connection: Connection) -> Lists | None:
    """Return how a connection's ledger tells what the organisation has; None where it has no lists, or is not known."""
    return ledger_of(connection).lists if connection.is_ledger_known else None


def can_be_asked(connection: Connection) -> bool:
    """Tell whether the ledger says what stands there, so that a person may have it looked at."""
    return connection.is_ledger_known and ledger_of(connection).wire is Wire.CALLS


def is_of_files(connection: Connection) -> bool:
    """Tell whether the connection puts files into a folder: it has a page of its own, and neither app nor consent."""
    return connection.is_ledger_known and ledger_of(connection).wire is Wire.FILES


def is_of_mail(connection: Connection) -> bool:
    """Tell whether the connection mails invoices: it has a page of its own, and neither app nor consent."""
    return connection.is_ledger_known and ledger_of(connection).wire is Wire.MAIL


def has_own_page(connection: Connection) -> bool:
    """Tell whether nothing is called there: what goes out are files or mails."""
    return is_of_files(connection) or is_of_mail(connection)


def access(ledger: Ledger, access_token: str, organisation: str) -> Access:
    """Return what calls to one organisation are dressed with; `organisation` is the ledger's id of it.

    Where a ledger's calls go is the setting `<LEDGER>_API_BASE`.
    """
    return Access(_setting(ledger, Address.API), access_token, organisation)


def callback_path(ledger: Ledger) -> str:
    """Return where a ledger's consent page sends browsers back to: one address for all companies, `state` tells whose."""
    return f"/{ledger.name}/callback"


def redirect_uri(ledger: Ledger) -> str:
    """Return the Redirect URI to register with the app, exact to the character (RFC 6749 3.1.2)."""
    return f"{settings.PUBLIC_URL}{callback_path(ledger)}"


def app_of(connection: Connection) -> App:
    """Return the company's own app at the ledger."""
    return App(connection.client_id, connection.client_secret, redirect_uri(ledger_of(connection)))


def client() -> HttpClient:
    """Return this process's client."""
    return http.shared_client(float(settings.CALL_TIMEOUT_SECONDS))


def link_base(ledger: Ledger) -> str:
    """Return where a ledger's own pages for people are: the setting `<LEDGER>_LINK_BASE`."""
    return _setting(ledger, Address.LINK)


def login_bases() -> list[str]:
    """Return where the ledgers' consent pages are: a form of ours may lead there."""
    return [bases(each).login for each in registry.LEDGERS.values() if each.consent is not None]


def _setting(ledger: Ledger, which: Address) -> str:
    base: str = getattr(settings, which.variable(ledger.name), ledger.addresses.get(which, ""))
    return base

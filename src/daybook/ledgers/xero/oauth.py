"""PURE: requests for consent, tokens and connections, and their answers read. No socket, no table.

The messages are oauthlib's. Sources: xero-rules.md 1.1 to 1.7, RFC 6749, RFC 7636.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import quote, urlsplit

import msgspec
from oauthlib.oauth2 import OAuth2Error, WebApplicationClient

from daybook.ledgers.xero import protocol
from daybook.wire.asks import Answer, Request
from daybook.wire.errors import ConsentNeeded, Misconfigured, NotSent, Offline, Throttled, Unexpected, WireError

SCOPES = (
    "openid",
    "profile",
    "email",
    "offline_access",
    "accounting.invoices",
    "accounting.contacts",
    "accounting.settings.read",
    "accounting.attachments",
)
"""The granular scopes that Daybook asks for; invoices cover purchase orders and items too (xero-rules.md 1.7)."""
SCOPES_BY_FEATURE: Mapping[str, tuple[str, ...]] = {
    "invoices": ("accounting.invoices",),
    "purchase_orders": ("accounting.invoices",),
    "credit_notes": ("accounting.invoices",),
    "items": ("accounting.invoices",),
    "contacts": ("accounting.contacts",),
    "lists": ("accounting.settings.read",),
    "attachments": ("accounting.attachments",),
    "payments": ("accounting.payments",),
}
"""What a consent must cover for each thing that Daybook can do (xero-rules.md 1.7); `payments` is not asked for yet."""
ORGANISATION = "ORGANISATION"
ACCESS_TOKEN_LIFE = timedelta(minutes=30)
"""Where the answer does not say (xero-rules.md 1.4)."""
_VERIFIER_LENGTH = 64
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

_MISCONFIGURED = {
    "invalid_client": "Xero does not know this Client ID, or the Client Secret is not the one that belongs to it.",
    "unauthorized_client": "Xero does not let this app ask for consent this way: the Client ID is wrong, "
    "or the app was not made as a Web app.",
    "invalid_scope": "Xero does not grant this app one of the permissions that Daybook asks for.",
    "unsupported_grant_type": "Xero does not give this app tokens this way: the app was not made as a Web app.",
}
"""What each error of the token endpoint means where a person at the app's settings can help (xero-rules.md 1.5)."""


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where Xero lives; bases without a path, such as `https://api.xero.com`."""

    api: str
    identity: str
    login: str


@dataclass(frozen=True, slots=True)
class App:
    """A company's own Xero app."""

    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """What one token answer grants."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: datetime
    scope: str


@dataclass(frozen=True, slots=True)
class Tenant:
    """One organisation that the consent reaches (xero-rules.md 1.6)."""

    connection_id: str
    """Xero's own id of the connection, only for DELETE."""
    tenant_id: str
    name: str


def new_code_verifier() -> str:
    """Return a fresh PKCE verifier."""
    return str(WebApplicationClient("").create_code_verifier(_VERIFIER_LENGTH))


def authorize_url(endpoints: Endpoints, app: App, *, state: str, code_verifier: str) -> str:
    """Return the address of Xero's consent page, to be opened at top level: it refuses framing (1.3)."""
    client = WebApplicationClient(app.client_id)
    address = f"{endpoints.login}/identity/connect/authorize"
    secured, plain = _secured(address)
    url = client.prepare_request_uri(
        secured,
        redirect_uri=app.redirect_uri,
        scope=list(SCOPES),
        state=state,
        code_challenge=client.create_code_challenge(code_verifier, "S256"),
        code_challenge_method="S256",
    )
    return f"http{url.removeprefix('https')}" if plain else str(url)


def code_request(endpoints: Endpoints, app: App, *, code: str, code_verifier: str) -> Request:
    """Return the request that turns a code into tokens; a code lives 5 minutes and works once (1.3)."""
    body = WebApplicationClient(app.client_id).prepare_request_body(
        code=code, redirect_uri=app.redirect_uri, code_verifier=code_verifier, include_client_id=False
    )
    return _form_request(f"{endpoints.identity}/connect/token", app, body)


def refresh_request(endpoints: Endpoints, app: App, *, refresh_token: str) -> Request:
    """Return the request that turns a refresh token into the next pair (1.4)."""
    body = WebApplicationClient(app.client_id).prepare_refresh_body(refresh_token=refresh_token)
    return _form_request(f"{endpoints.identity}/connect/token", app, body)


def revocation_request(endpoints: Endpoints, app: App, *, refresh_token: str) -> Request:
    """Return the request that ends ALL connections of this person and app (1.6); rarely what is wanted."""
    address = f"{endpoints.identity}/connect/revocation"
    secured, _ = _secured(address)
    _, _, body = WebApplicationClient(app.client_id).prepare_token_revocation_request(
        secured,
        refresh_token,
        token_type_hint="refresh_token",  # noqa: S106 - the kind
    )
    return _form_request(address, app, body)


def connections_request(endpoints: Endpoints, *, access_token: str, auth_event_id: str = "") -> Request:
    """Return the request that lists connections; with `auth_event_id` only those of one consent (1.6)."""
    query = f"?authEventId={quote(auth_event_id, safe='')}" if auth_event_id else ""
    return Request("GET", f"{endpoints.api}/connections{query}", _bearer(access_token))


def delete_connection_request(endpoints: Endpoints, *, access_token: str, connection_id: str) -> Request:
    """Return the request that disconnects one organisation: 204, or 404 where it is gone already (1.6)."""
    return Request("DELETE", f"{endpoints.api}/connections/{quote(connection_id, safe='')}", _bearer(access_token))


def read_tokens(answer: Answer, *, asked_at: datetime) -> Tokens:
    """Return the tokens that a token answer grants; `asked_at` is when the request left.

    Raises ConsentNeeded for `invalid_grant` only, Misconfigured where the app's settings are wrong, Throttled, Offline
    and NotSent where the stored tokens still hold and the same may be asked again, Unexpected for anything else (1.5).
    """
    if not 200 <= answer.status < 300:
        raise _token_error(answer)
    if not isinstance(_loosely(answer), dict):
        raise NotSent("the token answer was not whole; the same may be asked again", answer.status)
    try:
        granted = WebApplicationClient("").parse_request_body_response(answer.body.decode())
    except OAuth2Error as error:
        raise Unexpected(f"the token answer lacks something: {error.error}", answer.status) from None
    if not granted.get("refresh_token"):
        raise Unexpected("Xero gave no refresh token although offline_access was asked for", answer.status)
    return Tokens(
        access_token=str(granted["access_token"]),
        refresh_token=str(granted["refresh_token"]),
        expires_at=asked_at + _life(granted.get("expires_in")),
        scope=" ".join(granted.get("scope") or ()),
    )


def read_connections(answer: Answer) -> tuple[Tenant, ...]:
    """Return the organisations in an answer of /connections; practices and the like are left out (1.6).

    Raises what the status stands for, OutcomeUnknown for half an answer, Unexpected for one of another form.
    """
    protocol.raise_for_status(answer)
    rows = protocol.read_json(answer)
    if not isinstance(rows, list):
        raise Unexpected("/connections did not answer with a list", answer.status)
    return tuple(
        Tenant(str(row["id"]), str(row["tenantId"]), str(row.get("tenantName") or ""))
        for row in rows
        if isinstance(row, dict) and row.get("tenantType") == ORGANISATION and row.get("id") and row.get("tenantId")
    )


def authentication_event_id(access_token: str) -> str:
    """Return the token's claim that names the consent, "" where there is none.

    The signature is not checked: the token came from Xero itself over TLS and is only used to ask Xero (1.4).
    """
    parts = access_token.split(".")
    try:
        claims = msgspec.json.decode(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (IndexError, ValueError, binascii.Error):
        return ""
    return str(claims.get("authentication_event_id") or "") if isinstance(claims, dict) else ""


def _token_error(answer: Answer) -> WireError:
    """Tell the errors of 1.5 apart. Only `invalid_grant` says that the tokens are over."""
    status = answer.status
    error = _error_word(answer)
    if error == "invalid_grant":
        return ConsentNeeded("Xero no longer accepts what was granted (invalid_grant)", status)
    if error in _MISCONFIGURED:
        return Misconfigured(_MISCONFIGURED[error], status, problem=error)
    if status == 429:
        throttled = protocol.error_in(answer)
        return throttled if isinstance(throttled, Throttled) else Throttled("", status)
    if status == 503:
        return Offline("Xero's login service is away", status, retry_after=protocol.retry_after(answer))
    if status >= 500 or status == 408:
        return NotSent("Xero's login service failed; the tokens are untouched", status)
    return Unexpected(f"the token endpoint said {error or 'something unreadable'}", status)


def _error_word(answer: Answer) -> str:
    body = _loosely(answer)
    return str(body.get("error") or "")[:100] if isinstance(body, dict) else ""


def _loosely(answer: Answer) -> object:
    try:
        return msgspec.json.decode(answer.body)
    except msgspec.DecodeError:
        return None


def _life(expires_in: object) -> timedelta:
    return timedelta(seconds=expires_in) if isinstance(expires_in, int) and expires_in > 0 else ACCESS_TOKEN_LIFE


def _secured(address: str) -> tuple[str, bool]:
    """Return `address` as https and whether it is plain http in truth.

    oauthlib refuses http unless an environment variable of the whole process allows it everywhere; here it is allowed
    to this machine only.
    """
    parts = urlsplit(address)
    if parts.scheme == "http" and parts.hostname in _LOOPBACK:
        return f"https{address.removeprefix('http')}", True
    return address, False


def _form_request(url: str, app: App, body: str) -> Request:
    """A confidential client shows itself by HTTP Basic, both halves form-encoded first (1.2, RFC 6749 2.3.1)."""
    pair = f"{quote(app.client_id, safe='')}:{quote(app.client_secret, safe='')}"
    headers = {
        "Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}",
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "application/json",
    }
    return Request("POST", url, headers, body.encode())


def _bearer(access_token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {access_token}", "Accept": "application/json"}

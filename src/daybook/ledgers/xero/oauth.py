"""PURE: requests for consent, tokens and connections, and their answers read. No socket, no table.

The messages are oauthlib's. Sources: xero-rules.md 1.1 to 1.7, RFC 6749, RFC 7636.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import quote, urlsplit

import msgspec
from oauthlib.oauth2 import OAuth2Error, WebApplicationClient

from daybook.ledgers.consent import App, Bases, Consent, Offered, Tokens
from daybook.ledgers.talk import Talk
from daybook.ledgers.xero import protocol
from daybook.wire.asks import Answer, Request
from daybook.wire.errors import ConsentNeeded, Misconfigured, NotSent, Offline, Throttled, Unexpected, WireError

SCOPES_BY_FEATURE: Mapping[str, tuple[str, ...]] = {
    "sign_in": ("openid", "profile", "email", "offline_access"),
    "lists": ("accounting.settings.read",),
    "contacts": ("accounting.contacts.read",),
    "invoices": ("accounting.invoices",),
    "purchase_orders": ("accounting.invoices",),
    "items": ("accounting.invoices",),
    "customers": ("accounting.contacts",),
    "credit_notes": ("accounting.invoices",),
    "payments": ("accounting.payments",),
    "bills": ("accounting.invoices",),
    "accounts": ("accounting.settings",),
    "currencies": ("accounting.settings",),
    "attachments": ("accounting.attachments",),
}
"""What a consent must cover for each thing that Daybook can do: granular scopes; invoices cover purchase orders, credit
notes and items too (xero-rules.md 1.7)."""
SCOPES_BEFORE = (
    "openid",
    "profile",
    "email",
    "offline_access",
    "accounting.invoices",
    "accounting.contacts",
    "accounting.settings.read",
    "accounting.attachments",
)
"""What was asked of everybody before scopes followed features."""
_READ = ".read"
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


def new_code_verifier() -> str:
    """Return a fresh PKCE verifier."""
    return str(WebApplicationClient("").create_code_verifier(_VERIFIER_LENGTH))


def covers(granted: frozenset[str], scope: str) -> bool:
    """Tell whether what was granted covers a scope: the right to write holds the right to read (1.7)."""
    return scope in granted or (scope.endswith(_READ) and scope.removesuffix(_READ) in granted)


def authorize_url(bases: Bases, app: App, state: str, code_verifier: str, scopes: Sequence[str]) -> str:
    """Return the address of Xero's consent page, to be opened at top level: it refuses framing (1.3)."""
    client = WebApplicationClient(app.client_id)
    address = f"{bases.login}/identity/connect/authorize"
    secured, plain = _secured(address)
    url = client.prepare_request_uri(
        secured,
        redirect_uri=app.redirect_uri,
        scope=list(scopes),
        state=state,
        code_challenge=client.create_code_challenge(code_verifier, "S256"),
        code_challenge_method="S256",
    )
    return f"http{url.removeprefix('https')}" if plain else str(url)


def code_request(bases: Bases, app: App, code: str, code_verifier: str) -> Request:
    """Return the request that turns a code into tokens; a code lives 5 minutes and works once (1.3)."""
    body = WebApplicationClient(app.client_id).prepare_request_body(
        code=code, redirect_uri=app.redirect_uri, code_verifier=code_verifier, include_client_id=False
    )
    return _form_request(f"{bases.identity}/connect/token", app, body)


def refresh_request(bases: Bases, app: App, refresh_token: str) -> Request:
    """Return the request that turns a refresh token into the next pair (1.4)."""
    body = WebApplicationClient(app.client_id).prepare_refresh_body(refresh_token=refresh_token)
    return _form_request(f"{bases.identity}/connect/token", app, body)


def connections_request(bases: Bases, access_token: str, auth_event_id: str = "") -> Request:
    """Return the request that lists connections; with `auth_event_id` only those of one consent (1.6)."""
    query = f"?authEventId={quote(auth_event_id, safe='')}" if auth_event_id else ""
    return Request("GET", f"{bases.api}/connections{query}", _bearer(access_token))


def delete_connection_request(bases: Bases, access_token: str, connection_id: str) -> Request | None:
    """Return the request that disconnects one organisation: 204, or 404 where it is gone already (1.6)."""
    if not connection_id:
        return None
    return Request("DELETE", f"{bases.api}/connections/{quote(connection_id, safe='')}", _bearer(access_token))


def read_tokens(answer: Answer, asked_at: datetime) -> Tokens:
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


def read_connections(answer: Answer) -> tuple[Offered, ...]:
    """Return the organisations in an answer of /connections; practices and the like are left out (1.6).

    Raises what the status stands for, OutcomeUnknown for half an answer, Unexpected for one of another form.
    """
    protocol.raise_for_status(answer)
    rows = protocol.read_json(answer)
    if not isinstance(rows, list):
        raise Unexpected("/connections did not answer with a list", answer.status)
    return tuple(
        Offered(str(row["tenantId"]), str(row.get("tenantName") or ""), link_id=str(row["id"]))
        for row in rows
        if isinstance(row, dict) and row.get("tenantType") == ORGANISATION and row.get("id") and row.get("tenantId")
    )


def reached(bases: Bases, granted: Tokens, _: Mapping[str, str]) -> Talk[tuple[Offered, ...]]:
    """Ask what this consent reaches; where Xero names nothing new, what this person connected before (1.6)."""
    event = authentication_event_id(granted.access_token)
    answer = yield connections_request(bases, granted.access_token, event)
    found = read_connections(answer)
    if found or not event:
        return found
    return (yield from still_reached(bases, granted.access_token))


def still_reached(bases: Bases, access_token: str) -> Talk[tuple[Offered, ...]]:
    """Ask what this person and app reach now."""
    answer = yield connections_request(bases, access_token)
    return read_connections(answer)


def has_left(answer: Answer) -> bool:
    """Return whether a connection is ended: 404 says that it was before (1.6). Raises what other answers stand for."""
    if answer.status not in {401, 403, 404}:
        protocol.raise_for_status(answer)
    return answer.status in {200, 204, 404}


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


CONSENT = Consent(
    page=authorize_url,
    verifier=new_code_verifier,
    redeem=code_request,
    refresh=refresh_request,
    read_tokens=read_tokens,
    reached=reached,
    still_reached=still_reached,
    leave=delete_connection_request,
    has_left=has_left,
    lapses_after=timedelta(days=60),  # xero-rules.md 1.4
    over="Xero no longer accepts the consent that was given: it was withdrawn in Xero, or not used for 60 days.",
    app_cure="Open the app in Xero's developer portal: it must be a Web app. Copy its Client ID again, press Generate "
    "another secret, put both here, press Save, then Get Access Token.",
    scope_cure="Make a new Web app in Xero's developer portal, put its Client ID and Client Secret here, press Save, "
    "then Get Access Token.",
    nothing_reached="If none can be chosen there, it may have two uncertified apps connected already, which is Xero's "
    "limit: disconnect one under Settings, Connected apps.",
)

"""Apps, consent, codes, tokens and connections, as identity.xero.com has them (xero-rules.md 1).

One token set belongs to one person and one app, whatever the number of organisations connected; which
organisations it opens is decided by connections. Time is the virtual clock's.
"""

import base64
import hashlib
import hmac
import re
import secrets
import threading
from collections.abc import Mapping, Sequence

import msgspec
from msgspec.structs import replace

from localxero.books import seeded_id
from localxero.clock import Clock
from localxero.signing import Signer

CODE_LIFE = 5 * 60
ACCESS_LIFE = 30 * 60
ID_TOKEN_LIFE = 5 * 60
REFRESH_LIFE = 60 * 86_400
REFRESH_GRACE = 30 * 60
FORGET_AFTER = 86_400

SCOPES = {
    "openid": "Know who you are",
    "profile": "See your name",
    "email": "See your e-mail address",
    "offline_access": "Stay connected while you are away",
    "accounting.invoices": "View and manage your invoices, bills, credit notes, purchase orders, quotes and items",
    "accounting.payments": "View and manage your payments",
    "accounting.contacts": "View and manage your contacts",
    "accounting.settings": "View and manage your organisation settings",
    "accounting.attachments": "View and manage your attachments",
}
BROAD = {
    "accounting.transactions": ("accounting.invoices", "accounting.payments"),
    "accounting.transactions.read": ("accounting.invoices.read", "accounting.payments.read"),
}
_READ = re.compile(r"(accounting\.\w+)\.read")
_LOOPBACK_NUMBER = re.compile(r"http://127\.|http://\[::1\]")


class AuthorizeError(Exception):
    """The authorize request is wrong: an error page, never a redirect back (xero-rules.md 1.5)."""


class TokenError(Exception):
    """A token request is refused; `error` is the code of xero-rules.md 1.5."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


class RegistrationError(Exception):
    """An app cannot be registered so."""


class Person(msgspec.Struct, frozen=True):
    """Somebody who can log in."""

    person_id: str
    given_name: str
    family_name: str
    email: str

    @property
    def name(self) -> str:
        """Return the whole name."""
        return f"{self.given_name} {self.family_name}"


class App(msgspec.Struct, frozen=True, kw_only=True):
    """An app as registered in the developer portal."""

    client_id: str
    client_secret: str | None
    name: str
    redirect_uris: tuple[str, ...] = ()
    broad_scopes: bool = False


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """What one person allowed one app in one consent."""

    client_id: str
    person_id: str
    scopes: tuple[str, ...]
    auth_event_id: str


class Connection(msgspec.Struct, frozen=True, kw_only=True):
    """One organisation connected to one app by one person."""

    connection_id: str
    client_id: str
    person_id: str
    tenant_id: str
    auth_event_id: str
    created_ms: int
    updated_ms: int


class AuthorizeRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A valid authorize request."""

    app: App
    redirect_uri: str
    scopes: tuple[str, ...]
    state: str
    code_challenge: str | None


class Code(msgspec.Struct, frozen=True, kw_only=True):
    """An authorization code on its way."""

    grant: Grant
    redirect_uri: str
    code_challenge: str | None
    nonce: str | None
    expires: float


class AccessToken(msgspec.Struct, frozen=True, kw_only=True):
    """An access token given out."""

    token: str
    grant: Grant
    expires: float


class RefreshToken(msgspec.Struct, frozen=True, kw_only=True):
    """A refresh token given out; `used` starts its half hour of grace."""

    token: str
    grant: Grant
    issued: float
    used: float | None = None


class IdentityContents(msgspec.Struct, frozen=True, kw_only=True):
    """All of it, for a snapshot."""

    apps: tuple[App, ...]
    connections: tuple[Connection, ...]
    access_tokens: tuple[AccessToken, ...]
    refresh_tokens: tuple[RefreshToken, ...]


class Identity:
    """The identity server's memory and its decisions."""

    def __init__(self, clock: Clock, signer: Signer, people: Sequence[Person]) -> None:
        self._clock, self._signer = clock, signer
        self._lock = threading.RLock()
        self.people = {person.person_id: person for person in people}
        self.apps: dict[str, App] = {}
        self.connections: dict[str, Connection] = {}
        self._codes: dict[str, Code] = {}
        self._access: dict[str, AccessToken] = {}
        self._refresh: dict[str, RefreshToken] = {}

    def jwks(self) -> dict[str, object]:
        """Return the public key of the tokens."""
        return self._signer.jwks()

    # Apps

    def register(self, app: App) -> App:
        """Register or replace an app; redirect URIs as Xero allows them (xero-rules.md 1.3)."""
        for uri in app.redirect_uris:
            if _LOOPBACK_NUMBER.match(uri) or not uri.startswith(("https://", "http://localhost")):
                message = f"{uri}: a redirect URI must be https, or http://localhost (127.0.0.1 is refused)"
                raise RegistrationError(message)
        with self._lock:
            self.apps[app.client_id] = app
        return app

    # Authorize

    def read_authorize(self, args: Mapping[str, str]) -> AuthorizeRequest:
        """Check the parameters of an authorize request."""
        app = self.apps.get(args.get("client_id", ""))
        if app is None:
            raise AuthorizeError("unauthorized_client: unknown client_id")
        if args.get("response_type") != "code":
            raise AuthorizeError("unsupported_response_type: response_type must be code")
        if args.get("redirect_uri", "") not in app.redirect_uris:
            raise AuthorizeError("invalid_request: redirect_uri is not registered for this app, to the letter")
        scopes = tuple(dict.fromkeys(args.get("scope", "").split()))
        if not scopes or not all(is_scope(scope, broad=app.broad_scopes) for scope in scopes):
            unknown = [scope for scope in scopes if not is_scope(scope, broad=app.broad_scopes)]
            raise AuthorizeError(f"invalid_scope: {' '.join(unknown) or 'none given'}")
        challenge = args.get("code_challenge")
        if challenge and args.get("code_challenge_method") != "S256":
            raise AuthorizeError("invalid_request: code_challenge_method must be S256")
        return AuthorizeRequest(
            app=app,
            redirect_uri=args["redirect_uri"],
            scopes=scopes,
            state=args.get("state", ""),
            code_challenge=challenge or None,
        )

    def allow(
        self, request: AuthorizeRequest, person_id: str, tenant_ids: Sequence[str], *, nonce: str | None = None
    ) -> str:
        """Connect the organisations chosen and give a code."""
        with self._lock:
            grant = Grant(
                client_id=request.app.client_id,
                person_id=person_id,
                scopes=request.scopes,
                auth_event_id=seeded_id("auth event", secrets.token_hex(16)),
            )
            for tenant_id in tenant_ids:
                self._connect(grant, tenant_id)
            code = secrets.token_urlsafe(32)
            self._codes[code] = Code(
                grant=grant,
                redirect_uri=request.redirect_uri,
                code_challenge=request.code_challenge,
                nonce=nonce,
                expires=self._clock.seconds() + CODE_LIFE,
            )
            return code

    def _connect(self, grant: Grant, tenant_id: str) -> None:
        now = self._clock.milliseconds()
        had = self.connection_of(grant, tenant_id)
        if had:
            self.connections[had.connection_id] = replace(had, auth_event_id=grant.auth_event_id, updated_ms=now)
            return
        connection_id = seeded_id("connection", secrets.token_hex(16))
        self.connections[connection_id] = Connection(
            connection_id=connection_id,
            client_id=grant.client_id,
            person_id=grant.person_id,
            tenant_id=tenant_id,
            auth_event_id=grant.auth_event_id,
            created_ms=now,
            updated_ms=now,
        )

    # Tokens

    def token(self, form: Mapping[str, str], basic: tuple[str, str] | None, issuer: str) -> dict[str, object]:
        """Answer the token endpoint."""
        app = self._client(form, basic)
        match form.get("grant_type"):
            case "authorization_code":
                return self._exchange(app, form, issuer)
            case "refresh_token":
                return self._refreshed(app, form, issuer)
            case _:
                raise TokenError("unsupported_grant_type")

    def _client(self, form: Mapping[str, str], basic: tuple[str, str] | None) -> App:
        """Know the app by Basic or by form; an app without a secret is a PKCE app (xero-rules.md 1.2)."""
        client_id, secret = basic or (form.get("client_id", ""), form.get("client_secret", ""))
        if not client_id:
            raise TokenError("unauthorized_client")
        app = self.apps.get(client_id)
        if app is None or not hmac.compare_digest((app.client_secret or "").encode(), secret.encode()):
            raise TokenError("invalid_client")
        return app

    def _exchange(self, app: App, form: Mapping[str, str], issuer: str) -> dict[str, object]:
        if not form.get("code") or not form.get("redirect_uri"):
            raise TokenError("invalid_request")
        with self._lock:
            code = self._codes.pop(form["code"], None)
            if (
                code is None
                or code.expires <= self._clock.seconds()
                or code.grant.client_id != app.client_id
                or code.redirect_uri != form["redirect_uri"]
                or not _verified(code.code_challenge, form.get("code_verifier"), is_public=app.client_secret is None)
            ):
                raise TokenError("invalid_grant")
            return self._issue(code.grant, issuer, nonce=code.nonce)

    def _refreshed(self, app: App, form: Mapping[str, str], issuer: str) -> dict[str, object]:
        """Rotate: a new pair for an unused token, or for one used less than 30 minutes ago (xero-rules.md 1.4)."""
        if not form.get("refresh_token"):
            raise TokenError("invalid_request")
        with self._lock:
            now = self._clock.seconds()
            held = self._refresh.get(form["refresh_token"])
            if (
                held is None
                or held.grant.client_id != app.client_id
                or held.issued + REFRESH_LIFE <= now
                or (held.used is not None and held.used + REFRESH_GRACE <= now)
            ):
                raise TokenError("invalid_grant")
            if held.used is None:
                self._refresh[held.token] = replace(held, used=now)
            return self._issue(held.grant, issuer)

    def _issue(self, grant: Grant, issuer: str, nonce: str | None = None) -> dict[str, object]:
        now = self._clock.seconds()
        self._forget_old(now)
        access = self._signer.sign(self._claims(grant, issuer, now))
        self._access[access] = AccessToken(token=access, grant=grant, expires=now + ACCESS_LIFE)
        answer: dict[str, object] = {
            "access_token": access,
            "expires_in": ACCESS_LIFE,
            "token_type": "Bearer",
            "scope": " ".join(grant.scopes),
        }
        if "openid" in grant.scopes:
            answer["id_token"] = self._signer.sign(self._id_claims(grant, issuer, now, nonce))
        if "offline_access" in grant.scopes:
            refresh = secrets.token_urlsafe(32)
            self._refresh[refresh] = RefreshToken(token=refresh, grant=grant, issued=now)
            answer["refresh_token"] = refresh
        return answer

    def _claims(self, grant: Grant, issuer: str, now: float) -> dict[str, object]:
        """Make the claims of an access token (xero-rules.md 1.4, likely)."""
        return {
            "nbf": int(now),
            "exp": int(now) + ACCESS_LIFE,
            "iss": issuer,
            "aud": f"{issuer}/resources",
            "client_id": grant.client_id,
            "sub": grant.person_id.replace("-", ""),
            "auth_time": int(now),
            "xero_userid": grant.person_id,
            "global_session_id": secrets.token_hex(16),
            "jti": secrets.token_hex(16),
            "authentication_event_id": grant.auth_event_id,
            "scope": list(grant.scopes),
            "amr": ["pwd"],
        }

    def _id_claims(self, grant: Grant, issuer: str, now: float, nonce: str | None) -> dict[str, object]:
        person = self.people[grant.person_id]
        return {
            "nbf": int(now),
            "exp": int(now) + ID_TOKEN_LIFE,
            "iss": issuer,
            "aud": grant.client_id,
            "iat": int(now),
            "sub": grant.person_id.replace("-", ""),
            "auth_time": int(now),
            "xero_userid": grant.person_id,
            "preferred_username": person.email,
            "email": person.email,
            "given_name": person.given_name,
            "family_name": person.family_name,
            "name": person.name,
            **({"nonce": nonce} if nonce else {}),
        }

    def _forget_old(self, now: float) -> None:
        """Drop dead tokens, oldest first: they are kept a day, to tell an expired token from an unknown one."""
        while self._access:
            oldest = next(iter(self._access.values()))
            if oldest.expires + FORGET_AFTER > now:
                return
            del self._access[oldest.token]

    def bearer(self, token: str) -> AccessToken | None:
        """Find an access token, expired or not."""
        return self._access.get(token)

    def revoke(self, form: Mapping[str, str], basic: tuple[str, str] | None) -> None:
        """Take a refresh token back: all connections of that person for the app go (xero-rules.md 1.6)."""
        app = self._client(form, basic)
        with self._lock:
            held = self._refresh.get(form.get("token", ""))
            if held is None or held.grant.client_id != app.client_id:
                return
            self._refresh = {key: each for key, each in self._refresh.items() if not _same(each.grant, held.grant)}
            self._access = {key: each for key, each in self._access.items() if not _same(each.grant, held.grant)}
            self.connections = {
                key: each
                for key, each in self.connections.items()
                if (each.client_id, each.person_id) != (held.grant.client_id, held.grant.person_id)
            }

    # Connections

    def connection_of(self, grant: Grant, tenant_id: str) -> Connection | None:
        """Find the connection that lets this grant into that organisation."""
        return next((each for each in self.connections_of(grant) if each.tenant_id == tenant_id), None)

    def connections_of(self, grant: Grant) -> list[Connection]:
        """Return what this person has connected to this app."""
        with self._lock:
            return [
                each
                for each in self.connections.values()
                if (each.client_id, each.person_id) == (grant.client_id, grant.person_id)
            ]

    def disconnect(self, grant: Grant, connection_id: str) -> bool:
        """Delete a connection of this grant; tell whether there was one."""
        with self._lock:
            if not any(each.connection_id == connection_id for each in self.connections_of(grant)):
                return False
            del self.connections[connection_id]
            return True

    def disconnect_tenant(self, tenant_id: str, client_id: str | None = None) -> int:
        """Disconnect an organisation as its user would inside Xero; tell how many connections went."""
        with self._lock:
            gone = [
                each.connection_id
                for each in self.connections.values()
                if each.tenant_id == tenant_id and client_id in {None, each.client_id}
            ]
            for connection_id in gone:
                del self.connections[connection_id]
            return len(gone)

    # Snapshots

    def contents(self) -> IdentityContents:
        """Return everything but codes."""
        with self._lock:
            return IdentityContents(
                apps=tuple(self.apps.values()),
                connections=tuple(self.connections.values()),
                access_tokens=tuple(self._access.values()),
                refresh_tokens=tuple(self._refresh.values()),
            )

    def restore(self, contents: IdentityContents) -> None:
        """Return to a snapshot; apps registered since then stay."""
        with self._lock:
            self.apps |= {app.client_id: app for app in contents.apps}
            self.connections = {each.connection_id: each for each in contents.connections}
            self._access = {each.token: each for each in contents.access_tokens}
            self._refresh = {each.token: each for each in contents.refresh_tokens}
            self._codes.clear()


def is_scope(scope: str, *, broad: bool) -> bool:
    """Tell whether a scope may be asked for; broad ones only by apps made before 2 March 2026 (1.7)."""
    if scope in BROAD:
        return broad
    found = _READ.fullmatch(scope)
    return (found[1] if found else scope) in SCOPES


def opens(scopes: Sequence[str], needed: str, *, writing: bool) -> bool:
    """Tell whether scopes open an endpoint group, for reading or writing (xero-rules.md 1.7)."""
    held = {granular for scope in scopes for granular in BROAD.get(scope, (scope,))}
    return needed in held or (not writing and f"{needed}.read" in held)


def in_words(scope: str) -> str:
    """Say a scope as the consent page does."""
    found = _READ.fullmatch(scope)
    words = SCOPES.get(found[1] if found else scope, scope)
    return words.replace("View and manage", "View") if found else words


def _verified(challenge: str | None, verifier: str | None, *, is_public: bool) -> bool:
    """Check PKCE: S256, verifier of 43 to 128 characters; a public app must use it."""
    if challenge is None:
        return not is_public
    if verifier is None or not re.fullmatch(r"[A-Za-z0-9._~-]{43,128}", verifier):
        return False
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    return hmac.compare_digest(digest, challenge.encode())


def _same(one: Grant, other: Grant) -> bool:
    return (one.client_id, one.person_id) == (other.client_id, other.person_id)

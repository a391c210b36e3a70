"""The identity server: apps, consent, tokens and connections, as identity.xero.com has them (xero-rules.md 1).

One token set belongs to one person and one app, whatever the number of organisations connected; which
organisations it opens is decided by connections. Time is the virtual clock's.
"""

import hmac
import secrets
import threading
from collections.abc import Mapping, Sequence

from localkit.clock import Clock
from localkit.ids import seeded_id
from localkit.signing import Signer
from localxero.oauth import asking
from localxero.oauth.connections import Connections
from localxero.oauth.errors import TokenError
from localxero.oauth.records import (
    AccessToken,
    App,
    AuthorizeRequest,
    Connection,
    Consent,
    Grant,
    IdentityContents,
    Person,
)
from localxero.oauth.scopes import APP_CONNECTIONS, SCOPES, together, unknown
from localxero.oauth.tokens import Tokens

APP_ITSELF = ""


class Identity:
    """The identity server's memory and its decisions."""

    def __init__(self, clock: Clock, signer: Signer, people: Sequence[Person]) -> None:
        self._clock, self._signer = clock, signer
        self._lock = threading.RLock()
        self.people = {person.person_id: person for person in people}
        self.apps: dict[str, App] = {}
        self._tokens = Tokens(clock, signer, self.people)
        self._connections = Connections()
        self._consents: dict[tuple[str, str], Consent] = {}
        self._ids_given = 0

    def jwks(self) -> dict[str, object]:
        """Return the public key of the tokens."""
        return self._signer.jwks()

    def _new_id(self, kind: str) -> str:
        """Make the next identifier: looks random, but the same for the same history."""
        self._ids_given += 1
        return seeded_id("identity", kind, str(self._ids_given))

    # Apps

    def register(self, app: App) -> App:
        """Register or replace an app; a custom connection is connected to its organisation at once."""
        asking.check_app(app)
        with self._lock:
            self.apps[app.client_id] = app
            if app.tenant_id:
                self._connect(self._grant(app.client_id, APP_ITSELF, ()), [app.tenant_id])
        return app

    def credentials(self) -> tuple[str, str]:
        """Make a client id and a secret, as the developer portal does."""
        with self._lock:
            return self._new_id("client").replace("-", "").upper(), secrets.token_urlsafe(36)

    def remove_app(self, client_id: str) -> bool:
        """Forget an app with all that was granted to it; tell whether there was one."""
        with self._lock:
            if self.apps.pop(client_id, None) is None:
                return False
            people = {each.person_id for each in self._connections.by_id.values() if each.client_id == client_id}
            people |= {person for app, person in self._consents if app == client_id}
            for person in {*people, APP_ITSELF}:
                self._withdraw(client_id, person)
            return True

    # Authorize

    def read_authorize(self, args: Mapping[str, str]) -> AuthorizeRequest:
        """Check the parameters of an authorize request."""
        return asking.read_authorize(self.apps, args)

    def check_choice(self, app: App, tenant_names: Mapping[str, str], *, several: bool = True) -> None:
        """Refuse organisations that this app may not connect now."""
        chosen = tuple(tenant_names)
        asking.check_several(app, chosen, wanted=several)
        with self._lock:
            asking.check_room(app, self._connections.tenants_of(app.client_id), chosen)
            for tenant_id, name in tenant_names.items():
                others = [self.apps[key] for key in self._connections.apps_of(tenant_id) if key in self.apps]
                asking.check_uncertified(app, others, name)

    def allow(
        self, request: AuthorizeRequest, person_id: str, tenant_ids: Sequence[str], *, nonce: str | None = None
    ) -> str:
        """Connect the organisations chosen and give a code; scopes add to those of earlier consents (1.4)."""
        key = (request.app.client_id, person_id)
        with self._lock:
            before = self._consents.get(key)
            scopes = together(before.scopes if before else (), request.scopes)
            self._consents[key] = Consent(client_id=key[0], person_id=person_id, scopes=scopes)
            grant = self._grant(*key, scopes)
            self._connect(grant, tenant_ids)
            return self._tokens.give_code(request, grant, nonce)

    def sign_in(
        self, client_id: str, person_id: str, tenant_ids: Sequence[str], scopes: tuple[str, ...], issuer: str
    ) -> dict[str, object]:
        """Connect and give a token set of exactly these scopes, without the consent page: for tests."""
        with self._lock:
            grant = self._grant(client_id, person_id, scopes)
            self._connect(grant, tenant_ids)
            return self._tokens.issue(grant, issuer)

    def _grant(self, client_id: str, person_id: str, scopes: tuple[str, ...]) -> Grant:
        event = self._new_id("auth event")
        return Grant(client_id=client_id, person_id=person_id, scopes=scopes, auth_event_id=event)

    def _connect(self, grant: Grant, tenant_ids: Sequence[str]) -> None:
        now = self._clock.milliseconds()
        for tenant_id in tenant_ids:
            self._connections.connect(grant, tenant_id, now_ms=now, new_id=lambda: self._new_id("connection"))

    # Tokens

    def token(self, form: Mapping[str, str], basic: tuple[str, str] | None, issuer: str) -> dict[str, object]:
        """Answer the token endpoint."""
        app = self._client(form, basic)
        with self._lock:
            match form.get("grant_type"):
                case "authorization_code":
                    return self._tokens.exchange(app, form, issuer)
                case "refresh_token":
                    return self._tokens.refresh(app, form, issuer)
                case "client_credentials":
                    scopes = self._own_scopes(app, form.get("scope", ""))
                    return self._tokens.issue(self._grant(app.client_id, APP_ITSELF, scopes), issuer)
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

    def _own_scopes(self, app: App, text: str) -> tuple[str, ...]:
        """Decide what an app may have without a person: all of accounting for a custom connection, else its connections.

        A custom connection that was disconnected gets nothing (unsure how Xero says so).
        """
        if app.is_public or (app.is_custom and not self._connections.tenants_of(app.client_id)):
            raise TokenError("unauthorized_client")
        asked = tuple(dict.fromkeys(text.split()))
        if not app.is_custom:
            if asked != (APP_CONNECTIONS,):
                raise TokenError("invalid_scope")
            return asked
        allowed = [scope for scope in asked if scope != APP_CONNECTIONS]
        if unknown(allowed, broad=app.broad_scopes):
            raise TokenError("invalid_scope")
        return asked or tuple(scope for scope in SCOPES if scope.startswith("accounting."))

    def bearer(self, token: str) -> AccessToken | None:
        """Find an access token, expired or not."""
        return self._tokens.bearer(token)

    def expire(self, token: str) -> None:
        """Let an access token end now, for good: a fault."""
        with self._lock:
            self._tokens.expire(token)

    def revoke(self, form: Mapping[str, str], basic: tuple[str, str] | None) -> None:
        """Take a refresh token back: all connections of that person for the app go (xero-rules.md 1.6)."""
        app = self._client(form, basic)
        if not form.get("token"):
            raise TokenError("invalid_request")
        with self._lock:
            grant = self._tokens.refresh_grant(form.get("token", ""))
            if grant is not None and grant.client_id == app.client_id:
                self._withdraw(grant.client_id, grant.person_id)

    def _withdraw(self, client_id: str, person_id: str) -> None:
        self._tokens.drop(client_id, person_id)
        self._consents.pop((client_id, person_id), None)
        self._connections.drop(lambda each: (each.client_id, each.person_id) == (client_id, person_id))

    # Connections

    @property
    def connections(self) -> dict[str, Connection]:
        """Return all connections by their id."""
        return self._connections.by_id

    def connection_of(self, grant: Grant, tenant_id: str) -> Connection | None:
        """Find the connection that lets this grant into that organisation."""
        with self._lock:
            return self._connections.find(grant, tenant_id)

    def connections_of(self, grant: Grant) -> list[Connection]:
        """Return the connections this grant may see."""
        with self._lock:
            return self._connections.seen_by(grant)

    def apps_of(self, tenant_id: str) -> set[str]:
        """Return the apps connected to an organisation by anybody."""
        with self._lock:
            return self._connections.apps_of(tenant_id)

    def tenants_of(self, client_id: str) -> set[str]:
        """Return the organisations connected to an app by anybody."""
        with self._lock:
            return self._connections.tenants_of(client_id)

    def disconnect(self, grant: Grant, connection_id: str) -> bool:
        """Delete a connection this grant may see; tell whether there was one."""
        with self._lock:
            seen = {each.connection_id for each in self._connections.seen_by(grant)}
            return connection_id in seen and bool(
                self._connections.drop(lambda each: each.connection_id == connection_id)
            )

    def disconnect_tenant(self, tenant_id: str, client_id: str | None = None) -> int:
        """Disconnect an organisation as its user would inside Xero; tell how many connections went."""
        with self._lock:
            return self._connections.drop(
                lambda each: each.tenant_id == tenant_id and client_id in {None, each.client_id}
            )

    # Snapshots

    def contents(self) -> IdentityContents:
        """Return everything but codes."""
        with self._lock:
            access, refresh = self._tokens.contents()
            return IdentityContents(
                apps=tuple(self.apps.values()),
                consents=tuple(self._consents.values()),
                connections=tuple(self.connections.values()),
                access_tokens=access,
                refresh_tokens=refresh,
                ids_given=self._ids_given,
            )

    def restore(self, contents: IdentityContents) -> None:
        """Return to a snapshot; apps registered since then stay."""
        with self._lock:
            self.apps |= {app.client_id: app for app in contents.apps}
            self._consents = {(each.client_id, each.person_id): each for each in contents.consents}
            self._connections.load(contents.connections)
            self._tokens.load(contents.access_tokens, contents.refresh_tokens)
            self._ids_given = contents.ids_given
            self._reconnect_custom()

    def _reconnect_custom(self) -> None:
        """Connect custom connections that a snapshot from before them does not know."""
        known = {each.client_id for each in self.connections.values()}
        for app in self.apps.values():
            if app.tenant_id and app.client_id not in known:
                self._connect(self._grant(app.client_id, APP_ITSELF, ()), [app.tenant_id])

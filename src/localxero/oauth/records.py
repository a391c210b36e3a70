"""What the identity server remembers: people, apps, consents, connections, codes and tokens."""

import msgspec

from localxero.oauth.scopes import PERSONAL
from localxero.oauth.tiers import TIERS, Tier


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
    """An app as registered in the developer portal; without a secret it is a PKCE app (xero-rules.md 1.2).

    A custom connection names the one organisation it is bound to in `tenant_id`.
    """

    client_id: str
    client_secret: str | None
    name: str
    redirect_uris: tuple[str, ...] = ()
    broad_scopes: bool = False
    tier: str = "core"
    company_url: str = ""
    tenant_id: str | None = None

    @property
    def is_public(self) -> bool:
        """Tell whether it is a native app: no secret, PKCE instead."""
        return self.client_secret is None

    @property
    def is_custom(self) -> bool:
        """Tell whether it is a custom connection."""
        return self.tenant_id is not None

    @property
    def kind(self) -> str:
        """Name its kind as the developer portal does."""
        return "Custom connection" if self.is_custom else "Mobile or desktop app" if self.is_public else "Web app"

    @property
    def allowance(self) -> Tier:
        """Return what its tier allows."""
        return TIERS[self.tier]


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """What one person allowed one app in one consent; without a person the app speaks for itself."""

    client_id: str
    person_id: str
    scopes: tuple[str, ...]
    auth_event_id: str


class Consent(msgspec.Struct, frozen=True, kw_only=True):
    """All scopes a person has allowed an app so far."""

    client_id: str
    person_id: str
    scopes: tuple[str, ...]


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

    @property
    def wants_organisation(self) -> bool:
        """Tell whether an organisation is to be connected: signing in with Xero alone connects none (likely)."""
        return any(scope not in PERSONAL for scope in self.scopes)


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

    apps: tuple[App, ...] = ()
    consents: tuple[Consent, ...] = ()
    connections: tuple[Connection, ...] = ()
    access_tokens: tuple[AccessToken, ...] = ()
    refresh_tokens: tuple[RefreshToken, ...] = ()
    ids_given: int = 0

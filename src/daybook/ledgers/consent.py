"""PURE: how a ledger lets a company in: OAuth 2.0 with the app of the company's own (RFC 6749, RFC 7636).

The trip is the same for all: a page of the ledger's, a code, tokens, and what they reach. What differs is a row.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from daybook.ledgers.talk import Talk
from daybook.wire.asks import Answer, Request


@dataclass(frozen=True, slots=True)
class Bases:
    """Where a ledger lives, for one installation: addresses without a path, such as `https://api.example.com`."""

    api: str
    identity: str
    login: str


@dataclass(frozen=True, slots=True)
class App:
    """A company's own app, as the ledger's login knows it."""

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
class Offered:
    """One organisation that a consent reaches."""

    their_id: str
    """The ledger's own id of it, by which calls name it."""
    name: str
    link_id: str = ""
    """The ledger's own id of the app's way to it, by which it is left; "" where it has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What a ledger brings so that a person can let Daybook in. Requests are whole: with their address and access."""

    page: Callable[[Bases, App, str, str, Sequence[str]], str]
    """Address of its consent page for (.., state, PKCE verifier, scopes); a browser opens it at top level."""
    verifier: Callable[[], str]
    """A fresh PKCE verifier (RFC 7636); one that is not asked for does no harm."""
    redeem: Callable[[Bases, App, str, str], Request]
    """Turns (.., code, PKCE verifier) into tokens."""
    refresh: Callable[[Bases, App, str], Request]
    """Turns a refresh token into the next tokens."""
    read_tokens: Callable[[Answer, datetime], Tokens]
    """Of an answer, and when the request left. Raises ConsentNeeded where the grant is over, and only then;
    Misconfigured where the app's settings are wrong; Throttled, Offline and NotSent where the same may be asked again.
    """
    reached: Callable[[Bases, Tokens, Mapping[str, str]], Talk[tuple[Offered, ...]]]
    """What a consent that was just given reaches; a ledger may say so in what the browser came back with."""
    still_reached: Callable[[Bases, str], Talk[tuple[Offered, ...]]]
    """What an access token reaches now; asked where a call was refused, to tell lost rights from a lost organisation."""
    leave: Callable[[Bases, str, str], Request | None]
    """Ends the app's way of (.., access token, link id) to an organisation; None: there is nothing to tell."""
    has_left: Callable[[Answer], bool]
    """Whether it is ended, by the answer to `leave`. Raises what the answer stands for where that may be asked again."""
    lapses_after: timedelta | None = None
    """How long a refresh token may lie unused before the consent is over; None: it does not lapse by that."""
    over: str
    """How a consent ends there, as a sentence for people."""
    app_cure: str
    """What to do at the ledger where it does not take the app's credentials, as sentences for people."""
    scope_cure: str
    """What to do there where it does not grant what Daybook asks for."""
    nothing_reached: str
    """Why a person may be offered no organisation there, and what to do."""

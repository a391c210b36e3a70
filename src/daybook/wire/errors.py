"""What went wrong in a call to a ledger, named for what the caller does next. The list is closed.

    WireError
    |- Throttled          429: wait as told; no attempt is spent
    |- Offline            503: the organisation or the API is away; park the connection, look again later
    |- Paused             a pause stands, so no call was made: wait, nothing new follows from it
    |- NotSent            nothing reached the far side: safe to try again
    |- OutcomeUnknown     sent, no clear answer: look there first
    |- TokenExpired       401 TokenExpired: refresh once; a write is "not sent" (xero-rules.md 4.5)
    |- Refused            400, 404: this request needs a person; `messages` are its own words
    |- ConsentNeeded      consent is gone or too narrow: stop this connection, tell its company
    |- Misconfigured      the app's client id, secret, scopes or redirect URI are wrong: a person at the app's settings
    |- Full               a folder's disk or quota is full: nothing was taken; again once somebody has made room
    |- LoginRefused       a server does not let us in: a person there must enter our public key
    |- HostKeyChanged     another server answers than a person confirmed: nothing was shown to it
    `- Unexpected         our bug or their change; alert, never quietly retry

Sources: xero-rules.md 1.5, 2.1, 4.4, 4.5.
"""

from dataclasses import dataclass


@dataclass(eq=False)
class WireError(Exception):
    """A call did not give what was asked; `words` are the far side's own, or what the socket said, without secrets."""

    words: str = ""
    http_status: int | None = None

    def __str__(self) -> str:
        return f"{type(self).__name__} ({self.http_status or 'no answer'}): {self.words}"


@dataclass(eq=False)
class Throttled(WireError):  # noqa: N818 - named for what the caller does
    """The far side asks us to wait."""

    problem: str = ""
    """`minute`, `day`, `concurrent` or `appminute`, normalised."""
    retry_after: int | None = None
    """Seconds; None where it did not say."""


@dataclass(eq=False)
class Offline(WireError):  # noqa: N818
    """The organisation or the whole API is away."""

    retry_after: int | None = None
    """Seconds; None where it did not say."""


class Paused(WireError):  # noqa: N818
    """A pause of the connection stands, so no call was made; `words` say until when and why."""

    def __str__(self) -> str:
        return self.words


class NotSent(WireError):  # noqa: N818
    """The request did not leave this machine."""


class OutcomeUnknown(WireError):  # noqa: N818
    """The request may have been carried out."""


class TokenExpired(WireError):  # noqa: N818
    """The access token ended before the far side looked at the request."""


@dataclass(eq=False)
class Refused(WireError):  # noqa: N818
    """The far side read the request and said no."""

    messages: tuple[str, ...] = ()


class ConsentNeeded(WireError):  # noqa: N818
    """Only a person at the consent page can help."""


@dataclass(eq=False)
class Misconfigured(WireError):  # noqa: N818
    """Only a person at the app's settings can help; the stored tokens stay as they are."""

    problem: str = ""
    """The login's word for it, such as `invalid_client` (xero-rules.md 1.5)."""


class Full(WireError):  # noqa: N818
    """The disk or the quota on the other side is full."""


class LoginRefused(WireError):  # noqa: N818
    """Neither our key nor a password opens the server's door."""


@dataclass(eq=False)
class HostKeyChanged(WireError):  # noqa: N818
    """The server shows another key than the one that a person confirmed."""

    expected: str = ""
    """Fingerprint, as `ssh-keygen -l` writes it: SHA256:..."""
    found: str = ""


class Unexpected(WireError):  # noqa: N818
    """Not in our book of answers."""

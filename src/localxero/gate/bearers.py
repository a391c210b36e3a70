"""Who bears which token."""

from werkzeug.wrappers import Request

from localkit.answers import StopError
from localkit.journal import Entry
from localxero.gate import errors
from localxero.gate.calls import State
from localxero.oauth import AccessToken


def bearer(state: State, request: Request) -> AccessToken | None:
    """Find the token that a request bears, of an app that is still there."""
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    found = state.identity.bearer(text.strip()) if kind.casefold() == "bearer" else None
    return found if found and found.grant.client_id in state.identity.apps else None


def authenticated(state: State, request: Request, entry: Entry) -> AccessToken:
    """Know the bearer, or refuse (xero-rules.md 4.5)."""
    token = bearer(state, request)
    if token is None:
        entry.spoke("token_is_known", "no token, or one that was never given out or was revoked")
        raise StopError(errors.unauthorized("AuthenticationUnsuccessful"))
    if token.expires <= state.clock.seconds():
        entry.spoke("token_is_alive", "the access token has expired")
        raise StopError(errors.expired(token.expires))
    return token

"""Codes and tokens given out, and when each dies (xero-rules.md 1.3, 1.4). Not locked: Identity holds the lock."""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from localkit.clock import Clock
from localkit.signing import Signer
from localxero.oauth.claims import ACCESS_LIFE, access_claims, id_claims
from localxero.oauth.errors import TokenError
from localxero.oauth.records import AccessToken, App, AuthorizeRequest, Code, Grant, Person, RefreshToken

CODE_LIFE = 5 * 60
REFRESH_LIFE = 60 * 86_400
REFRESH_GRACE = 30 * 60
FORGET_AFTER = 86_400


class Tokens:
    """Everything secret that was given out."""

    def __init__(self, clock: Clock, signer: Signer, people: Mapping[str, Person]) -> None:
        self._clock, self._signer, self._people = clock, signer, people
        self._codes: dict[str, Code] = {}
        self._access: dict[str, AccessToken] = {}
        self._refresh: dict[str, RefreshToken] = {}

    def load(self, access: Iterable[AccessToken], refresh: Iterable[RefreshToken]) -> None:
        """Hold these and no others; codes on their way are lost."""
        self._access = {each.token: each for each in access}
        self._refresh = {each.token: each for each in refresh}
        self._codes.clear()

    def contents(self) -> tuple[tuple[AccessToken, ...], tuple[RefreshToken, ...]]:
        """Return everything but codes."""
        return tuple(self._access.values()), tuple(self._refresh.values())

    def give_code(self, request: AuthorizeRequest, grant: Grant, nonce: str | None) -> str:
        """Make an authorization code: once, within five minutes."""
        code = secrets.token_urlsafe(32)
        self._codes[code] = Code(
            grant=grant,
            redirect_uri=request.redirect_uri,
            code_challenge=request.code_challenge,
            nonce=nonce,
            expires=self._clock.seconds() + CODE_LIFE,
        )
        return code

    def exchange(self, app: App, form: Mapping[str, str], issuer: str) -> dict[str, object]:
        """Take a code for a token set."""
        if not form.get("code") or not form.get("redirect_uri"):
            raise TokenError("invalid_request")
        code = self._codes.pop(form["code"], None)
        if code is None or not self._is_good(code, app, form):
            raise TokenError("invalid_grant")
        return self.issue(code.grant, issuer, nonce=code.nonce)

    def _is_good(self, code: Code, app: App, form: Mapping[str, str]) -> bool:
        return (
            code.expires > self._clock.seconds()
            and code.grant.client_id == app.client_id
            and code.redirect_uri == form["redirect_uri"]
            and is_verified(code.code_challenge, form.get("code_verifier"), is_public=app.is_public)
        )

    def refresh(self, app: App, form: Mapping[str, str], issuer: str) -> dict[str, object]:
        """Rotate: a new pair for an unused token, or for one used less than 30 minutes ago (xero-rules.md 1.4)."""
        if not form.get("refresh_token"):
            raise TokenError("invalid_request")
        now = self._clock.seconds()
        held = self._refresh.get(form["refresh_token"])
        if held is None or held.grant.client_id != app.client_id or not _is_alive(held, now):
            raise TokenError("invalid_grant")
        if held.used is None:
            self._refresh[held.token] = replace(held, used=now)
        return self.issue(held.grant, issuer)

    def issue(self, grant: Grant, issuer: str, nonce: str | None = None) -> dict[str, object]:
        """Give out what a grant allows: an access token always, the others by scope, none of them to an app alone."""
        now = self._clock.seconds()
        self._forget_old(now)
        access = self._signer.sign(access_claims(grant, issuer, now))
        self._access[access] = AccessToken(token=access, grant=grant, expires=now + ACCESS_LIFE)
        answer: dict[str, object] = {
            "access_token": access,
            "expires_in": ACCESS_LIFE,
            "token_type": "Bearer",
            "scope": " ".join(grant.scopes),
        }
        if "openid" in grant.scopes and grant.person_id:
            person = self._people[grant.person_id]
            answer["id_token"] = self._signer.sign(id_claims(grant, person, issuer, now, nonce=nonce, access=access))
        if "offline_access" in grant.scopes and grant.person_id:
            refresh = secrets.token_urlsafe(32)
            self._refresh[refresh] = RefreshToken(token=refresh, grant=grant, issued=now)
            answer["refresh_token"] = refresh
        return answer

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

    def expire(self, token: str) -> None:
        """Let an access token end now."""
        if held := self._access.get(token):
            self._access[token] = replace(held, expires=min(held.expires, self._clock.seconds()))

    def refresh_grant(self, token: str) -> Grant | None:
        """Find what a refresh token stands for."""
        held = self._refresh.get(token)
        return held.grant if held else None

    def drop(self, client_id: str, person_id: str) -> None:
        """Forget all tokens of a person for an app."""
        who = (client_id, person_id)
        self._refresh = {key: each for key, each in self._refresh.items() if _who(each.grant) != who}
        self._access = {key: each for key, each in self._access.items() if _who(each.grant) != who}


def _is_alive(held: RefreshToken, now: float) -> bool:
    return held.issued + REFRESH_LIFE > now and (held.used is None or held.used + REFRESH_GRACE > now)


def _who(grant: Grant) -> tuple[str, str]:
    return grant.client_id, grant.person_id


def is_verified(challenge: str | None, verifier: str | None, *, is_public: bool) -> bool:
    """Check PKCE: S256, verifier of 43 to 128 characters; a public app must use it."""
    if challenge is None:
        return not is_public
    if verifier is None or not re.fullmatch(r"[A-Za-z0-9._~-]{43,128}", verifier):
        return False
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
    return hmac.compare_digest(digest, challenge.encode())

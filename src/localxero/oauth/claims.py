"""What stands in an access token and in an id token (xero-rules.md 1.4, likely). Pure, but for random identifiers."""

import base64
import hashlib
import secrets

from localxero.oauth.records import Grant, Person

Claims = dict[str, object]
ACCESS_LIFE = 30 * 60
ID_TOKEN_LIFE = 5 * 60
CLAIMS = ("sub", "xero_userid", "name", "given_name", "family_name", "preferred_username", "email", "auth_time", "amr")


def access_claims(grant: Grant, issuer: str, now: float) -> Claims:
    """Make the claims of an access token; one of the app itself names no person."""
    return {
        "nbf": int(now),
        "exp": int(now) + ACCESS_LIFE,
        "iss": issuer,
        "aud": f"{issuer}/resources",
        "client_id": grant.client_id,
        **(_session_claims(grant, now) if grant.person_id else {}),
        "jti": secrets.token_hex(16),
        "scope": list(grant.scopes),
    }


def _session_claims(grant: Grant, now: float) -> Claims:
    return {
        "sub": grant.person_id.replace("-", ""),
        "auth_time": int(now),
        "xero_userid": grant.person_id,
        "global_session_id": secrets.token_hex(16),
        "authentication_event_id": grant.auth_event_id,
        "amr": ["pwd"],
    }


def id_claims(grant: Grant, person: Person, issuer: str, now: float, *, nonce: str | None, access: str) -> Claims:
    """Make the claims of an id token: who, what `profile` and `email` allow, and the hash of its access token."""
    claims: Claims = {
        "nbf": int(now),
        "exp": int(now) + ID_TOKEN_LIFE,
        "iss": issuer,
        "aud": grant.client_id,
        "iat": int(now),
        "at_hash": at_hash(access),
        "sid": secrets.token_hex(16),
        "auth_time": int(now),
        "idp": "local",
        "amr": ["pwd"],
        "global_session_id": secrets.token_hex(16),
        **person_claims(grant, person),
    }
    return claims | ({"nonce": nonce} if nonce else {})


def person_claims(grant: Grant, person: Person) -> Claims:
    """Say who a person is, as far as the scopes go."""
    claims: Claims = {"sub": grant.person_id.replace("-", ""), "xero_userid": grant.person_id}
    if "email" in grant.scopes:
        claims["email"] = person.email
    if "profile" in grant.scopes:
        claims |= {
            "preferred_username": person.email,
            "given_name": person.given_name,
            "family_name": person.family_name,
            "name": person.name,
        }
    return claims


def at_hash(access: str) -> str:
    """Tie an id token to its access token: the left half of a SHA-256 (OpenID Connect Core 3.1.3.6)."""
    return base64.urlsafe_b64encode(hashlib.sha256(access.encode()).digest()[:16]).rstrip(b"=").decode()

"""What stands in an access token and in an id token (xero-rules.md 1.4, likely). Pure, but for random identifiers."""

import secrets

from localxero.oauth.records import Grant, Person

ACCESS_LIFE = 30 * 60
ID_TOKEN_LIFE = 5 * 60


def access_claims(grant: Grant, issuer: str, now: float) -> dict[str, object]:
    """Make the claims of an access token; one of the app itself names no person."""
    return {
        "nbf": int(now),
        "exp": int(now) + ACCESS_LIFE,
        "iss": issuer,
        "aud": f"{issuer}/resources",
        "client_id": grant.client_id,
        **(_person_claims(grant, now) if grant.person_id else {}),
        "jti": secrets.token_hex(16),
        "scope": list(grant.scopes),
    }


def _person_claims(grant: Grant, now: float) -> dict[str, object]:
    return {
        "sub": grant.person_id.replace("-", ""),
        "auth_time": int(now),
        "xero_userid": grant.person_id,
        "global_session_id": secrets.token_hex(16),
        "authentication_event_id": grant.auth_event_id,
        "amr": ["pwd"],
    }


def id_claims(grant: Grant, person: Person, issuer: str, now: float, nonce: str | None) -> dict[str, object]:
    """Make the claims of an id token: what `profile` and `email` allow, and who."""
    claims: dict[str, object] = {
        "nbf": int(now),
        "exp": int(now) + ID_TOKEN_LIFE,
        "iss": issuer,
        "aud": grant.client_id,
        "iat": int(now),
        "sub": grant.person_id.replace("-", ""),
        "auth_time": int(now),
        "xero_userid": grant.person_id,
    }
    if "email" in grant.scopes:
        claims["email"] = person.email
    if "profile" in grant.scopes:
        claims |= {
            "preferred_username": person.email,
            "given_name": person.given_name,
            "family_name": person.family_name,
            "name": person.name,
        }
    return claims | ({"nonce": nonce} if nonce else {})

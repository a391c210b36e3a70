"""What an app may ask and a person may choose: one rule, one function. Pure."""

import re
from collections.abc import Collection, Mapping, Sequence

from localkit.web_address import is_web_address
from localxero.oauth.errors import AuthorizeError, ConsentError, RegistrationError
from localxero.oauth.records import App, AuthorizeRequest
from localxero.oauth.scopes import BROAD, unknown
from localxero.oauth.tiers import TIERS, UNCERTIFIED_APPS_PER_ORGANISATION

MOST_REDIRECT_URIS = 50
_LOOPBACK_NUMBER = re.compile(r"http://127\.|http://\[::1\]")
_CHALLENGE = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_LOCALHOST = re.compile(r"http://localhost(?=[:/]|$)")


def check_app(app: App) -> None:
    """Refuse an app that the developer portal would refuse (xero-rules.md 1.3, 2.3)."""
    if not app.client_id.strip():
        raise RegistrationError("a client_id is needed")
    if app.tier not in TIERS:
        raise RegistrationError(f"tier must be one of {', '.join(TIERS)}")
    if len(app.redirect_uris) > MOST_REDIRECT_URIS:
        raise RegistrationError(f"at most {MOST_REDIRECT_URIS} redirect URIs may be registered")
    if app.client_secret is not None and not app.client_secret.strip():
        raise RegistrationError("a client_secret may not be empty: leave it out for a native app")
    if app.is_custom and app.is_public:
        raise RegistrationError("a custom connection needs a client_secret")
    for uri in app.redirect_uris:
        _check_redirect_uri(uri)


def _check_redirect_uri(uri: str) -> None:
    """Refuse what is neither https nor http://localhost, and wildcards (xero-rules.md 1.3, likely)."""
    is_known = is_web_address(uri, ("https",)) or (_LOCALHOST.match(uri) and is_web_address(uri, ("http",)))
    if "*" in uri or _LOOPBACK_NUMBER.match(uri) or not is_known:
        raise RegistrationError(f"{uri}: a redirect URI must be https, or http://localhost (127.0.0.1 is refused)")


def read_authorize(apps: Mapping[str, App], args: Mapping[str, str]) -> AuthorizeRequest:
    """Read an authorize request; whatever is wrong shows a page and never redirects (xero-rules.md 1.3, 1.5)."""
    app = apps.get(args.get("client_id", ""))
    if app is None:
        raise AuthorizeError("unauthorized_client: unknown client_id")
    if app.is_custom:
        raise AuthorizeError("unauthorized_client: a custom connection uses client credentials")
    if args.get("response_type") != "code":
        raise AuthorizeError("unsupported_response_type: response_type must be code")
    if args.get("redirect_uri", "") not in app.redirect_uris:
        raise AuthorizeError("invalid_request: redirect_uri is not registered for this app, to the letter")
    return AuthorizeRequest(
        app=app,
        redirect_uri=args["redirect_uri"],
        scopes=_asked_scopes(app, args.get("scope", "")),
        state=args.get("state", ""),
        code_challenge=_challenge(app, args),
    )


def _asked_scopes(app: App, text: str) -> tuple[str, ...]:
    scopes = tuple(dict.fromkeys(text.split()))
    wrong = unknown(scopes, broad=app.broad_scopes)
    if wrong or not scopes:
        raise AuthorizeError(f"invalid_scope: {' '.join(wrong) or 'none given'}{_hint(wrong)}")
    return scopes


def _hint(wrong: Sequence[str]) -> str:
    """Say why scopes are refused: broad ones are for older apps, the others are none that Xero knows."""
    broad = [scope for scope in wrong if scope in BROAD]
    if broad:
        return f" ({', '.join(broad)}: only for apps made before 2 March 2026; ask for {', '.join(BROAD[broad[0]])})"
    return " (no scope that Xero knows)" if wrong else ""


def _challenge(app: App, args: Mapping[str, str]) -> str | None:
    challenge = args.get("code_challenge") or None
    if challenge and args.get("code_challenge_method") != "S256":
        raise AuthorizeError("invalid_request: code_challenge_method must be S256")
    if challenge and not _CHALLENGE.fullmatch(challenge):
        raise AuthorizeError("invalid_request: code_challenge must be 43 to 128 characters long (RFC 7636)")
    if app.is_public and not challenge:
        raise AuthorizeError("invalid_request: code_challenge is required")
    return challenge


def check_several(app: App, tenant_ids: Sequence[str], *, wanted: bool = True) -> None:
    """Refuse several organisations in one consent below the Advanced tier (xero-rules.md 1.3, likely)."""
    if len(tenant_ids) > 1 and not (app.allowance.bulk_connections and wanted):
        raise ConsentError("Choose one organisation: connecting several at once is for apps of the Advanced tier.")


def check_room(app: App, connected: Collection[str], tenant_ids: Sequence[str]) -> None:
    """Refuse more organisations than the app's tier allows (xero-rules.md 2.3)."""
    most = app.allowance.connections
    if most is not None and len({*connected, *tenant_ids}) > most:
        raise AuthorizeError(f"connection limit: {app.name} may connect at most {most} organisations on its tier")


def check_uncertified(app: App, others: Collection[App], tenant_name: str) -> None:
    """Refuse a third uncertified app at one organisation (xero-rules.md 2.3)."""
    uncertified = [each for each in others if not each.allowance.certified and not each.is_custom]
    if app.allowance.certified or app.client_id in {each.client_id for each in uncertified}:
        return
    if len(uncertified) >= UNCERTIFIED_APPS_PER_ORGANISATION:
        raise AuthorizeError(
            f"uncertified app limit: {tenant_name} has {UNCERTIFIED_APPS_PER_ORGANISATION} uncertified apps connected"
        )

"""/identity/connect/authorize, /connect/token, /connect/revocation, /connections and discovery.

The consent form is plain HTML and can be sent by any HTTP client: a POST to /identity/connect/authorize with the
parameters of the authorize request (in the query or the form) and

    decision   allow or deny
    tenant     an organisation's id; may be repeated; may be left out where only one exists
    person     a person's id; the first person where left out
"""

import base64
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from werkzeug.datastructures import CombinedMultiDict
from werkzeug.wrappers import Request

from localkit import answers
from localkit.answers import Answer, StopError, json_answer
from localkit.clock import instant
from localkit.journal import Booking, Entry
from localxero.gate import errors
from localxero.gate.bearers import authenticated
from localxero.gate.calls import State
from localxero.oauth import (
    AccessToken,
    AuthorizeError,
    AuthorizeRequest,
    Connection,
    ConsentError,
    TokenError,
    in_words,
)
from localxero.oauth.claims import CLAIMS, person_claims
from localxero.oauth.scopes import EVERY_SCOPE
from localxero.render.pages import render_page


def authorize(state: State, request: Request, entry: Entry) -> Answer:
    """Show the consent page, or act on what was decided there."""
    args = CombinedMultiDict([request.args, request.form])
    entry.app = args.get("client_id")
    try:
        asked = state.identity.read_authorize(args.to_dict())
    except AuthorizeError as reason:
        return _error_page(entry, reason)
    if request.method in {"GET", "HEAD"}:
        return _consent_page(state, request, asked)
    if args.get("decision") != "allow":
        return _back(asked, error="access_denied", error_description="The resource owner denied the request")
    people, tenants = state.identity.people, state.organisations
    person = args.get("person") or next(iter(people))
    chosen = args.getlist("tenant") or (list(tenants) if len(tenants) == 1 else [])
    if not asked.wants_organisation:
        chosen = []
    if person not in people or bool(chosen) != asked.wants_organisation or not set(chosen) <= set(tenants):
        return _consent_page(state, request, asked, problem="Choose an organisation to connect.")
    names = {each: tenants[each].organisation.name for each in chosen}
    try:
        several = "bulk_connect:false" not in args.get("acr_values", "")
        state.identity.check_choice(asked.app, names, several=several)
    except AuthorizeError as reason:
        return _error_page(entry, reason)
    except ConsentError as reason:
        return _consent_page(state, request, asked, problem=str(reason))
    code = state.identity.allow(asked, person, chosen, nonce=args.get("nonce"))
    entry.booked += [Booking("connection", key, name, "ALLOWED") for key, name in names.items()]
    return _back(asked, code=code, scope=" ".join(asked.scopes), session_state="localxero")


def _error_page(entry: Entry, reason: AuthorizeError) -> Answer:
    """Show what is wrong and never send back (xero-rules.md 1.5)."""
    entry.spoke("authorize_request_is_right", str(reason))
    return answers.html(render_page("authorize_error.html", reason=str(reason)), 500)


def _back(asked: AuthorizeRequest, **answer: str) -> Answer:
    if asked.state:
        answer["state"] = asked.state
    joint = "&" if urlsplit(asked.redirect_uri).query else "?"
    return answers.redirect(f"{asked.redirect_uri}{joint}{urlencode(answer)}")


def _consent_page(state: State, request: Request, asked: AuthorizeRequest, problem: str = "") -> Answer:
    page = render_page(
        "consent.html",
        app=asked.app,
        scopes=[(scope, in_words(scope)) for scope in asked.scopes],
        people=list(state.identity.people.values()),
        choices=[books.organisation for books in state.organisations.values()] if asked.wants_organisation else [],
        parameters=request.args.items(multi=True) if request.args else request.form.items(multi=True),
        problem=problem,
    )
    return answers.html(page, 400 if problem else 200)


def token(state: State, request: Request, entry: Entry) -> Answer:
    """Exchange a code or a refresh token."""
    form = request.form.to_dict()
    entry.note = form.get("grant_type", "")
    try:
        basic = _basic(request)
        entry.app = basic[0] if basic else form.get("client_id")
        return json_answer(state.identity.token(form, basic, issuer(request))).with_headers(
            ("Cache-Control", "no-store")
        )
    except TokenError as refused:
        entry.spoke(refused.error, "the token endpoint refused")
        return json_answer({"error": refused.error}, 400)


def for_bearers(act: Callable[..., Answer]) -> Callable[..., Answer]:
    """Give an endpoint the token of who asks, or refuse."""

    def known(state: State, request: Request, entry: Entry, **values: str) -> Answer:
        try:
            bearer = authenticated(state, request, entry)
        except StopError as stop:
            return stop.answer
        entry.app = bearer.grant.client_id
        return act(state, request, entry, bearer, **values)

    return known


@for_bearers
def userinfo(state: State, _: Request, entry: Entry, bearer: AccessToken) -> Answer:
    """Say who the bearer's person is, as far as the scopes go (OpenID Connect Core 5.3)."""
    person = state.identity.people.get(bearer.grant.person_id)
    if person is None or "openid" not in bearer.grant.scopes:
        entry.spoke("scope_is_held", "needs openid, and a person")
        return errors.scope_missing()
    return json_answer(person_claims(bearer.grant, person))


def revocation(state: State, request: Request, entry: Entry) -> Answer:
    """Take a refresh token back, with all connections of its person for the app."""
    try:
        state.identity.revoke(request.form.to_dict(), _basic(request))
    except TokenError as refused:
        entry.spoke(refused.error, "the revocation endpoint refused")
        return json_answer({"error": refused.error}, 400)
    return Answer(200)


def _basic(request: Request) -> tuple[str, str] | None:
    """Read HTTP Basic; broken credentials are an unknown client."""
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    if kind.casefold() != "basic":
        return None
    try:
        client_id, _, secret = base64.b64decode(text.strip(), validate=True).decode().partition(":")
    except ValueError as reason:
        raise TokenError("invalid_client") from reason
    return client_id, secret


@for_bearers
def connections(state: State, request: Request, _: Entry, bearer: AccessToken) -> Answer:
    """List what the bearer's person has connected to the app: a bare array (xero-rules.md 1.6)."""
    state.limits.count_for_app(bearer.grant.client_id)
    event = request.args.get("authEventId")
    return json_answer(
        [
            _connection(state, each)
            for each in state.identity.connections_of(bearer.grant)
            if event in {None, each.auth_event_id} and each.tenant_id in state.organisations
        ]
    )


def _connection(state: State, record: Connection) -> dict[str, str]:
    return {
        "id": record.connection_id,
        "authEventId": record.auth_event_id,
        "tenantId": record.tenant_id,
        "tenantType": "ORGANISATION",
        "tenantName": state.organisations[record.tenant_id].organisation.name,
        "createdDateUtc": _seven_digits(record.created_ms),
        "updatedDateUtc": _seven_digits(record.updated_ms),
    }


def _seven_digits(milliseconds: int) -> str:
    """Write an instant with seven decimals and no zone, as the sample in Xero's OpenAPI file does."""
    return f"{instant(milliseconds):%Y-%m-%dT%H:%M:%S.%f}0"


@for_bearers
def delete_connection(state: State, _: Request, entry: Entry, bearer: AccessToken, connection_id: str) -> Answer:
    """Disconnect one organisation: 204, or 404 if it is gone (xero-rules.md 1.6)."""
    state.limits.count_for_app(bearer.grant.client_id)
    if not state.identity.disconnect(bearer.grant, connection_id.lower()):
        return errors.not_found()
    entry.booked.append(Booking("connection", connection_id, "", "DELETED"))
    return Answer(204)


def discovery(_: State, request: Request, __: Entry) -> Answer:
    """Publish where everything is."""
    here = issuer(request)
    return json_answer(
        {
            "issuer": here,
            "jwks_uri": f"{here}/.well-known/openid-configuration/jwks",
            "authorization_endpoint": f"{here}/identity/connect/authorize",
            "token_endpoint": f"{here}/connect/token",
            "userinfo_endpoint": f"{here}/connect/userinfo",
            "revocation_endpoint": f"{here}/connect/revocation",
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "subject_types_supported": ["public"],
            "scopes_supported": list(EVERY_SCOPE),
            "claims_supported": list(CLAIMS),
            "response_modes_supported": ["query"],
        }
    )


def jwks(state: State, _: Request, __: Entry) -> Answer:
    """Publish the public key of the tokens."""
    return json_answer(state.identity.jwks())


def issuer(request: Request) -> str:
    """Return the address under which the client sees us."""
    return request.host_url.rstrip("/")

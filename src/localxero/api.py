"""The accounting API's gate: token, tenant, limits, scope, key, then the endpoint, in Xero's order.

who are you (401) -> which tenant (403) -> limits (429) -> scope (401) -> Idempotency-Key (400, replay) -> endpoint
"""

import hashlib
from collections.abc import Sequence
from functools import partial

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request

from localkit import answers, striking
from localkit.answers import Answer, StopError
from localkit.faults import of_kind
from localkit.idempotency import KeyReusedError, KeyTooLongError
from localkit.journal import Entry
from localxero import wire
from localxero.endpoints import (
    Endpoint,
    Route,
    accounts,
    allocations,
    attachments,
    contacts,
    credit_notes,
    history,
    invoices,
    items,
    payments,
    purchase_orders,
    sending,
    settings,
    tax_rates,
    tracking,
)
from localxero.gate import errors, resources
from localxero.gate.bearers import authenticated, bearer
from localxero.gate.calls import Call, State
from localxero.gate.faults import FaultRule
from localxero.gate.limits import LONGEST_KEY, RAPID_SECONDS
from localxero.oauth import AccessToken, opens
from localxero.queries.lists import PreconditionError, QueryParseError

PREFIX = "/api.xro/2.0"
ROUTES: Sequence[Route] = tuple(
    route
    for module in (
        settings,
        accounts,
        tax_rates,
        tracking,
        contacts,
        items,
        invoices,
        purchase_orders,
        credit_notes,
        allocations,
        payments,
        sending,
        history,
        attachments,
    )
    for route in module.ROUTES
)
_SPELLINGS = {word.casefold(): word for route in ROUTES for word in route.path.split("/") if not word.startswith("<")}
MAP = Map([Rule(f"{PREFIX}{route.path}", endpoint=route) for route in ROUTES], strict_slashes=False)
WRITES = {"PUT", "POST", "DELETE", "PATCH"}


def accounting(state: State, request: Request, entry: Entry, fired: Sequence[FaultRule]) -> Answer:
    """Answer a request below /api.xro/2.0."""
    try:
        token = authenticated(state, request, entry)
        entry.app = token.grant.client_id
        call = _let_in(state, request, entry, token)
    except StopError as stop:
        return stop.answer
    app, tenant = token.grant.client_id, call.books.organisation.tenant_id
    allowance = state.identity.apps[app].allowance
    admission = state.limits.enter(
        app, tenant, tier_day=allowance.calls_a_day, rapid_until=_rapid_until(call) if allowance.rapid_sync else None
    )
    if admission.problem:
        entry.spoke("limit_is_not_reached", f"{admission.problem} limit reached")
        refused = errors.rate_limited(admission.problem, admission.retry_after)
        return refused.with_headers(*admission.headers)
    try:
        striking.delay(fired, "latency_before")
        return _answered(call, fired).with_headers(*admission.headers)
    finally:
        state.limits.leave(app, tenant)


def _rapid_until(call: Call) -> float | None:
    """Say until when a new connection is in its first half hour, in seconds (xero-rules.md 2.1)."""
    connection = call.state.identity.connection_of(call.token.grant, call.books.organisation.tenant_id)
    return connection.created_ms / 1000 + RAPID_SECONDS if connection else None


def with_limits(state: State, request: Request, answer: Answer) -> Answer:
    """Say on every answer to an app we know what remains of its limits (xero-rules.md 2.1)."""
    token = bearer(state, request)
    if token is None or any(name == "X-AppMinLimit-Remaining" for name, _ in answer.headers):
        return answer
    app, tenant = token.grant.client_id, request.headers.get("xero-tenant-id", "").strip().lower()
    allowance = state.identity.apps[app].allowance
    known = tenant if tenant in state.organisations and request.path.lower().startswith(PREFIX) else None
    return answer.with_headers(*state.limits.standing(app, known, tier_day=allowance.calls_a_day))


def _let_in(state: State, request: Request, entry: Entry, token: AccessToken) -> Call:
    tenant_id = request.headers.get("xero-tenant-id", "").strip().lower() or _own_tenant(state, token)
    books = state.organisations.get(tenant_id)
    if books is None or state.identity.connection_of(token.grant, tenant_id) is None:
        entry.spoke("tenant_is_connected", "the tenant is missing, unknown or not connected to this app by this person")
        raise StopError(errors.forbidden())
    entry.tenant_id = tenant_id
    if books.organisation.offline:
        entry.spoke("organisation_is_online", "the organisation is offline")
        raise StopError(answers.text(503, errors.OFFLINE))
    books.base_url = request.host_url.rstrip("/")
    return Call(state, request, entry, token, books)


def _own_tenant(state: State, token: AccessToken) -> str:
    """Return the organisation a custom connection is bound to: its calls may leave the header out (1.2, likely)."""
    app = state.identity.apps.get(token.grant.client_id)
    return (app.tenant_id or "") if app else ""


def _answered(call: Call, fired: Sequence[FaultRule]) -> Answer:
    """Find the endpoint, check scope and form, and act, once per key."""
    request = call.request
    try:
        endpoint = _endpoint(call)
    except StopError as stop:
        return stop.answer
    act = partial(_act, call, endpoint, fired)
    key = request.headers.get("Idempotency-Key")
    if not key or request.method not in WRITES:
        return act()
    try:
        answer, call.entry.replayed = call.state.keys.once(_scope_of(call), key, _fingerprint(request), act)
    except KeyTooLongError:
        call.entry.spoke("key_fits", f"longer than {LONGEST_KEY} characters")
        return errors.key_refused(f"Idempotency Key must not be more than {LONGEST_KEY} characters.")
    except KeyReusedError:
        call.entry.spoke("key_is_for_this_request", "the key was used with a different request")
        return errors.key_refused(f"Idempotency Key: {key} is used with a different request.")
    return answer


def _endpoint(call: Call) -> Endpoint:
    request = call.request
    try:
        route, path_values = MAP.bind("").match(_spelt(request.path), method=request.method)
    except HTTPException as reason:
        if lacked := resources.lacked_in(request.path):
            call.entry.spoke("resource_is_here", f"{lacked} is not")
            raise StopError(errors.not_here(resources.told(lacked))) from reason
        call.entry.spoke("path_is_known", "there is no such path")
        raise StopError(errors.not_found()) from reason
    if request.method not in route.methods:
        call.entry.spoke("method_is_implemented", f"only {', '.join(route.methods)}")
        raise StopError(errors.not_implemented())
    writing = request.method in WRITES
    if not any(opens(call.token.grant.scopes, scope, writing=writing) for scope in route.scopes):
        call.entry.spoke("scope_is_held", f"needs {' or '.join(route.scopes)}")
        raise StopError(errors.scope_missing())
    accept = request.headers.get("Accept", "")
    any_form = request.method == "DELETE" or (route.answers_files and request.method == "GET")
    is_pdf = route.answers_pdf and request.method == "GET" and answers.PDF in accept
    if not any_form and not is_pdf and "application/json" not in accept:
        raise StopError(
            answers.text(
                406,
                f"This local Xero answers in JSON only, Xero would send XML: send Accept: application/json. {wire.AS_JSON}",
            )
        )
    return partial(route.methods[request.method], **path_values)


def _spelt(path: str) -> str:
    """Spell a resource as its route does: Xero does not mind case (its own SDK asks for /Connections)."""
    prefix, rest = path[: len(PREFIX)], path[len(PREFIX) :]
    return prefix.lower() + "/".join(_SPELLINGS.get(word.casefold(), word) for word in rest.split("/"))


def _act(call: Call, endpoint: Endpoint, fired: Sequence[FaultRule]) -> Answer:
    """Run the endpoint and turn what it raises into Xero's answers; a scripted 500 strikes here."""
    if of_kind(fired, "status_500_before"):
        return errors.server_error()
    try:
        answer = endpoint(call)
    except StopError as stop:
        answer = stop.answer
    except wire.NothingSentError as reason:
        call.entry.spoke("body_holds_something", str(reason))
        answer = errors.nothing_sent(str(reason))
    except wire.XmlSentError as reason:
        call.entry.spoke("body_is_json", "XML was sent")
        answer = answers.text(415, str(reason))
    except wire.UnreadableError as reason:
        call.entry.spoke("body_is_readable", str(reason))
        answer = errors.unreadable_body(str(reason))
    except PreconditionError:
        call.entry.spoke("precondition_is_readable", "If-Modified-Since is not a date")
        answer = answers.text(412, "One or more conditions given in the request header fields were invalid")
    except QueryParseError as reason:
        call.entry.spoke("query_is_readable", str(reason))
        answer = errors.unreadable_query(str(reason))
    striking.delay(fired, "latency_after")
    return errors.server_error() if of_kind(fired, "status_500_after") else answer


def _scope_of(call: Call) -> str:
    """Say within what a key counts: the app, and by switches the tenant and the token (xero-rules.md 3)."""
    switches = call.state.switches
    parts = [call.token.grant.client_id]
    if switches.keys_scoped_to_tenant:
        parts.append(call.books.organisation.tenant_id)
    if switches.keys_forgotten_on_refresh:
        parts.append(call.token.token)
    return "\n".join(parts)


def _fingerprint(request: Request) -> str:
    """Tell requests apart by method, URL with its parameters, tenant and body."""
    digest = hashlib.sha256(request.get_data()).hexdigest()
    tenant = request.headers.get("xero-tenant-id", "").lower()
    return f"{request.method} {request.full_path} {tenant} {digest}"

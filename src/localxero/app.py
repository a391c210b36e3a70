"""The program as a WSGI application.

A request's way:  faults before -> identity | api -> faults after -> journal.  Pages and controls stand outside it.
"""

import sys
import traceback
from collections.abc import Callable, Iterable, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request

from localkit import answers, striking
from localkit.answers import Answer, sent
from localkit.faults import ConnectionCutError
from localkit.ids import seeded_id
from localkit.journal import Entry
from localkit.proxies import forwarded_proto
from localxero import api, control, pages
from localxero.endpoints import identity
from localxero.gate import errors, resources
from localxero.gate.calls import State
from localxero.gate.faults import SERVED, FaultRule
from localxero.gate.striking import BEFORE
from localxero.simulator import Simulator

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

LARGEST_BODY = 10 * 1024 * 1024
LARGEST_FILE = 26 * 1024 * 1024
IDENTITY = Map(
    [
        Rule("/identity/connect/authorize", methods=["GET", "POST"], endpoint=identity.authorize),
        Rule("/connect/token", methods=["POST"], endpoint=identity.token),
        Rule("/connect/userinfo", methods=["GET", "POST"], endpoint=identity.userinfo),
        Rule("/connect/revocation", methods=["POST"], endpoint=identity.revocation),
        Rule("/connections", methods=["GET"], endpoint=identity.connections),
        Rule("/connections/<connection_id>", methods=["DELETE"], endpoint=identity.delete_connection),
        Rule("/.well-known/openid-configuration", methods=["GET"], endpoint=identity.discovery),
        Rule("/.well-known/openid-configuration/jwks", methods=["GET"], endpoint=identity.jwks),
    ],
    strict_slashes=False,
)
OTHER_APIS = tuple(f"/{name}.xro/" for name in resources.OTHER_APIS)


class LocalXero(Simulator):
    """A local Xero: call it as a WSGI application, steer it by its methods."""

    product = "localxero"

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request; a cut connection leaves as ConnectionCutError, which the server turns into a reset."""
        if proto := forwarded_proto(environ, self.trusted_proxies):
            environ["wsgi.url_scheme"] = proto
        request = Request(environ)
        request.max_content_length = LARGEST_FILE if "/attachments/" in request.path.lower() else LARGEST_BODY
        try:
            answer = self._answer(request)
        except ConnectionCutError:
            raise
        except HTTPException as reason:
            answer = _refused(reason)
        except Exception:  # noqa: BLE001 - the outermost loop: a defect of ours is told and never shown to the client
            traceback.print_exc(file=sys.stderr)
            answer = errors.server_error()
        return sent(answer, self.clock.now(), start_response)

    def too_large(self) -> Answer:
        """Refuse a body that is too large."""
        return errors.too_large()

    def _answer(self, request: Request) -> Answer:
        if request.path.lower().startswith(SERVED):
            return self._served(request)
        if request.method != "GET" and request.headers.get("Sec-Fetch-Site") == "cross-site":
            return answers.text(403, "Controls are not for pages of other sites.")
        if request.path.startswith(control.PREFIX):
            return control.answer(self, request)
        if request.path.lower().startswith(OTHER_APIS) and (lacked := resources.lacked_in(request.path)):
            return errors.not_here(resources.told(lacked))
        return pages.answer(self.state, request)

    def _served(self, request: Request) -> Answer:
        """Serve what a client of Xero asks, with faults around it and a line in the journal."""
        state = self.state
        entry = _opened(state, request)
        fired = state.faults.striking(request.method, request.path, entry.tenant_id)
        entry.faults, entry.fault_ids = [rule.kind for rule in fired], [rule.id for rule in fired]
        is_accounting = request.path.lower().startswith("/api.xro/")
        try:
            if not is_accounting:
                striking.delay(fired, "latency_before")
            answer = striking.before(BEFORE, fired, state, request, entry) or self._dispatch(request, entry, fired)
            if not is_accounting:
                striking.delay(fired, "latency_after")
        except HTTPException as reason:
            answer = _refused(reason)
        state.announce(entry.tenant_id)
        answer = api.with_limits(state, request, answer)
        answer = answer.with_headers(("Xero-Correlation-Id", seeded_id("correlation", str(entry.number))))
        entry.status, entry.bytes_out = answer.status, len(answer.body)
        if is_accounting and "/attachments" not in request.path.lower():
            state.journal.keep_bodies(entry, request.get_data(), answer.body)
        seen = striking.after(fired, answer, entry)
        entry.status, entry.bytes_out = seen.status, len(seen.body)
        _meter(state, entry)
        return seen

    def _dispatch(self, request: Request, entry: Entry, fired: Sequence[FaultRule]) -> Answer:
        if request.path.lower().startswith("/api.xro/"):
            return api.accounting(self.state, request, entry, fired)
        try:
            act, values = IDENTITY.bind("").match(request.path.lower(), method=request.method)
        except MethodNotAllowed:
            return answers.text(405, "Method not allowed")
        except HTTPException:
            return errors.not_found()
        found: Callable[..., Answer] = act
        return found(self.state, request, entry, **values)


def create_app(**options: Any) -> LocalXero:
    """Make a local Xero as a WSGI application."""
    return LocalXero(**options)


def _refused(reason: HTTPException) -> Answer:
    if reason.code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return errors.too_large()
    return answers.text(reason.code or 400, reason.description or reason.name)


def _meter(state: State, entry: Entry) -> None:
    """Count what the app has read (xero-rules.md 2.3)."""
    counts = entry.method == "GET" or state.switches.egress_counts_writes
    if entry.app and counts and entry.path.lower().startswith("/api.xro/"):
        state.egress.count(entry.app, entry.path, entry.bytes_out)


def _opened(state: State, request: Request) -> Entry:
    query = request.query_string.decode("utf-8", "replace")
    entry = state.journal.open(state.clock.now(), request.method, request.path, query)
    entry.tenant_id = request.headers.get("xero-tenant-id")
    entry.idempotency_key = request.headers.get("Idempotency-Key")
    entry.bytes_in = request.content_length or 0
    return entry

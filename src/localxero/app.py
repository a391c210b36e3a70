"""The program as a WSGI application, and its controls as methods for use in process.

A request's way:  faults before -> identity | api -> faults after -> journal.  Pages and controls stand outside it.
"""

import sys
import time
import traceback
import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request

from localxero import answers, api, control, pages, render, seed
from localxero.answers import Answer
from localxero.books import Books, Contents
from localxero.calls import State
from localxero.clock import Clock
from localxero.endpoints import identity
from localxero.faults import ConnectionCutError, FaultRule, of_kind
from localxero.idempotency import Keys
from localxero.journal import Entry
from localxero.limits import Limits
from localxero.oauth import App, AuthorizeRequest, Identity, IdentityContents
from localxero.signing import process_signer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

LARGEST_BODY = 10 * 1024 * 1024
EVERYTHING = (
    "openid profile email offline_access accounting.invoices accounting.contacts accounting.settings "
    "accounting.payments accounting.attachments"
)
IDENTITY = Map(
    [
        Rule("/identity/connect/authorize", methods=["GET", "POST"], endpoint=identity.authorize),
        Rule("/connect/token", methods=["POST"], endpoint=identity.token),
        Rule("/connect/revocation", methods=["POST"], endpoint=identity.revocation),
        Rule("/connections", methods=["GET"], endpoint=identity.connections),
        Rule("/connections/<connection_id>", methods=["DELETE"], endpoint=identity.delete_connection),
        Rule("/.well-known/openid-configuration", methods=["GET"], endpoint=identity.discovery),
        Rule("/.well-known/openid-configuration/jwks", methods=["GET"], endpoint=identity.jwks),
    ],
    strict_slashes=False,
)
JOURNALLED = ("/api.xro/", "/connect/", "/connections", "/identity/", "/.well-known/")


class Snapshot(msgspec.Struct, frozen=True):
    """All that is remembered, but for keys, limits, faults and the journal."""

    organisations: tuple[Contents, ...]
    identity: IdentityContents


class LocalXero:
    """A local Xero: call it as a WSGI application, steer it by its methods."""

    def __init__(
        self,
        *,
        limits: str = "live",
        speed: float = 1.0,
        start: datetime | None = None,
        redirect_uris: Iterable[str] = (),
        name: str = "localxero",
    ) -> None:
        self.seed_name = name
        clock = Clock(start=start, speed=speed)
        self.state = State(
            clock=clock,
            identity=Identity(clock, process_signer(), seed.PEOPLE),
            limits=Limits(clock, limits),
            organisations=_books(seed.organisations(name)),
            keys=Keys(clock),
        )
        self.state.identity.register(
            replace(seed.DEFAULT_APP, redirect_uris=(*seed.DEFAULT_APP.redirect_uris, *redirect_uris))
        )

    # Controls

    @property
    def clock(self) -> Clock:
        """Return the clock, to freeze or advance it."""
        return self.state.clock

    def reset(self) -> None:
        """Return to the seed: books, connections, tokens, keys, limits, faults and journal; apps stay."""
        state = self.state
        self.restore(
            Snapshot(
                tuple(seed.organisations(self.seed_name)),
                IdentityContents(apps=(), connections=(), access_tokens=(), refresh_tokens=()),
            )
        )
        state.faults.clear()
        state.journal.clear()
        state.clock.reset()
        state.limits.set(state.limits.mode)

    def snapshot(self) -> Snapshot:
        """Return all that is remembered."""
        organisations = tuple(books.contents() for books in self.state.organisations.values())
        return Snapshot(organisations, self.state.identity.contents())

    def restore(self, snapshot: Snapshot) -> None:
        """Return to a snapshot."""
        self.state.organisations = _books(snapshot.organisations)
        self.state.identity.restore(snapshot.identity)
        self.state.keys.clear()

    def save(self, path: Path) -> None:
        """Write all that is remembered to a file, in one step."""
        beside = path.with_name(f"{path.name}.part")
        beside.write_bytes(msgspec.json.encode(self.snapshot()))
        beside.replace(path)

    def load(self, path: Path) -> None:
        """Read what `save` wrote."""
        self.restore(msgspec.json.decode(path.read_bytes(), type=Snapshot))

    def register_app(self, app: App) -> App:
        """Register an app, as in the developer portal."""
        return self.state.identity.register(app)

    def add_fault(self, kind: str, **details: Any) -> FaultRule:
        """Put a fault rule into force; see faults.FaultRule for its fields."""
        return self.state.faults.add(FaultRule(kind=kind, **details))

    def disconnect(self, tenant_id: str, client_id: str | None = None) -> int:
        """Withdraw consent as a user does inside Xero."""
        return self.state.identity.disconnect_tenant(tenant_id, client_id)

    def configure(self, tenant_id: str, **settings: object) -> None:
        """Change settings of an organisation: lock dates, edition, offline and so on."""
        books = self.state.organisations[tenant_id]
        with books.lock:
            books.organisation = replace(books.organisation, **settings)

    def books(self, tenant_id: str) -> Books:
        """Return an organisation's books."""
        return self.state.organisations[tenant_id]

    def export(self, tenant_id: str) -> render.Json:
        """Return an organisation's books as JSON-ready values with Decimals, for exact comparison."""
        books = self.state.organisations[tenant_id]
        with books.lock:
            return render.books_export(books)

    def tenant_id(self, country_code: str) -> str:
        """Return the tenant id of the organisation of a country, such as "GB"."""
        return next(
            key for key, books in self.state.organisations.items() if books.organisation.country_code == country_code
        )

    def sign_in(
        self, *tenant_ids: str, client_id: str = "client", scope: str = EVERYTHING, issuer: str = "http://localhost"
    ) -> dict[str, object]:
        """Connect organisations (all where none is named) and return a token set, without the consent page."""
        known = self.state.identity
        app = known.apps[client_id]
        asked = AuthorizeRequest(
            app=app,
            redirect_uri=app.redirect_uris[0],
            scopes=tuple(scope.split()),
            state="",
            code_challenge=None,
        )
        code = known.allow(asked, next(iter(known.people)), tenant_ids or tuple(self.state.organisations))
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": asked.redirect_uri}
        return known.token(form, (client_id, app.client_secret or ""), issuer)

    # WSGI

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request; a cut connection leaves as ConnectionCutError, which the server turns into a reset."""
        request = Request(environ)
        request.max_content_length = LARGEST_BODY
        try:
            answer = self._answer(request)
        except ConnectionCutError:
            raise
        except HTTPException as reason:
            answer = answers.text(reason.code or 400, reason.description or reason.name)
        except Exception:  # noqa: BLE001 - the outermost loop: a defect of ours is told and never shown to the client
            traceback.print_exc(file=sys.stderr)
            answer = answers.text(500, answers.SERVER_ERROR)
        headers = [("Content-Type", answer.content_type), ("Content-Length", str(len(answer.body))), *answer.headers]
        start_response(f"{answer.status} {_reason(answer.status)}", headers)
        return [answer.body]

    def _answer(self, request: Request) -> Answer:
        if request.path.lower().startswith(JOURNALLED):
            return self._served(request)
        if request.path.startswith(control.PREFIX):
            return control.answer(self, request)
        return pages.answer(self.state, request)

    def _served(self, request: Request) -> Answer:
        """Serve what a client of Xero asks, with faults around it and a line in the journal."""
        state = self.state
        entry = _opened(state, request)
        fired = state.faults.striking(request.method, request.path, entry.tenant_id)
        entry.faults = [rule.kind for rule in fired]
        try:
            answer = _struck_before(fired, state) or self._dispatch(request, entry, fired)
        except HTTPException as reason:
            answer = answers.text(reason.code or 400, reason.description or reason.name)
        answer = answer.with_headers(("Xero-Correlation-Id", str(uuid.uuid4())))
        entry.status, entry.bytes_out = answer.status, len(answer.body)
        _strike_after(fired, answer)
        return answer

    def _dispatch(self, request: Request, entry: Entry, fired: Sequence[FaultRule]) -> Answer:
        if request.path.lower().startswith("/api.xro/"):
            return api.accounting(self.state, request, entry, fired)
        try:
            act, values = IDENTITY.bind("").match(request.path.lower(), method=request.method)
        except MethodNotAllowed:
            return answers.text(405, "Method not allowed")
        except HTTPException:
            return answers.not_found()
        found: Callable[..., Answer] = act
        return found(self.state, request, entry, **values)


def create_app(**options: Any) -> LocalXero:
    """Make a local Xero as a WSGI application."""
    return LocalXero(**options)


def _books(contents: Iterable[Contents]) -> dict[str, Books]:
    return {each.organisation.tenant_id: Books(each) for each in contents}


def _opened(state: State, request: Request) -> Entry:
    query = request.query_string.decode("utf-8", "replace")
    entry = state.journal.open(state.clock.now(), request.method, request.path, query)
    entry.tenant_id = request.headers.get("xero-tenant-id")
    entry.idempotency_key = request.headers.get("Idempotency-Key")
    entry.bytes_in = request.content_length or 0
    return entry


def _struck_before(fired: Sequence[FaultRule], state: State) -> Answer | None:
    if rule := of_kind(fired, "latency_before"):
        time.sleep(rule.seconds)
    if of_kind(fired, "reset_before"):
        raise ConnectionCutError
    if of_kind(fired, "status_503", "identity_down"):
        return answers.text(503, answers.OFFLINE)
    if of_kind(fired, "status_401_expired"):
        return api.expired(state.clock.seconds())
    if rule := of_kind(fired, "status_429"):
        return answers.rate_limited(rule.problem, rule.retry_after)
    return None


def _strike_after(fired: Sequence[FaultRule], answer: Answer) -> None:
    if rule := of_kind(fired, "latency_after"):
        time.sleep(rule.seconds)
    if of_kind(fired, "reset_after"):
        raise ConnectionCutError
    if of_kind(fired, "truncate_after"):
        head = (
            f"HTTP/1.1 {answer.status} {_reason(answer.status)}\r\nContent-Type: {answer.content_type}\r\n"
            f"Content-Length: {len(answer.body)}\r\n\r\n"
        )
        raise ConnectionCutError(head.encode() + answer.body[: len(answer.body) // 2])


def _reason(status: int) -> str:
    return HTTPStatus(status).phrase

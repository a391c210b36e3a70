"""The controls below /_local/: JSON in, JSON out. What each does is a method or a state of the Simulator."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request

from localxero import answers, journal
from localxero.answers import Answer, json_answer
from localxero.faults import FaultRule
from localxero.limits import MODES
from localxero.oauth import App, RegistrationError
from localxero.simulator import Simulator, Snapshot
from localxero.switches import Switches

PREFIX = "/_local/"
T = TypeVar("T")


class ControlError(Exception):
    """A control call that makes no sense; says what is wrong."""


class _Body(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What a control call sends."""


class ClockBody(_Body):
    """How the clock shall run."""

    freeze: bool | None = None
    at: datetime | None = None
    advance_seconds: float | None = None
    speed: float | None = None
    reset: bool = False


class AppBody(_Body):
    """An app to register; registering a client_id again replaces it. Without one, id and secret are made here.

    `tenant_id` makes it a custom connection; no secret makes it a PKCE app; `broad_scopes` one from before 2 March 2026.
    """

    client_id: str | None = None
    client_secret: str | None = None
    name: str | None = None
    redirect_uris: list[str] = []
    broad_scopes: bool = False
    tier: str = "core"
    company_url: str = ""
    tenant_id: str | None = None


class LimitsBody(_Body):
    """A mode, and single ceilings that differ from it."""

    mode: str | None = None
    concurrent: int | msgspec.UnsetType | None = msgspec.UNSET
    minute: int | msgspec.UnsetType | None = msgspec.UNSET
    day: int | msgspec.UnsetType | None = msgspec.UNSET
    app_minute: int | msgspec.UnsetType | None = msgspec.UNSET


class OrganisationBody(_Body):
    """Settings of an organisation that tests like to change."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    period_lock_date: "str | msgspec.UnsetType | None" = msgspec.UNSET
    end_of_year_lock_date: "str | msgspec.UnsetType | None" = msgspec.UNSET
    edition: str | msgspec.UnsetType = msgspec.UNSET
    offline: bool | msgspec.UnsetType = msgspec.UNSET
    not_allowed: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET


class DisconnectBody(_Body):
    """Which organisation is disconnected, and from which app (all where left out)."""

    tenant_id: str
    client_id: str | None = None


class SeedBody(_Body):
    """Another seed: other identifiers, the same organisations."""

    name: str = "localxero"


class SignInBody(_Body):
    """Whom to connect without the consent page."""

    client_id: str = "client"
    tenant_ids: list[str] = []
    scope: str | None = None


def answer(xero: Simulator, request: Request) -> Answer:
    """Answer a control call."""
    try:
        act, values = MAP.bind("").match(request.path, method=request.method)
    except MethodNotAllowed:
        return json_answer({"error": "method not allowed"}, 405)
    except HTTPException:
        return json_answer({"error": "no such control; see the README of localxero"}, 404)
    found: Callable[..., object] = act
    try:
        result = found(xero, request, **values)
    except (ControlError, RegistrationError, msgspec.DecodeError) as reason:
        return json_answer({"error": str(reason)}, 400)
    return result if isinstance(result, Answer) else json_answer(result)


def health(xero: Simulator, _: Request) -> object:
    """Say that it runs, and what it holds."""
    return {
        "status": "ok",
        "now": xero.clock.now(),
        "organisations": [
            {"tenant_id": key, "name": books.organisation.name, "short_code": books.organisation.short_code}
            for key, books in xero.state.organisations.items()
        ],
    }


def reset(xero: Simulator, _: Request) -> object:
    """Return to the seed."""
    xero.reset()
    return {"status": "ok"}


def reseed(xero: Simulator, request: Request) -> object:
    """Return to another seed."""
    xero.seed_name = _read(request, SeedBody).name
    xero.reset()
    return health(xero, request)


def list_apps(xero: Simulator, _: Request) -> object:
    """List the apps registered."""
    return list(xero.state.identity.apps.values())


def register_app(xero: Simulator, request: Request) -> object:
    """Register an app, or replace it."""
    body = _read(request, AppBody)
    if body.tenant_id is not None:
        _known(xero, body.tenant_id)
    client_id, secret = (body.client_id, body.client_secret) if body.client_id else xero.state.identity.credentials()
    return xero.register_app(
        App(
            client_id=client_id,
            client_secret=secret,
            name=body.name or client_id,
            redirect_uris=tuple(body.redirect_uris),
            broad_scopes=body.broad_scopes,
            tier=body.tier,
            company_url=body.company_url,
            tenant_id=body.tenant_id.lower() if body.tenant_id else None,
        )
    )


def remove_app(xero: Simulator, _: Request, client_id: str) -> object:
    """Forget an app with all that was granted to it."""
    if not xero.state.identity.remove_app(client_id):
        raise ControlError("no such app")
    return list_apps(xero, _)


def sign_in(xero: Simulator, request: Request) -> object:
    """Connect and give a token set without the consent page, for tests that are about something else."""
    body = _read(request, SignInBody)
    if body.client_id not in xero.state.identity.apps:
        raise ControlError("no such app")
    if not set(body.tenant_ids) <= set(xero.state.organisations):
        raise ControlError("no such tenant")
    options = {"scope": body.scope} if body.scope else {}
    return xero.sign_in(*body.tenant_ids, client_id=body.client_id, issuer=request.host_url.rstrip("/"), **options)


def show_clock(xero: Simulator, _: Request) -> object:
    """Show the clock."""
    state = xero.clock.state()
    return {"now": state.now, "frozen": state.frozen, "speed": state.speed}


def set_clock(xero: Simulator, request: Request) -> object:
    """Freeze, advance, speed up or reset the clock."""
    body = _read(request, ClockBody)
    if body.reset:
        xero.clock.reset()
    if body.freeze or body.at:
        xero.clock.freeze(body.at)
    elif body.freeze is False:
        xero.clock.resume()
    if body.advance_seconds:
        xero.clock.advance(body.advance_seconds)
    if body.speed is not None:
        xero.clock.run_at(body.speed)
    return show_clock(xero, request)


def list_faults(xero: Simulator, _: Request) -> object:
    """List the fault rules in force and how often each has struck."""
    return xero.state.faults.rules()


def add_faults(xero: Simulator, request: Request) -> object:
    """Put one rule or a list of them into force."""
    rules = _read(request, list[FaultRule] | FaultRule)  # type: ignore[arg-type]
    return [xero.state.faults.add(rule) for rule in (rules if isinstance(rules, list) else [rules])]


def clear_faults(xero: Simulator, request: Request) -> object:
    """Lift all rules, or the one named by ?id=."""
    text = request.args.get("id")
    if text is not None and not text.isdigit():
        raise ControlError("id must be a number")
    xero.state.faults.clear(int(text) if text else None)
    return list_faults(xero, request)


def disconnect(xero: Simulator, request: Request) -> object:
    """Withdraw consent as a user does inside Xero."""
    body = _read(request, DisconnectBody)
    return {"disconnected": xero.disconnect(body.tenant_id, body.client_id)}


def show_journal(xero: Simulator, request: Request) -> object:
    """Show the journal, oldest first; ?path=, ?method=, ?since=NUMBER and ?limit= narrow it."""
    args = request.args
    since = args.get("since", 0, type=int)
    entries = xero.state.journal.entries(
        lambda entry: (
            entry.number > since
            and entry.path.startswith(args.get("path", ""))
            and args.get("method", entry.method).upper() == entry.method
        )
    )
    limit = args.get("limit", len(entries), type=int)
    return [journal.exported(entry) for entry in entries[-limit:] if limit]


def clear_journal(xero: Simulator, _: Request) -> object:
    """Forget the journal."""
    xero.state.journal.clear()
    return []


def show_limits(xero: Simulator, _: Request) -> object:
    """Show mode, ceilings and use."""
    limits = xero.state.limits
    return {"mode": limits.mode, "ceilings": limits.ceilings, "used": limits.usage()}


def set_limits(xero: Simulator, request: Request) -> object:
    """Choose a mode, or single ceilings; counts start anew."""
    body = _read(request, LimitsBody)
    if body.mode is not None and body.mode not in MODES:
        message = f"mode must be one of {', '.join(MODES)}"
        raise ControlError(message)
    xero.state.limits.set(body.mode, **_set_fields(body, "concurrent", "minute", "day", "app_minute"))
    return show_limits(xero, request)


def show_switches(xero: Simulator, _: Request) -> object:
    """Show how the open questions are answered in this run."""
    return xero.state.switches


def set_switches(xero: Simulator, request: Request) -> object:
    """Answer open questions otherwise; only those named change."""
    before = msgspec.to_builtins(xero.state.switches)
    xero.state.switches = msgspec.convert(before | _read(request, dict[str, bool]), Switches)
    return xero.state.switches


def show_books(xero: Simulator, _: Request, tenant_id: str) -> object:
    """Export an organisation's books."""
    return xero.export(_known(xero, tenant_id))


def show_organisation(xero: Simulator, _: Request, tenant_id: str) -> object:
    """Show an organisation's settings."""
    return xero.books(_known(xero, tenant_id)).organisation


def set_organisation(xero: Simulator, request: Request, tenant_id: str) -> object:
    """Change an organisation's settings."""
    body = _read(request, OrganisationBody)
    fields = _set_fields(body, *OrganisationBody.__struct_fields__)
    for name in ("period_lock_date", "end_of_year_lock_date"):
        if isinstance(fields.get(name), str):
            fields[name] = _date(fields[name])
    xero.configure(_known(xero, tenant_id), **fields)
    return show_organisation(xero, request, tenant_id)


def show_snapshot(xero: Simulator, _: Request) -> object:
    """Return all that is remembered; decimals as text, to be sent back as it is."""
    return Answer(200, msgspec.json.encode(xero.snapshot()), answers.JSON)


def restore(xero: Simulator, request: Request) -> object:
    """Return to a snapshot."""
    xero.restore(_read(request, Snapshot))
    return health(xero, request)


def _read(request: Request, kind: type[T]) -> T:
    return msgspec.json.decode(request.get_data() or b"{}", type=kind)


def _set_fields(body: _Body, *names: str) -> dict[str, Any]:
    return {name: value for name in names if (value := getattr(body, name)) is not msgspec.UNSET}


def _date(text: str) -> object:
    try:
        return datetime.fromisoformat(text).date()
    except ValueError as reason:
        message = f"{text!r} is not a date: send YYYY-MM-DD"
        raise ControlError(message) from reason


def _known(xero: Simulator, tenant_id: str) -> str:
    if tenant_id.lower() not in xero.state.organisations:
        raise ControlError("no such tenant")
    return tenant_id.lower()


CONTROLS: tuple[tuple[str, str, Callable[..., object]], ...] = (
    ("GET", "health", health),
    ("POST", "reset", reset),
    ("POST", "seed", reseed),
    ("GET", "apps", list_apps),
    ("POST", "apps", register_app),
    ("DELETE", "apps/<client_id>", remove_app),
    ("POST", "sign-in", sign_in),
    ("GET", "clock", show_clock),
    ("POST", "clock", set_clock),
    ("GET", "faults", list_faults),
    ("POST", "faults", add_faults),
    ("DELETE", "faults", clear_faults),
    ("POST", "disconnect", disconnect),
    ("GET", "journal", show_journal),
    ("DELETE", "journal", clear_journal),
    ("GET", "limits", show_limits),
    ("POST", "limits", set_limits),
    ("GET", "switches", show_switches),
    ("POST", "switches", set_switches),
    ("GET", "books/<tenant_id>", show_books),
    ("GET", "organisations/<tenant_id>", show_organisation),
    ("POST", "organisations/<tenant_id>", set_organisation),
    ("GET", "snapshot", show_snapshot),
    ("POST", "restore", restore),
)
MAP = Map([Rule(f"{PREFIX}{path}", methods=[method], endpoint=act) for method, path, act in CONTROLS])

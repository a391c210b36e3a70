"""What each control does: a method or a state of the Simulator. Each answers a value that becomes JSON."""

from datetime import datetime
from typing import Any, TypeVar

import msgspec
from werkzeug.wrappers import Request

from localkit import answers, journal
from localkit.answers import Answer
from localkit.faults import read_script
from localxero.books import ledger
from localxero.books.records import EDITIONS, PLANS
from localxero.control.bodies import (
    AppBody,
    Body,
    ClockBody,
    DeliverBody,
    DisconnectBody,
    LimitsBody,
    MergeBody,
    OrganisationBody,
    SeedBody,
    SignInBody,
    WebhookBody,
)
from localxero.gate.faults import FaultRule
from localxero.gate.limits import MODES
from localxero.oauth import App
from localxero.simulator import Simulator, Snapshot
from localxero.switches import Switches
from localxero.webhooks import Subscription

T = TypeVar("T")


class ControlError(Exception):
    """A control call that makes no sense; says what is wrong."""


def health(xero: Simulator, _: Request) -> object:
    """Say that it runs, and what it holds."""
    return {
        "status": "ok",
        "now": xero.clock.now(),
        "organisations": [
            {"tenant_id": key, "name": books.organisation.name, "short_code": books.organisation.short_code}
            for key, books in xero.state.organisations.items()
        ],
        "people": [
            {"person_id": each.person_id, "name": each.name, "email": each.email}
            for each in xero.state.identity.people.values()
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
    _known_app(xero, body.client_id)
    if not set(body.tenant_ids) <= set(xero.state.organisations):
        raise ControlError("no such tenant")
    options = {"scope": body.scope} if body.scope else {}
    return xero.sign_in(*body.tenant_ids, client_id=body.client_id, issuer=request.host_url.rstrip("/"), **options)


def list_webhooks(xero: Simulator, _: Request) -> object:
    """List the webhooks of all apps, with how many of their events wait."""
    office = xero.state.webhooks
    return [
        msgspec.to_builtins(each) | {"waiting": office.waiting(each.client_id)}
        for each in office.subscriptions.values()
    ]


def set_webhook(xero: Simulator, request: Request) -> object:
    """Set up or change an app's webhook; ask for its intent to receive next."""
    body = _read(request, WebhookBody)
    _known_app(xero, body.client_id)
    return xero.state.webhooks.subscribe(Subscription(**msgspec.structs.asdict(body)))


def remove_webhook(xero: Simulator, request: Request, client_id: str) -> object:
    """Remove an app's webhook with all that waits for it."""
    _subscribed(xero, client_id)
    xero.state.webhooks.unsubscribe(client_id)
    return list_webhooks(xero, request)


def verify_webhook(xero: Simulator, _: Request, client_id: str) -> object:
    """Send the payloads of an intent to receive, right and wrong; the webhook is active when all are answered right."""
    _subscribed(xero, client_id)
    return xero.verify_webhook(client_id)


def deliver_webhooks(xero: Simulator, request: Request) -> object:
    """Send what is due, or with `release` everything that waits; a serving simulator sends what is due by itself."""
    if _read(request, DeliverBody).release:
        xero.state.webhooks.release()
    return xero.deliver_webhooks()


def list_deliveries(xero: Simulator, _: Request) -> object:
    """List the last deliveries with their attempts, oldest first."""
    return list(xero.state.webhooks.deliveries.values())


def repeat_delivery(xero: Simulator, _: Request, delivery_id: int) -> object:
    """Send a delivery once more, with the same body."""
    made = xero.state.webhooks.repeat(delivery_id)
    if made is None:
        raise ControlError("no such delivery")
    return made


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
    return [xero.state.faults.add(rule) for rule in read_script(request.get_data(), FaultRule)]


def replace_faults(xero: Simulator, request: Request) -> object:
    """Load a script: put these rules into force and no others."""
    return xero.state.faults.replace(read_script(request.get_data(), FaultRule))


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


def merge_contacts(xero: Simulator, request: Request) -> object:
    """Merge a contact into another as a person does inside Xero; answers with what became of it."""
    body = _read(request, MergeBody)
    tenant, contacts = _known(xero, body.tenant_id), xero.books(_known(xero, body.tenant_id)).contacts
    if body.contact_id not in contacts or body.into not in contacts or body.contact_id == body.into:
        raise ControlError("contact_id and into must be two contacts of the organisation")
    xero.merge_contacts(tenant, body.contact_id, into=body.into)
    return contacts[body.contact_id]


def show_journal(xero: Simulator, request: Request) -> object:
    """Show the journal, oldest first; ?path=, ?method=, ?since=NUMBER and ?limit= narrow it, ?bodies=true adds bodies."""
    args = request.args
    since = _number(args.get("since"), "since", 0)
    entries = xero.state.journal.entries(
        lambda entry: (
            entry.number > since
            and entry.path.startswith(args.get("path", ""))
            and args.get("method", entry.method).upper() == entry.method
        )
    )
    limit = _number(args.get("limit"), "limit", len(entries))
    bodies = args.get("bodies", "") in {"true", "1"}
    return [journal.exported(entry, bodies=bodies) for entry in entries[-limit:] if limit]


def clear_journal(xero: Simulator, _: Request) -> object:
    """Forget the journal."""
    xero.state.journal.clear()
    return []


def show_limits(xero: Simulator, _: Request) -> object:
    """Show mode, ceilings, use, and the bytes each app has read."""
    limits = xero.state.limits
    return {
        "mode": limits.mode,
        "ceilings": limits.ceilings,
        "rapid_sync": limits.rapid_sync,
        "used": limits.usage(),
        "egress": xero.state.egress.usage(),
    }


def set_limits(xero: Simulator, request: Request) -> object:
    """Choose a mode, or single ceilings; counts start anew."""
    body = _read(request, LimitsBody)
    if body.mode is not None and body.mode not in MODES:
        message = f"mode must be one of {', '.join(MODES)}"
        raise ControlError(message)
    xero.state.limits.set(
        body.mode, rapid_sync=body.rapid_sync, **_set_fields(body, "concurrent", "minute", "day", "app_minute")
    )
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


def show_balances(xero: Simulator, request: Request, tenant_id: str) -> object:
    """Show the balance of each account and tax type in the base currency; all, or one order's documents."""
    books = xero.books(_known(xero, tenant_id))
    with books.lock:
        return ledger.balances(books, request.args.get("number", ""))


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
    for name, known in (("plan", PLANS), ("edition", EDITIONS)):
        if name in fields and fields[name] not in known:
            message = f"{name} must be one of {', '.join(known)}"
            raise ControlError(message)
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


def _set_fields(body: Body, *names: str) -> dict[str, Any]:
    return {name: value for name in names if (value := getattr(body, name)) is not msgspec.UNSET}


def _number(text: str | None, name: str, otherwise: int) -> int:
    if text is None:
        return otherwise
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        message = f"{name} must be a number"
        raise ControlError(message)
    return int(text)


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


def _known_app(xero: Simulator, client_id: str) -> None:
    if client_id not in xero.state.identity.apps:
        raise ControlError("no such app")


def _subscribed(xero: Simulator, client_id: str) -> None:
    if client_id not in xero.state.webhooks.subscriptions:
        raise ControlError("this app has no webhook")

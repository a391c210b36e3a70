"""Apps and their webhooks, as in the developer portal."""

from msgspec.structs import replace
from werkzeug.wrappers import Request

from localkit import answers
from localkit.answers import Answer
from localxero.gate.calls import State
from localxero.oauth import TIERS, App, RegistrationError
from localxero.pages.shown import cut, message, missing, page, path_of
from localxero.webhooks import Subscription, SubscriptionError
from localxero.webhooks.events import CATEGORIES

APPS = "/apps"


def apps(state: State, _: Request) -> Answer:
    """Show all apps and the form for a new one."""
    identity = state.identity
    shown = [(app, len(identity.tenants_of(app.client_id))) for app in identity.apps.values()]
    tenants = [books.organisation for books in state.organisations.values()]
    return page(state, "apps.html", here="apps", apps=shown, tiers=TIERS, tenants=tenants)


def register(state: State, request: Request) -> Answer:
    """Register an app with a new client id and, but for a native app, a secret."""
    form, identity = request.form, state.identity
    client_id, secret = identity.credentials()
    kind, tenant = form.get("kind", "web"), form.get("tenant", "")
    app = App(
        client_id=client_id,
        client_secret=None if kind == "native" else secret,
        name=form.get("name", "").strip() or "New app",
        company_url=form.get("company_url", "").strip(),
        redirect_uris=_lines(form.get("redirect_uris", "")),
        broad_scopes="broad_scopes" in form,
        tier=form.get("tier", "core"),
        tenant_id=tenant if kind == "custom" and tenant in state.organisations else None,
    )
    return _registered(state, app)


def _registered(state: State, app: App) -> Answer:
    try:
        state.identity.register(app)
    except RegistrationError as reason:
        return message(state, "That cannot be registered", str(reason), 400)
    return answers.redirect(path_of("apps", app.client_id))


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def app(state: State, request: Request, client_id: str) -> Answer:
    """Show one app: its credentials, where it may send people back, its webhook, who is connected."""
    found = _app(state, client_id)
    connected = [each for each in state.identity.connections.values() if each.client_id == client_id]
    names = {key: books.organisation.name for key, books in state.organisations.items()}
    return page(
        state,
        "app.html",
        here="apps",
        app=found,
        tiers=TIERS,
        connected=[(names.get(each.tenant_id, each.tenant_id), each) for each in connected],
        people=state.identity.people,
        webhook=state.webhooks.subscriptions.get(client_id),
        waiting=state.webhooks.waiting(client_id),
        categories=CATEGORIES,
        address=request.host_url.rstrip("/"),
    )


def _app(state: State, client_id: str) -> App:
    found = state.identity.apps.get(client_id)
    if found is None:
        raise missing(state, "There is no such app.")
    return found


def change(state: State, request: Request, client_id: str) -> Answer:
    """Save what was changed of an app, make another secret, or remove it."""
    found, form = _app(state, client_id), request.form
    match form.get("do"):
        case "remove":
            state.identity.remove_app(client_id)
            state.webhooks.unsubscribe(client_id)
            return answers.redirect(APPS)
        case "secret" if not found.is_public:
            return _registered(state, replace(found, client_secret=state.identity.credentials()[1]))
    changed = replace(
        found,
        name=form.get("name", "").strip() or found.name,
        company_url=form.get("company_url", "").strip(),
        redirect_uris=_lines(form.get("redirect_uris", "")),
        tier=form.get("tier", found.tier),
        broad_scopes="broad_scopes" in form,
    )
    return _registered(state, changed)


def change_webhook(state: State, request: Request, client_id: str) -> Answer:
    """Save an app's webhook, send its intent to receive, or remove it."""
    _app(state, client_id)
    form, office = request.form, state.webhooks
    match form.get("do"):
        case "remove":
            office.unsubscribe(client_id)
        case "intent" if client_id in office.subscriptions:
            state.courier.verify(client_id)
        case _:
            try:
                office.subscribe(_asked(client_id, request))
            except (SubscriptionError, ValueError) as reason:
                return message(state, "That webhook cannot be", str(reason), 400)
    return answers.redirect(f"{path_of('apps', client_id)}#webhook")


def _asked(client_id: str, request: Request) -> Subscription:
    form = request.form
    return Subscription(
        client_id=client_id,
        url=form.get("url", "").strip(),
        key="",
        categories=tuple(form.getlist("category")),
        delay_seconds=float(form.get("delay_seconds") or 0),
        copies=int(form.get("copies") or 1),
        batch_size=int(form.get("batch_size") or 100),
        shuffled="shuffled" in form,
    )


def webhooks(state: State, request: Request) -> Answer:
    """Show subscriptions and the last deliveries."""
    office = state.webhooks
    names = {key: app.name for key, app in state.identity.apps.items()}
    return page(
        state,
        "webhooks.html",
        here="webhooks",
        subscriptions=[(each, office.waiting(each.client_id)) for each in office.subscriptions.values()],
        names=names,
        page=cut(list(office.deliveries.values())[::-1], request.args),
    )


def send_webhooks(state: State, request: Request) -> Answer:
    """Let all that waits be sent now, or one delivery once more; the server sends it."""
    again = request.form.get("again", "")
    if again.isascii() and again.isdigit():
        state.webhooks.repeat(int(again))
    else:
        state.webhooks.release()
    return answers.redirect("/webhooks")

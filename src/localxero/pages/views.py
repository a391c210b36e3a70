"""Which page is where."""

from importlib.resources import files

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request

from localkit.answers import Answer, StopError
from localxero.gate.calls import State
from localxero.pages import apps, changing, controls, documents, editing, lists
from localxero.pages.shown import missing


def answer(state: State, request: Request) -> Answer:
    """Answer a page, a form or a file of ours."""
    try:
        act, values = MAP.bind("").match(request.path, method="GET" if request.method == "HEAD" else request.method)
        found: Answer = act(state, request, **values)
    except StopError as stop:
        return stop.answer
    except HTTPException as reason:
        if reason.code == 413:
            raise
        return missing(state).answer
    return found


def stylesheet(_: State, __: Request) -> Answer:
    """Serve the style sheet."""
    return Answer(200, (files("localxero") / "static" / "localxero.css").read_bytes(), "text/css; charset=utf-8")


GETS = {
    "/": lists.organisations,
    "/static/localxero.css": stylesheet,
    "/org/<short_code>/": lists.dashboard,
    "/org/<short_code>/<key>": lists.section,
    "/org/<short_code>/purchase-orders/<key>": documents.purchase_order,
    "/org/<short_code>/credit-notes/<key>": documents.credit_note,
    "/org/<short_code>/print/<key>": documents.printed,
    "/org/<short_code>/edit/<key>": editing.form,
    "/app/<short_code>/invoicing/view/<key>": documents.invoice,
    "/app/<short_code>/contacts/contact/<key>": documents.contact,
    "/organisationlogin/default.aspx": documents.organisation_login,
    "/apps": apps.apps,
    "/apps/<client_id>": apps.app,
    "/webhooks": apps.webhooks,
    "/journal": controls.journal,
    "/journal/<int:number>": controls.journal_entry,
    "/controls": controls.controls,
}
POSTS = {
    "/org/<short_code>/": changing.lock_dates,
    "/org/<short_code>/accounts": changing.account,
    "/org/<short_code>/edit/<key>": editing.save,
    "/org/<short_code>/purchase-orders/<key>": changing.document,
    "/org/<short_code>/credit-notes/<key>": changing.document,
    "/app/<short_code>/invoicing/view/<key>": changing.document,
    "/app/<short_code>/contacts/contact/<key>": changing.contact,
    "/apps": apps.register,
    "/apps/<client_id>": apps.change,
    "/apps/<client_id>/webhook": apps.change_webhook,
    "/webhooks": apps.send_webhooks,
    "/controls/faults": controls.change_faults,
    "/controls/clock": controls.change_clock,
    "/controls/limits": controls.change_limits,
    "/controls/switches": controls.change_switch,
    "/controls/disconnect": controls.disconnect,
}
MAP = Map(
    [
        *(Rule(path, methods=["GET"], endpoint=act) for path, act in GETS.items()),
        *(Rule(path, methods=["POST"], endpoint=act) for path, act in POSTS.items()),
    ],
    strict_slashes=False,
)

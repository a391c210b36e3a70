"""The controls below /_local/: JSON in, JSON out, described by /_local/openapi.json and, for people, by /_local/."""

from collections.abc import Callable
from functools import cache

import msgspec
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request

from localkit import answers, controls
from localkit.answers import Answer, json_answer
from localkit.clock import ClockError
from localkit.json_values import Json
from localxero.control.calls import ControlError
from localxero.control.table import CONTROLS
from localxero.oauth import RegistrationError
from localxero.render.pages import render_page
from localxero.simulator import Simulator
from localxero.webhooks import SubscriptionError

PREFIX = CONTROLS.prefix


def answer(xero: Simulator, request: Request) -> Answer:
    """Answer a control call."""
    try:
        act, values = MAP.bind("").match(request.path, method=request.method)
    except MethodNotAllowed:
        return json_answer({"error": "method not allowed"}, 405)
    except HTTPException:
        return json_answer({"error": f"no such control; see {PREFIX}"}, 404)
    found: Callable[..., object] = act
    try:
        result = found(xero, request, **values)
    except (ControlError, ClockError, RegistrationError, SubscriptionError, msgspec.DecodeError) as reason:
        return json_answer({"error": str(reason)}, 400)
    except RecursionError:
        return json_answer({"error": "nested too deeply"}, 400)
    return result if isinstance(result, Answer) else json_answer(result)


@cache
def _description() -> Json:
    return controls.description(CONTROLS)


def show_description(_: Simulator, __: Request) -> object:
    """Describe the controls in OpenAPI 3.1."""
    return _description()


def show_page(_: Simulator, __: Request) -> Answer:
    """Describe the controls to a person."""
    return answers.html(render_page("control_api.html", groups=controls.grouped(_description())))


MAP = Map(
    [
        Rule(PREFIX, methods=["GET"], endpoint=show_page),
        Rule(f"{PREFIX}openapi.json", methods=["GET"], endpoint=show_description),
        *(Rule(f"{PREFIX}{each.path}", methods=[each.method], endpoint=each.act) for each in CONTROLS.table),
    ],
    strict_slashes=False,
)

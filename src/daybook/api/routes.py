"""The REST API: routes, and what every error is answered with."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.docs import Swagger
from ninja.openapi.schema import OpenAPISchema

from daybook.api import answers, bodies, examples, forecasts, keys, orders, pairing, senders
from daybook.companies.closed import ClosedError
from daybook.sources.canonical import wording
from daybook.sources.problems import NotAnOrderError, Problem
from daybook.sources.registry import with_doors


class DaybookAPI(NinjaAPI):
    """Ninja's API: every answer is JSON, and its OpenAPI document names the bodies that the routes read themselves."""

    @property
    def urls(self) -> Any:
        """Return the addresses; a method that one does not know is answered in JSON too."""
        patterns, app, namespace = super().urls
        for pattern in patterns:
            if pattern.callback is not None:
                pattern.callback = _naming_methods(pattern.callback)
        return patterns, app, namespace

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """Return the document."""
        document = super().get_openapi_schema(**options)
        document["components"]["schemas"].update(examples.body_schemas())
        return document


api = DaybookAPI(
    title="Daybook",
    version="1",
    urls_namespace="api",
    docs=Swagger(settings={"deepLinking": False}),  # its links stand inside buttons, where a keyboard finds them twice
    description=(
        "Send the orders of an order management system; Daybook writes them down as invoices and purchase orders and "
        "posts them to the accounting software, each exactly once. Every error names the field and the cure."
    ),
)
api.add_router("", orders.router)
api.add_router("", forecasts.router)
api.add_router("", pairing.router)
for _source in with_doors():
    api.add_router("", senders.router_of(_source))


@api.exception_handler(NotAnOrderError)
def not_an_order(request: HttpRequest, error: NotAnOrderError) -> HttpResponse:
    """Answer what could not be read, naming each field and the cure."""
    is_about_body = all(not problem.field for problem in error.problems)
    detail = " ".join(f"{each.field}: {each.problem}".lstrip(": ") for each in error.problems)
    return _answer(request, 400 if is_about_body else 422, detail, error.problems)


@api.exception_handler(bodies.TooLargeError)
def _too_large(request: HttpRequest, _error: bodies.TooLargeError) -> HttpResponse:
    megabytes = bodies.LARGEST // (1024 * 1024)
    return _answer(request, 413, f"The body is larger than {megabytes} MB. Send the orders in several requests.")


@api.exception_handler(bodies.WrongTypeError)
def _wrong_type(request: HttpRequest, error: bodies.WrongTypeError) -> HttpResponse:
    return _answer(request, 415, str(error))


@api.exception_handler(keys.TooManyTriesError)
def _too_many(request: HttpRequest, error: keys.TooManyTriesError) -> HttpResponse:
    words = f"Too many wrong keys or signatures came from this address. Try again in {error.seconds} seconds."
    response = _answer(request, 429, words)
    response["Retry-After"] = str(error.seconds)
    return response


@api.exception_handler(bodies.UnreadableError)
def _unreadable(request: HttpRequest, _error: bodies.UnreadableError) -> HttpResponse:
    return _answer(request, 400, "The body broke off. Send it again.")


@api.exception_handler(ClosedError)
def _closed(request: HttpRequest, error: ClosedError) -> HttpResponse:
    return _answer(request, 403, str(error))


@api.exception_handler(AuthenticationError)
def _stranger(request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    words = "The API key is missing, wrong or revoked. Send it as: Authorization: Bearer dbk_..."
    response = _answer(request, 401, words)
    response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(keys.KeyIsOverError)
def _over(request: HttpRequest, error: keys.KeyIsOverError) -> HttpResponse:
    response = _answer(request, 401, str(error))
    response["WWW-Authenticate"] = 'Bearer error="invalid_token"'  # RFC 6750, 3.1
    return response


@api.exception_handler(keys.ScopeMissingError)
def _scope_missing(request: HttpRequest, error: keys.ScopeMissingError) -> HttpResponse:
    response = _answer(request, 403, str(error))
    response["WWW-Authenticate"] = 'Bearer error="insufficient_scope"'
    return response


@api.exception_handler(ValidationError)
def _wrong_parameter(request: HttpRequest, error: ValidationError) -> HttpResponse:
    found = tuple(
        Problem(wording.path(each["loc"][1:]), each["msg"], "Check the parameters of the address.")
        for each in error.errors
    )
    return _answer(request, 422, " ".join(f"{each.field}: {each.problem}." for each in found), found)


@api.exception_handler(HttpError)
def _other(request: HttpRequest, error: HttpError) -> HttpResponse:
    return _answer(request, error.status_code, str(error))


def _naming_methods(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if not isinstance(response, HttpResponseNotAllowed):
            return response
        allowed = response["Allow"]
        response = _answer(request, 405, f"This address does not take {request.method}. Send {allowed}.")
        response["Allow"] = allowed
        return response

    answer.csrf_exempt = True  # type: ignore[attr-defined]  # no cookie opens anything here, and a form's page is no answer
    return answer


def _answer(request: HttpRequest, status: int, detail: str, found: tuple[Problem, ...] = ()) -> HttpResponse:
    return api.create_response(request, answers.refusal(detail, found).model_dump(), status=status)

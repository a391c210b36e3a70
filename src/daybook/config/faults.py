"""What is answered where no view answers: pages for people, JSON to whoever called the API."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import defaults

_API = "/api/"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400, or 413 where the body is larger than Daybook reads."""
    status = 413 if isinstance(exception, RequestDataTooBig) else 400
    if request.path.startswith(_API):
        return _refusal(status, "The request could not be read. Check its size, its Host header and its encoding.")
    response = defaults.bad_request(request, exception)
    response.status_code = status
    return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404."""
    if request.path.startswith(_API):
        return _refusal(404, "There is no such address. /api/v1/docs lists every address of the API.")
    return defaults.page_not_found(request, exception)


def failed(request: HttpRequest) -> HttpResponse:
    """Answer 500; the reason stands in the log only."""
    if request.path.startswith(_API):
        return _refusal(500, "Daybook failed; the fault is written down in its log. Send the same again later.")
    return defaults.server_error(request)


def _refusal(status: int, detail: str) -> HttpResponse:
    return JsonResponse({"detail": detail, "problems": []}, status=status)

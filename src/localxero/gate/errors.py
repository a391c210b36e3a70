"""How Xero refuses: the four kinds of error body, and plain text where Xero is plain (404 and 503; xero-rules.md 4.4)."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from localkit.answers import Answer, json_answer, text
from localkit.json_values import Json

NOT_FOUND = "The resource you're looking for cannot be found"
SERVER_ERROR = (
    "An error occurred in Xero. Check the API Status page http://status.developer.xero.com for current service status."
)
# The three bodies of a 503 (Xero's page on response codes).
OFFLINE = "The Organisation is offline"
UNAVAILABLE = "The Xero API is temporarily unavailable"


def validation(elements: Sequence[Json]) -> Answer:
    """Refuse a request for what its elements say (xero-rules.md 4.4)."""
    return json_answer(
        {
            "ErrorNumber": 10,
            "Type": "ValidationException",
            "Message": "A validation exception occurred",
            "Elements": list(elements),
        },
        400,
    )


def key_refused(message: str) -> Answer:
    """Refuse an Idempotency-Key; the text stands outside `Elements` (xero-rules.md 3)."""
    return json_answer({"ErrorNumber": 10, "Type": "ValidationException", "Message": message}, 400)


def unreadable_body(reason: str) -> Answer:
    """Refuse a body that cannot be read (xero-rules.md 4.4; the number as seen live in 2026)."""
    return json_answer({"ErrorNumber": 14, "Type": "PostDataInvalidException", "Message": reason}, 400)


def nothing_sent(resource: str) -> Answer:
    """Refuse a body in which nothing is that the endpoint could work on (GH:XeroAPI/xero-node#288; the spelling too)."""
    message = (
        "No data has been processed for this endpoint. This endpoint is expecting "
        f"{resource} data to be specifed in the request body."
    )
    return json_answer({"ErrorNumber": 17, "Type": "NoDataProcessedException", "Message": message}, 400)


def unreadable_query(reason: str) -> Answer:
    """Refuse a `where`, `order` or page that cannot be read (xero-rules.md 4.4, likely)."""
    return json_answer({"ErrorNumber": 16, "Type": "QueryParseException", "Message": reason}, 400)


def not_implemented() -> Answer:
    """Say that the resource has no such method: 501 (Xero's page on response codes; the JSON: likely)."""
    message = "The Api Method called is not implemented"
    return json_answer({"ErrorNumber": 20, "Type": "ApiMethodNotImplementedException", "Message": message}, 501)


def not_here(words: str) -> Answer:
    """Say that Xero has such a resource and this local one does not: 501."""
    return json_answer({"ErrorNumber": 20, "Type": "ApiMethodNotImplementedException", "Message": words}, 501)


def problem(status: int, title: str, detail: str) -> Answer:
    """Refuse before the accounting API is reached: 401, 403, 413 (xero-rules.md 4.5; the six fields as seen live)."""
    body: Json = {
        "Type": None,
        "Title": title,
        "Status": status,
        "Detail": detail,
        "Instance": str(uuid.uuid4()),
        "Extensions": {},
    }
    return json_answer(body, status)


def unauthorized(detail: str) -> Answer:
    """Refuse a token (xero-rules.md 4.5)."""
    return problem(401, "Unauthorized", detail)


def expired(at: float) -> Answer:
    """Say that a token has expired, in Xero's words."""
    moment = datetime.fromtimestamp(at, UTC)
    return unauthorized(f"TokenExpired: token expired at {moment:%m/%d/%Y %H:%M:%S}")


def scope_missing() -> Answer:
    """Refuse a token without the scope (xero-rules.md 4.5, likely)."""
    return unauthorized("AuthorizationUnsuccessful").with_headers(("WWW-Authenticate", "insufficient_scope"))


def forbidden() -> Answer:
    """Refuse a tenant that is missing, wrong or not connected (xero-rules.md 4.5, sure)."""
    return problem(403, "Forbidden", "AuthenticationUnsuccessful")


def too_large() -> Answer:
    """Refuse a body that is too large (GH:XeroAPI/Xero-Java#349)."""
    return problem(413, "RequestEntityTooLarge", "PayloadTooLarge")


def server_error() -> Answer:
    """Fail as Xero does when it fails: JSON with an id to quote (GH:XeroAPI/xero-node#466)."""
    body = {"Title": "An error occurred", "Detail": SERVER_ERROR, "Status": 500, "Instance": str(uuid.uuid4())}
    return json_answer(body, 500)


def rate_limited(problem: str, retry_after: int | None) -> Answer:
    """Refuse a call over a limit (xero-rules.md 2.1)."""
    answer = text(429, f"Rate limit exceeded: {problem}").with_headers(("X-Rate-Limit-Problem", problem))
    return answer if retry_after is None else answer.with_headers(("Retry-After", str(retry_after)))


def not_found() -> Answer:
    """Say that there is no such thing, in plain text (xero-rules.md 4.4, 4.5)."""
    return text(404, NOT_FOUND)

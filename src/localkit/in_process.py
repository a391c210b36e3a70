"""Clients of a simulator in this process, without a socket. Needs httpx2 or httpx, whichever is there."""

import importlib
import sys
from typing import TYPE_CHECKING, Any, Self

from localkit.faults import ConnectionCutError
from localkit.server import WSGIApplication

if TYPE_CHECKING:
    import httpx2

    Transport = httpx2.BaseTransport
else:
    Transport = object

LIBRARIES = ("httpx2", "httpx")


class InProcessTransport(Transport):
    """Carries requests straight into a simulator; a fault that cuts the connection is a ReadError, as on a socket.

    It serves clients of httpx2 and of httpx: each is answered in its own library's words.
    """

    def __init__(self, application: WSGIApplication) -> None:
        def app(environ: dict[str, Any], start_response: Any) -> Any:
            environ["PATH_INFO"] = (
                environ["PATH_INFO"].encode().decode("latin-1")
            )  # as WSGI has it; httpx leaves it out
            return application(environ, start_response)

        self._app = app

    def handle_request(self, request: "httpx2.Request") -> "httpx2.Response":
        """Carry one request. Raises ReadError and RemoteProtocolError of the client's library."""
        library: Any = sys.modules[type(request).__module__.partition(".")[0]]
        try:
            answer: httpx2.Response = library.WSGITransport(app=self._app).handle_request(request)
        except ConnectionCutError as cut:
            if cut.sent is None:
                message = "connection reset by a fault"
                raise library.ReadError(message, request=request) from cut
            message = "answer truncated by a fault"
            raise library.RemoteProtocolError(message, request=request) from cut
        return answer

    def close(self) -> None:
        """Close nothing: there is no connection."""

    def __enter__(self) -> Self:
        """Begin to be used by a client."""
        return self

    def __exit__(self, *_: object) -> None:
        """End with the client."""


def _library() -> Any:
    """Find the HTTP client that is there. Raises ModuleNotFoundError where neither is."""
    for name in LIBRARIES:
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError:
            continue
    message = f"a client in process needs one of {', '.join(LIBRARIES)}: pip install httpx2"
    raise ModuleNotFoundError(message)


def in_process(application: WSGIApplication, **options: Any) -> "httpx2.Client":
    """Make a client that speaks to a simulator without a socket."""
    client: httpx2.Client = _library().Client(
        transport=InProcessTransport(application), base_url="http://localhost", **options
    )
    return client

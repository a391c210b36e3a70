"""For tests: a local Xero in this process, with or without a socket. Needs httpx2 or httpx, whichever is there.

    with running() as xero:                      # a real server on a free port, limits off
        httpx2.get(f"{xero.url}/connections")

    client = in_process(LocalXero(limits="off"))  # no socket at all
    httpx.Client(transport=InProcessTransport(xero), base_url="http://localhost")  # the same with plain httpx

As a pytest fixture: `from localxero.fixtures import local_xero` in a conftest.
"""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from localxero.app import LocalXero
from localxero.faults import ConnectionCutError
from localxero.server import serving

if TYPE_CHECKING:
    import httpx2

    Transport = httpx2.BaseTransport
else:
    Transport = object

LIBRARIES = ("httpx2", "httpx")


@dataclass(frozen=True, slots=True)
class Running:
    """A local Xero that listens."""

    xero: LocalXero
    url: str
    port: int


@contextmanager
def running(port: int = 0, xero: LocalXero | None = None, **options: Any) -> Iterator[Running]:
    """Serve a local Xero on a real socket in a thread; limits are off unless asked for."""
    if xero is None:
        xero = LocalXero(**({"limits": "off"} | options))
    with serving(xero, port=port) as server:
        xero.state.webhooks.base_url = server.url
        xero.courier.start()
        try:
            yield Running(xero, server.url, server.port)
        finally:
            xero.courier.stop()


class InProcessTransport(Transport):
    """Carries requests straight into a local Xero; a fault that cuts the connection is a ReadError, as on a socket.

    It serves clients of httpx2 and of httpx: each is answered in its own library's words.
    """

    def __init__(self, xero: LocalXero) -> None:
        def app(environ: dict[str, Any], start_response: Any) -> Any:
            environ["PATH_INFO"] = (
                environ["PATH_INFO"].encode().decode("latin-1")
            )  # as WSGI has it; httpx leaves it out
            return xero(environ, start_response)

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


def in_process(xero: LocalXero, **options: Any) -> "httpx2.Client":
    """Make a client that speaks to a local Xero without a socket."""
    client: httpx2.Client = _library().Client(
        transport=InProcessTransport(xero), base_url="http://localhost", **options
    )
    return client


def signed_in(xero: LocalXero, tenant_id: str, **options: Any) -> "httpx2.Client":
    """Make an in-process client of the accounting API that is connected to one organisation."""
    token = xero.sign_in(tenant_id, **options)["access_token"]
    headers = {"Authorization": f"Bearer {token}", "xero-tenant-id": tenant_id, "Accept": "application/json"}
    client = in_process(xero, headers=headers)
    client.base_url = "http://localhost/api.xro/2.0"
    return client

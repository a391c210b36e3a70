"""For tests: a local Xero in this process, with or without a socket. Needs httpx2.

    with running() as xero:                      # a real server on a free port, limits off
        httpx2.get(f"{xero.url}/connections")

    client = in_process(LocalXero(limits="off"))  # no socket at all

As a pytest fixture: `from localxero.fixtures import local_xero` in a conftest.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2

from localxero.app import LocalXero
from localxero.faults import ConnectionCutError
from localxero.server import serving


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


class InProcessTransport(httpx2.BaseTransport):
    """Carries requests straight into a local Xero; a fault that cuts the connection is a ReadError, as on a socket."""

    def __init__(self, xero: LocalXero) -> None:
        def app(environ: dict[str, Any], start_response: Any) -> Any:
            environ["PATH_INFO"] = (
                environ["PATH_INFO"].encode().decode("latin-1")
            )  # as WSGI has it; httpx2 leaves it out
            return xero(environ, start_response)

        self._inner = httpx2.WSGITransport(app=app)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Carry one request."""
        try:
            return self._inner.handle_request(request)
        except ConnectionCutError as cut:
            if cut.sent is None:
                message = "connection reset by a fault"
                raise httpx2.ReadError(message, request=request) from cut
            message = "answer truncated by a fault"
            raise httpx2.RemoteProtocolError(message, request=request) from cut


def in_process(xero: LocalXero, **options: Any) -> httpx2.Client:
    """Make a client that speaks to a local Xero without a socket."""
    return httpx2.Client(transport=InProcessTransport(xero), base_url="http://localhost", **options)


def signed_in(xero: LocalXero, tenant_id: str, **options: Any) -> httpx2.Client:
    """Make an in-process client of the accounting API that is connected to one organisation."""
    token = xero.sign_in(tenant_id, **options)["access_token"]
    headers = {"Authorization": f"Bearer {token}", "xero-tenant-id": tenant_id, "Accept": "application/json"}
    return httpx2.Client(transport=InProcessTransport(xero), base_url="http://localhost/api.xro/2.0", headers=headers)

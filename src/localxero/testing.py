"""For tests: a local Xero in this process, with or without a socket. Needs httpx2 or httpx, whichever is there.

    with running() as xero:                      # a real server on a free port, limits off
        httpx2.get(f"{xero.url}/connections")

    client = in_process(LocalXero(limits="off"))  # no socket at all
    httpx.Client(transport=InProcessTransport(xero), base_url="http://localhost")  # the same with plain httpx

As a pytest fixture: `from localxero.fixtures import local_xero` in a conftest.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from localkit.in_process import InProcessTransport, in_process
from localkit.server import serving
from localxero.app import LocalXero

if TYPE_CHECKING:
    import httpx2

__all__ = ["InProcessTransport", "Running", "in_process", "running", "signed_in"]


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


def signed_in(xero: LocalXero, tenant_id: str, **options: Any) -> "httpx2.Client":
    """Make an in-process client of the accounting API that is connected to one organisation."""
    token = xero.sign_in(tenant_id, **options)["access_token"]
    headers = {"Authorization": f"Bearer {token}", "xero-tenant-id": tenant_id, "Accept": "application/json"}
    client = in_process(xero, headers=headers)
    client.base_url = "http://localhost/api.xro/2.0"
    return client

"""A person's browser: it opens Xero's consent page, decides, and is sent back with a query."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qsl, urlsplit

import httpx2

from daybook.wire.http import HttpClient
from localxero import LocalXero
from localxero.testing import InProcessTransport

Query = dict[str, str]


def decide(xero: LocalXero, authorize_url: str, *tenant_ids: str, decision: str = "allow", person: str = "") -> Query:
    """Decide on the consent page at `authorize_url`, and return what Xero sends the browser back with."""
    form: dict[str, object] = {"decision": decision, "tenant": list(tenant_ids)}
    if person:
        form["person"] = person
    with httpx2.Client(transport=InProcessTransport(xero)) as browser:
        answer = browser.post(authorize_url, data=form)
    assert answer.status_code in {302, 303}, answer.text
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))


class Watching(httpx2.BaseTransport):
    """Carries requests into a local Xero, counts them by path, and can be made to do something first."""

    def __init__(self, xero: LocalXero) -> None:
        self._inner = InProcessTransport(xero)
        self.paths: list[str] = []
        self.before: dict[str, object] = {}

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self.paths.append(f"{request.method} {request.url.path}")
        if callable(act := self.before.get(request.url.path)):
            act()
        return self._inner.handle_request(request)


@contextmanager
def watched(xero: LocalXero) -> Iterator[tuple[HttpClient, Watching]]:
    """Give a client of ours, and what it sends."""
    transport = Watching(xero)
    client = HttpClient(10, transport)
    yield client, transport
    client.close()

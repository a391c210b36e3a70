"""How long pages and the API take while 200 senders are slow. Prints; judges that a page answers within a second."""

import contextlib
import statistics
import time

import httpx2

from tests.integration.ops.processes.test_web_server import KEY, SESSION, SIGNATURE, Web, database, head, web

__all__ = ["database", "web"]

SLOW, RUNS = 200, 20
KINDS = {
    "heads": b"GET /accounts/login/ HTTP/1.1\r\nHost: loc",
    "forms": head("POST", "/accounts/login/", length=5000) + b"a=",
    "uploads": head("POST", "/c/x/costs/upload/", f"Cookie: {SESSION}", length=9_000_000) + b"a=",
    "orders": head("POST", "/api/v1/orders", f"Authorization: Bearer {KEY}", length=8_000_000) + b"[",
    "pushes": head("POST", "/api/v1/intake/kornitx/x", f"X-CustomGateway-Hmac: {SIGNATURE}", length=8_000_000) + b"{",
    "answers that nobody reads": head("GET", "/static/unfold/css/styles.css"),
}
ASKED = ("/accounts/login/", "/api/v1/orders/x")


def test_pages_beside_slow_senders(web: Web) -> None:
    print(f"\nMedian and longest of {RUNS} answers, in ms, beside {SLOW} slow senders of")
    _measure(web, "nothing", [])
    for name, sent in KINDS.items():
        _measure(web, name, [sent] * SLOW)


def _measure(web: Web, name: str, senders: list[bytes]) -> None:
    with contextlib.ExitStack() as stack, httpx2.Client(timeout=20) as client:
        for sent in senders:
            stack.enter_context(web.connect(sent))
        for path in ASKED:
            seconds = []
            for _ in range(RUNS):
                began = time.perf_counter()
                client.get(web.url + path)
                seconds.append(time.perf_counter() - began)
            print(f"  {name:28} {path:20} {statistics.median(seconds) * 1000:8.1f} {max(seconds) * 1000:8.1f}")
            assert statistics.median(seconds) < 1

"""How long an OMS waits for the answer to a push: 100 a second from 8 clients, signed, each a new order.

Real processes, durable PostgreSQL; first with the worker at its own work meanwhile, then while it stands still. A push is
timed from the moment at which it was to be sent, so that what waits behind a slow answer counts as slow too. In the end
each order has its one document in the books at the far side.
"""

import base64
import contextlib
import hashlib
import hmac
import json
import os
import threading
import time
from http.client import HTTPConnection
from urllib.parse import urlsplit

from tests.bench.conftest import Note
from tests.bench.programs import CLIENTS, PATIENCE, Running, _environ, _run, running

A_SECOND, SECONDS = 100, int(os.environ.get("BENCH_SECONDS", "30"))
KEY = "of-the-bench-only"


def test_pushes_at_a_steady_pace(note: Note) -> None:
    with running() as all_of_it:
        path = _feed(all_of_it)
        _paced(all_of_it.web, path, seconds=3, first=1)  # what is only done once is over
        _measured(all_of_it, path, note, "", first=1_000_001)
        all_of_it.processes["worker"].suspend()
        _measured(all_of_it, path, note, ", the worker standing still", first=2_000_001)
        all_of_it.processes["worker"].resume()
        (orders,) = all_of_it.row("SELECT count(*) FROM orders_order WHERE length(source_id) > 6")
        assert orders == 2 * A_SECOND * SECONDS
        (documents,) = all_of_it.row("SELECT count(*) FROM outbox_entry")
        all_of_it.wait_until_posted(documents)
        assert all_of_it.documents_in_xero() == documents == orders + 3 * A_SECOND


def _measured(all_of_it: Running, path: str, note: Note, how: str, *, first: int) -> None:
    load, before = os.getloadavg()[0], all_of_it.cpu()
    took = sorted(_paced(all_of_it.web, path, seconds=SECONDS, first=first))
    spent = {name: 1000 * (cpu - before[name]) / len(took) for name, cpu in all_of_it.cpu().items()}
    told = ", ".join(f"{name} {each:.1f}" for name, each in spent.items())
    print(f"\nload before: {load:.1f}; CPU a push{how}, ms: {sum(spent.values()):.1f} ({told})")
    name = f"A push at {A_SECOND} a second from {CLIENTS} clients{how}"
    note(f"{name}, median", 1000 * took[len(took) // 2], "ms", "<= 50")
    note(f"{name}, p95", 1000 * took[len(took) * 95 // 100], "ms", "<= 300")


def _feed(all_of_it: Running) -> str:
    """Have the company take Kornit X's pushes; return the path that they go to."""
    environ = _environ(all_of_it.database, all_of_it.xero)
    _run(environ, "-m", "daybook", "feed", "add", "Bench", "kornitx", "oms")
    _run(environ, "-m", "daybook", "feed", "configure", "Bench", "oms", f"hmac_key={KEY}")
    (found,) = all_of_it.row("SELECT public_id FROM feeds_feed WHERE name = 'oms'")
    return f"/api/v1/intake/kornitx/{found}"


def _paced(web: str, path: str, *, seconds: int, first: int) -> list[float]:
    """Return how long each push took, in seconds. Raises AssertionError where one was not taken."""
    begun, took, wrong = time.perf_counter() + 0.5, list[float](), list[str]()

    def client(mine: int) -> None:
        address = urlsplit(web)
        with contextlib.closing(HTTPConnection(address.hostname or "", address.port, timeout=PATIENCE)) as connection:
            for number in range(mine, A_SECOND * seconds, CLIENTS):
                body = _push(first + number)
                signature = base64.b64encode(hmac.digest(KEY.encode(), body, hashlib.sha256)).decode()
                at = begun + number / A_SECOND
                time.sleep(max(0.0, at - time.perf_counter()))
                connection.request("POST", path, body, {"X-CustomGateway-Hmac": signature})
                answer = connection.getresponse()
                said = answer.read()
                took.append(time.perf_counter() - at)
                if answer.status != 200:
                    wrong.append(f"{answer.status} {said[:300]!r}")

    threads = [threading.Thread(target=client, args=(mine,)) for mine in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong, wrong[0]
    return took


def _push(number: int) -> bytes:
    items = [
        {
            "id": number * 2 + place,
            "ref": f"L{number}-{place}",
            "sku": f"MUG-{place}",
            "description": "Mug",
            "quantity": 2,
        }
        | {"unit_sale_price": 6.25, "unit_sale_price_inc_tax": 7.5, "sale_vat_rate": 0.2}
        for place in range(2)
    ]
    order = {"id": number, "ref": f"K{number}", "external_ref": f"WEB-{number}", "status": 8, "items": items}
    dates = {"sale_datetime": "2026-11-01 10:00:00", "completion_datetime": "2026-11-02 10:00:00"}
    return json.dumps(
        {**order, **dates, "currency_code": "GBP", "shipping_price": 3.5, "shipping_tax_rate": 0.2}
    ).encode()

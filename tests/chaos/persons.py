"""What people do in the middle of a trial: they stop posting and let it go on, withdraw consent at Xero and give it again.

Run as a program on the trial's own database, `python -m tests.chaos.persons ACT COMPANY`, it does one of these as the
pages do: `stop`, `lift`, or `connect`, which goes through the local Xero's own consent page.
"""

import os
import sys
import threading
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from tests.chaos.cast import CAST, Role

if TYPE_CHECKING:
    from tests.chaos.schedule import Blow
    from tests.chaos.world import World

REGISTERED = "http://localhost:8000"
"""What the local Xero's app knows this Daybook as."""
TRIES, BETWEEN = 20, 1.0
"""Of an act that the rest of the trial may make fail, and the seconds of this machine between them."""

APPROVES_EVERY = 2.0
AT_ONCE = 50
PLENTY = 1_000_000
MARK = "[db:"


def stop_posting(world: "World", blow: "Blow") -> None:
    """Let a person stop one company's posting, and lift that later; notes what was begun in between."""
    _begin(world, lambda role: _stop_and_lift(world, role, blow.lasts / world.factor), blow)


def withdraw(world: "World", blow: "Blow") -> None:
    """Let a person withdraw one company's consent at Xero, and give it again later."""
    _begin(world, lambda role: _withdraw_and_connect(world, role, blow.lasts / world.factor), blow)


def approve(world: "World") -> None:
    """Let somebody approve what stands in draft, once: first what was sold is put on the shelf, else it is refused."""
    for role in CAST:
        if role.status == "DRAFT":
            tenant = next(each["tenant"] for each in world.companies if each["letter"] == role.letter)
            books = world.xero(f"books/{tenant}")
            _stock(world, tenant, role, books)
            for listed, their_id in (("Invoices", "InvoiceID"), ("CreditNotes", "CreditNoteID")):
                _approve(world, tenant, listed, their_id, books[listed])


def _stock(world: "World", tenant: str, role: Role, books: dict[str, Any]) -> None:
    """Buy plenty of each item that there is too little of, at a cost of its own: a bill of somebody else's."""
    short = [
        each["Code"]
        for each in books["Items"]
        if each["Code"].startswith(f"{role.letter}-") and each.get("QuantityOnHand", 0) < PLENTY / 2
    ]
    if short:
        supplier = next(each["ContactID"] for each in books["Contacts"] if each["Name"] == "Print Fulfilment Partners")
        bought = {"Quantity": PLENTY, "UnitAmount": "0.50", "TaxType": "BASEXCLUDED", "AccountCode": role.shelf[0]}
        lines = [{"ItemCode": code, "Description": "Stock", **bought} for code in short]
        bill = {"Type": "ACCPAY", "Contact": {"ContactID": supplier}, "Date": "2026-01-05", "DueDate": "2026-02-05"}
        made = {**bill, "Status": "AUTHORISED", "LineItems": lines}
        world.ask_as_a_person(tenant, "Invoices", {"Invoices": [made]}, "PUT")


def _approve(world: "World", tenant: str, listed: str, their_id: str, elements: list[dict[str, Any]]) -> None:
    drafts = [each[their_id] for each in elements if each["Status"] == "DRAFT" and MARK in each.get("Reference", "")]
    for begin in range(0, len(drafts), AT_ONCE):
        moved = [{their_id: each, "Status": "AUTHORISED"} for each in drafts[begin : begin + AT_ONCE]]
        said = world.ask_as_a_person(tenant, f"{listed}?summarizeErrors=false", {listed: moved})
        for each in said[listed]:
            if each.get("ValidationErrors"):
                world.breaches.append(f"{listed} cannot be approved: {each['ValidationErrors'][0]['Message']}")


def keep_approving(world: "World", over: threading.Event) -> threading.Thread:
    """Let somebody approve every now and then, until it is over."""

    def work() -> None:
        took = 0.0
        while not over.wait(max(APPROVES_EVERY, 10 * took)):
            began = time.monotonic()
            try:
                approve(world)
            except Exception as error:  # noqa: BLE001 - whatever it is, the trial tells of it
                world.breaches.append(f"somebody could not approve: {error!r}")
            took = time.monotonic() - began

    acting = threading.Thread(target=work, daemon=True)
    acting.start()
    return acting


def all_is_over(world: "World", seconds: float) -> None:
    """Wait until everybody has let go on what they stopped."""
    for each in world.persons:
        each.join(seconds)
        if each.is_alive():
            world.breaches.append("a person could not undo what they did")


def _begin(world: "World", work: Any, blow: "Blow") -> None:
    acting = threading.Thread(target=work, args=[CAST[blow.worker % len(CAST)]], daemon=True)
    world.persons.append(acting)
    acting.start()


def _stop_and_lift(world: "World", role: Role, seconds: float) -> None:
    if _acts(world, "stop", role):
        committed = _attempts(world, role)
        time.sleep(seconds)
        later = _attempts(world, role)
        if later != committed:
            world.breaches.append(f"{later - committed} calls of {role.name} were begun while posting was stopped")
        _acts(world, "lift", role)


def _withdraw_and_connect(world: "World", role: Role, seconds: float) -> None:
    tenant = next(each["tenant"] for each in world.companies if each["letter"] == role.letter)
    world.xero("disconnect", {"tenant_id": tenant})
    time.sleep(seconds)
    _acts(world, "connect", role, tenant)


def _attempts(world: "World", role: Role) -> int:
    statement = "SELECT count(*) FROM outbox_attempt a JOIN companies_company c ON c.id = a.company_id WHERE c.name = "
    [(count,)] = world.rows(f"{statement}'{role.name}'")
    return int(count)


def _acts(world: "World", act: str, role: Role, *more: str) -> bool:
    """Do it, again and again where the rest of the trial is in the way; return whether it was done."""
    from tests.chaos.world import run

    environ = {**world.environ(), "DAYBOOK_PUBLIC_URL": REGISTERED}
    said = ""
    for _ in range(TRIES):
        ended = run([sys.executable, "-m", "tests.chaos.persons", act, role.name, *more], environ)
        if ended.returncode == 0:
            return True
        said = ended.stderr.strip()[-500:]
        time.sleep(BETWEEN)
    world.breaches.append(f"{act} {role.name}: {said}")
    return False


def main() -> None:
    import django

    django.setup()
    from daybook.companies.models import Company
    from daybook.connections import roster
    from daybook.outbox import wake

    act, name, *more = sys.argv[1:]
    row = roster.first(Company.objects.get(name=name))
    if act == "connect":
        _connect(row, more[0])
    else:
        _stop_or_lift(row, act)
    wake.wake_prepare(row.company_id)
    wake.wake_drain(row.pk)


def _stop_or_lift(row: Any, act: str) -> None:
    from daybook.connections import stopping

    if act == "stop":
        stopping.stop(row.pk, stopping.Why.PERSON, "somebody looks first")
    else:
        stopping.lift(row.pk, stopping.Why.PERSON)


def _connect(row: Any, tenant: str) -> None:
    """Go to the consent page and back, as a browser does. The page's address is past the proxy: it is a person's."""
    import httpx2

    from daybook.companies.models import Person
    from daybook.connections import consent
    from daybook.connections.models import Connection
    from daybook.web.settings.reading import documents_in_flight

    person, _ = Person.objects.get_or_create(email="owner@trial.example")
    page = urlsplit(consent.begin(row, person))
    form = {"decision": "allow", "tenant": [tenant]}
    answer = httpx2.post(f"{os.environ['XERO']}{page.path}?{page.query}", data=form)
    query = dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
    row = consent.finish(query, person, documents_in_flight=documents_in_flight, ledger="xero")
    if row.status == Connection.Status.CHOOSING:
        consent.choose(row, tenant, person, documents_in_flight=documents_in_flight)


if __name__ == "__main__":
    main()

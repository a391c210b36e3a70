"""A demo company on a local Xero that really listens, with all that probes ask for."""

from datetime import date

import msgspec
import pytest

from daybook.ops.probing import running
from daybook.ops.probing.sheet import File, new
from daybook.wire.http import HttpClient
from localxero import LocalXero
from localxero.testing import running as listening
from localxero.testing import signed_in
from tests import world

CLEARING = {"Code": "612", "Name": "Card clearing", "Type": "CURRENT", "EnablePaymentsToAccount": True}


class Demo:
    """A company connected to a demo company."""

    def __init__(self, xero: LocalXero, cast: world.Cast, path) -> None:
        self.xero, self.cast, self.file = xero, cast, File(path)
        self.client = HttpClient(30)
        self.told: list[str] = []

    @property
    def sheet(self):
        own = self.cast.connection.facts
        return self.file.read() or new("xero", own.name, own.their_id)

    def run(self):
        return running.started(self.cast.connection, self.sheet, self.file, self.client, self.told.append)

    def ask(self, *only: str, again: bool = False):
        """Ask and undo; return the sheet as the file has it."""
        run = self.run()
        probes = running.chosen(run.probing, run.sheet, only, again=again)
        running.refuse(run, running.calls_needed(run.probing, probes))
        running.ask_all(run, probes)
        return self.sheet

    def left(self) -> list[str]:
        """What of ours still counts there."""
        books = self.xero.books(self.cast.tenant_id)
        documents = (*books.invoices.values(), *books.credit_notes.values(), *books.purchase_orders.values())
        live = [each for each in documents if each.status not in {"VOIDED", "DELETED"} and _is_ours(each.number)]
        contacts = [each for each in books.contacts.values() if _is_ours(each.name) and each.status == "ACTIVE"]
        payments = [each for each in books.payments.values() if each.reference == "Daybook probe"]
        paid = [each for each in payments if each.status != "DELETED"]
        return [
            *(each.number for each in live),
            *(each.name for each in contacts),
            *(each.payment_id for each in paid),
            *books.allocations,
        ]


def _is_ours(name: str) -> bool:
    return name.upper().startswith("DBPROBE-")


@pytest.fixture
def demo(db, tmp_path, settings):
    with listening() as server:
        xero, gb = server.xero, server.xero.tenant_id("GB")
        with signed_in(xero, gb) as client:
            assert client.put("/Accounts", json=CLEARING).status_code == 200
        xero.configure(gb, is_demo_company=True, period_lock_date=date(2026, 1, 31))
        settings.XERO_API_BASE = settings.XERO_IDENTITY_BASE = settings.XERO_LOGIN_BASE = server.url
        cast = world.connected(xero)
        made = Demo(xero, cast, tmp_path / "answers.json")
        yield made
        made.client.close()


@pytest.fixture
def flipped(demo):
    """Put switches of the local Xero into the other position."""

    def flip(*names: str):
        switches = demo.xero.state.switches
        for name in names:
            setattr(switches, name, not getattr(switches, name))
        return msgspec.to_builtins(switches)

    return flip

"""What the overview, the API and `daybook status` say of a backlog is the same."""

import pytest
from django.test import Client
from django.urls import reverse

from daybook.companies import keys
from daybook.connections import stopping
from daybook.connections.models import Connection
from daybook.kit import clock
from daybook.ops.cli import status
from daybook.ops.cli.commands import state

pytestmark = [pytest.mark.django_db, pytest.mark.drawn]


@pytest.fixture
def scarce(acme):
    """Sixty invoices wait, and one call is left of the day for documents."""
    acme.ready_invoices(60)
    Connection.objects.update(day_remaining=21, limits_read_at=clock.now(), day_began_at=clock.now())
    return acme


def overview(client: Client, cast) -> str:
    page = client.get(reverse("web:overview", args=[cast.company.public_id]))
    return " ".join(page.content.decode().split())


def test_a_backlog_that_takes_until_tomorrow_is_drawn(logged_in, scarce):
    shown = overview(logged_in("viewer"), scarce)
    assert "What waits now will be in Xero by" in shown
    assert "Invoice: 60 wait, in 2 calls." in shown
    assert '<svg class="db-forecast"' in shown
    assert "1 call of today is left for documents; the next day of calls begins by" in shown


def test_nothing_that_waits_is_said_too(logged_in, acme):
    shown = overview(logged_in("viewer"), acme)
    assert "Nothing waits to be sent." in shown
    assert "Documents go at once." in shown
    assert "<svg" not in shown


def test_a_machine_is_told_the_same(scarce):
    key = keys.create_api_key(scarce.company, "monitor")[1]
    [told] = Client().get("/api/v1/forecast", headers={"Authorization": f"Bearer {key}"}).json()["forecasts"]
    read = status.read(clock.now()).companies[0].connections[0].forecast
    assert (told["waiting"], told["calls"], told["calls_left"]) == (60, 2, 1)
    assert (read.waiting, read.calls, read.calls_left) == (60, 2, 1)
    assert told["is_in_at"][:16] == read.is_in_at.isoformat()[:16]
    assert told["queues"] == [{"documents": "Invoice", "waiting": 60, "calls": 2}]
    assert told["points"][0]["waiting"] == 60


def test_while_posting_is_stopped_no_moment_is_promised(logged_in, scarce, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "400")
    stopping.stop(scarce.connection.pk, stopping.Why.PERSON, "the auditor looks first")
    key = keys.create_api_key(scarce.company, "monitor")[1]
    [told] = Client().get("/api/v1/forecast", headers={"Authorization": f"Bearer {key}"}).json()["forecasts"]
    assert (told["waiting"], told["calls"], told["is_in_at"], len(told["points"])) == (60, 2, None, 1)
    shown = overview(logged_in("viewer"), scarce)
    assert "What waits goes once posting goes on." in shown
    assert "Documents go at once." not in shown
    assert '<svg class="db-forecast"' not in shown
    state._print(status.read(clock.now()))
    assert "once posting goes on, 2 calls" in " ".join(capsys.readouterr().out.split())


def test_nobody_is_told_of_anothers(scarce, birch):
    key = keys.create_api_key(birch.company, "monitor")[1]
    [told] = Client().get("/api/v1/forecast", headers={"Authorization": f"Bearer {key}"}).json()["forecasts"]
    assert (told["waiting"], told["connection"]) == (0, birch.connection.public_id)

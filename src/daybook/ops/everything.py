"""`daybook up`: the database, the web process and the worker, held together by one parent."""

import os
import socket
import sys
from collections.abc import Mapping

import click

from daybook.ops import waiting
from daybook.ops.installation import Installation, close_connections
from daybook.ops.stops import Exit, Stop
from daybook.ops.supervisor import Child, GaveUpError, Supervisor
from daybook.ops.web_server import refuse_taken_port

START_SECONDS = 60


def up(installation: Installation, *, host: str, port: int) -> None:
    """Run everything until somebody asks to stop. Raises Stop."""
    refuse_taken_port(host, port)
    public_url = os.environ.setdefault("DAYBOOK_PUBLIC_URL", f"http://localhost:{port}")
    environ = dict(os.environ)  # without DATABASE_URL of the embedded database: each child holds that itself
    with installation.opened():
        setup_token = _prepare()
        supervisor = Supervisor(children(installation, environ, host=host, port=port), say)
        try:
            with supervisor.started():
                if supervisor.watch(lambda: answers(host, port)):
                    _announce(public_url, setup_token)
                    supervisor.watch()
        except GaveUpError as error:
            raise Stop(str(error), Exit.ENVIRONMENT) from error
    say("Stopped.")


def children(installation: Installation, environ: Mapping[str, str], *, host: str, port: int) -> list[Child]:
    """Return the web process and the worker of an installation."""
    base = [sys.executable, "-m", "daybook", "--data", str(installation.data)]
    parent = f"--parent={os.getpid()}"
    return [
        Child("web", [*base, "web", f"--host={host}", f"--port={port}", parent], environ),
        Child("worker", [*base, "worker", parent], environ),
    ]


def answers(host: str, port: int) -> bool:
    """Return whether somebody listens there."""
    address = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    try:
        socket.create_connection((address, port), timeout=1).close()
    except OSError:
        return False
    return True


def wait_for(host: str, port: int, *, seconds: float = START_SECONDS) -> None:
    """Wait until somebody listens there. Raises Stop."""
    if not waiting.until(lambda: answers(host, port), seconds=seconds):
        message = f"nothing answers at port {port} after {seconds:.0f} s"
        raise Stop(message, Exit.ENVIRONMENT)


def say(text: str) -> None:
    """Tell the person at the terminal."""
    click.echo(text)
    sys.stdout.flush()


def _prepare() -> str:
    """Bring the tables up to date and return the token of a set-up link while nobody can log in, else ""."""
    from daybook.companies import people  # noqa: PLC0415  # Django is set up only now
    from daybook.companies.models import Person  # noqa: PLC0415
    from daybook.ops import migrations  # noqa: PLC0415

    migrations.apply()
    token = "" if Person.objects.exists() else people.create_setup_link()
    close_connections()
    return token


def _announce(public_url: str, setup_token: str) -> None:
    say(f"Daybook is at {public_url}")
    if setup_token:
        say(f"Make the first account, once, within a day: {public_url}/setup/{setup_token}")
    say("Ctrl-C stops everything.")

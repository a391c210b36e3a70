"""`daybook up`: the database, the web process and the worker, held together by one parent."""

import os
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import click
from django.conf import settings

from daybook.ops.processes import keys, locks
from daybook.ops.processes.installation import Installation, close_connections
from daybook.ops.processes.stops import Exit, Stop
from daybook.ops.processes.supervisor import Child, GaveUpError, Supervisor
from daybook.ops.processes.web_server import refuse_taken_port


def up(installation: Installation, *, host: str, port: int, processes: int) -> None:
    """Run everything until somebody asks to stop. Raises Stop."""
    public_url = os.environ.setdefault("DAYBOOK_PUBLIC_URL", f"http://localhost:{port}")
    environ = dict(os.environ)  # without DATABASE_URL of the embedded database: each child holds that itself
    with _alone(installation, public_url):
        refuse_taken_port(host, port)
        _run(installation, environ, host=host, port=port, processes=processes)
    say("Stopped.")


@contextmanager
def _alone(installation: Installation, public_url: str) -> Iterator[None]:
    """Be the only `up` on the data folder for the length of a block. Raises Stop with the address of the other one."""
    if "DATABASE_URL" in os.environ:  # any number of machines may share that
        yield
        return
    installation.make_folder()
    lock, address = installation.data / "up.lock", installation.data / "up.address"
    try:
        with locks.exclusive(lock, seconds=0):
            address.write_text(public_url)
            yield
            address.unlink(missing_ok=True)
    except locks.LockBusyError as error:
        where = address.read_text() if address.is_file() else "an address that it has not said yet"
        message = (
            f"Daybook runs already on the data folder {installation.data}, at {where}. Stop that one first, "
            "or name another folder with --data"
        )
        raise Stop(message, Exit.ENVIRONMENT) from error


def _run(installation: Installation, environ: Mapping[str, str], *, host: str, port: int, processes: int) -> None:
    public_url = os.environ["DAYBOOK_PUBLIC_URL"]
    with installation.opened():
        environ = {name: value for name, value in environ.items() if name not in settings.UNKNOWN_VARIABLES}
        setup_token = _prepare()
        supervisor = Supervisor(children(installation, environ, host=host, port=port, processes=processes), say)
        try:
            with supervisor.started():
                if supervisor.watch(lambda: answers(host, port)):
                    _announce(public_url, setup_token)
                    supervisor.watch()
        except GaveUpError as error:
            raise Stop(str(error), Exit.ENVIRONMENT) from error


def children(
    installation: Installation, environ: Mapping[str, str], *, host: str, port: int, processes: int = 1
) -> list[Child]:
    """Return the web server, of so many processes, and the worker of an installation."""
    base = [sys.executable, "-m", "daybook", "--data", str(installation.data)]
    parent = f"--parent={os.getpid()}"
    return [
        Child("web", [*base, "web", f"--host={host}", f"--port={port}", f"--processes={processes}", parent], environ),
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


def say(text: str) -> None:
    """Tell the person at the terminal."""
    click.echo(text)
    sys.stdout.flush()


def _prepare() -> str:
    """Bring the tables up to date and return the token of a set-up link while nobody can log in, else ""."""
    from daybook.companies import people  # noqa: PLC0415  # Django is set up only now
    from daybook.companies.models import Person  # noqa: PLC0415
    from daybook.ops.postgres import migrations  # noqa: PLC0415

    migrations.apply()
    keys.refuse_other_keys()
    token = "" if Person.objects.exists() else people.create_setup_link()
    close_connections()
    return token


def _announce(public_url: str, setup_token: str) -> None:
    say(f"Daybook is at {public_url}")
    if setup_token:
        say(f"Make the first account, once, within a day: {public_url}/setup/{setup_token}")
    say("Ctrl-C stops everything.")

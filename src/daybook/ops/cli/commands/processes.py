# ruff: noqa: PLC0415  # see the package
import os

import click

from daybook.kit import clock
from daybook.ops.processes import lifelines, precedence, web_processes
from daybook.ops.processes.installation import Installation, close_connections
from daybook.ops.processes.presence import watched

PARENT = click.option("--parent", type=int, hidden=True, help="End with this process.")
HOST = click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen at; 0.0.0.0 for all of this machine's."
)
PORT = click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port to listen at.")
PROCESSES = click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=web_processes.that_make_sense,
    show_default="as many as this machine has cores, at most 8",
    help="Web processes, of 12 threads each.",
)


@click.command()
@HOST
@PORT
@PROCESSES
@click.pass_obj
def up(installation: Installation, host: str, port: int, processes: int) -> None:
    """Start everything: database, tables, web pages and worker. Ctrl-C stops everything.

    Without DATABASE_URL the database is an embedded PostgreSQL in the folder of --data. While nobody can log in
    yet, a one-time set-up link is printed. Links and the ledger's redirect URI name DAYBOOK_PUBLIC_URL
    (http://localhost:PORT unless you set it).
    """
    from daybook.ops.processes import everything

    everything.up(installation, host=host, port=port, processes=processes)


@click.command()
@HOST
@PORT
@PROCESSES
@PARENT
@click.option("--socket", "descriptor", type=int, hidden=True, help="Serve at this socket of the parent.")
@click.pass_obj
def web(  # one parameter for each option
    installation: Installation, host: str, port: int, processes: int, parent: int | None, descriptor: int | None
) -> None:
    """Serve the pages and the REST API only. Run workers beside it, on the same DATABASE_URL."""
    if parent:
        lifelines.end_with_parent(parent)
    os.environ.setdefault("DAYBOOK_PUBLIC_URL", f"http://localhost:{port}")
    with installation.opened_current() as presence, watched(presence):
        from daybook.ops.processes import web_server

        close_connections()
        if descriptor is not None:
            web_server.serve_at(web_server.inherited(descriptor))
        else:
            web_server.serve(host, port, processes=processes, data=installation.data)


@click.command()
@click.option("--jobs", type=click.IntRange(1, 14), default=8, show_default=True, help="Jobs that run at once.")
@click.option("--heartbeat", type=float, default=10, show_default=True, help="Seconds between signs of life.")
@click.option(
    "--stalled-after", type=float, default=30, show_default=True, help="Seconds without: its jobs go to others."
)
@click.option("--until-idle", is_flag=True, help="End once there is no job left.")
@PARENT
@click.pass_obj
def worker(  # one parameter for each option
    installation: Installation,
    jobs: int,
    heartbeat: float,
    stalled_after: float,
    until_idle: bool,  # noqa: FBT001
    parent: int | None,
) -> None:
    """Post documents and do all other work behind the pages. Start as many as you like, on one DATABASE_URL.

    SIGTERM and Ctrl-C let the running jobs end first.
    """
    if parent:
        lifelines.end_with_parent(parent)
    with installation.opened_current() as presence, watched(presence):
        precedence.give_way()  # not before: a server that is started here would give way with it
        from daybook.ops.processes import worker as working
        from daybook.reconciliation import witness

        witness.begin(clock.now())
        working.run(jobs_at_once=jobs, heartbeat=heartbeat, stalled_after=stalled_after, until_idle=until_idle)

# ruff: noqa: PLC0415  # see the package
import click
from rich.console import Console
from rich.table import Table

from daybook.ops.processes.installation import Installation
from daybook.ops.processes.stops import Exit, Stop

SSH_PORT = 22
which = click.option("--connection", default="", metavar="ID", help="Of several, the one that is meant.")


@click.group()
def connection() -> None:
    """Connections: where a company's orders go. List and add them, say where order files go, check, close."""


@connection.command("list")
@click.argument("company")
@click.pass_obj
def list_(installation: Installation, company: str) -> None:
    """List the connections of COMPANY (name or id), closed ones last."""
    with installation.opened_current():
        from daybook.companies import people
        from daybook.connections import roster

        table = Table("id", "ledger", "name", "stands", box=None)
        found = people.find_company(company)
        for one in [*roster.of_company(found), *roster.closed(found)]:
            table.add_row(one.public_id, one.ledger, one.name, "Closed" if one.closed_at else one.get_status_display())
    Console().print(table)


@connection.command("add")
@click.argument("company")
@click.argument("ledger")
@click.pass_obj
def add(installation: Installation, company: str, ledger: str) -> None:
    """Add a connection of COMPANY to LEDGER: files, or the name of another ledger.

    Order files are connected by `daybook connection folder` and `check`, the others by a person on its page.
    """
    with installation.opened_current():
        from daybook.companies import people
        from daybook.ops.cli import configuring_connections as configuring

        made = configuring.add(people.find_open_company(company), ledger)
    click.echo(f"Added; its id is {made.public_id}.")


@connection.command("show")
@click.argument("company")
@which
@click.pass_obj
def show(installation: Installation, company: str, connection: str) -> None:
    """Show how a connection of COMPANY stands, where its files go, its public key and the server's fingerprint."""
    with installation.opened_current():
        from daybook.companies import people
        from daybook.ops.cli import configuring_connections as configuring

        shown = configuring.show(people.find_company(company), connection)
    for key, value in shown.items():
        click.echo(f"{key}={value}")


@connection.command("folder")
@click.argument("company")
@click.argument("path")
@click.option("--server", default="", metavar="HOST", help="The SFTP server; without, a folder of this machine.")
@click.option("--user", default="", help="The user to log in as on the server.")
@click.option("--port", type=int, default=SSH_PORT, show_default=True)
@which
@click.pass_obj
def folder(
    installation: Installation, company: str, path: str, server: str, user: str, port: int, connection: str
) -> None:
    """Say that COMPANY's order files go into PATH, of this machine or of a server; then `daybook connection check`.

    A key pair is made the first time. Printed for a server: the public key, for that user's authorized_keys there.
    """
    if not server and user:
        raise Stop("--user is of a server: say which with --server HOST", Exit.USAGE)
    with installation.opened_current():
        from daybook.companies import people
        from daybook.connections.places import FileAccess
        from daybook.ops.cli import configuring_connections as configuring

        found = configuring.of_files(people.find_open_company(company), connection)
        place = FileAccess.Place.SERVER if server else FileAccess.Place.FOLDER
        said = FileAccess(connection=found, place=place, path=path, host=server, username=user, port=port)
        kept = configuring.put_into(found, said)
    if kept.is_server:
        click.echo(kept.public_key)
    click.echo("Saved. Next: daybook connection check.", err=True)


@connection.command("check")
@click.argument("company")
@click.option(
    "--trust", default="", metavar="SHA256:...", help="The fingerprint that you compared with the operator's."
)
@which
@click.pass_obj
def check(installation: Installation, company: str, trust: str, connection: str) -> None:
    """List the folder of COMPANY's order files; where that works, it is connected. Nothing is written there.

    A server that is not known yet, or shows another key, is not logged in to: its fingerprint is printed, and it ends
    with 1. --trust takes that key for the server's own, and no other.
    """
    with installation.opened_current():
        from daybook.companies import people
        from daybook.ops.cli import configuring_connections as configuring

        configuring.check(configuring.of_files(people.find_open_company(company), connection), trust)
    click.echo("Connected. What waits goes out now.")


@connection.command("resume")
@click.argument("company")
@which
@click.pass_obj
def resume(installation: Installation, company: str, connection: str) -> None:
    """End the pause of a connection of COMPANY at once, as Try now on the pages does."""
    with installation.opened_current():
        from daybook.companies import people
        from daybook.ops.cli import configuring_connections as configuring
        from daybook.ops.cli.configure import connection_of

        words = configuring.resume(connection_of(people.find_open_company(company), connection))
    click.echo(words)


@connection.command("disconnect")
@click.argument("company")
@which
@click.pass_obj
def disconnect(installation: Installation, company: str, connection: str) -> None:
    """Send nothing more through a connection of COMPANY; what was sent and all settings stay, what waits waits."""
    with installation.opened_current():
        from daybook.companies import people
        from daybook.ops.cli import configuring_connections as configuring
        from daybook.ops.cli.configure import connection_of

        configuring.disconnect(connection_of(people.find_open_company(company), connection))
    click.echo("Disconnected.")


@connection.command("close")
@click.argument("company")
@which
@click.pass_obj
def close(installation: Installation, company: str, connection: str) -> None:
    """End a connection of COMPANY that was disconnected; what was sent through it stays."""
    with installation.opened_current():
        from daybook.companies import people
        from daybook.ops.cli import configuring_connections as configuring
        from daybook.ops.cli.configure import connection_of

        configuring.close(connection_of(people.find_open_company(company), connection))
    click.echo("Closed.")


@connection.command("open")
@click.argument("company")
@click.argument("connection", metavar="ID")
@click.pass_obj
def open_(installation: Installation, company: str, connection: str) -> None:
    """Take up COMPANY's closed connection ID again; it is connected as before."""
    with installation.opened_current():
        from daybook.companies import people
        from daybook.ops.cli import configuring_connections as configuring

        configuring.reopen(people.find_open_company(company), connection)
    click.echo("Open again. Connect it as before.")

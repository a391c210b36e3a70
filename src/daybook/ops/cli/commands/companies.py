# ruff: noqa: PLC0415  # see the package
from datetime import UTC, datetime, timedelta

import click
from rich.console import Console
from rich.table import Table

from daybook.ops.processes.installation import Installation
from daybook.ops.processes.stops import Exit, Stop


@click.group()
def company() -> None:
    """Companies: add one, list all, change the settings of one, read its lists again, export and close one."""


@company.command("add")
@click.argument("name")
@click.option("--owner", metavar="EMAIL", help="Make this person its owner; they must exist (`daybook person add`).")
@click.pass_obj
def add(installation: Installation, name: str, owner: str | None) -> None:
    """Add the company NAME. Its people connect it to the ledger on its page."""
    with installation.opened_current():
        from daybook.companies import people

        made = people.create_company(name, owner=people.find_proven_person(owner) if owner else None)
    click.echo(f"Added {made.name}; its id is {made.public_id}.")


@company.command("list")
@click.pass_obj
def list_(installation: Installation) -> None:
    """List all companies with their ids and connections."""
    with installation.opened_current():
        from daybook.companies.models import Company
        from daybook.connections import roster
        from daybook.connections.models import Connection

        table = Table("id", "company", "organisation", "connection", box=None)
        for one in Company.objects.all():
            for connection in roster.of_company(one) or [Connection(company=one)]:
                stands = f"Closed, kept until {one.kept_until:%Y-%m-%d}" if one.is_closed else ""
                stands = stands or connection.get_status_display()
                table.add_row(one.public_id, one.name, connection.facts.name, stands)
    Console().print(table)


@company.command("configure")
@click.argument("name_or_id")
@click.argument("settings", nargs=-1, metavar="KEY=VALUE...")
@click.option("--connection", default="", metavar="ID", help="Of several, the connection whose settings are meant.")
@click.option("--reason", default="", metavar="TEXT", help="Why posting is stopped, or goes on: posting=off wants it.")
@click.pass_obj
def configure(
    installation: Installation, name_or_id: str, settings: tuple[str, ...], connection: str, reason: str
) -> None:
    """Change settings of the company NAME_OR_ID; without KEY=VALUE show them.

    \b
    KEY is a setting as shown (process_method, sales_account, contact_name, ...), or
      posting            off stops posting until it is on again: what is under way settles, nothing new goes
      tax.RATE           the tax type of a tax rate, the rate as a fraction: tax.0.2=OUTPUT2
      line.KIND          account, and tax where it is not the line's own, of a kind of line that is no goods:
                         line.gift_card=825/NONE
      channel.NAME       the contact of a channel, by its exact name; empty: as for the rest
      client_id          of the company's app; tried at the ledger's login at once, as client_secret is
      client_secret      never shown again
      SOURCE_FIELD       of the company's first feed of a source; a secret is never shown again
    VALUE may be empty (clears), or @FILE (reads the file, so that a secret stays out of your shell's history).

    Example: daybook company configure Acme process_method=tracked number_prefix=WEB- tax.0.2=OUTPUT2
    """  # noqa: D301
    with installation.opened_current():
        from daybook.companies import people
        from daybook.connections import permissions
        from daybook.ops.cli import configure as configuring
        from daybook.ops.cli import stopping

        find = people.find_open_company if settings else people.find_company
        found = configuring.connection_of(find(name_or_id), connection)
        changes = [configuring.parse(pair) for pair in settings]
        stops = [change for change in changes if change.key == configuring.POSTING]
        changed = [change.key for change in stops if stopping.change(found, change, reason)]
        others = [change for change in changes if change not in stops]
        changed += configuring.change(found, others) if others else []
        shown = {configuring.POSTING: stopping.shown(found), **configuring.show(found)}
        if settings:
            click.echo(f"Changed {', '.join(changed)}." if changed else "Nothing to change: it was so already.")
        for words in stopping.left(found) if stops else ():
            click.echo(words)
        for words in permissions.asked_anew(found) if settings else ():
            click.echo(f"{words} Press Get Access Token on its page.")
        if set(configuring.APP).intersection(change.key for change in changes):
            configuring.try_app(found)
    if settings:
        return
    for key, value in shown.items():
        click.echo(f"{key}={value}")


@company.command("refresh")
@click.argument("name_or_id")
@click.option("--connection", default="", metavar="ID", help="Of several, the connection that is meant.")
@click.pass_context
def refresh(context: click.Context, name_or_id: str, connection: str) -> None:
    """Read NAME_OR_ID's accounts, tax rates, contacts and lock dates from the ledger again, as Refresh on the page does.

    What waited for something that is cured now goes by itself. Ends with 1 if the settings still have a problem.
    """
    installation: Installation = context.obj
    with installation.opened_current():
        from daybook.companies import people
        from daybook.ops.cli import configure as configuring

        found = configuring.connection_of(people.find_open_company(name_or_id), connection)
        problems = configuring.read_lists(found)
    for words in problems:
        click.echo(words)
    if not problems:
        click.echo("Read again; the settings have no problem.")
    context.exit(Exit.NEEDS_A_PERSON if problems else Exit.OK)


@click.group()
def apikey() -> None:
    """API keys, with which a machine sends orders."""


@apikey.command("create")
@click.argument("name_or_id", metavar="COMPANY")
@click.option("--name", required=True, help="What the key is for, to tell keys apart: the name of the OMS, say.")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(["read", "orders", "act"]),
    multiple=True,
    default=("read", "orders"),
    show_default=True,
    help="What it opens; may be given several times.",
)
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day on which it works (UTC).")
@click.pass_obj
def create(
    installation: Installation, name_or_id: str, name: str, scopes: tuple[str, ...], until: datetime | None
) -> None:
    """Make an API key of COMPANY (name or id) and print it, this once."""
    with installation.opened_current():
        from daybook.companies import keys, people

        if until and until.year > keys.LAST_YEAR:
            raise Stop(f"--until: choose a day up to the year {keys.LAST_YEAR}, or leave it out", Exit.USAGE)
        ends = until.replace(tzinfo=UTC) + timedelta(days=1) if until else None
        company = people.find_open_company(name_or_id)
        _, plaintext = keys.create_api_key(company, name, scopes=scopes, expires_at=ends)
    click.echo(plaintext)
    click.echo("Keep it now: it is not stored and cannot be shown again.", err=True)

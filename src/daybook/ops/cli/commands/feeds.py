# ruff: noqa: PLC0415  # see the package
from collections.abc import Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.table import Table

from daybook.ops.processes.installation import Installation
from daybook.ops.processes.stops import Exit, Stop


@click.group()
def feed() -> None:
    """Feeds: where a company's orders come from. List them, add one, change it, close it, open it again."""


@contextmanager
def _in_words(installation: Installation) -> Iterator[None]:
    with installation.opened_current():
        from daybook.feeds.roster import FeedError

        try:
            yield
        except FeedError as error:
            raise Stop(str(error), Exit.USAGE) from error


@feed.command("list")
@click.argument("company")
@click.pass_obj
def list_(installation: Installation, company: str) -> None:
    """List the feeds of COMPANY (name or id)."""
    with _in_words(installation):
        from daybook.companies import people
        from daybook.feeds import roster

        table = Table("name", "source", "id", "stands", "last received", box=None)
        for one in roster.of_company(people.find_company(company)):
            received = f"{one.last_received_at:%Y-%m-%d %H:%M} UTC" if one.last_received_at else ""
            table.add_row(one.name, one.row.title, one.public_id, "closed" if one.closed_at else "open", received)
    Console().print(table)


@feed.command("add")
@click.argument("company")
@click.argument("source")
@click.argument("name")
@click.option("--prefix", default="", help="Stands before the references of its orders.")
@click.pass_obj
def add(installation: Installation, company: str, source: str, name: str, prefix: str) -> None:
    """Add a feed of SOURCE to COMPANY, or open again the one of that NAME."""
    with _in_words(installation):
        from daybook.companies import people
        from daybook.feeds import opening

        made = opening.add(people.find_open_company(company), source, name, prefix)
    click.echo(f"{made} is open; its id is {made.public_id}.")


@feed.command("configure")
@click.argument("company")
@click.argument("name")
@click.argument("settings", nargs=-1, metavar="KEY=VALUE...")
@click.pass_obj
def configure(installation: Installation, company: str, name: str, settings: tuple[str, ...]) -> None:
    """Change what is said of COMPANY's feed NAME; without KEY=VALUE show it.

    Example: daybook feed configure Acme outlet number_prefix=OUT- statuses="Shipped = dispatched; Paid = goes on"
    """
    with _in_words(installation):
        from daybook.companies import people
        from daybook.ops.cli import configuring_feeds

        found = configuring_feeds.find(people.find_open_company(company), name)
        if settings:
            configuring_feeds.configure(found, settings)
        shown = configuring_feeds.stands(found)
    click.echo("Changed." if settings else "\n".join(f"{key}={value}" for key, value in shown.items()))


@feed.command("close")
@click.argument("company")
@click.argument("name")
@click.pass_obj
def close(installation: Installation, company: str, name: str) -> None:
    """Take in nothing more of COMPANY's feed NAME; what was accepted stays and goes on."""
    with _in_words(installation):
        from daybook.companies import people
        from daybook.feeds import roster
        from daybook.ops.cli import configuring_feeds

        roster.close(configuring_feeds.find(people.find_open_company(company), name))
    click.echo("Closed.")


@feed.command("open")
@click.argument("company")
@click.argument("name")
@click.pass_obj
def open_(installation: Installation, company: str, name: str) -> None:
    """Take in orders of COMPANY's closed feed NAME again."""
    with _in_words(installation):
        from daybook.companies import people
        from daybook.feeds import opening
        from daybook.ops.cli import configuring_feeds

        opening.reopen(configuring_feeds.find(people.find_open_company(company), name))
    click.echo("Open again.")

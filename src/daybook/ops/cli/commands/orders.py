# ruff: noqa: PLC0415  # see the package
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import Progress

from daybook.kit import clock
from daybook.ops.cli import order_files
from daybook.ops.processes.installation import Installation
from daybook.ops.processes.stops import Exit, Stop

if TYPE_CHECKING:
    from daybook.companies.models import Company
    from daybook.ops.cli.importing import Tally

WORDS = {
    "accepted": "taken in: new, or with new content",
    "unchanged": "known already, nothing to do",
    "late_retry": "ignored: a repeat of what has been replaced, or older than what stands",
    "refused": "refused",
}
MOST_REFUSALS_SHOWN = 200
BY_FEED = frozenset({".csv", ".tsv", ".xlsx", ".xls", ".xml"})
"""Endings of files that are no JSON, and are read as a feed says."""


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--company", "company_name", required=True, metavar="NAME_OR_ID", help="Whose orders these are.")
@click.option("--source", default="", metavar="NAME", help="The OMS they come from, for orders that name no source.")
@click.option("--feed", "feed_name", default="", metavar="NAME", help="Read FILE as this feed reads its files.")
@click.option("--dry-run", is_flag=True, help="With --feed: show what the first orders would be, and keep nothing.")
@click.pass_context
def import_orders(
    context: click.Context, file: Path, company_name: str, source: str, feed_name: str, *, dry_run: bool
) -> None:
    """Take in the orders of FILE: one JSON order a line, or one JSON list of orders.

    The format is that of POST /api/v1/orders (docs/orders.md). Importing a file again changes nothing. A line that is
    refused is named with its number, the field and the cure, and never stops the others; then the exit code is 1.

    With --feed, FILE is what the feed reads: a spreadsheet (CSV, XLSX) or XML by the columns that were matched on the
    page Files in, JSON lines, or whatever else its source reads (docs/files-in.md).

    \b
    Examples: daybook import orders.jsonl --company Acme
              daybook import november.csv --company Acme --feed sheet --dry-run
    """  # noqa: D301  # \b is click's mark for lines that stay as they are
    if not feed_name and (dry_run or file.suffix.lower() in BY_FEED):
        words = "--dry-run shows" if dry_run else f"{file.name} wants"
        raise Stop(
            f"{words} a file as one of the company's feeds reads it: name it with --feed. What orders in JSON would "
            "become, `daybook preview FILE` shows.",
            Exit.USAGE,
        )
    installation: Installation = context.obj
    with installation.opened_current():
        from daybook.companies import people

        company = people.find_open_company(company_name)
        if feed_name:
            context.exit(_by_feed(company, feed_name, file, dry_run=dry_run))
        tally = _take_in(company, file, source)
    _print(tally)
    context.exit(Exit.NEEDS_A_PERSON if tally.refusals else Exit.OK)


def _by_feed(company: "Company", name: str, file: Path, *, dry_run: bool) -> Exit:
    from daybook.ops.cli import configuring_feeds, importing_by_feed

    feed = configuring_feeds.find(company, name)
    told = importing_by_feed.preview(feed, file) if dry_run else importing_by_feed.take_in(feed, file)
    for line in told.wrong:
        click.echo(line, err=True)
    for line in told.out:
        click.echo(line)
    return Exit.NEEDS_A_PERSON if told.wrong else Exit.OK


def _take_in(company: "Company", file: Path, source: str) -> "Tally":
    from daybook.ops.cli import importing

    total = sum(1 for _ in order_files.read(file))
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
        bar = progress.add_task("Taking orders in", total=total)
        return importing.take_in(company, order_files.read(file), source=source, note=lambda: progress.advance(bar))


@click.command("preview")
@click.argument("order_or_file", metavar="ORDER|FILE")
@click.option("--company", "company_name", default="", metavar="NAME_OR_ID", help="Whose; the only one without.")
@click.option("--connection", default="", metavar="ID", help="The connection that is asked about; all without.")
@click.option("--source", default="", metavar="NAME", help="The OMS of orders in FILE that name no source.")
@click.option("--json", "as_json", is_flag=True, help="For machines: a line for each order, as the API answers.")
@click.pass_context
def preview(
    context: click.Context, order_or_file: str, company_name: str, connection: str, source: str, *, as_json: bool
) -> None:
    """Show the documents as they would be, and change nothing.

    ORDER is a stored order's id of Daybook or its reference; FILE holds orders as for `daybook import`. Each document is
    shown with its lines and what would be sent, or why it is held. The exit code is 1 where something needs a person.

    Example: daybook preview orders.jsonl --company Acme
    """
    installation: Installation = context.obj
    with installation.opened_current():
        from daybook.ops.cli import previewing

        company = previewing.company_of(company_name)
        needs_a_person = False
        for shown in previewing.previews(company, order_or_file, source=source, connection=connection):
            click.echo(shown.as_json if as_json else shown.in_words, err=shown.is_refused)
            needs_a_person |= shown.needs_a_person
    context.exit(Exit.NEEDS_A_PERSON if needs_a_person else Exit.OK)


@click.group()
def orders() -> None:
    """Orders: let a connection take older ones too."""


@orders.command("backfill")
@click.argument("name_or_id", metavar="COMPANY")
@click.option("--connection", required=True, metavar="ID", help="The connection that shall take them too.")
@click.option("--since", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Orders received that day or later.")
@click.pass_obj
def backfill(installation: Installation, name_or_id: str, connection: str, since: datetime) -> None:
    """Let a connection of COMPANY also take orders that came before it was connected.

    A new connection starts with the orders that come from then on. Documents are made of the older ones by the same
    settings as of any other: mind the start date there. Doing it twice changes nothing.

    Example: daybook orders backfill Acme --connection c7k2m9xqa4rw --since 2026-11-01
    """
    with installation.opened_current():
        from daybook.companies import people
        from daybook.ops.cli import configure
        from daybook.orders import standings
        from daybook.outbox import wake

        found = configure.connection_of(people.find_open_company(name_or_id), connection)
        count = standings.backfill(found, since.replace(tzinfo=UTC), clock.now())
        wake.wake_prepare(found.company_id)
    click.echo(f"{count} older orders are its own now too; documents are made of them as they are due.")


def _print(tally: "Tally") -> None:
    for refusal in tally.refusals[:MOST_REFUSALS_SHOWN]:
        click.echo(str(refusal), err=True)
    if len(tally.refusals) > MOST_REFUSALS_SHOWN:
        click.echo(f"... and {len(tally.refusals) - MOST_REFUSALS_SHOWN} more", err=True)
    for result, count in sorted(tally.results.items()):
        click.echo(f"{count:>7} {WORDS[result]}")
    if not tally.results:
        click.echo("The file holds no orders.")
    if tally.standings:
        click.echo("They are now: " + ", ".join(f"{count} {name}" for name, count in sorted(tally.standings.items())))

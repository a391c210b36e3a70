# ruff: noqa: PLC0415  # see the package
from datetime import datetime

import click

from daybook.ops.processes.installation import Installation
from daybook.ops.processes.stops import Exit

DAY = click.DateTime(["%Y-%m-%d"])


@click.command("dry-run")
@click.argument("name_or_id", metavar="COMPANY")
@click.option("--connection", default="", metavar="ID", help="The connection; the company's first one without.")
@click.option("--last", type=click.IntRange(1, 1000), default=20, show_default=True, help="So many of the last orders.")
@click.option("--since", type=DAY, help="Orders that came on this day or later, with --until.")
@click.option("--until", type=DAY, help="Orders that came on this day or earlier, with --since.")
@click.option("--feed", default="", metavar="ID", help="What a feed has waiting.")
@click.option("--file", default="", metavar="ID", help="An uploaded file.")
@click.pass_context
def dry_run(  # the ways to choose
    context: click.Context,
    name_or_id: str,
    connection: str,
    last: int,
    since: datetime | None,
    until: datetime | None,
    feed: str,
    file: str,
) -> None:
    """Rehearse orders of COMPANY: what would be posted, what would be refused, and what it comes to.

    Posts nothing, writes nothing and asks the ledger nothing: it goes by what was last read. Ends with 1 where something
    would be refused or held.
    """
    if bool(since) != bool(until):
        raise click.UsageError("Name both days, --since and --until.")
    installation: Installation = context.obj
    with installation.opened_current():
        from daybook.ops.cli import rehearsing

        told = rehearsing.told(name_or_id, connection, last=last, since=since, until=until, feed=feed, file=file)
        for line in told.lines:
            click.echo(line)
    context.exit(Exit.NEEDS_A_PERSON if told.needs_a_person else Exit.OK)

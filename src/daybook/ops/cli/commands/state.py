# ruff: noqa: PLC0415  # see the package
import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from daybook.kit import clock
from daybook.ops.processes.installation import Installation
from daybook.ops.processes.stops import Exit, Stop

if TYPE_CHECKING:
    from daybook.ops.cli.status import CompanyStatus, ConnectionStatus, Status


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON, for machines.")
@click.pass_context
def status(context: click.Context, as_json: bool) -> None:  # noqa: FBT001
    """Show each company: connection, documents by state, orders, the oldest that waits; and the jobs.

    Ends with 1 if something needs a person, so that a monitor can ask.
    """
    installation: Installation = context.obj
    with installation.opened_current():
        from daybook.ops.cli import status as figures

        read = figures.read(clock.now())
    if as_json:
        click.echo(json.dumps(read.as_json(), default=datetime.isoformat, indent=2))
    else:
        _print(read)
    context.exit(Exit.NEEDS_A_PERSON if read.needs_a_person else Exit.OK)


def _print(read: "Status") -> None:
    table = Table(
        "company",
        "connection",
        "documents",
        "orders",
        "orders that need a person",
        "oldest waits",
        "all in by",
        box=None,
    )
    for company in read.companies:
        table.add_row(
            company.name,
            _connection(company),
            _counts(_documents(company)),
            _counts(company.orders),
            str(company.orders_need_a_person or ""),
            _age(company.oldest_waiting_seconds),
            _foreseen(company),
        )
    console = Console()
    console.print(table if read.companies else "No companies yet: `daybook company add NAME`.")
    console.print(f"Jobs: {_counts(read.jobs) or 'none'}")


def _documents(company: "CompanyStatus") -> dict[str, int]:
    """What waits for somebody's approval is named apart from what is ready to go."""
    awaiting, counted = company.documents_await_approval, dict(company.documents)
    if not awaiting:
        return counted
    ready = {"ready": counted.get("ready", 0) - awaiting}
    return {**counted, **ready, "await approval": awaiting}


def _connection(company: "CompanyStatus") -> str:
    if company.closed_until is not None:
        return f"closed, kept until {company.closed_until:%Y-%m-%d}"
    stopped = [
        f"{each.organisation or each.id}: {words}" for each in company.connections for words in each.posting_stopped
    ]
    if len(company.connections) > 1:
        return "\n".join([*(f"{each.organisation or each.id}: {each.says}" for each in company.connections), *stopped])
    if stopped:
        return "\n".join(stopped)
    if company.paused_until:
        return f"paused until {company.paused_until:%H:%M:%S} UTC: {company.pause_reason}"
    return f"{company.connection_says} ({company.organisation})" if company.organisation else company.connection_says


def _foreseen(company: "CompanyStatus") -> str:
    """When what waits will be in, by connection."""
    return "\n".join(
        f"{_moment(each)}, {each.forecast.calls:,} call{'' if each.forecast.calls == 1 else 's'}"
        for each in company.connections
        if each.forecast is not None and each.forecast.waiting
    )


def _moment(connection: "ConnectionStatus") -> str:
    if connection.posting_stopped:
        return "once posting goes on"
    is_in_at = connection.forecast.is_in_at if connection.forecast is not None else None
    return f"{is_in_at:%a %-d %b %H:%M} UTC" if is_in_at else "later"


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items())


def _age(seconds: int | None) -> str:
    if seconds is None:
        return ""
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {seconds:02} s"


DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("name_or_id", required=False, metavar="[COMPANY]")
@click.option("--quiet", is_flag=True, help="Only the lines that sum up.")
@click.option("--since", type=DAY, help="Only documents dated so or later.")
@click.option("--until", type=DAY, help="Only documents dated so or earlier.")
@click.option("--all", "everything", is_flag=True, help="Also what agrees, and orders that rightly have no document.")
@click.option(
    "--adopt",
    is_flag=True,
    help="After a restore: take up what the ledgers hold, and let posting go on. Compares nothing.",
)
@click.option("--yes", is_flag=True, help="With --adopt: this database is the one that posts from now on; do not ask.")
@click.pass_context
def reconcile(  # one parameter an option
    context: click.Context,
    name_or_id: str | None,
    quiet: bool,  # noqa: FBT001
    since: datetime | None,
    until: datetime | None,
    everything: bool,  # noqa: FBT001
    adopt: bool,  # noqa: FBT001
    yes: bool,  # noqa: FBT001
) -> None:
    """Compare orders, day book and ledger, document by document, of COMPANY or of every connected one.

    Prints the sums per kind, currency and tax type, and the documents that differ; --all prints the rest too. Reads from the
    ledger (a thousand documents a call, and some 40 a call of those that its list does not show) and changes nothing. Ends
    with 1 if anything differs.

    With --adopt, after a restore, it reads what was posted since the backup instead, takes it up into the day book, and lets
    posting go on; it ends with 1 where some connection could not be read.
    """
    installation: Installation = context.obj
    if since and until and since > until:
        message = f"--since {since:%Y-%m-%d} is after --until {until:%Y-%m-%d}: no document lies between them"
        raise Stop(message, Exit.USAGE)
    if adopt:
        _adopt(context, installation, name_or_id, is_agreed=yes)
        return
    with installation.opened_current():
        from daybook.companies import people
        from daybook.ledgers.exchange import Period
        from daybook.ops.cli import reconciling
        from daybook.wire.errors import WireError

        console, agrees = Console(), True
        try:
            companies = [people.find_company(name_or_id)] if name_or_id else None
            period = Period(since and since.date(), until and until.date())
            for compared in reconciling.compare(companies, period=period, everything=everything):
                if compared.sums and not quiet:
                    console.print(reconciling.sums(compared))
                for shown in [] if quiet else reconciling.tables(compared, everything=everything):
                    console.print(shown)
                console.print(reconciling.summary(compared), highlight=False)
                agrees = agrees and compared.agrees
        except WireError as error:
            raise Stop(f"the ledger cannot be read: {error}", Exit.NEEDS_A_PERSON) from error
    context.exit(Exit.OK if agrees else Exit.NEEDS_A_PERSON)


def _adopt(context: click.Context, installation: Installation, name_or_id: str | None, *, is_agreed: bool) -> None:
    with installation.opened_current():
        from daybook.companies import people
        from daybook.connections import home
        from daybook.ops.cli import adopting

        company = people.find_company(name_or_id) if name_or_id else None
        if doubt := adopting.doubt():
            if not is_agreed:
                click.echo(f"{doubt}.")
                click.confirm(adopting.QUESTION, abort=True, err=True)
            home.confirm()
        lines, is_whole = adopting.adopt_all(company)
        for line in lines or ["Nothing is to be taken up: no restore stops any connection."]:
            click.echo(line)
    context.exit(Exit.OK if is_whole else Exit.NEEDS_A_PERSON)

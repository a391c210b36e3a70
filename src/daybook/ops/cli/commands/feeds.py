# ruff: noqa: PLC0415  # see the package
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import BinaryIO

import click
from rich.console import Console
from rich.table import Table

from daybook.ops.processes.installation import Installation
from daybook.ops.processes.stops import Exit, Stop


@click.group()
def feed() -> None:
    """Feeds: where a company's orders come from. List them, add, test, pull, pause, replay, close them."""


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

        table = Table("name", "source", "id", "stands", "brings", "last received", "last asked", "problem", box=None)
        table.columns[2].no_wrap = True  # it is copied
        table.columns[2].min_width = 12
        for column in table.columns:
            column.overflow = "fold"  # a day that is cut tells nothing
        for one in roster.of_company(people.find_company(company)):
            stands = "closed" if one.closed_at else "paused" if one.paused_at else "open"
            moments = [f"{at:%Y-%m-%d %H:%M} UTC" if at else "" for at in (one.last_received_at, one.pulled_at)]
            table.add_row(one.name, one.row.title, one.public_id, stands, one.brings, *moments, one.problem)
    Console().print(table)


@feed.command("add")
@click.argument("company")
@click.argument("source")
@click.argument("name")
@click.option("--prefix", default="", help="Stands before the references of its orders.")
@click.option("--brings", default="", help="sales (the default), or news about the sales of other feeds.")
@click.pass_obj
def add(installation: Installation, company: str, source: str, name: str, prefix: str, brings: str) -> None:
    """Add a feed of SOURCE to COMPANY, or open again the one of that NAME."""
    with _in_words(installation):
        from daybook.companies import people
        from daybook.feeds import opening

        made = opening.add(people.find_open_company(company), source, name, prefix, brings=brings)
    click.echo(f"{made} is open; its id is {made.public_id}.")


@feed.command("configure")
@click.argument("company")
@click.argument("name")
@click.argument("settings", nargs=-1, metavar="KEY=VALUE...")
@click.pass_obj
def configure(installation: Installation, company: str, name: str, settings: tuple[str, ...]) -> None:
    """Change what is said of COMPANY's feed NAME; without KEY=VALUE show it.

    Example: daybook feed configure Acme outlet number_prefix=OUT- statuses="Shipped = dispatched; Paid = paid"
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


@feed.command("test")
@click.argument("company")
@click.argument("name")
@click.pass_obj
def test(installation: Installation, company: str, name: str) -> None:
    """Ask the source of COMPANY's feed NAME whether it lets Daybook in; nothing is taken in."""
    with _in_words(installation):
        from daybook.companies import people
        from daybook.intake import pulling
        from daybook.ops.cli import configuring_feeds

        found = pulling.test(configuring_feeds.find(people.find_open_company(company), name))
    for words in found.works:
        click.echo(f"+ {words}")
    if found.wrong:
        raise Stop(found.wrong, Exit.NEEDS_A_PERSON)


@feed.command("pull")
@click.argument("company")
@click.argument("name")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Bring the past from this day on; the worker does it.")
@click.pass_obj
def pull(installation: Installation, company: str, name: str, since: datetime | None) -> None:
    """Ask COMPANY's feed NAME for what is new, now."""
    with _in_words(installation):
        from daybook.companies import people
        from daybook.intake import backfilling, pulling
        from daybook.ops.cli import configuring_feeds

        found = configuring_feeds.find(people.find_open_company(company), name)
        if since is not None:
            backfilling.begin(found, since.replace(tzinfo=UTC))
            click.echo(f"The orders since {since:%Y-%m-%d} are brought in by the worker, behind what comes now.")
            return
        if not found.is_pulled:
            raise Stop(f"The feed cannot be asked: {found.why_not_pulled}.", Exit.USAGE)
        outcome = pulling.pull(found)
    said = ", ".join(f"{count} {result}" for result, count in sorted(outcome.results.items()))
    click.echo(said or "Nothing new.")
    if outcome.problem:
        raise Stop(outcome.problem, Exit.NEEDS_A_PERSON)


@feed.command("pause")
@click.argument("company")
@click.argument("name")
@click.option("--resume", is_flag=True, help="Go on instead; what was kept meanwhile is taken in.")
@click.pass_obj
def pause(installation: Installation, company: str, name: str, resume: bool) -> None:  # noqa: FBT001 - click's way
    """Ask COMPANY's feed NAME for nothing, and keep what it sends until it is resumed."""
    with _in_words(installation):
        from daybook.companies import people
        from daybook.feeds import roster
        from daybook.ops.cli import configuring_feeds

        found = configuring_feeds.find(people.find_open_company(company), name)
        (roster.resume if resume else roster.pause)(found)
    click.echo("Resumed." if resume else "Paused.")


@feed.command("replay")
@click.argument("company")
@click.argument("delivery", type=int)
@click.option("--file", type=click.File("rb"), help="The corrected text to take in instead; both versions are kept.")
@click.option("--even-if-older", is_flag=True, help="Although a newer state of the order stands.")
@click.pass_obj
def replay(
    installation: Installation,
    company: str,
    delivery: int,
    file: BinaryIO | None,
    even_if_older: bool,  # noqa: FBT001 - click's way
) -> None:
    """Take in again what was refused: DELIVERY is its number in COMPANY's inbox."""
    with _in_words(installation):
        from daybook.companies import people
        from daybook.intake import replaying
        from daybook.orders.models import Delivery

        row = Delivery.objects.filter(company=people.find_open_company(company), pk=delivery).first()
        if row is None:
            raise Stop(f"The inbox has no delivery {delivery}.", Exit.USAGE)
        corrected = file.read() if file is not None else None
        try:
            done = replaying.replay(row, by=None, corrected=corrected, even_if_older=even_if_older)
        except replaying.ReplayError as error:
            raise Stop(str(error), Exit.USAGE) from error
    if done.newer is not None:
        raise Stop(
            f"A newer state of order {done.newer.ref} stands. Use --even-if-older to replace it.", Exit.NEEDS_A_PERSON
        )
    if done.problems:
        raise Stop(
            "\n".join(f"{each.field}: {each.problem} {each.cure}" for each in done.problems), Exit.NEEDS_A_PERSON
        )
    click.echo("Taken in." if done.is_taken else "It still waits.")

# ruff: noqa: PLC0415  # see the package
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import Progress

from daybook.ops.cli import order_files
from daybook.ops.processes.installation import Installation
from daybook.ops.processes.stops import Exit

if TYPE_CHECKING:
    from daybook.ops.cli.importing import Tally

WORDS = {
    "accepted": "taken in: new, or with new content",
    "unchanged": "known already, nothing to do",
    "late_retry": "ignored: a repeat of what has been replaced, or older than what stands",
    "refused": "refused",
}
MOST_REFUSALS_SHOWN = 200


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--company", "company_name", required=True, metavar="NAME_OR_ID", help="Whose orders these are.")
@click.option("--source", default="", metavar="NAME", help="The OMS they come from, for orders that name no source.")
@click.pass_context
def import_orders(context: click.Context, file: Path, company_name: str, source: str) -> None:
    """Take in the orders of FILE: one JSON order a line, or one JSON list of orders.

    The format is that of POST /api/v1/orders (docs/orders.md). Importing a file again changes nothing. A line that is
    refused is named with its number, the field and the cure, and never stops the others; then the exit code is 1.

    Example: daybook import orders.jsonl --company Acme
    """
    installation: Installation = context.obj
    with installation.opened_current():
        from daybook.companies import people
        from daybook.ops.cli import importing

        company = people.find_company(company_name)
        total = sum(1 for _ in order_files.read(file))
        console = Console(stderr=True)
        with Progress(console=console, disable=not sys.stderr.isatty()) as progress:
            bar = progress.add_task("Taking orders in", total=total)
            tally = importing.take_in(
                company, order_files.read(file), source=source, note=lambda: progress.advance(bar)
            )
    _print(tally)
    context.exit(Exit.NEEDS_A_PERSON if tally.refusals else Exit.OK)


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

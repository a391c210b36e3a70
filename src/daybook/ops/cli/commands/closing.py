# ruff: noqa: PLC0415  # see the package
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from daybook.ops.processes.installation import Installation
from daybook.ops.processes.stops import Exit, Stop


@click.command("close")
@click.argument("name_or_id")
@click.option(
    "--years", type=click.IntRange(1, 100), help="How long it is kept; as set for the installation without it."
)
@click.option("--yes", is_flag=True, help="Do not ask for the name.")
@click.pass_obj
def close(installation: Installation, name_or_id: str, years: int | None, yes: bool) -> None:  # noqa: FBT001
    """Close the company NAME_OR_ID: post nothing more, disconnect it, end its feeds and keys, and keep it to be read.

    Ends with 1 while documents are under way or without a clear answer; posting is stopped then, and the same is done
    again later. After the years all of it is deleted, with a certificate of what was.
    """
    with installation.opened_current():
        from daybook.companies import people
        from daybook.ops.cli import closing

        found = people.find_open_company(name_or_id)
        if not yes and click.prompt(f"Type the name of the company, {found.name}, to close it") != found.name:
            raise Stop("nothing was closed: that is another name", Exit.USAGE)
        words = closing.close(found, years)
    click.echo(words)


@click.command("reopen")
@click.argument("name_or_id")
@click.pass_obj
def reopen(installation: Installation, name_or_id: str) -> None:
    """Open the closed company NAME_OR_ID again, while it is kept; or keep open one that is being closed."""
    with installation.opened_current():
        from daybook.companies import people
        from daybook.ops.cli import closing

        words = closing.reopen(people.find_company(name_or_id))
    click.echo(words)


@click.command("export")
@click.argument("name_or_id")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def export(installation: Installation, name_or_id: str, file: Path) -> None:
    """Write all that Daybook keeps of the company NAME_OR_ID into FILE, a ZIP of JSON lines and CSV, without secrets."""
    with installation.opened_current():
        from daybook.companies import people
        from daybook.ops.cli import closing

        words = closing.export(people.find_company(name_or_id), file)
    click.echo(words)


@click.command("certificates")
@click.argument("name_or_id", required=False)
@click.pass_obj
def certificates(installation: Installation, name_or_id: str | None) -> None:
    """List the certificates of companies that were deleted, or print one: by its id, or the company's id or name."""
    with installation.opened_current():
        from daybook.ending.certificates import written
        from daybook.ops.cli import closing

        if name_or_id is not None:
            click.echo(written(closing.certificate_of(name_or_id)))
            return
        rows = closing.listed()
    table = Table("id", "company", "closed", "deleted", box=None)
    for row in rows:
        table.add_row(*row)
    Console().print(table if rows else "No company was deleted yet.")


OF_A_COMPANY: tuple[click.Command, ...] = (export, close, reopen, certificates)
"""They stand under `daybook company`."""

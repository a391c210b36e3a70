# ruff: noqa: PLC0415  # see the package
from pathlib import Path

import click

from daybook.ops.processes.installation import Installation
from daybook.ops.processes.stops import Exit

_COMPANY = click.option(
    "--company", "company_name", default="", metavar="NAME_OR_ID", help="Whose; the only one without."
)
_CONNECTION = click.option("--connection", default="", metavar="ID", help="Which connection; the only one without.")


@click.group("rules")
def rules() -> None:
    """Posting rules: where lines of orders are booked, read from the top before the settings."""


@rules.command("list")
@_COMPANY
@_CONNECTION
@click.pass_context
def list_rules(context: click.Context, company_name: str, connection: str) -> None:
    """Show a connection's rules in words, and what is wrong with them."""
    installation: Installation = context.obj
    with installation.opened_current():
        from daybook.ops.cli import previewing, ruling

        for words in ruling.listed(ruling.of(previewing.company_of(company_name), connection)):
            click.echo(words)


@rules.command("try")
@click.argument("order")
@_COMPANY
@_CONNECTION
@click.pass_context
def try_rules(context: click.Context, order: str, company_name: str, connection: str) -> None:
    """Show how each line of ORDER (its number, or its id of Daybook) would be booked, and by which rule; change nothing.

    The exit code is 1 where something of it needs a person.
    """
    installation: Installation = context.obj
    with installation.opened_current():
        from daybook.ops.cli import previewing, ruling

        lines, needs_a_person = ruling.tried(ruling.of(previewing.company_of(company_name), connection), order)
        click.echo("\n".join(lines))
    context.exit(Exit.NEEDS_A_PERSON if needs_a_person else Exit.OK)


@rules.command("export")
@_COMPANY
@_CONNECTION
@click.pass_context
def export_rules(context: click.Context, company_name: str, connection: str) -> None:
    """Write a connection's rules to the standard output: one JSON object a line, the first one read first."""
    installation: Installation = context.obj
    with installation.opened_current():
        from daybook.ops.cli import previewing, ruling

        for line in ruling.exported(ruling.of(previewing.company_of(company_name), connection)):
            click.echo(line)


@rules.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_COMPANY
@_CONNECTION
@click.pass_context
def import_rules(context: click.Context, file: Path, company_name: str, connection: str) -> None:
    """Put the rules of FILE in the place of all that stand, or none of them: what is wrong is named by line and field.

    Example: daybook rules export --company Acme > rules.jsonl; daybook rules import rules.jsonl --company Acme
    """
    installation: Installation = context.obj
    with installation.opened_current():
        from daybook.ops.cli import previewing, ruling

        way = ruling.of(previewing.company_of(company_name), connection)
        try:
            count = ruling.taken_in(way, file.read_text(encoding="utf-8", errors="replace").splitlines())
        except ruling.RefusedError as error:
            for fault in error.faults[: ruling.MOST_FAULTS_SHOWN]:
                click.echo(str(fault), err=True)
            click.echo(f"Nothing was changed: {len(error.faults)} faults in {file}.", err=True)
            context.exit(Exit.NEEDS_A_PERSON)
        click.echo(f"{count} rules stand now. What waited for one is looked at again.")

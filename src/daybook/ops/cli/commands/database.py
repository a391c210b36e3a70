# ruff: noqa: PLC0415  # see the package
import click

from daybook.ops.processes.installation import Installation


@click.command()
@click.pass_obj
def migrate(installation: Installation) -> None:
    """Make or change the database's tables for this version of Daybook.

    Safe to repeat, and safe to start twice at once. `daybook up` does it by itself.
    """
    with installation.opened():
        from daybook.ops.postgres import migrations

        count = migrations.apply()
    click.echo(f"The database is up to date ({count} changes made)." if count else "The database was up to date.")

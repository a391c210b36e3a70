# ruff: noqa: PLC0415  # see the package
from pathlib import Path
from typing import TYPE_CHECKING

import click

from daybook.kit import clock
from daybook.ops.processes.installation import Installation
from daybook.ops.processes.stops import Exit, Stop

if TYPE_CHECKING:
    from daybook.ops.backup.manifest import Manifest

AFTERWARDS = (
    "What was posted after the backup stands in the ledgers, and this database does not know of it. It posts nothing before "
    "`daybook reconcile --adopt` has taken that up."
)


@click.command()
@click.argument("target", type=click.Path(path_type=Path), metavar="FILE|FOLDER")
@click.option(
    "--keep", type=click.IntRange(1), help="Of a folder: delete older backups of this command beyond so many."
)
@click.pass_obj
def backup(installation: Installation, target: Path, keep: int | None) -> None:
    """Write the whole database into one new file, while Daybook runs.

    In a FOLDER the file is named after the moment. The keys are not in it: keep DAYBOOK_ENCRYPTION_KEYS (on the embedded
    default `keys.env`) somewhere else. It holds customers' data, so only you may read it.
    """
    if keep and not target.is_dir():
        raise Stop(f"--keep wants a folder, and {target} is none", Exit.USAGE)
    if not target.is_dir() and target.suffix != ".zip":
        raise Stop(f"{target} is no folder that is there; make it first, or name a file that ends in .zip", Exit.USAGE)
    with installation.opened_current():
        from daybook.ops.backup import file, saving

        path = target / file.name_at(clock.now()) if target.is_dir() else target
        made = saving.save(path)
        gone = file.thin_out(target, keep) if keep else []
    click.echo(f"{path}: {_says(made)}.")
    for each in gone:
        click.echo(f"deleted {each}")


@click.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE")
@click.option("--check", "only_check", is_flag=True, help="Only read it through and say what it holds; change nothing.")
@click.option("--replace", is_flag=True, help="Delete what the database holds, in favour of the backup.")
@click.option("--yes", is_flag=True, help="With --replace: do not ask.")
@click.pass_obj
def restore(
    installation: Installation,
    source: Path,
    only_check: bool,  # noqa: FBT001
    replace: bool,  # noqa: FBT001
    yes: bool,  # noqa: FBT001
) -> None:
    """Bring a backup back into an empty database: whole, or not at all.

    Nothing of Daybook may run on the database meanwhile. A backup of a newer version is refused; the tables of an older
    one are brought up by `daybook migrate` (`daybook up` does it by itself).
    """
    with installation.opened():
        from daybook.ops.backup import restoring

        said = restoring.check(source)
        click.echo(f"{source}: {_says(said)}.")
        if only_check:
            return
        _agree(restoring.holds(), replace=replace, yes=yes)
        restoring.restore(source)
        _tell_what_next(said)


def _agree(holds: dict[str, int], *, replace: bool, yes: bool) -> None:
    """Raises Stop where the database holds something that nobody agreed to lose."""
    if not holds:
        return
    there = ", ".join(f"{count} {words}" for words, count in holds.items())
    if not replace:
        message = f"the database is not empty ({there}). Name an empty one, or add --replace to lose what it holds"
        raise Stop(message, Exit.USAGE)
    if not yes:
        click.confirm(f"The database holds {there}. Delete all of it, in favour of the backup?", abort=True, err=True)


def _tell_what_next(said: "Manifest") -> None:
    from daybook.ops.postgres import migrations
    from daybook.secrets import vault

    click.echo("Restored.")
    if missing := sorted(set(said.key_ids) - {key_id for key_id, _ in vault.keyring().keys}):
        click.echo(f"NOTE: its secrets are sealed under {', '.join(missing)}, which are not at hand.", err=True)
    if migrations.waiting():
        click.echo("Its tables are an older version's: run `daybook migrate` next.")
    click.echo(AFTERWARDS)


def _says(said: "Manifest") -> str:
    rows = said.rows
    held = f"{rows['companies']} companies, {rows['orders']} orders, {rows['documents']} documents"
    return f"Daybook {said.version} of {said.made_at:%Y-%m-%d %H:%M:%S} UTC, {held}, {said.dump_bytes:,} bytes"

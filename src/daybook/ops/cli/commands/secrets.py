# ruff: noqa: PLC0415  # see the package
import click

from daybook.ops.processes.installation import Installation
from daybook.ops.processes.stops import Exit, Stop
from daybook.secrets import keyring


@click.group("secrets")
def secrets_group() -> None:
    """The keys that seal Client Secrets and tokens in the database."""


@secrets_group.command("new-key")
def new_key() -> None:
    """Print a new key for the front of DAYBOOK_ENCRYPTION_KEYS.

    \b
    To replace a key:
      1. put the new one in front:  DAYBOOK_ENCRYPTION_KEYS=new,old   and restart every process
      2. daybook secrets rotate
      3. take the old one out, and restart again
    """  # noqa: D301
    click.echo(keyring.new_key())


@secrets_group.command("rotate")
@click.pass_obj
def rotate(installation: Installation) -> None:
    """Seal every stored secret anew under the first of DAYBOOK_ENCRYPTION_KEYS.

    Safe while Daybook runs, and safe to interrupt and repeat. Ends with 1 if a secret could not be opened.
    """
    with installation.opened_current():
        from daybook.ops.cli import rotation

        tally = rotation.rotate()
    click.echo(f"{tally.resealed} sealed anew, {tally.current} were under the first key already.")
    for line in tally.unreadable:
        click.echo(f"cannot open {line}", err=True)
    if tally.unreadable:
        raise Stop("keep the old keys: some secrets could not be opened with the keys at hand", Exit.NEEDS_A_PERSON)
    if tally.old_keys:
        click.echo(f"No longer needed: {', '.join(sorted(tally.old_keys))}.")


@secrets_group.command("forget-lost-keys")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def forget_lost_keys(installation: Installation, yes: bool) -> None:  # noqa: FBT001
    """Go on with the keys at hand, because those that sealed here are lost for good.

    What they sealed can never be opened again: every company types its Client Secret once more and presses Get Access
    Token, feeds need their secrets again, and second factors are set up anew (`daybook person password
    --forget-second-factor`). Orders, documents and what was posted are not affected, and nothing is posted twice.
    """
    with installation.opened_current(with_any_keys=True):
        from daybook.ops.cli import lost_keys

        lost = lost_keys.lost()
        if not lost:
            click.echo("No key is lost: those at hand open what is sealed here.")
            return
        if not yes:
            click.confirm(f"Give up all that is sealed under {', '.join(lost)}?", abort=True, err=True)
        stopped = lost_keys.forget()
    click.echo(f"Forgotten: {', '.join(lost)}. Connections that need consent again: {stopped}.")

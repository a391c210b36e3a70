# ruff: noqa: PLC0415  # see the package
import click

from daybook.ops.demo import stage as staging


@click.command()
@click.option("--once", is_flag=True, help="Headless: post all, compare both sides, print the table, end.")
@click.option("--reset", is_flag=True, help="Only delete what killed demos left behind.")
@click.pass_context
def demo(context: click.Context, once: bool, reset: bool) -> None:  # noqa: FBT001
    """Show everything on this machine, against a local ledger: no account, no key, no network needed.

    Makes an Untracked and a Tracked company, connects both through the whole consent, sends sample orders and serves
    the pages. Uses a database and keys of its own, whatever DATABASE_URL says, and forgets them at the end. A taken
    port moves to the next free one.

    With --once it ends with 0 only if orders, day book and local ledger agree to the cent.
    """
    if reset:
        click.echo(f"{staging.forget_old()} left by killed demos deleted.")
        return
    click.echo("Starting; the first time takes half a minute.")
    with staging.set_up() as stage, stage.installation.opened():
        from daybook.ops.demo import show

        code = show.run(stage, once=once)
    context.exit(code)

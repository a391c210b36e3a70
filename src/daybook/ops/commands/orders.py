import click


@click.command("import")
def import_orders() -> None:
    """Take orders in from FILE."""

import click


@click.command()
def demo() -> None:
    """Show everything against a local Xero."""

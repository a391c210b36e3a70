"""The program `daybook`; `python -m daybook` is the same."""

from daybook.ops.processes import memory


def main() -> None:
    """Run the command line."""
    memory.look_seldom_while_starting()
    from daybook.ops.cli.app import main as run  # noqa: PLC0415  # nearly all of a short command's time is this import

    run()


if __name__ == "__main__":
    main()

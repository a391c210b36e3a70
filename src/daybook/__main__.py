"""`python -m daybook` is `daybook`."""

from daybook.ops.cli.app import main

if __name__ == "__main__":
    main()

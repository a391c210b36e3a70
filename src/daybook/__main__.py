"""`python -m daybook` is `daybook`."""

from daybook.ops.cli import main

if __name__ == "__main__":
    main()

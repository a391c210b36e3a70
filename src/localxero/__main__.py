"""Run `python -m localxero`, the same as the console script `localxero`."""

from localxero.cli import main

if __name__ == "__main__":
    raise SystemExit(main())

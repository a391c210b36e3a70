"""`python -m tests.golden.write [documents|orders] [PYTEST'S OPTIONS]`: write down what comes out as what is right."""

import os
import sys
from pathlib import Path

import pytest

from tests.golden.writing import WRITE


def main(what: str = "documents orders", *options: str) -> int:
    os.environ[WRITE] = what
    return pytest.main(["-q", str(Path(__file__).parent), *options])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

"""`python -m tests.golden.write [documents|orders]`: play all groups and write down what comes out as what is right."""

import os
import sys
from pathlib import Path

import pytest

from tests.golden.test_golden import WRITE


def main(what: str = "documents orders") -> int:
    os.environ[WRITE] = what
    return pytest.main(["-q", str(Path(__file__).parent)])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))

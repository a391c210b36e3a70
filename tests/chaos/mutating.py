"""`python -m tests.chaos.mutating`: each mutant is put into a copy of the source, and must be noticed there.

By the short trial, or, where a trial is too coarse, by the tests that the mutant names. First the copy without a fault
must pass both, else nothing would be shown. Ends with 1 if a mutant survives.
"""

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from daybook.ops.postgres import postgres
from tests.chaos.mutants import MUTANTS, Mutant
from tests.chaos.seeds import ROOT
from tests.chaos.short import STAYS, arguments

BROKEN = "THE PROMISE WAS BROKEN."
NOTICED_WITHIN = 900
IMPATIENT = ("--patience=60",)
"""Seconds: what never settles is noticed too."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one mutant."""

    is_noticed: bool
    by: str
    seconds: float
    said: str


@contextlib.contextmanager
def copied() -> Iterator[Path]:
    """Have a copy of `src` for the length of a block."""
    folder = Path(tempfile.mkdtemp(prefix="dbm-"))
    try:
        shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("*.egg-info", "__pycache__"))
        yield folder / "src"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def by_tests(mutant: Mutant, environ: Mapping[str, str]) -> Verdict:
    """Run the tests that a mutant names on a copy with its fault."""
    with copied() as source:
        mutant.put_into(source)
        return _verdict("tests", *_tests(mutant.tests, source, environ), _is_failure)


def by_trial(mutant: Mutant, environ: Mapping[str, str], tables_from: str) -> Verdict:
    """Run the short trial on a copy with a mutant's fault."""
    with copied() as source:
        mutant.put_into(source)
        return _verdict("trial", *_trial(source, environ, tables_from), lambda said, code: code == 1 and BROKEN in said)


def _tests(tests: Sequence[str], source: Path, environ: Mapping[str, str]) -> tuple[str, int, float]:
    options = ["-q", "-x", "-rf", "--no-header", "-p", "no:cacheprovider", "-p", "no:schemathesis", "-p", "no:xdist"]
    return _run([sys.executable, "-m", "pytest", *options, *tests], source, environ)


def _trial(source: Path, environ: Mapping[str, str], tables_from: str) -> tuple[str, int, float]:
    command = [sys.executable, "-m", "tests.chaos", *arguments(STAYS), *IMPATIENT, f"--tables-from={tables_from}"]
    return _run(command, source, {**environ, "CHAOS_SOURCE": str(source)})


def _run(command: Sequence[str], source: Path, environ: Mapping[str, str]) -> tuple[str, int, float]:
    began = time.monotonic()
    paths = {"PYTHONPATH": os.pathsep.join([str(source), str(ROOT)])}
    ended = subprocess.run(
        command,
        cwd=ROOT,
        env={**environ, **paths},
        capture_output=True,
        text=True,
        check=False,
        timeout=NOTICED_WITHIN,
    )
    return ended.stdout + ended.stderr, ended.returncode, time.monotonic() - began


def _is_failure(said: str, code: int) -> bool:
    """A test that failed, not one that could not be run."""
    return code == 1 and "FAILED " in said and "ERROR " not in said


def _verdict(by: str, said: str, code: int, seconds: float, judge: object) -> Verdict:
    assert callable(judge)
    return Verdict(judge(said, code), by, seconds, said)


def main() -> int:
    """Try all mutants, or those whose names hold one of the words given."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.mutating", description=__doc__)
    parser.add_argument("words", nargs="*", help="only mutants whose names hold one of these")
    parser.add_argument("--tests", action="store_true", help="by their tests only, which takes minutes less")
    options = parser.parse_args()
    chosen = [each for each in MUTANTS if not options.words or any(word in each.name for word in options.words)]
    with _tables() as url:
        environ = {**os.environ, "DATABASE_URL": url, "TEST_TEMPLATE_DATABASE": postgres.DATABASE}
        environ.pop("PYTHONDONTWRITEBYTECODE", None)
        if not _is_sound(chosen, environ, url, tests_only=options.tests):
            return 1
        survivors = [each.name for each in chosen if not _try(each, environ, url, tests_only=options.tests)]
    print(f"{len(chosen) - len(survivors)} of {len(chosen)} mutants were noticed.")
    print("".join(f"SURVIVED: {name}\n" for name in survivors), end="")
    return 1 if survivors else 0


def _try(mutant: Mutant, environ: Mapping[str, str], url: str, *, tests_only: bool) -> bool:
    is_coarse = tests_only or bool(mutant.coarse)
    verdict = by_tests(mutant, environ) if is_coarse else by_trial(mutant, environ, url)
    shown = [line.strip() for line in verdict.said.partition("other faults\n")[2].splitlines()][:1]
    noticed = f"noticed by {verdict.by} {shown}" if verdict.is_noticed else f"SURVIVED {verdict.by}"
    why = f" (a trial is too coarse: {mutant.coarse})" if mutant.coarse else ""
    print(f"{mutant.name:<75} {noticed}, {verdict.seconds:.0f} s{why}", flush=True)
    if not verdict.is_noticed:
        print(verdict.said[-3000:], flush=True)
    return verdict.is_noticed


def _is_sound(chosen: Sequence[Mutant], environ: Mapping[str, str], url: str, *, tests_only: bool) -> bool:
    """Without a fault all must pass, or it is not the fault that is noticed."""
    by_name = [each for each in chosen if tests_only or each.coarse]
    tests = sorted({test for each in by_name for test in each.tests})
    with copied() as source:
        runs = [_tests(tests, source, environ)] if tests else []
        runs += [_trial(source, environ, url)] if len(by_name) < len(chosen) else []
    for said, code, _ in runs:
        if code:
            print(f"Without any fault it does not pass:\n{said[-3000:]}")
    return not any(code for _, code, _ in runs)


@contextlib.contextmanager
def _tables() -> Iterator[str]:
    """Have a migrated database for the length of a block: its URL. Tests and trials copy its tables."""
    folder = Path(tempfile.mkdtemp(prefix="dbm-"))
    try:
        with postgres.running(folder, settings={"fsync": "off"}) as server:
            keys = {"DAYBOOK_SECRET_KEY": "s", "DAYBOOK_ENCRYPTION_KEYS": "m:" + "A" * 43 + "="}
            subprocess.run(
                [sys.executable, "-m", "daybook", "migrate"],
                env={**os.environ, "DATABASE_URL": server.url, **keys},
                check=True,
                stdout=subprocess.DEVNULL,
            )
            yield server.url
    finally:
        postgres.remove(folder)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())

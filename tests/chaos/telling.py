"""The table at the end of a trial."""

import platform
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.chaos import schedule, seeds
from tests.chaos.audit import KINDS
from tests.chaos.cast import CAST
from tests.chaos.trial import Result
from tests.chaos.world import World

MOST_NAMED = 20
EVERY = (*schedule.KINDS, *schedule.SELDOM)


def table(result: Result, *, drawn: Sequence[int], speed: int, workers: int) -> str:
    """Return everything that a stranger needs to believe it, or not to."""
    return "\n".join(_lines(result, drawn, speed, workers))


def _lines(result: Result, drawn: Sequence[int], speed: int, workers: int) -> Iterator[str]:
    took = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in result.seconds.items())
    yield f"Trial of seed {', '.join(map(str, drawn))} at commit {seeds.commit()[:7] or 'unknown'}, Python {platform.python_version()}"
    yield f"{took}; time passed {speed} times as fast; {workers} workers, {len(CAST)} companies, 3 organisations"
    yield ""
    yield "sent in"
    yield from _rows(result.deliveries)
    yield ""
    yield "struck"
    yield from _rows({kind.words: result.struck[kind.words] for kind in EVERY if result.struck[kind.words]})
    yield from _rows({"kinds of blow that did not come or met no call": len(EVERY) - len(+result.struck)})
    yield from _rows({f"{name} processes that died and were started again": n for name, n in result.died.items()})
    yield ""
    yield "what Daybook did"
    yield from _rows(result.calls)
    yield ""
    yield "company   status    " + "".join(f"{kind.replace('_', ' '):>20}" for kind in KINDS)
    for name, status, counts in result.by_company:
        both = zip(counts[::2], counts[1::2], strict=True)
        yield f"{name:<9} {status:<10}" + "".join(f"{wanted:>11,} /{there:>7,}" for wanted, there in both)
    yield ""
    yield from _verdict(result)


def _rows(counts: Mapping[str, int]) -> Iterator[str]:
    return (f"  {words:<62} {count:>8,}" for words, count in counts.items())


def _verdict(result: Result) -> Iterator[str]:
    audit = result.audit
    for kind, (wanted, there) in audit.money.items():
        yield f"gross of all {kind.replace('_', ' ')}s: sent {wanted:,}, in Xero {there:,}, difference {there - wanted:,}"
    yield f"{audit.balances:,} balances of accounts and tax types compared, {len(audit.accounts)} differ"
    yield (
        f"{audit.expected:,} documents expected, {audit.there:,} in Xero: "
        f"{len(audit.lost)} lost, {len(audit.double)} double, {len(audit.off)} cents off, {len(audit.unasked)} unasked, "
        f"{len(result.faults)} other faults"
    )
    for name in ("lost", "double", "off", "unasked", "accounts"):
        yield from (f"  {name}: {each}" for each in getattr(audit, name)[:MOST_NAMED])
    yield from (f"  {fault}" for fault in result.faults[:MOST_NAMED])
    yield "The promise was kept." if result.is_well else "THE PROMISE WAS BROKEN."


def keep_logs(world: World, folder: str) -> None:
    """Copy the logs of all processes out of a world that is about to go."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    for log in world.folder.glob("*.log"):
        shutil.copy(log, folder)

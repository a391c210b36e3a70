"""`daybook import --feed`: a file goes the way that uploads and collected files go, read as its feed reads them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from daybook.feeds.incoming import IncomingFile
from daybook.feeds.models import Feed
from daybook.intake import file_preview, file_taking
from daybook.intake.file_preview import Preview, Shown
from daybook.ops.processes.stops import Exit, Stop
from daybook.sources.problems import Problem

State = IncomingFile.State
_ENDS = {
    State.SAME: "The same file was taken in before, read in the same way: nothing was changed.",
    State.KEPT: "A worker goes on with it; its page under Files in says how far it is.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is printed of a file."""

    out: tuple[str, ...]
    wrong: tuple[str, ...] = ()
    """For the other stream; where there is any, somebody has something to do."""


def take_in(feed: Feed, path: Path) -> Told:
    """Keep the file, take it in and tell what became of it. Raises Stop."""
    _check(feed, path)
    file = file_taking.keep(feed, path.name, path.read_bytes())
    if file.state == State.KEPT:
        file = file_taking.take_in(file)
    counts = {
        "taken in: new, or with new content": file.accepted,
        "known already, nothing to do": file.unchanged,
        "waits, or is nothing for the accounts": file.ignored,
        "refused": file.refused,
    }
    wrong = [_in_words(Problem(**each)) for each in file.problems]
    if file.refused > len(file.problems) > 0:
        wrong.append(f"... and more: see {file.name} under Files in")
    said = [f"{count:>7} {words}" for words, count in counts.items() if count]
    return Told(out=(*said, *filter(None, [_ENDS.get(State(file.state), "")])), wrong=tuple(wrong))


def preview(feed: Feed, path: Path) -> Told:
    """Tell what the file's first orders would be, and keep nothing. Raises Stop."""
    _check(feed, path)
    found = file_preview.of(feed, path.name, path.read_bytes(), feed.settings)
    wrong = [*map(_in_words, found.problems)]
    wrong += [_in_words(one, each.place) for each in found.shown for one in each.problems]
    return Told(out=tuple(_foreseen(found)), wrong=tuple(wrong))


def _check(feed: Feed, path: Path) -> None:
    if feed.row.files is None:
        raise Stop(f"{feed.title} reads no files; `daybook feed list` names each feed's source.", Exit.USAGE)
    if feed.closed_at is not None or feed.paused_at is not None:
        raise Stop(f"{feed.title} is {'closed' if feed.closed_at else 'paused'}: open it again first.", Exit.USAGE)
    if path.stat().st_size > file_taking.LARGEST:
        raise Stop(f"{path.name}: {file_taking.TOO_LARGE.problem} {file_taking.TOO_LARGE.cure}", Exit.USAGE)


def _foreseen(found: Preview) -> Iterator[str]:
    for each in found.shown:
        if not each.problems:
            yield from _shown(each)
    if found.assumed:
        yield f"Orders here name no currency: their amounts would be {found.assumed}."
    if not found.problems:
        rest = "" if found.is_all else f" in the first {file_preview.ROWS:,} rows"
        yield f"{found.orders} orders, {found.others} messages, {found.refused} refused{rest}. Nothing was taken in."


def _shown(each: Shown) -> Iterator[str]:
    known = "known already" if each.is_known else ""
    yield ", ".join(filter(None, [f"{each.place}: {each.ref or each.what}", each.date[:16], each.customer, known]))
    yield from (f"    {line} {each.currency}".rstrip() for line in each.lines)
    if each.carriage:
        yield f"    carriage: {each.carriage}"
    yield f"    {', '.join(each.facts)}"


def _in_words(problem: Problem, place: str = "") -> str:
    where = problem.field if problem.field.startswith(("row", place)) else f"{place}, {problem.field}"
    return f"{where}: {problem.problem} {problem.cure}"

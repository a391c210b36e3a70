"""PURE: what a file's first rows look like. A guess is offered to a person who sees what it would make; it decides nothing."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice

from daybook.sources.mapped import encodings, values
from daybook.sources.mapped.fields import FIELDS, Kind
from daybook.sources.mapped.mapping import DELIMITERS, ENCODINGS
from daybook.sources.mapped.values import Dates

SAMPLE = 64 * 1024
_ROWS = 200
_IDS = ("orderid", "ordernumber")
"""So ends what a marketplace calls its own, with its name before it."""
_THEIRS = ("purchase", "customer", "po")
"""So begins what a customer calls it: two orders may share one."""
_DAY = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.]\d{2,4}")
_COMMA = re.compile(r"-?\d{1,3}(\.?\d{3})*,\d{1,2}")
_POINT = re.compile(r"-?\d{1,3}(,?\d{3})*\.\d{1,2}")


def encoding(body: bytes) -> str:
    """Return what the bytes look like: UTF-8 where most of what shows it is, else by a byte-order mark or by the letters."""
    if body.startswith(encodings.BYTE_ORDER_MARKS):
        return "utf-16"
    sample = body[:SAMPLE]
    if sample[1::2].count(0) > len(sample) // 4:
        return "utf-16"
    if encodings.is_utf_8(body):
        return "utf-8"
    found = encodings.lines(body)
    if found.good >= found.bad:
        return "utf-8"  # and a few cells of another: a person is told of them
    at = body.index(found.first_bad_bytes)
    return _by_letters(body[max(0, at - SAMPLE // 2) : at + SAMPLE // 2])


def _by_letters(sample: bytes) -> str:
    from charset_normalizer import from_bytes  # noqa: PLC0415  # takes its time, and few need it

    known = ["cp1252", "cp1250", "cp1251"]  # the rest differ from these in a few letters: a person chooses them
    best = from_bytes(sample, cp_isolation=known).best()
    found = best.encoding if best else "cp1252"
    alike = found not in ENCODINGS or sample.decode(found, "replace") == sample.decode("cp1252", "replace")
    return "cp1252" if alike else found


def delimiter(text: str) -> str:
    """Return what separates most evenly: what stands as often in each of the first lines, and most often."""
    lines = [line for line in text.splitlines()[:20] if line.strip()]
    best, points = ",", 0
    for each in DELIMITERS:
        counts = Counter(re.sub(r'"[^"]*"', "", line).count(each) for line in lines)
        most = max((count * times for count, times in counts.items()), default=0)
        if most > points:
            best, points = each, most
    return best


def header_row(rows: Iterable[Sequence[str]]) -> int:
    """Return which of the first rows looks like headings: the first that is as wide as the most, and all texts; 0: none."""
    first = [list(row) for row in islice(rows, 15)]
    width = max((sum(1 for cell in row if cell.strip()) for row in first), default=0)
    for number, row in enumerate(first, start=1):
        filled = [cell for cell in row if cell.strip()]
        if len(filled) < max(2, width * 0.6):
            continue
        return 0 if any(re.fullmatch(r"[\x01\x02]?[-\d.,/: ]+", cell) for cell in filled) else number
    return 1


def columns(headings: Sequence[str], rows: Sequence[Mapping[str, str]] = (), *, of: str = "") -> dict[str, str]:
    """Return which heading means which field, the best-known name first; no heading twice.

    `rows`: the first cells by heading; what is empty on one of them is no order's id. `of`: "order" or "line" fields alone.
    """
    bare = {heading: _bare(heading) for heading in headings}
    gaps = {heading for heading in headings for row in rows if not row.get(heading, "").strip()}
    found: dict[str, str] = {}
    for name, each in FIELDS.items():
        if of and (of == "line") is not each.is_of_line:
            continue
        free = [heading for heading in headings if heading not in found.values()]
        match = _id(free, bare, gaps) if name == "id" else _known(each.known_as, free, bare)
        if match is not None:
            found[name] = match
    return found


def _known(names: Iterable[str], headings: Sequence[str], bare: Mapping[str, str]) -> str | None:
    return next((heading for known in names for heading in headings if bare[heading] == known), None)


def _id(headings: Sequence[str], bare: Mapping[str, str], gaps: Collection[str]) -> str | None:
    """Return what names each order: what stands on all rows first; what people call it, where nothing else does."""
    names = (*FIELDS["id"].known_as, *FIELDS["number"].known_as)
    turns = ([each for each in headings if each not in gaps], headings)
    known = (match for some in turns if (match := _known(names, some, bare)) is not None)
    ending = (
        each for some in turns for each in some if bare[each].endswith(_IDS) and not bare[each].startswith(_THEIRS)
    )
    return next(known, None) or next(ending, None)


def decimal(cells: Iterable[str]) -> str:
    """Return whether amounts have a point or a comma."""
    counts = Counter(
        "," if _COMMA.fullmatch(bare) else "." if _POINT.fullmatch(bare) else ""
        for bare in (re.sub(r"[£$€\s]|[A-Z]{1,3}", "", cell) for cell in cells)
    )
    return "," if counts[","] > counts["."] else "."


def dates(cells: Iterable[str]) -> Dates:
    """Return in which order days are written, as far as any of them tells."""
    found = [match for cell in cells if (match := _DAY.match(cell.strip()))]
    if not found:
        return Dates.YEAR_FIRST
    if any(int(each[2]) > 12 for each in found):
        return Dates.MONTH_FIRST
    return Dates.DAY_FIRST


def rates(cells: Iterable[str], decimal_sign: str) -> values.Rates:
    """Return whether tax rates are percents or fractions of 1."""
    habits = values.Habits(decimal=decimal_sign, rates=values.Rates.FRACTION)
    seen = []
    for cell in cells:
        try:
            seen.append(float(values.rate(cell.removesuffix("%"), habits) or 0))
        except values.UnreadableError:
            continue
    return values.Rates.FRACTION if any(seen) and max(seen) <= 1 else values.Rates.PERCENT


def habits(rows: Sequence[Mapping[str, str]], columns: Mapping[str, str]) -> dict[str, object]:
    """Return decimal sign, order of day and month, and how rates are written, as the cells of the first rows look.

    `rows`: their cells by heading. `columns`: which of them are thought to be which field.
    """
    every = [cell.strip() for row in rows[:_ROWS] for cell in row.values() if cell.strip()]
    of_rates = [column for name, column in columns.items() if FIELDS[name].kind is Kind.RATE]
    sign = decimal(every)
    found = [row[column] for row in rows[:_ROWS] for column in of_rates if row.get(column, "").strip()]
    return {"decimal": sign, "dates": dates(every), "rates": rates(found, sign)}


def _bare(heading: str) -> str:
    """Return a heading's letters and digits; what stands before a dot says of what, and is left out where it is known."""
    text = heading.lower().rsplit(".", 1)[-1] if re.fullmatch(r"(order|item|line)s?\..+", heading.lower()) else heading
    return re.sub(r"[^a-z0-9]", "", text.lower().replace("é", "e"))

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
_LAST_IDS = ("invoiceno", "transactionid", "receiptnumber", "receiptno")
"""Of sales that nobody ordered."""
_OF_A_LINE = re.compile(r"(?:(?:(?:order[ _]?)?(?:line|item|row|product)s?|line[ _]?items?)\.|.* → )(?=.)")
"""And what stands within the cell of a column, whatever that is called (`table/inner_lines.py`)."""
_OF_AN_ORDER = re.compile(r"orders?\.(?=.)")
_WORD_ADDRESS = re.compile(r"[ _]?address(?=[./])")
"""In the middle of a path: shipping_address.city is the shipping's city."""
_WITH_TAX = re.compile(
    r"incl?(?:uding|usive)?(?:of)?(?:tax|vat|gst)|(?:tax|vat|gst)incl?(?:uded|usive)?$|(?:tax|vat|gst)incl(?:uded|usive)?"
)
_WITHOUT_TAX = re.compile(
    r"(?:ex(?:cl)?(?:uding|usive)?(?:of)?|wo|without|before)(?:tax|vat|gst)|(?:tax|vat|gst)excl(?:uded|usive)?|(?:tax|vat|gst)ex$"
)
_MERE_PRICES = frozenset({"price", "preis", "prix", "lineitemprice", "soldfor"})
"""They do not say whether tax is in them; beside a line's whole price without tax it mostly is not."""
_NETS = frozenset({"ordernet", "netamount", "totalnet", "nettotal"})
"""Beside a column of fees they are what is left of the money, not what is without tax."""
_TWIN = re.compile(r"(?P<first>.+) \(\d+\)")
"""What a heading is called here that another column bears already: of what, its place told."""
_COUNT = re.compile(r"(?<=\w) ?#")
_OF_ORDERS = frozenset(known for each in FIELDS.values() if not each.is_of_line for known in each.known_as)
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

    `rows`: the first cells by heading; what is empty on one of them is no order's id, and what differs between rows of one
    order is said of its lines. `of`: "order" or "line" fields alone.
    """
    named = {heading: _names(heading) for heading in headings if not _is_twin(heading, headings)}
    if any("fees" in name for names in named.values() for name in names):
        named = {heading: names - _NETS for heading, names in named.items()}
    headings = list(named)
    found: dict[str, str] = {}
    if of != "line":
        gaps = {heading for heading in headings for row in rows if not row.get(heading, "").strip()}
        if (match := _id([each for each in headings if _level(each) != "line"], named, gaps)) is not None:
            found["id"] = match
    varying = _varying(rows, found.get("id", ""))
    orders = {each for each in headings if each not in varying and _level(each) != "line" and named[each] & _OF_ORDERS}
    for name, each in FIELDS.items():
        if name == "id" or (of and (of == "line") is not each.is_of_line) or _is_no_half(name, found, named):
            continue
        if each.is_of_line:
            fit = [heading for heading in headings if _level(heading) != "order" and (of or heading not in orders)]
        else:
            fit = [heading for heading in headings if _level(heading) != "line" and heading not in varying]
        match = _known(each.known_as, [heading for heading in fit if heading not in found.values()], named)
        if match is not None:
            found[name] = match
    if "lines.total" in found and named.get(found.get("lines.unit_price_inc_tax", ""), frozenset()) & _MERE_PRICES:
        del found["lines.unit_price_inc_tax"]
    return found


def _is_twin(heading: str, headings: Collection[str]) -> bool:
    return (twin := _TWIN.fullmatch(heading)) is not None and twin["first"] in headings


def _varying(rows: Iterable[Mapping[str, str]], of_id: str) -> set[str]:
    """Return the headings below which rows of one order differ."""
    first: dict[tuple[str, str], str] = {}
    return {
        heading
        for row in rows
        if row.get(of_id, "").strip()
        for heading, cell in row.items()
        if cell.strip() and first.setdefault((row[of_id], heading), cell) != cell
    }


def _is_no_half(name: str, found: Mapping[str, str], named: Mapping[str, Collection[str]]) -> bool:
    """Tell whether a field is a last name, and what was found for the name is no first one."""
    outer, _, inner = name.rpartition(".")
    firsts = named.get(found.get(f"{outer}.name", ""), ())
    return inner == "last_name" and not any("first" in each or "fore" in each for each in firsts)


def _known(names: Iterable[str], headings: Sequence[str], named: Mapping[str, Collection[str]]) -> str | None:
    return next((heading for known in names for heading in headings if known in named[heading]), None)


def _id(headings: Sequence[str], named: Mapping[str, Collection[str]], gaps: Collection[str]) -> str | None:
    """Return what names each order: what stands on all rows first; what people call it, where nothing else does."""
    names = (*FIELDS["id"].known_as, *FIELDS["number"].known_as, "name")
    turns = ([each for each in headings if each not in gaps], headings)
    known = (match for some in turns if (match := _known(names, some, named)) is not None)
    ending = (
        each
        for some in turns
        for each in some
        for name in named[each]
        if name.endswith(_IDS) and not name.startswith(_THEIRS)
    )
    last = (match for some in turns if (match := _known(_LAST_IDS, some, named)) is not None)
    return next(known, None) or next(ending, None) or next(last, None)


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
    """Return whether tax rates are percents or fractions of 1; those with a percent sign say it themselves."""
    habits = values.Habits(decimal=decimal_sign, rates=values.Rates.FRACTION)
    seen = []
    for cell in cells:
        if cell.endswith("%"):
            continue
        try:
            seen.append(float(values.rate(cell, habits) or 0))
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
    return {
        "decimal": sign,
        "dates": dates(every),
        "rates": rates(found, sign),
        "fill_down": _is_filled_down(rows, columns),
        "lines_where": _said_of_lines(rows, columns),
    }


def _is_filled_down(rows: Sequence[Mapping[str, str]], columns: Mapping[str, str]) -> bool:
    """Tell whether rows without an order id look like lines: each says what and how many; a row of totals says no what."""
    without = [row for row in rows if not row.get(columns.get("id", ""), "").strip()]
    if not without or without[0] is rows[0]:
        return False
    what = [columns[name] for name in ("lines.description", "lines.sku") if name in columns]
    many = columns.get("lines.quantity", "")
    return all(row.get(many, "").strip() and any(row.get(each, "").strip() for each in what) for row in without)


def _said_of_lines(rows: Iterable[Mapping[str, str]], columns: Mapping[str, str]) -> str:
    """Return the column that says what was sold on every row of an order but those that sum it up, which say nothing of it."""
    what = [columns[name] for name in ("lines.description", "lines.sku", "lines.id") if name in columns]
    said: dict[str, set[bool]] = {}
    for row in rows:
        if row.get(columns.get("lines.quantity", ""), "").strip():
            filled = {each for each in what if row.get(each, "").strip()}
            said.setdefault(row.get(columns.get("id", ""), ""), set()).add(bool(filled))
            what = [each for each in what if each in filled or not filled]
    return next(iter(what), "") if any(len(each) > 1 for each in said.values()) else ""


def _level(heading: str) -> str:
    """Return of what a heading says that it is, "order" or "line"; "" where it does not say."""
    lower = heading.lower()
    return "line" if _OF_A_LINE.match(lower) else "order" if _OF_AN_ORDER.match(lower) else ""


def _names(heading: str) -> frozenset[str]:
    """Return what a heading may be known as: its letters and digits, with and without what says of what it is."""
    lower = heading.lower()
    if lines := _OF_A_LINE.match(lower):
        rest = _bare(lower[lines.end() :])
        return frozenset({rest, f"item{rest}", f"line{rest}"})
    return frozenset({_bare(lower[orders.end() :] if (orders := _OF_AN_ORDER.match(lower)) else lower)})


def _bare(heading: str) -> str:
    """Return a heading's letters and digits, with one way to say "with tax" and one to say "without"."""
    spelt = _COUNT.sub("number", _WORD_ADDRESS.sub("", heading).replace("é", "e"))
    bare = re.sub(r"[^a-z0-9]", "", spelt)
    return _WITHOUT_TAX.sub("extax", _WITH_TAX.sub("inctax", bare))

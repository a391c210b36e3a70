"""Pages of a report's long list, by their number: how many rows there are is known, since they are counted for its sums."""

from dataclasses import dataclass

from django.http import QueryDict

from daybook.reconciliation.stretches import page

LONGEST = 7
"""Digits of a page's number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StretchPage:
    """Which rows a page shows, and the addresses of its neighbours ("" where there is none)."""

    first: int
    """1 is the list's first; above `last` where the page is behind its end."""
    last: int
    count: int
    """Of the whole list."""
    newer: str
    """Of the page before."""
    older: str
    """Of the page behind."""
    is_sorted: bool = True
    """Neither neighbour is called newer."""

    @property
    def is_part(self) -> bool:
        """Tell whether the list has more rows than are shown."""
        return self.last - self.first + 1 < self.count

    @property
    def is_end(self) -> bool:
        """Tell whether the list's last row is shown."""
        return self.last >= self.count


def number_asked(asked: QueryDict, name: str) -> int:
    """Return the number of the page that an address asks for; the first where it names none."""
    text = asked.get(name, "")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) <= LONGEST else 1


def page_of(asked: QueryDict, name: str, shown: int, count: int, *, anchor: str = "") -> StretchPage:
    """Return the page that an address asks for, of a list of so many rows of which so many are shown."""
    number = number_asked(asked, name)
    skipped = page(number).skip
    anchor = anchor or name
    return StretchPage(
        first=skipped + 1,
        last=skipped + shown,
        count=count,
        newer=_address(asked, name, min(number - 1, -(-count // page(1).most)), anchor) if number > 1 else "",
        older=_address(asked, name, number + 1, anchor) if skipped + shown < count and shown else "",
    )


def _address(asked: QueryDict, name: str, number: int, anchor: str) -> str:
    query = asked.copy()
    query.pop("there", None)  # the ledger is asked by who presses the button
    query[name] = str(number)
    return f"?{query.urlencode()}#{anchor}"

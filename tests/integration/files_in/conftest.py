"""A company with a feed of spreadsheets whose columns are matched, and a folder that is watched."""

import pytest

from daybook.feeds import opening, places, roster
from daybook.intake import collecting
from daybook.sources.mapped.mapping import ColumnMapping
from localxero import LocalXero
from tests.world import connected

HEADINGS = "Order,Date,SKU,Qty,Price,VAT"
MAPPING = ColumnMapping(
    columns={
        "id": "Order",
        "ordered_at": "Date",
        "dispatched_at": "Date",
        "lines.sku": "SKU",
        "lines.quantity": "Qty",
        "lines.unit_price": "Price",
        "lines.tax_rate": "VAT",
    },
    constants={"currency": "GBP"},
)
GOOD = f"{HEADINGS}\nA1,2026-11-20,MUG,2,6.25,20\nA1,2026-11-20,BIB,1,8.00,0\nA2,2026-11-21,MUG,1,6.25,20\n".encode()


@pytest.fixture(autouse=True)
def servers_beside_us(settings):
    """The tests' own servers stand on this machine."""
    settings.FEEDS_REACH_NEIGHBOURS = True


@pytest.fixture
def cast(db):
    return connected(LocalXero(limits="off"), untouched=True)


@pytest.fixture
def feed(cast):
    made = opening.add(cast.company, "table", "sheet", "S-")
    roster.change_fields(made, secrets={}, settings={"mapping": MAPPING.kept()})
    made.refresh_from_db()
    return made


@pytest.fixture
def folder(tmp_path, settings):
    settings.FILES_ROOT = str(tmp_path)
    place = tmp_path / "acme"
    place.mkdir()
    return place


@pytest.fixture
def watched(feed, folder):
    places.save(feed, places.tidied({"kind": "folder", "path": str(folder)}))
    return feed


@pytest.fixture
def look(monkeypatch):
    """Look at a feed's place twice, as if enough time lay between: a file is whole once it looks the same again."""

    def looked(feed, times=2):
        for _ in range(times):
            happened_before(feed)
            collecting.look(feed.pk)

    return looked


def happened_before(feed) -> None:
    """Let whatever was seen at the last look have been seen a minute ago."""
    row = feed.watched
    row.refresh_from_db()
    row.seen = {name: [size, modified, since - 60, how] for name, (size, modified, since, how) in row.seen.items()}
    row.save()

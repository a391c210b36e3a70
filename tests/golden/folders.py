"""Groups out of a folder of orders: JSON files, and beside each an `.md` of its name that says where it is sent.

Of its words these count: "Sent to: GB|AU|US", "Time zone of the OMS: Europe/London", "the number prefix is BB-",
"an invoice BB-1 of 99.00 is written by hand". Without one it goes to the British company. A body may be one delivery or
a list of them, each posted before the next.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests import outside
from tests.golden.playing import API, CALLBACK, PUSH, Delivery, Group
from tests.golden.writing import elements

COMPANIES = {"GB": outside.ash, "AU": outside.briar, "US": outside.clover}
ZONE = re.compile(r"Time zone of the OMS: ([A-Za-z_/]+)")
PREFIX = re.compile(r"number prefix is (\S+?)\.?$", re.MULTILINE)
BY_HAND = re.compile(r"invoice (\S+) of ([0-9.]+) is written by hand")


class Place(NamedTuple):
    """Where an order is sent: what groups have in common."""

    country: str
    settings: tuple[str, ...]
    by_hand: tuple[tuple[str, str], ...]


def groups(name: str) -> Iterator[Group]:
    """Yield a folder's groups: for each place, all that is sent there, one file after the other. None of no folder."""
    folder = Path(name)
    rounds: dict[Place, list[tuple[Delivery, ...]]] = defaultdict(list)
    files = folder.glob("*.json") if name else ()
    for file in sorted(files, key=lambda each: ("callback" in each.name, each.name)):
        beside = file.with_suffix(".md")
        rounds[_place(beside.read_text() if beside.exists() else "")] += [(each,) for each in deliveries(file)]
    for place, deliveries_there in rounds.items():
        words = "-".join([folder.name, place.country, *place.settings])
        yield Group(
            name=re.sub(r"\W+", "-", words).strip("-"),
            company=COMPANIES[place.country],
            settings=place.settings,
            by_hand=place.by_hand,
            rounds=tuple(deliveries_there),
        )


def deliveries(file: Path) -> Iterator[Delivery]:
    """Yield what a file holds, each at the door that its fields belong to."""
    for text in elements(file.read_text()):
        given = json.loads(text)
        if "items" in given:
            yield Delivery(PUSH, text)
        elif "lines" not in given and ({"new_shipments", "new_cancellations", "status_name"} & set(given)):
            yield Delivery(CALLBACK, text)
        else:
            yield Delivery(API, text)


def _place(text: str) -> Place:
    sent_to = re.search(r"Sent to: ([A-Z]{2})", text)
    settings = [f"order_time_zone={zone}" for zone in ZONE.findall(text)]
    settings += [f"number_prefix={prefix}" for prefix in PREFIX.findall(text)]
    by_hand = tuple((number, amount) for number, amount in BY_HAND.findall(text))
    return Place(sent_to[1] if sent_to else "GB", tuple(settings), by_hand)

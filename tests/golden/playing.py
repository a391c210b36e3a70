"""Lets the deliveries of one group come in at the doors, and takes down what came out."""

import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from tests import outside
from tests.golden.writing import Page, elements
from tests.outside import Asked, RecordingXero, Sender
from tests.world import Cast

API, PUSH, CALLBACK, FILE = "api", "push", "callback", "file"
NUMBERED_BY = {"Invoices": "InvoiceNumber", "PurchaseOrders": "PurchaseOrderNumber", "Items": "Code"}


class Delivery(NamedTuple):
    """What reaches us: at which door, and its text."""

    door: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Group:
    """One company, its settings, and what it is sent; after each round everything is posted."""

    name: str
    company: outside.Making
    settings: tuple[str, ...] = ()
    by_hand: tuple[tuple[str, str], ...] = ()
    """Invoices that somebody made in Xero beforehand: number and amount."""
    rounds: tuple[tuple[Delivery, ...], ...]


def sent(*orders: object) -> tuple[Delivery, ...]:
    """Orders sent to the API."""
    return tuple(Delivery(API, outside.dumped(order)) for order in orders)


def pushed(*orders: object) -> tuple[Delivery, ...]:
    """Orders pushed by Kornit X."""
    return tuple(Delivery(PUSH, outside.dumped(order)) for order in orders)


def called_back(*news: object) -> tuple[Delivery, ...]:
    """Kornit X's status callbacks."""
    return tuple(Delivery(CALLBACK, outside.dumped(each)) for each in news)


def rounds(*cases: tuple[object, ...]) -> tuple[tuple[Delivery, ...], ...]:
    """Play several orders side by side: of each the first delivery, then of each the second, and so on."""
    most = max(len(case) for case in cases)
    return tuple(sent(*(case[at] for case in cases if at < len(case))) for at in range(most))


@dataclass
class Played:
    """What came out, as two pages."""

    documents: Page
    orders: Page


@dataclass
class _Play:
    cast: Cast
    sender: Sender
    order_ids: dict[str, list[str]] = field(default_factory=dict)
    """Daybook's id of an order -> what became of each of its deliveries."""
    refused: list[str] = field(default_factory=list)

    def take(self, deliveries: tuple[Delivery, ...]) -> None:
        """Let the deliveries of one round come in, neighbours at the API's door as one list."""
        at = 0
        while at < len(deliveries):
            door = deliveries[at].door
            end = at + 1
            while door in {API, FILE} and end < len(deliveries) and deliveries[end].door == door:
                end += 1
            self._take([each.text for each in deliveries[at:end]], door)
            at = end

    def _take(self, texts: list[str], door: str) -> None:
        whole = f"[{','.join(texts)}]"
        if door == API:
            answer = self.sender.send(whole)
            self._note_all(answer.get("results", [answer]), texts)
        elif door == FILE:
            self._import(whole)
        else:
            answer = (self.sender.push if door == PUSH else self.sender.call_back)(texts[0])
            self._note_all([answer], texts)

    def _import(self, whole: str) -> None:
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            file.write(whole)
            file.flush()
            outside.import_file(self.cast.company, Path(file.name))
        for order in json.loads(whole):
            answer = self.sender.find(order["source"], order["id"])
            self.order_ids.setdefault(answer["order"], []).append("imported")

    def _note_all(self, answers: list[Any], texts: list[str]) -> None:
        for answer, text in zip(answers, texts, strict=True):
            if "order" in answer:
                self.order_ids.setdefault(answer["order"], []).append(answer["result"])
            else:
                given = json.loads(text)
                said = {"id": given.get("id"), "problems": answer.get("problems"), "detail": answer.get("detail")}
                self.refused.append(json.dumps(said, ensure_ascii=False))


def play(group: Group) -> Played:
    """Let a group's deliveries come in, and return what became of them."""
    xero = RecordingXero(limits="off")
    cast = group.company(xero)
    if group.settings:
        outside.configure(cast.company, *group.settings)
    for number, amount in group.by_hand:
        outside.write_by_hand(cast, number, amount)
    xero.asked.clear()
    playing = _Play(cast, Sender(cast.company))
    for deliveries in group.rounds:
        playing.take(deliveries)
        outside.settle_down(cast)
    standings = [playing.sender.standing(order) for order in playing.order_ids]
    clean = _Cleaning(cast)
    return Played(
        Page({"calls": _calls(xero.asked), "sent": _sent(xero.asked, clean), "standing": _states(standings)}),
        Page(
            {
                "orders": {
                    _name(each): clean(_said(each, playing.order_ids[each["order"]]))
                    for each in sorted(standings, key=_name)
                },
                "refused": sorted(clean(each) for each in playing.refused),
            }
        ),
    )


def _name(standing: Mapping[str, Any]) -> str:
    return f"{standing['source']} {standing['id']}"


def _said(standing: Mapping[str, Any], results: list[str]) -> str:
    said = {name: standing[name] for name in ("ref", "standing", "cause", "explanation")}
    causes = [each["cause"] for each in standing["documents"]]
    return json.dumps({"results": results, **said, "causes": causes}, ensure_ascii=False)


def _states(standings: list[dict[str, Any]]) -> list[str]:
    return sorted(
        json.dumps([_name(each), document["kind"], document["number"], document["state"]], ensure_ascii=False)
        for each in standings
        for document in each["documents"]
    )


def _calls(asked: list[Asked]) -> list[str]:
    """Return the addresses that were written to, once each: how many documents a call had is not kept here."""
    return sorted({json.dumps(f"{each.method} {each.path}?{each.query}") for each in asked})


def _sent(asked: list[Asked], clean: "_Cleaning") -> list[str]:
    """Return the text of every document, sorted by kind and number; of one that was sent twice, twice."""
    texts = sorted(each for one in asked for each in _documents(one))
    return [clean(text) for _, _, text in texts]


def _documents(asked: Asked) -> Iterator[tuple[str, str, str]]:
    """Yield kind, number and text, as they stand in the body."""
    kind = asked.path.rpartition("/")[2]
    body = asked.body.decode()
    head = f'{{"{kind}":'
    assert body.startswith(head), body[:200]
    assert body.endswith("}")
    for text in elements(body[len(head) : -1]):
        yield kind, json.loads(text)[NUMBERED_BY[kind]], text


class _Cleaning:
    """Puts a word in place of all that is random."""

    _PATTERNS = (
        (re.compile(r"\[db:[^\]]+\]"), "[db:<mark>]"),
        (re.compile(r'https?://[^"\s]*?/c/[^"\s]*'), "<page>"),
        (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "<id>"),
    )

    def __init__(self, cast: Cast) -> None:
        self._contacts = {each["ContactID"]: f"<{each['Name']}>" for each in cast.books("Contacts")["Contacts"]}
        now = datetime.now(UTC)  # somewhere it is another day than in Greenwich, and midnight may pass meanwhile
        today = "|".join((now + timedelta(days=days)).date().isoformat() for days in (-1, 0, 1))
        self._dated_today = re.compile(rf'("Date":")(?:{today})(".*?)("DueDate":")[0-9-]+"|\bon (?:{today})\b')

    def __call__(self, text: str) -> str:
        for contact_id, name in self._contacts.items():
            text = text.replace(contact_id, name)
        for pattern, word in self._PATTERNS:
            text = pattern.sub(word, text)
        return self._dated_today.sub(_today, text)


def _today(found: re.Match[str]) -> str:
    date, between, due = found.groups()
    return f'{date}<today>{between}{due}<later>"' if date else "on <today>"

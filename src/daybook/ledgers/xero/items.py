"""PURE: the tracked items that documents name are made before them (xero-rules.md 5.5)."""

from collections.abc import Mapping, Sequence
from typing import Any

from daybook.documents.document import Document, Settlement
from daybook.ledgers.exchange import Outcome, Wanted, Written
from daybook.ledgers.ledger import Supply
from daybook.ledgers.xero import answers, writing
from daybook.ledgers.xero.writing import Resource
from daybook.wire.asks import Answer

ITEMS = Resource("Items", "ItemID", "Code", (("summarizeErrors", "false"), ("unitdp", "4")))
LONGEST_NAME = 50


def wanted(line: Mapping[str, Any]) -> Wanted:
    """Return the item that a line of a stored document names."""
    return Wanted(str(line["item_code"]), str(line.get("description") or ""))


def needed(document: Document | Settlement) -> frozenset[str]:
    """Return the item codes that a document names."""
    if isinstance(document, Settlement):
        return frozenset()
    return frozenset(line.item_code for line in document.lines if line.item_code)


def element(item: Wanted, accounts: Mapping[str, str]) -> dict[str, Any]:
    """Return the element that creates a tracked item: the two accounts are what makes it tracked (5.5)."""
    return {
        "Code": item.key,
        "Name": (item.description or item.key)[:LONGEST_NAME],
        "InventoryAssetAccountCode": accounts["inventory_account"],
        "IsSold": True,
        "IsPurchased": True,
        "PurchaseDetails": {"COGSAccountCode": accounts["cogs_account"]},
        "SalesDetails": {"AccountCode": accounts["sales_account"]},
    }


def write(items: Sequence[Wanted], accounts: Mapping[str, str]) -> Written:
    """Return the call that creates items."""
    return writing.batch(ITEMS, [element(each, accounts) for each in items])


def read(answer: Answer, sent: Sequence[Wanted], is_resent: bool) -> list[Outcome]:  # noqa: FBT001 - as the port says
    """Return what became of each item."""
    return answers.read_answer(answer, [each.key for each in sent], ITEMS, resent=is_resent)


SUPPLY = Supply(
    name="items",
    route=ITEMS.name,
    listed_in=ITEMS.name,
    named_by='$.lines[*] ? (@.item_code != "" && @.item_code != null)',
    wanted=wanted,
    needed=needed,
    documents_a_call=writing.MAX_ELEMENTS,
    feature="items",
    write=write,
    read=read,
)

"""PURE: Slate, a ledger as small as one can be: one address for calls of all kinds, numbers of at most 21 characters in
one space for all of them, keys of at most 36, no drafts, no limits.

    PUT /slate   [{"mark", "kind", "number", "contact", "currency", "totals", "about"}, ...]
                 -> [{"mark", "id", "version", "totals"} or {"mark", "error"}, ...]
    GET /slate   ?numbers=A,B or ?ids=1,2 or ?since=...    -> the same rows with their ids and versions

Each change of a row gives it another version. What is about a row names its version, and is refused where that is not
the one that it has.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from daybook.documents.causes import Cause, Hold, LedgerCause
from daybook.documents.explained import Explanation
from daybook.documents.kinds import Kind
from daybook.kit.money import Totals
from daybook.kit.translation import Dated
from daybook.ledgers.exchange import (
    Access,
    Changes,
    Heard,
    Outcome,
    Posted,
    Recognised,
    Rejected,
    RemainingCalls,
    Sendable,
    Since,
    Sought,
    Target,
    Theirs,
    Unknown,
    Written,
)
from daybook.ledgers.ledger import Address, Form, KnownBy, Ledger, Route, Statuses, Talk
from daybook.ledgers.terms import Terms
from daybook.wire.asks import Answer, Request
from daybook.wire.errors import Offline, Refused, WireError
from tests.toys.access import CONSENT, LISTS

LONGEST_NUMBER = 21
PATH = "/slate"


class SlateCause(LedgerCause):
    """What Slate alone says."""

    FULL = "slate_full"
    OTHER = "slate_said_no"


def element(sendable: Sendable) -> Mapping[str, Any]:
    """Return what is written of any kind."""
    return {
        "mark": sendable.mark,
        "kind": sendable.kind,
        "number": sendable.number,
        "contact": sendable.document.contact_id,
        "currency": sendable.document.currency,
        "totals": [str(amount) for amount in sendable.document.totals],
        "about": [[target.their_id, target.version] for target in sendable.targets],
    }


def before(sendables: Sequence[Sendable]) -> Talk[list[Hold | Target | None]]:
    """Ask how that stands which documents are about, and hold what is about something that is gone."""
    about = [target.their_id for each in sendables for target in each.targets]
    if not about:
        return [None] * len(sendables)
    answer = yield Request("GET", f"{PATH}?ids={','.join(about)}", {})
    versions = {row["id"]: row["version"] for row in json.loads(answer.body)}
    return [_target(each, versions) for each in sendables]


def _target(sendable: Sendable, versions: Mapping[str, str]) -> Hold | Target | None:
    for target in sendable.targets:
        if target.their_id not in versions:
            return Hold(Cause.NEEDED_ENDED, target.their_id)
        return replace(target, version=versions[target.their_id])
    return None


def write(sendables: Sequence[Sendable], options: frozenset[str]) -> Written:
    """Return one call of whatever kinds."""
    body = json.dumps([element(each) for each in sendables]).encode()
    return Written(Request("PUT", PATH, {}, body), range(len(sendables)))


def read(answer: Answer, sent: Sequence[Sendable], is_resent: bool) -> list[Outcome]:  # noqa: FBT001
    """Return what became of each, told apart by its mark."""
    if not is_whole(answer) or answer.status != 200:
        return [Unknown("no clear answer")] * len(sent)
    said = {row["mark"]: row for row in json.loads(answer.body)}
    return [_outcome(said.get(each.mark)) for each in sent]


def _outcome(row: Mapping[str, Any] | None) -> Outcome:
    if row is None:
        return Unknown("the answer does not mention the document")
    if "error" in row:
        return Rejected((row["error"],))
    return Posted(their_id=row["id"], their_status="WRITTEN", totals=_totals(row), version=row["version"])


def _totals(row: Mapping[str, Any]) -> Totals:
    return Totals(*(Decimal(amount) for amount in row["totals"]))


def _found(answer: Answer, kind: Kind | None = None) -> list[Theirs]:
    """Return the rows of an answer; without a kind those of all: they share their numbers."""
    return [
        Theirs(
            their_id=row["id"],
            number=row["number"],
            status="WRITTEN",
            contact_id=row["contact"],
            currency=row["currency"],
            reference=f"[db:{row['mark']}]",
            totals=_totals(row),
            version=row["version"],
        )
        for row in json.loads(answer.body)
        if kind in (None, row["kind"])
    ]


def form(kind: Kind) -> Form:
    """Return a kind's form: Slate takes all kinds alike."""

    def look(sought: Sequence[Sought]) -> Talk[list[Theirs]]:
        answer = yield Request("GET", f"{PATH}?numbers={','.join(each.number for each in sought)}", {})
        return _found(answer)

    def look_by_ids(their_ids: Sequence[str]) -> Talk[list[Theirs]]:
        answer = yield Request("GET", f"{PATH}?ids={','.join(their_ids)}", {})
        return _found(answer, kind)

    def changed(since: Since, now: datetime) -> Talk[Changes]:
        answer = yield Request("GET", f"{PATH}?since={since.moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", {})
        return Changes(_found(answer, kind), Since(now), is_last=True)

    def newest(since: datetime | None) -> Talk[list[Theirs]]:
        answer = yield Request(
            "GET", f"{PATH}?since={since or datetime(2000, 1, 1, tzinfo=UTC):%Y-%m-%dT%H:%M:%SZ}", {}
        )
        return _found(answer, kind)

    return Form(
        kind=kind,
        route="slate",
        listed_in=f"slate:{kind}",
        number_space="slate",
        feature="notes" if kind == "note" else f"{kind}s",
        known_by=KnownBy.NUMBER,
        number_length=LONGEST_NUMBER,
        number_alphabet=r"[A-Za-z0-9._-]",
        has_draft=False,
        doubt_lasts=timedelta(seconds=1),
        seekable_at_once=50,
        element=element,
        look=look,
        look_by_ids=look_by_ids,
        changed=changed,
        newest=newest,
        link=lambda base, _, their_id: f"{base}{PATH}/{their_id}",
    )


def dress(asked: Request, access: Access, key: str) -> Request:
    """Return the request with address, access and key."""
    headers = {**asked.headers, "Authorization": f"Bearer {access.token}", "Slate": access.organisation}
    url = asked.url if "://" in asked.url else f"{access.base}{asked.url}"
    return Request(asked.method, url, headers | ({"Once": key} if key else {}), asked.body)


def is_whole(answer: Answer) -> bool:
    """Tell whether the body is JSON to its end."""
    try:
        json.loads(answer.body)
    except ValueError:
        return False
    return True


def failure(answer: Answer) -> WireError | None:
    """Return what an answer stands for."""
    if answer.status < 400:
        return None
    return Offline("the slate is away", answer.status) if answer.status >= 500 else Refused("no", answer.status)


def hears(headers: Mapping[str, str], body: bytes, secret: str) -> Heard:
    """Slate tells nothing unasked."""
    return Heard(is_genuine=False)


SLATE = Ledger(
    name="slate",
    title="Slate",
    addresses={
        Address.API: "https://slate.example",
        Address.IDENTITY: "https://login.slate.example",
        Address.LOGIN: "https://login.slate.example",
        Address.LINK: "https://slate.example",
    },
    terms=Terms(
        calls_at_once=1,
        bytes_a_call=1_000_000,
        smallest_step=Decimal("0.01"),
        decimals_of_prices=2,
        resent_after=frozenset(),
        key_length=36,
        can_void=False,
        can_look=True,
    ),
    statuses=Statuses(
        dead=frozenset({"WIPED"}),
        deleted="WIPED",
        paid=frozenset(),
        open_again=frozenset(),
        done={"WIPED": Dated("Wiped in {ledger}", "Wiped in {ledger} on {day}")},
    ),
    forms={kind: form(kind) for kind in (Kind.INVOICE, Kind.PURCHASE_ORDER)},
    routes={"slate": Route(name="slate", documents_a_call=30, write=write, read=read, before=before)},
    supplies={},
    consent=CONSENT,
    scopes={"invoices": ("slate",), "purchase_orders": ("slate",)},
    lists=LISTS,
    why=lambda words: Recognised(SlateCause.FULL if "full" in words[0] else SlateCause.OTHER),
    reasons={
        SlateCause.FULL: Explanation(
            "The slate is full", "Nothing more can be written on it.", "Wipe it, then try again."
        ),
        SlateCause.OTHER: Explanation("Slate said no", "Its words are below.", "Correct the document, then try again."),
    },
    dress=dress,
    failure=failure,
    is_whole=is_whole,
    remaining=lambda answer: RemainingCalls(),
    call_id=lambda answer: "",
    hears=hears,
)

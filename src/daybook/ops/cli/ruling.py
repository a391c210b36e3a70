"""A connection's posting rules on the command line: listed, tried, written out and taken in as a whole."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from daybook.companies.models import Company
from daybook.connections import rulebook
from daybook.connections.models import Connection, PostingRule
from daybook.intake import stored_rules, trying
from daybook.intake.rules import drafted_known
from daybook.intake.trying import Trial, TriedLine
from daybook.mapping import posting_rules, rule_checks, rule_words
from daybook.mapping.posting_rules import TaxShape
from daybook.ops.cli.configure import connection_of
from daybook.ops.processes.stops import Exit, Stop
from daybook.outbox import wake
from daybook.outbox.explanations import explain

FIELDS = ("title", "when", "account", "tax_type", "item", "tracking", "tax_shape", "tax_account")
MOST_FAULTS_SHOWN = 50


class Fault(NamedTuple):
    """What is wrong with a rule of a file."""

    line: int
    field: str
    words: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.field}: {self.words}"


class RefusedError(Exception):
    """The file holds rules that cannot be; nothing was written. Holds the faults."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


def of(company: Company, connection: str) -> Connection:
    """Return the connection whose rules are meant. Raises Stop."""
    return connection_of(company, connection)


def listed(connection: Connection) -> Iterator[str]:
    """Yield each rule in words, and what is wrong with it."""
    stored = rulebook.of(connection)
    found = drafted_known(connection, stored_rules.as_read(stored))
    judged = stored_rules.of(found)
    for row, rule, never in zip(stored, judged, rule_checks.never_applies(judged), strict=True):
        sets = ", ".join(_sets(row))
        yield f"{stored_rules.name_of(row.position, row.title)}: {_about(row)} -> {sets}"
        if rule.why_not is not None:
            yield f"  cannot be used: {rule.why_not.detail} What it decides is held."
        elif never:
            yield f"  can never apply: {never}"


def _about(row: PostingRule) -> str:
    try:
        return rule_words.in_words(posting_rules.read_when(row.when))
    except ValueError:
        return "every line"


def _sets(row: PostingRule) -> Iterator[str]:
    names = {"account": "account", "tax_type": "tax", "item": "item"}
    yield from (f"{words} {getattr(row, name)}" for name, words in names.items() if getattr(row, name))
    yield from (f"{each['category']}: {each['option']}" for each in row.tracking)
    if words := rule_words.SHAPES[TaxShape(row.tax_shape)]:
        yield words + (f" on account {row.tax_account}" if row.tax_account else "")


def tried(connection: Connection, order: str) -> tuple[list[str], bool]:
    """Return what the rules make of an order, in words, and whether something in it needs a person. Raises Stop."""
    trial = trying.on_order(connection, order)
    if trial is None:
        raise Stop(f"{connection.company} has no order {order!r}", Exit.USAGE)
    return list(_of_trial(trial, connection.ledger)), trial.trouble is not None or any(each.why for each in trial.lines)


def _of_trial(trial: Trial, ledger: str) -> Iterator[str]:
    yield f"Order {trial.ref}: nothing was written."
    if trial.trouble is not None:
        yield f"  {explain(trial.trouble.cause, trial.trouble.subject, trial.trouble.detail, ledger=ledger).sentence}"
    for line in trial.lines:
        yield from _of_line(line)
    for document in trial.documents:
        yield f"  {document.kind} {document.number}: gross {document.gross} {document.currency}. {document.explanation}"


def _of_line(line: TriedLine) -> Iterator[str]:
    by = line.decided_by
    yield f"  {line.part.description or line.part.sku} (net {line.part.net.amount})"
    tracking = ", ".join(f"{each.category}: {each.option}" for each in line.tracking)
    for name, value, rule in (
        ("account", line.account, by.account),
        ("tax", line.tax_type, by.tax_type),
        ("tracking", tracking, by.tracking),
        ("item", line.item, by.item),
    ):
        if value or name in {"account", "tax"}:
            yield f"    {name}: {value or 'not decided'}{f' ({rule})' if rule else ''}"
    if line.why is not None:
        yield f"    held: {line.why.cause} {line.why.detail}".rstrip()


def exported(connection: Connection) -> Iterator[str]:
    """Yield each rule as one line of JSON, the first one read first."""
    for row in rulebook.of(connection):
        said = {name: getattr(row, name) for name in FIELDS}
        yield json.dumps({name: value for name, value in said.items() if value}, ensure_ascii=False)


def taken_in(connection: Connection, lines: Iterable[str]) -> int:
    """Put the rules of a file in the place of all that stand; return how many. Raises RefusedError, Stop."""
    numbered = [(number, text) for number, text in enumerate(lines, start=1) if text.strip()]
    faults: list[Fault] = []
    rows = [(number, row) for number, text in numbered if (row := _row(number, text, faults)) is not None]
    found = drafted_known(connection, stored_rules.as_read(row for _, row in rows))
    rates = {each.tax_type: each.rate for each in found.rates}
    for (number, _), stored, rule in zip(rows, found.posting_rules, stored_rules.of(found), strict=True):
        faults += [Fault(number, *each) for each in stored_rules.faults(stored, found)]
        faults += [Fault(number, "tax_type", words) for words in rule_checks.rate_contradictions(rule, rates)]
    if faults:
        raise RefusedError(sorted(faults))
    try:
        rulebook.change(connection, lambda _stands: [row for _, row in rows], by=None)
    except rulebook.TooManyRulesError as error:
        words = f"a connection has at most {rulebook.MOST_RULES} rules, and the file holds {len(rows)}"
        raise Stop(words, Exit.USAGE) from error
    wake.wake_prepare(connection.company_id)
    return len(rows)


def _row(number: int, text: str, faults: list[Fault]) -> PostingRule | None:
    """Return the rule of a line; None, with its faults noted, where it is none."""
    try:
        said: Any = json.loads(text)
    except ValueError:
        faults.append(Fault(number, "rule", "This is no JSON: write one rule a line, as `daybook rules export` does."))
        return None
    wrong = list(_wrong(said))
    faults += [Fault(number, field, words) for field, words in wrong]
    return None if wrong else PostingRule(**said)


def _wrong(said: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(said, dict):
        yield "rule", f"A rule is a JSON object with some of the fields {', '.join(FIELDS)}."
        return
    for name in said:
        if name not in FIELDS:
            yield str(name)[:40], f"A rule has no such field; it has {', '.join(FIELDS)}."
    limits = {"title": 100, "account": 10, "tax_type": 50, "tax_account": 10}
    for name, most in limits.items():
        if not isinstance(said.get(name, ""), str) or len(said.get(name, "")) > most or "\0" in said.get(name, ""):
            yield name, f"This is a text of at most {most} characters."
    if said.get("item", "") not in ["", *posting_rules.Item]:  # a list: what was sent may be no key of a set
        yield "item", f"This is one of {', '.join(posting_rules.Item)}, or left out."
    if said.get("tax_shape", "") not in list(TaxShape):
        yield "tax_shape", f"This is one of {', '.join(filter(None, TaxShape))}, or left out."
    if not any(said.get(name) for name in ("account", "tax_type", "item", "tracking")):
        yield "rule", "It sets nothing: give it an account, a tax_type, tracking or an item."

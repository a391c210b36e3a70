"""How a vendor's rules are told: one rule = one named function, its source and certainty in its docstring.

A rule looks at a draft and yields the words the vendor would say. The name of the function is what the journal shows.
Rules book nothing and know no routes.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

D = TypeVar("D")
Rule = Callable[[D], Iterator[str]]

_SOURCE = re.compile(r"Source: (?P<source>.+) \((?P<certainty>sure|likely|unsure)(?P<note>[^)]*)\)")


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing wrong with a draft: the rule that spoke and the words it said."""

    rule: str
    message: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a rule comes from, read from its docstring."""

    rule: str
    summary: str
    source: str
    certainty: str
    note: str


def refusals(rules: Sequence[Rule[D]], draft: D) -> list[Refusal]:
    """Ask every rule. A rule may say the same of several lines: each is told."""
    return [Refusal(rule.__name__, message) for rule in rules for message in rule(draft)]


def provenance(rule: Callable[..., object]) -> Provenance:
    """Read a rule's source and certainty; a rule without them is a mistake."""
    text = " ".join((rule.__doc__ or "").split())
    found = _SOURCE.search(text)
    if not found:
        message = f"the rule {rule.__name__} names no source"
        raise ValueError(message)
    return Provenance(
        rule.__name__, text[: found.start()].strip(), found["source"], found["certainty"], found["note"].strip(" ,;:")
    )

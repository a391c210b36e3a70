"""PURE: what a ledger can be asked about itself, where its papers are silent: a table of questions, each with its cure.

A probe writes documents into a trial organisation to see what becomes of them, and says in advance what it makes, so
that it can be undone after a crash too. All that it makes bears the mark of its run (docs/decisions/0048).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from daybook.ledgers.talk import Talk

Facts = Mapping[str, str]
"""What there is in the organisation, by name: ids, codes, dates; "" is not there."""


class Made(NamedTuple):
    """Something that a probe may have made."""

    list: str
    """The ledger's name of the list it stands in."""
    name: str
    """Its number, code or name there; begins with the mark of its run."""


class Left(NamedTuple):
    """Something that could not be undone."""

    made: Made
    words: str
    """The ledger's own."""


@dataclass(frozen=True, slots=True)
class Found:
    """What became of it."""

    answer: bool | None
    """None: neither yes nor no."""
    words: str
    """The ledger's own, or what its answer held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One question that can be answered with yes or no."""

    name: str
    """Of the switch that it answers, where it answers one."""
    question: str
    rule: str
    """Where the rulebook speaks of it: a section of docs/xero-rules.md."""
    is_switch: bool = True
    """The local ledger can take either answer."""
    makes: tuple[tuple[str, str], ...] = ()
    """(list, suffix): what it makes, under the mark of its turn and this suffix."""
    scopes: frozenset[str]
    needs: tuple[str, ...] = ()
    """Names of facts without which it cannot be asked."""
    calls: int
    """At most, those that undo it included."""
    ask: Callable[[Facts, str], Talk[Found]]
    """With the facts and the mark of its turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probing:
    """How a ledger is probed."""

    why_not: Callable[[], Talk[str]]
    """Why this organisation may not be probed, for people; "" where it may: nothing is written before."""
    set_up: Callable[[str], Talk[Facts]]
    """Looks round, and makes what all probes need, under a mark."""
    set_up_makes: tuple[tuple[str, str], ...]
    set_up_scopes: frozenset[str]
    calls: int
    """Of `why_not`, `set_up` and of undoing what it made, at most."""
    probes: tuple[Probe, ...]
    lacking: Mapping[str, str]
    """By fact: why a probe that needs it cannot be asked, for people."""
    not_asked: Mapping[str, str]
    """By switch: why no probe answers it."""
    undo: Callable[[str, Sequence[Made]], Talk[list[Left]]]
    """Void, delete or archive these, of the run with this mark; what is gone or dead already is passed over."""

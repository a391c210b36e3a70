"""What every PUT and POST have in common: read the elements, book each or say why not, answer for all.

summarizeErrors=false answers 200 and says per element what became of it; otherwise one bad element makes the
answer a 400 that names only the bad ones (xero-rules.md 4.3).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from localkit.answers import Answer
from localkit.journal import Booking, Entry
from localkit.json_values import Json
from localkit.rules import Refusal
from localxero import wire
from localxero.drafting.lines import Setting
from localxero.endpoints.reading import envelope
from localxero.gate.calls import Call
from localxero.gate.errors import validation
from localxero.queries.lists import flag
from localxero.render.values import messages
from localxero.switches import Switches

B = TypeVar("B", bound=wire.Body)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one element; `also` is what changed with it, such as the invoice that a payment settles."""

    element: Json
    refusals: Sequence[Refusal] = ()
    warnings: Sequence[Refusal] = ()
    booking: Booking | None = None
    flags: Json = field(default_factory=dict)
    also: Sequence[Booking] = ()


@dataclass(frozen=True, slots=True)
class Writing:
    """One writing request: PUT only creates, POST also changes; `target` is the id in the path, if any."""

    setting: Setting
    creates_only: bool
    target: str | None = None


@dataclass(frozen=True, slots=True)
class Resource(Generic[B]):
    """A resource that can be written: its plural, the body of one element, and how one is booked.

    `tells_status`: its elements have a StatusAttributeString (xero-openapi: not all do).
    """

    plural: str
    body: type[B]
    book: Callable[[Writing, B], Outcome]
    most: int | None = None
    tells_status: bool = True
    spares_good: Callable[[Switches], bool] = lambda _: True
    """Whether, errors not summarised, what is good is booked beside what is bad."""


def write(call: Call, resource: Resource[B], target: str | None = None) -> Answer:
    """Book what was sent."""
    sent = wire.elements(call.request.get_data(), plural=resource.plural, kind=resource.body)
    if resource.most and len(sent) > resource.most:
        message = f"at most {resource.most} {resource.plural} may be sent in one request"
        raise wire.UnreadableError(message)
    summarise = flag(call.args, "summarizeErrors", default=True)
    with call.books.lock:
        writing = Writing(call.setting(), call.request.method == "PUT", target)
        switches = call.state.switches
        if not (switches.summarised_400_books_good if summarise else resource.spares_good(switches)):
            outcomes = _all_or_nothing(writing, resource, sent)
        else:
            outcomes = [resource.book(writing, body) for body in sent]
    note(call.entry, outcomes)
    bad = [outcome for outcome in outcomes if outcome.refusals]
    if summarise and bad:
        return validation([_element(outcome) for outcome in bad])
    return envelope(
        call,
        resource.plural,
        (_element(outcome, tells_status=resource.tells_status and not summarise) for outcome in outcomes),
    )


def _all_or_nothing(writing: Writing, resource: Resource[B], sent: Sequence[B]) -> list[Outcome]:
    with writing.setting.books.undone_unless_kept() as keep:
        outcomes = [resource.book(writing, body) for body in sent]
        keep.kept = not any(outcome.refusals for outcome in outcomes)
    if keep.kept:
        return outcomes
    return [Outcome(o.element, o.refusals, o.warnings, None, o.flags) for o in outcomes]


def _element(outcome: Outcome, *, tells_status: bool = False) -> Json:
    """Add to an element what became of it: OK, WARNING (saved all the same) or ERROR, where errors are not summarised."""
    status = "ERROR" if outcome.refusals else "WARNING" if outcome.warnings else "OK"
    element = outcome.element | ({"StatusAttributeString": status} if tells_status else {})
    if outcome.warnings:
        element["Warnings"] = messages(each.message for each in outcome.warnings)
    if outcome.refusals:
        element |= outcome.flags | {"ValidationErrors": messages(each.message for each in outcome.refusals)}
    return element


def note(entry: Entry, outcomes: Sequence[Outcome]) -> None:
    """Write into the journal what was booked, and which rules spoke."""
    entry.refused = sum(bool(outcome.refusals) for outcome in outcomes)
    for place, outcome in enumerate(outcomes):
        if outcome.booking:
            entry.booked += [outcome.booking, *outcome.also]
        for spoken in (*outcome.refusals, *outcome.warnings):
            entry.rules.append({"element": place, "rule": spoken.rule, "message": spoken.message})

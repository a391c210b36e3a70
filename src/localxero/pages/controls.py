"""The journal, and controls for a person: clock, limits, faults, consent, open questions."""

from collections.abc import Callable
from typing import Any

import msgspec
from werkzeug.wrappers import Request

from localkit import answers
from localkit.answers import Answer
from localkit.clock import ClockError
from localkit.faults import read_script
from localkit.journal import Entry, what_happened
from localkit.switches import described
from localxero.gate.calls import State
from localxero.gate.faults import KINDS, FaultRule
from localxero.gate.limits import MODES
from localxero.pages.shown import cut, message, missing, page
from localxero.switches import Switches

HERE = "/controls"
RULE_FIELDS = ("kind", "method", "path", "tenant_id", "times", "skip", "every", "probability", "seconds")
CEILINGS = ("concurrent", "minute", "day", "app_minute")
PRESETS = ("", "/api.xro/", "/connect/", "/connections")


def journal(state: State, request: Request) -> Answer:
    """Show the last requests, all or those with trouble."""
    only = request.args.get("only", "")
    tests = {
        "trouble": lambda entry: bool(entry.faults or entry.rules or entry.cut or (entry.status or 500) >= 400),
        "booked": lambda entry: bool(entry.booked),
    }
    entries: list[Entry] = state.journal.entries(tests.get(only, lambda _: True))[::-1]
    return page(state, "journal.html", here="journal", page=cut(entries, request.args), only=only, what=what_happened)


def journal_entry(state: State, _: Request, number: int) -> Answer:
    """Show one request: what was asked, what was answered, what changed in the books."""
    entry = state.journal.entry(number)
    if entry is None:
        raise missing(state, "The journal does not hold that request any more.")
    return page(
        state,
        "journal_entry.html",
        here="journal",
        e=entry,
        what=what_happened,
        asked=_pretty(entry.asked),
        answered=_pretty(entry.answered),
    )


def _pretty(body: str) -> str:
    """Set JSON out in lines; anything else stays as it is."""
    try:
        return msgspec.json.format(body.encode(), indent=2).decode()
    except msgspec.DecodeError:
        return body


def controls(state: State, _: Request) -> Answer:
    """Show the controls."""
    return page(
        state,
        "controls.html",
        here="controls",
        kinds=KINDS,
        modes=MODES,
        presets=PRESETS,
        clock=state.clock.state(),
        limits=state.limits,
        used=sorted(state.limits.usage(), key=lambda each: (str(each["app"]), str(each["tenant_id"] or ""))),
        egress=state.egress.usage(),
        names={key: books.organisation.name for key, books in state.organisations.items()},
        offline=[key for key, books in state.organisations.items() if books.organisation.offline],
        faults=state.faults.rules(),
        switches=msgspec.to_builtins(state.switches).items(),
        questions=described(Switches),
    )


def change_faults(state: State, request: Request) -> Answer:
    """Add faults, singly or as a script, or lift one or all."""
    form = request.form
    try:
        if lift := form.get("lift", ""):
            state.faults.clear(None if lift == "all" else int(lift) if lift.isdigit() else -1)
        elif script := form.get("script", "").strip():
            state.faults.replace(read_script(script.encode(), FaultRule))
        else:
            fields = {name: form[name] for name in RULE_FIELDS if form.get(name)}
            state.faults.add(msgspec.convert(fields, FaultRule, strict=False))
    except (msgspec.DecodeError, RecursionError) as reason:
        return message(state, "That is no fault", str(reason), 400)
    return answers.redirect(HERE)


def change_clock(state: State, request: Request) -> Answer:
    """Stop, start, advance or speed up the clock."""
    clock = state.clock
    acts: dict[str, Callable[[], None]] = {
        "freeze": clock.freeze,
        "resume": clock.resume,
        "31m": lambda: clock.advance(31 * 60),
        "1d": lambda: clock.advance(86_400),
        "x60": lambda: clock.run_at(60),
        "x1": lambda: clock.run_at(1),
        "reset": clock.reset,
    }
    try:
        acts.get(request.form.get("do", ""), lambda: None)()
    except ClockError as reason:
        return message(state, "The clock cannot go there", str(reason), 400)
    return answers.redirect(HERE)


def change_limits(state: State, request: Request) -> Answer:
    """Choose a mode of limits, or single ceilings, or whether there is Rapid Sync."""
    mode = request.form.get("mode")
    if mode in MODES:
        state.limits.set(mode)
    if "rapid_sync" in request.form:
        state.limits.set(rapid_sync=not state.limits.rapid_sync)
    ceilings: dict[str, Any] = {
        name: int(text)
        for name in CEILINGS
        if (text := request.form.get(name, "").strip()).isascii() and text.isdigit() and len(text) < 10
    }
    if ceilings:
        state.limits.set(None, **ceilings)
    return answers.redirect(HERE)


def change_switch(state: State, request: Request) -> Answer:
    """Answer one open question the other way."""
    name = request.form.get("name", "")
    switches = msgspec.to_builtins(state.switches)
    if name in switches:
        state.switches = msgspec.convert(switches | {name: not switches[name]}, Switches)
    return answers.redirect(f"{HERE}#open-questions")


def disconnect(state: State, request: Request) -> Answer:
    """Withdraw consent to an organisation, or take it offline and back."""
    tenant = request.form.get("tenant", "")
    books = state.organisations.get(tenant)
    if books is not None and request.form.get("do") == "offline":
        with books.lock:
            own = books.organisation
            books.organisation = msgspec.structs.replace(own, offline=not own.offline)
    elif books is not None:
        state.identity.disconnect_tenant(tenant)
    return answers.redirect(HERE)

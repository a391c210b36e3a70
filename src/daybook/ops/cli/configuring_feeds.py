"""Feeds on the command line: what may be said of one, and what stands."""

from collections.abc import Iterable

from daybook.companies.models import Company
from daybook.feeds import opening, roster
from daybook.feeds.models import Feed
from daybook.feeds.saving import RULES
from daybook.ops.processes.stops import Exit, Stop
from daybook.outbox import wake
from daybook.sources import statuses
from daybook.sources.source import Field, Holds

YES = {"yes": True, "true": True, "on": True, "1": True, "no": False, "false": False, "off": False, "0": False}
STATUSES = "statuses"


def find(company: Company, name: str) -> Feed:
    """Return the company's feed of that name. Raises Stop."""
    feeds = {feed.name: feed for feed in roster.of_company(company).select_related("company")}
    if name not in feeds:
        known = ", ".join(feeds) or "none yet"
        raise Stop(f"{company} has no feed named {name!r}; it has: {known}", Exit.USAGE)
    return feeds[name]


def configure(feed: Feed, pairs: Iterable[str]) -> None:
    """Change what KEY=VALUE pairs name, or nothing, and look again at the orders that wait. Raises Stop, or FeedError."""
    typed = {field.name: field for field in feed.row.fields if field.holds is not Holds.MADE}
    changes = dict(_pair(pair, [*RULES, STATUSES, *_minutes(feed), *typed]) for pair in pairs)
    rules = {key: text for key, text in changes.items() if key not in typed}
    if STATUSES in rules:
        rules[STATUSES] = rules[STATUSES].replace(";", "\n")  # one line of a shell
    opening.change_rules(feed, rules)
    for key, field in typed.items():
        if key in changes:
            change_field(feed, field, changes[key])
    wake.wake_prepare(feed.company_id)


def change_field(feed: Feed, field: Field, text: str) -> bool:
    """Keep what one of the source's fields shall hold. Raises Stop."""
    if len(text) > field.longest:
        raise Stop(f"{field.name}: at most {field.longest} characters", Exit.USAGE)
    if field.holds is Holds.FLAG and text.lower() not in YES:
        raise Stop(f"{field.name}: say yes or no, not {text!r}", Exit.USAGE)
    if field.holds is Holds.SECRET:
        roster.change_fields(feed, secrets={field.name: text}, settings={})
        return True
    value = YES[text.lower()] if field.holds is Holds.FLAG else text
    if field.holds is Holds.LINES:
        value = text.replace("; ", "\n").replace(";", "\n")  # one line of a shell
    faults = feed.row.faults({**feed.said, field.name: str(value)}) if feed.row.faults is not None else {}
    if field.name in faults:
        raise Stop(f"{field.name}: {faults[field.name]}", Exit.USAGE)
    roster.change_fields(feed, secrets={}, settings={field.name: value})
    return bool(feed.settings.get(field.name) != value)


def shown(feed: Feed, field: Field) -> str:
    """Return what a field holds as text; a secret only as set or not."""
    if field.holds in {Holds.SECRET, Holds.MADE}:
        return "(set)" if field.name in feed.secrets else ""
    value = feed.settings.get(field.name, "")
    if field.holds is Holds.LINES:
        return str(value).replace("\r", "").replace("\n", "; ")
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def stands(feed: Feed) -> dict[str, str]:
    """Return all that is said of a feed, as text."""
    rules = {name: str(getattr(feed, name)) for name in RULES}
    fields = {field.name: shown(feed, field) for field in feed.row.fields}
    minutes = {name: str(feed.minutes or "") for name in _minutes(feed)}
    return {**rules, STATUSES: statuses.written(feed.status_table).replace("\n", "; "), **minutes, **fields}


def _minutes(feed: Feed) -> list[str]:
    """Return the name of what only feeds that are pulled have."""
    return [opening.MINUTES] if feed.row.pull is not None else []


def _pair(pair: str, known: list[str]) -> tuple[str, str]:
    key, equals, text = pair.partition("=")
    if not equals or key not in known:
        raise Stop(f"{pair.partition('=')[0]!r}: say KEY=VALUE; a feed has {', '.join(known)}", Exit.USAGE)
    return key, text

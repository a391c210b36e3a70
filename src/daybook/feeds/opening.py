"""Adding a feed, opening it again, and giving it rules of its own, so that the numbers of two feeds do not meet."""

import re
from collections.abc import Mapping

from django.db import IntegrityError, transaction

from daybook.companies.models import Company, Person
from daybook.feeds import dues
from daybook.feeds.models import Feed
from daybook.feeds.roster import FeedError, let_meet
from daybook.feeds.saving import RULES, about, saving
from daybook.history import telling
from daybook.history.kinds import What
from daybook.mapping import references
from daybook.sources import statuses
from daybook.sources.registry import SOURCES

_NAME = re.compile(r"[A-Za-z0-9._-]{1,40}")
MINUTES = "minutes"
MOST_MINUTES = 24 * 60
_PREFIX = re.compile(r"[A-Za-z0-9._-]{0,20}")


def add(
    company: Company,
    source: str,
    name: str,
    number_prefix: str = "",
    by: Person | None = None,
    *,
    brings: str = "",
) -> Feed:
    """Add a feed, or open again the one of that name. Raises FeedError.

    `brings`: sales, or news about the sales of other feeds; empty: sales, or as before.
    """
    if source not in SOURCES or not SOURCES[source].is_added:
        known = ", ".join(each.name for each in SOURCES.values() if each.is_added)
        raise FeedError(f"There is no source {source!r} to add a feed of; there are: {known}.", "source")
    if not _NAME.fullmatch(name):
        raise FeedError("Name the feed with 1 to 40 letters, digits, dots, hyphens and underscores: no blanks.", "name")
    with transaction.atomic():
        Company.objects.select_for_update().get(pk=company.pk)  # two who add at once see each other's prefix
        feed = Feed.objects.filter(company=company, name=name).first() or Feed(
            company=company, source=source, name=name
        )
        if feed.source != source:
            raise FeedError(f"Orders name {name} as their source already ({feed.row.title}): choose another.", "name")
        feed.number_prefix = number_prefix or feed.number_prefix
        feed.brings = _brings(feed, brings or feed.brings)
        return _switched_on(feed, by)


def change_brings(feed: Feed, brings: str, by: Person | None = None) -> None:
    """Say whether a feed brings other sales, or news about the same ones. Raises FeedError."""
    with transaction.atomic():
        Company.objects.select_for_update().get(pk=feed.company_id)
        mine = Feed.objects.select_for_update().get(company_id=feed.company_id, pk=feed.pk)
        with saving(mine, by):
            mine.brings = _brings(mine, brings)
            _check_numbers(mine)
            mine.save(update_fields=["brings"])
        let_meet(mine.company_id)


def _brings(feed: Feed, brings: str) -> str:
    if brings not in Feed.Brings.values:
        raise FeedError(f"It may bring one of: {', '.join(Feed.Brings.values)}.", "brings")
    if brings == Feed.Brings.NEWS and feed.is_built_in:
        raise FeedError("What the REST API and files send are sales.", "brings")
    return brings


def reopen(feed: Feed, by: Person | None = None) -> Feed:
    """Take in orders of a closed feed again, under the identity they had. Raises FeedError."""
    with transaction.atomic():
        Company.objects.select_for_update().get(pk=feed.company_id)
        return _switched_on(Feed.objects.get(company_id=feed.company_id, pk=feed.pk), by)


def change_rules(feed: Feed, changes: Mapping[str, str], by: Person | None = None) -> None:
    """Keep number_prefix, reference_template, post_when, statuses and minutes as given, checked. Raises FeedError."""
    with transaction.atomic():
        Company.objects.select_for_update().get(pk=feed.company_id)
        mine = Feed.objects.get(company_id=feed.company_id, pk=feed.pk)
        before = mine.number_prefix
        for name in RULES:
            setattr(mine, name, changes.get(name, getattr(mine, name)).strip())
        _check_rules(mine)
        if "statuses" in changes:
            mine.status_table = _table(changes["statuses"])
        if MINUTES in changes:
            mine.minutes = _minutes(changes[MINUTES])
        if mine.closed_at is None and mine.number_prefix != before:
            _check_numbers(mine)
        with saving(mine, by):
            mine.save(update_fields=[*RULES, "status_table", MINUTES])
        if mine.due_at is not None and MINUTES in changes and mine.minutes != feed.minutes:
            dues.schedule(mine)


def _switched_on(feed: Feed, by: Person | None) -> Feed:
    _check_numbers(feed)
    what = What.ADDED if feed.pk is None else What.REOPENED
    feed.closed_at = None
    try:
        with transaction.atomic():
            feed.save()
            dues.schedule(feed)
            let_meet(feed.company_id)
            telling.tell(about(feed), what, by=by, after={"name": feed.name})
    except IntegrityError as error:
        raise FeedError(f"A feed named {feed.name} was added just now. Load the page again.") from error
    return feed


def _check_numbers(feed: Feed) -> None:
    """Raise FeedError where the feed's prefix is none, or its numbers could meet those of another feed.

    The first feed that a person adds may number as the API's orders do, as it always could; the database holds that no
    number is taken twice whatever the feeds say.
    """
    if not _PREFIX.fullmatch(feed.number_prefix):
        words = "Only letters, digits, dot, hyphen and underscore stand in a number prefix, at most 20."
        raise FeedError(words, "number_prefix")
    if feed.brings == Feed.Brings.NEWS:
        return  # it makes no documents
    others = Feed.objects.filter(company_id=feed.company_id, closed_at=None).exclude(pk=feed.pk)
    others = others.filter(brings=Feed.Brings.SALES)
    added = [each for each in others if not each.is_built_in]
    alike = [each for each in added if each.number_prefix.lower() == feed.number_prefix.lower()]
    if alike:
        raise FeedError(
            f"The numbers of {feed} could meet those of {alike[0]}: give it a number prefix that no other feed has.",
            "number_prefix",
        )


def _check_rules(feed: Feed) -> None:
    problem = references.template_problem(feed.reference_template) if feed.reference_template else ""
    if problem:
        raise FeedError(problem, "reference_template")
    if feed.post_when not in Feed.PostWhen.values:
        known = ", ".join(value or "(empty)" for value in Feed.PostWhen.values)
        raise FeedError(f"It may be one of: {known}.", "post_when")


def _table(text: str) -> dict[str, str]:
    try:
        return statuses.read(text)
    except ValueError as error:
        raise FeedError(str(error), "statuses") from error


def _minutes(text: str) -> int | None:
    """Return the minutes between two pulls; None where none are said: as the source says."""
    if not text.strip():
        return None
    if not (text.strip().isascii() and text.strip().isdigit() and 0 < int(text) <= MOST_MINUTES):
        raise FeedError(f"Say whole minutes from 1 to {MOST_MINUTES}, or nothing.", MINUTES)
    return int(text)

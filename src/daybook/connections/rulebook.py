"""A connection's posting rules, changed as one list: whoever changes it names the list that they saw."""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence

from django.db import transaction
from django.db.models import F

from daybook.companies.models import Person
from daybook.connections.models import Connection, PostingRule
from daybook.connections.saving import saving

MOST_RULES = 500
"""Of one connection: each line of each order is asked of every one."""
_FAR = 1_000_000
"""Where rules stand while they change places, so that no two ever have one."""
_FIELDS = ("title", "when", "account", "tax_type", "item", "tracking", "tax_shape", "tax_account")


class RulesChangedError(Exception):
    """Somebody else changed the rules meanwhile; nothing was written."""


class TooManyRulesError(Exception):
    """There would be more rules than a connection may have; nothing was written."""


def of(connection: Connection) -> list[PostingRule]:
    """Return the rules in the order in which they are read."""
    return list(PostingRule.objects.filter(connection=connection))


def version(rules: Iterable[PostingRule]) -> str:
    """Return what tells this list of rules from any other, by what they say and in which order."""
    said = [[rule.pk, *(getattr(rule, name) for name in _FIELDS)] for rule in rules]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:20]


@transaction.atomic
def change(
    connection: Connection,
    to: Callable[[list[PostingRule]], Sequence[PostingRule]],
    *,
    by: Person | None,
    seen: str | None = None,
) -> list[PostingRule]:
    """Put in the place of the rules what `to` makes of them, number them from 1, and tell the history; return them.

    `seen`: the version that the person saw; None: whatever stands. `by`: None: the command line. Raises
    RulesChangedError, TooManyRulesError, and what `to` raises.
    """
    Connection.objects.select_for_update().get(company=connection.company_id, pk=connection.pk)
    stands = of(connection)
    if seen is not None and version(stands) != seen:
        raise RulesChangedError
    wanted = list(to(list(stands)))
    if len(wanted) > MOST_RULES:
        raise TooManyRulesError
    with saving(connection, by=by):
        _store(connection, wanted)
    return wanted


def _store(connection: Connection, wanted: Sequence[PostingRule]) -> None:
    mine = PostingRule.objects.filter(connection=connection)
    mine.exclude(pk__in=[rule.pk for rule in wanted if rule.pk]).delete()
    mine.update(position=F("position") + _FAR)
    for place, rule in enumerate(wanted, start=1):
        rule.connection, rule.position = connection, place
    PostingRule.objects.bulk_update([rule for rule in wanted if rule.pk], ["position", *_FIELDS])
    PostingRule.objects.bulk_create([rule for rule in wanted if not rule.pk])

"""What the consent of a connection must cover, and what of it was granted, as the rows say."""

from collections.abc import Iterable, Sequence

from daybook.connections import features, roster
from daybook.connections.features import Feature
from daybook.connections.models import Connection, TokenSet
from daybook.kit.translation import gettext
from daybook.ledgers.ledger import Ledger
from daybook.ledgers.registry import LEDGERS


def wanted(connection: Connection, *, also: Iterable[Feature] = ()) -> tuple[str, ...]:
    """Return the scopes that a consent given now is asked for: those of all that is switched on, and `also` these."""
    ledger = LEDGERS.get(connection.ledger)
    switched_on = (*features.features_of(roster.posting_of(connection)), *also)
    return features.scopes_of(ledger, switched_on) if ledger is not None else ()


def lacking(connection: Connection) -> tuple[Feature, ...]:
    """Return what is switched on and what the consent that was given does not cover; nothing where none was given."""
    ledger, scope = _granted(connection)
    return features.lacking(ledger, roster.posting_of(connection), scope) if ledger and scope is not None else ()


def asked_anew(connection: Connection) -> Sequence[str]:
    """Return in words what the next consent will be asked for beyond the one that was given."""
    ledger = LEDGERS.get(connection.ledger)
    return [features.asked_for(each, ledger.title) for each in lacking(connection)] if ledger else ()


def not_granted(connection: Connection) -> str:
    """Return in words what a consent that was just given does not cover; "" where it covers all that is switched on."""
    told = [features.IN_WORDS[each] for each in lacking(connection)]
    said = gettext("{title} (Daybook may not {may})")
    return "; ".join(said.format(title=gettext(title), may=gettext(may)) for title, may in told)


def _granted(connection: Connection) -> tuple[Ledger | None, str | None]:
    found = TokenSet.objects.filter(connection=connection).values_list("scope", flat=True).first()
    return LEDGERS.get(connection.ledger), found

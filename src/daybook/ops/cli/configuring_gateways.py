"""Choosing from the command line on which account the money of a gateway stands: gateway.GBP.stripe=610."""

import re

from django.db.models import Q

from daybook.catalog import facts
from daybook.catalog.models import Account
from daybook.connections.models import Connection, Gateway
from daybook.mapping import gateways
from daybook.ops.processes.stops import Exit, Stop

KEY = re.compile(r"gateway\.([A-Z]{3})\.(.*)")


def choose(connection: Connection, key: str, text: str) -> bool:
    """Keep the account, named by its code or, where it has none, by its name; "": nobody has decided. Raises Stop.

    `key`: gateway.CURRENCY.NAME; behind NAME may stand @SOURCE, of whose orders alone it is then about.
    """
    found = KEY.fullmatch(key)
    if found is None:
        raise Stop(f"{key}: say gateway.CURRENCY.NAME, such as gateway.GBP.stripe", Exit.USAGE)
    name, _, source = found[2].partition("@")
    if not re.fullmatch(r"[A-Za-z0-9._-]{0,40}", source):
        raise Stop(f"{key}: {source!r} is no source of orders", Exit.USAGE)
    account_id = _account(connection, key, text.strip())
    row, made = Gateway.objects.get_or_create(
        connection=connection,
        source=source,
        name=gateways.name_of(gateways.MONEY, name),
        currency=found[1],
    )
    if row.account_id == account_id and not made:
        return False
    row.account_id = account_id
    row.save(update_fields=["account_id"])
    return True


def _account(connection: Connection, key: str, text: str) -> str:
    if not text:
        return ""
    found = list(facts.payment_accounts(connection).filter(Q(code=text) | Q(name__iexact=text))[:2])
    if len(found) != 1:
        raise Stop(f"{key}: {text} is no account that takes payments, as the lists were last read", Exit.USAGE)
    return found[0].account_id


def shown(connection: Connection) -> dict[str, str]:
    """Return the gateways of a connection as they are set, by key: the account's code, or its name."""
    mine = list(Gateway.objects.filter(connection=connection))
    accounts = Account.objects.filter(
        organisation=connection.organisation_id, account_id__in=[g.account_id for g in mine]
    )
    names = {each.account_id: each.code or each.name for each in accounts}
    return {
        f"gateway.{each.currency}.{each.name}" + (f"@{each.source}" if each.source else ""): names.get(
            each.account_id, each.account_id
        )
        for each in mine
    }

"""PURE: what people call what the history says was changed."""

from decimal import Decimal, InvalidOperation

from daybook.companies.settings_table import LABELS
from daybook.documents.line_kinds import IN_WORDS, LineKind
from daybook.kit.money import plain
from daybook.kit.translation import gettext, gettext_noop
from daybook.sources.registry import SOURCES
from daybook.web.language import figures

_FIELDS = {
    **{field.name: field.label for source in SOURCES.values() for field in source.fields},
    **LABELS,
    "name": gettext_noop("Name"),
    "role": gettext_noop("Role"),
    "organisation": gettext_noop("Organisation"),
    "scope": gettext_noop("Scope"),
    "scopes": gettext_noop("Scopes"),
    "why": gettext_noop("Why"),
    "backfill": gettext_noop("Backfill"),
    "paired": gettext_noop("Paired"),
    "pairing code": gettext_noop("Pairing code"),
    "typed_date": gettext_noop("Typed date"),
    "refund": gettext_noop("Refund"),
    "since": gettext_noop("Since"),
    "until": gettext_noop("Until"),
    "key": gettext_noop("Key"),
    "cause": gettext_noop("Cause"),
    "note": gettext_noop("Note"),
    "person": gettext_noop("Person"),
    "brings": gettext_noop("Brings"),
    "minutes": gettext_noop("Minutes"),
    "works_until": gettext_noop("Works until"),
    "kept_until": gettext_noop("Kept until"),
    "taken_up": gettext_noop("Taken up"),
    "client_id": gettext_noop("Client id"),
    "client_secret": gettext_noop("Client secret"),
    "require_second_factor": gettext_noop("Require second factor"),
    "keep_deliveries_days": gettext_noop("Keep deliveries days"),
    "second_factor": gettext_noop("Second factor"),
    "log_ins_ended": gettext_noop("Log ins ended"),
    "email": gettext_noop("Email"),
    "password": gettext_noop("Password"),
    "is_active": gettext_noop("Is active"),
    "is_operator": gettext_noop("Is operator"),
    "address_proven": gettext_noop("Address proven"),
    "mails_at_once": gettext_noop("Mails at once"),
    "mails_of_warnings": gettext_noop("Mails of warnings"),
    "mails_of_summaries": gettext_noop("Mails of summaries"),
    "sha256": gettext_noop("Fingerprint"),
    "place_kind": gettext_noop("Collect from"),
    "place_host": gettext_noop("Server"),
    "place_port": gettext_noop("Port"),
    "place_username": gettext_noop("User"),
    "place_path": gettext_noop("Folder"),
    "place_marker": gettext_noop("Ready-marker"),
    "place_afterwards": gettext_noop("What becomes of a file taken in"),
    "place_host_key": gettext_noop("Key of the server"),
    "place_public_key": gettext_noop("Key of Daybook"),
}
"""By the name that its event bears."""
GATEWAY = "gateway."
"""Before the name of a gateway: the value is the ledger's id of an account."""
_NAMED = {
    "gateway": gettext_noop("Gateway {name}"),
    "channel": gettext_noop("Channel {name}"),
    "currency": gettext_noop("Currency {name}"),
    "fees": gettext_noop("Fees {name}"),
    "rule": gettext_noop("Rule {name}"),
    "cost": gettext_noop("Cost {name}"),
    "mapping": gettext_noop("Columns, {name}"),
    "status": gettext_noop("Status {name}"),
}
"""The same of what there are several of: before the point stands what, behind it which."""


def called(key: str) -> str:
    """Return what a field of an event is called: "tax.0.2" is "20 %"."""
    kind, _, rest = key.partition(".")
    if kind == "tax" and (share := percent(rest)):
        return f"{figures.figure(share)} %"
    if kind in {"account", "account_tax"} and rest in set(LineKind):
        words = gettext("{kind}: tax") if kind == "account_tax" else gettext("{kind}: account")
        return words.format(kind=gettext(IN_WORDS[LineKind(rest)]))
    if kind in _NAMED and rest:
        return gettext(_NAMED[kind]).format(name=rest.removeprefix("columns."))
    said = gettext(_FIELDS.get(key, key.replace("_", " ")))
    return f"{said[:1].upper()}{said[1:]}"


def percent(rate: str) -> str:
    """Return a rate as a percentage; "" where it is none."""
    try:
        return plain(Decimal(rate) * 100)
    except InvalidOperation:
        return ""

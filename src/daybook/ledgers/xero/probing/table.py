"""PURE: Xero's probes, one row each: a new question is a row here, and where the local Xero has a switch for it, there."""

from daybook.ledgers.probing import Probing
from daybook.ledgers.xero.probing import (
    of_credit_notes,
    of_invoices,
    of_others,
    of_payments,
    of_stock,
    setting,
    undoing,
)
from daybook.ledgers.xero.probing.parts import CONTACTS_SCOPE

NOT_ASKED = {
    "attachments_up_to_25_mb": "Daybook attaches nothing as large, and sending it is no small call",
    "egress_counts_writes": "only Xero's developer portal tells what it counts",
    "keys_scoped_to_tenant": "it takes two organisations that one consent reaches",
    "keys_forgotten_on_refresh": "it takes a token that is refreshed between two calls",
}
PROBING = Probing(
    why_not=setting.why_not,
    set_up=setting.set_up,
    set_up_makes=((undoing.CONTACTS, setting.CONTACT), (undoing.CONTACTS, setting.OTHER_CONTACT)),
    set_up_scopes=CONTACTS_SCOPE | {"accounting.settings.read"},
    calls=9,
    probes=(
        *of_invoices.PROBES,
        *of_credit_notes.PROBES,
        *of_payments.PROBES,
        *of_stock.PROBES,
        *of_others.PROBES,
    ),
    lacking=setting.LACKING,
    not_asked=NOT_ASKED,
    undo=undoing.undo,
)

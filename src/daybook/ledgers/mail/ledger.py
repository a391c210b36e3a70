"""PURE: invoices by mail as a row: a ledger without consent, limits or lists, in which nobody can look what arrived."""

from decimal import Decimal
from typing import NoReturn

from daybook.documents.kinds import Kind
from daybook.ledgers.ledger import Form, KnownBy, Ledger, Statuses, Wire
from daybook.ledgers.mail.reasons import REASONS
from daybook.ledgers.terms import Terms

SENT = "SENT"
"""An invoice's status from the moment when a mail server has taken it."""
MAILS = "mails"
LONGEST_NUMBER = 100


def no_calls(*asked: object) -> NoReturn:
    """Stand where other ledgers have a call: nobody comes by here, by `Wire.MAIL`. Raises TypeError."""
    raise TypeError(f"mail is not called: {asked}")


FORM = Form(
    kind=Kind.INVOICE_MAIL,
    route=MAILS,
    listed_in="",
    number_space="invoices",
    known_by=KnownBy.NOTHING,
    number_length=LONGEST_NUMBER,
    number_alphabet="[A-Za-z0-9._-]",
    has_draft=False,
    seekable_at_once=200,
    element=no_calls,
    look=no_calls,
    look_by_ids=no_calls,
    changed=no_calls,
    newest=no_calls,
    link=lambda *_of: "",  # a mail has no page
)

MAIL = Ledger(
    name="mail",
    title="Invoices by mail",
    terms=Terms(
        calls_at_once=1,
        bytes_a_call=50_000_000,
        smallest_step=Decimal("0.0001"),
        decimals_of_prices=4,
        resent_after=frozenset(),
        can_void=False,
        can_look=False,
    ),
    wire=Wire.MAIL,
    statuses=Statuses(dead=frozenset(), deleted="", paid=frozenset(), open_again=frozenset(), done={}),
    forms={FORM.kind: FORM},
    routes={},
    supplies={},
    consent=None,
    scopes={},
    lists=None,
    why=no_calls,
    reasons=REASONS,
    dress=no_calls,
    is_whole=no_calls,
    failure=no_calls,
    remaining=no_calls,
    call_id=no_calls,
    hears=no_calls,
)

"""PURE: order files as a row: a ledger without consent, calls, limits or numbers of its own.

Whoever collects takes the files away, so that nothing there tells what was posted: what is known of a file is in the
attempt that wrote it, and the look that settles a doubt is that of `talks.py`.
"""

from dataclasses import replace
from decimal import Decimal
from typing import NoReturn

from daybook.documents.causes import Hold
from daybook.documents.file_rules import OF_XML, FileRules
from daybook.documents.kinds import Kind, Paper
from daybook.documents.order_file import OrderFile
from daybook.ledgers.files import formats
from daybook.ledgers.files.reasons import REASONS
from daybook.ledgers.ledger import Form, KnownBy, Ledger, NamedFile, Statuses, Wire
from daybook.ledgers.terms import Terms

SENT = "SENT"
"""A file's status from the moment when it has its name: it is there, or was collected."""
LONGEST_NUMBER = 255
ORDER_FILES = "order_files"


def as_file(number: str, paper: Paper, rules: FileRules = OF_XML) -> NamedFile | Hold | None:
    """Return an order's file; the hold says what of it the chosen form cannot carry; None: a template is to be run for it.

    Raises TypeError for any other document.
    """
    if not isinstance(paper, OrderFile):
        raise TypeError(f"a folder takes order files, not {type(paper).__name__}")
    return formats.named(number, paper, rules)


def no_calls(*asked: object) -> NoReturn:
    """Stand where other ledgers have a call: nobody comes by here, by `Wire.FILES`. Raises TypeError."""
    raise TypeError(f"a folder is not called: {asked}")


FORM = Form(
    kind=Kind.ORDER_FILE,
    route=ORDER_FILES,
    listed_in="",
    number_space="",
    known_by=KnownBy.NUMBER,
    number_length=LONGEST_NUMBER,
    number_alphabet=r"[\s\S]",
    has_draft=False,
    seekable_at_once=200,
    is_sent_anew=True,
    element=no_calls,
    look=no_calls,
    look_by_ids=no_calls,
    changed=no_calls,
    newest=no_calls,
    link=lambda *_of: "",  # a file has no page
    file=as_file,
)

CREDITS = replace(FORM, kind=Kind.CREDIT_FILE)
"""What is given back of orders whose files have left."""

FILES = Ledger(
    name="files",
    title="Order files",
    terms=Terms(
        calls_at_once=1,
        bytes_a_call=50_000_000,
        smallest_step=Decimal("0.0001"),
        decimals_of_prices=4,
        resent_after=frozenset(),
        can_void=False,
        can_look=True,
    ),
    wire=Wire.FILES,
    statuses=Statuses(dead=frozenset(), deleted="", paid=frozenset(), open_again=frozenset(), done={}),
    forms={each.kind: each for each in (FORM, CREDITS)},
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

"""PURE: why an invoice by mail waits for a person, and the words for it: what happened, why, what to do."""

from daybook.documents.causes import LedgerCause
from daybook.documents.explained import CONNECT, ORDER, RETRY
from daybook.documents.explained import Explanation as E  # noqa: N817 - as in `documents/words`


class MailCause(LedgerCause):
    """One value for each thing that a person can cure."""

    ADDRESS_MISSING = "address_missing"
    ADDRESS_UNUSABLE = "address_unusable"
    ADDRESS_REFUSED = "address_refused"
    MAIL_REFUSED = "mail_refused"
    NO_FONT = "no_font"
    PRINTING_FAILED = "printing_failed"
    MAY_BE_MAILED = "may_be_mailed"


REASONS: dict[str, E] = {
    MailCause.ADDRESS_MISSING: E(
        "The customer has no e-mail address",
        "The order names none, so that its invoice can go to nobody.",
        "Enter the address in the OMS and have the order sent again; or send the invoice otherwise and press Do not post it.",
        ORDER,
    ),
    MailCause.ADDRESS_UNUSABLE: E(
        "The customer's e-mail address is none",
        "Nothing can be mailed to {subject}.",
        "Correct the address in the OMS and have the order sent again.",
        ORDER,
        "what the order says",
    ),
    MailCause.ADDRESS_REFUSED: E(
        "The mail server does not take the address",
        "It said no to {subject}. Nothing was sent to anybody.",
        "Correct the address in the OMS and have the order sent again; or look at the server's words below, then press Try "
        "again.",
        RETRY,
        "the customer's address",
    ),
    MailCause.MAIL_REFUSED: E(
        "The mail server does not take the mail",
        "It read the mail and said no; nothing was delivered.",
        "Look at the server's words below: the mail may be too large, or the server may not let this sender send. Then press "
        "Try again.",
        RETRY,
    ),
    MailCause.NO_FONT: E(
        "There is no font for some of the letters",
        "No font of Daybook's machine has {subject}, so that the invoice would show boxes in their place.",
        "Have whoever runs Daybook install one (Debian: fonts-noto-core, fonts-noto-cjk), then press Try again.",
        RETRY,
        "some letters of the order",
    ),
    MailCause.PRINTING_FAILED: E(
        "The invoice could not be printed",
        "Making the PDF failed with this order ({subject}). Nothing was sent.",
        "Look at the texts of the order for what is unusual in them; correct it in the OMS, or press Try again after an update.",
        RETRY,
        "unforeseen",
    ),
    MailCause.MAY_BE_MAILED: E(
        "It may have been mailed already",
        "Daybook's database was restored from a backup in which {subject} still waited. Whether it was mailed since, nobody "
        "can look up.",
        "Look in the sender's copies (BCC) or ask the customer. If it was, press Do not post it. If not, take it off the list "
        "in the connection's settings, under After a restore; then it goes.",
        CONNECT,
    ),
}

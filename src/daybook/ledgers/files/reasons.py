"""PURE: why an order file waits for a person, and the words for it: what happened, why, what to do."""

from daybook.documents.causes import LedgerCause
from daybook.documents.explained import CONNECT, ORDER, RETRY
from daybook.documents.explained import Explanation as E  # noqa: N817 - as in `documents/words`


class FileCause(LedgerCause):
    """One value for each thing that a person can cure."""

    TEXT_UNWRITABLE = "text_unwritable"
    CARRIAGE_IN_PIECES = "carriage_in_pieces"
    FILE_NAME_TAKEN = "file_name_taken"
    PART_FILE_CHANGED = "part_file_changed"
    PART_FILE_TAKEN = "part_file_taken"
    MAY_BE_COLLECTED = "may_be_collected"
    FORMAT_INCOMPLETE = "format_incomplete"
    TOTALS_UNKNOWN = "totals_unknown"
    NUMBER_TOO_LONG = "number_too_long"
    NUMBER_UNWRITABLE = "number_unwritable"
    EXCHANGE_RATE_MISSING = "exchange_rate_missing"
    TEMPLATE_FAILED = "template_failed"
    TEMPLATE_TOO_MUCH = "template_too_much"
    FILE_TOO_LARGE = "file_too_large"


REASONS: dict[str, E] = {
    FileCause.TEXT_UNWRITABLE: E(
        "A text of the order cannot stand in a file",
        "The field {subject} holds a control character or half a character, which XML cannot carry. Leaving it out would "
        "change what the order says.",
        "Correct the text in the OMS and have the order sent again.",
        ORDER,
        "of the order",
    ),
    FileCause.CARRIAGE_IN_PIECES: E(
        "The order's carriage cannot stand in a file",
        "It comes in several parts, which do not all name the same price, or bear several tax rates without naming both "
        "prices; the file has one carriage, whose tax is the difference of its two prices.",
        "Have the order sent again with both prices for each part of its carriage.",
        ORDER,
    ),
    FileCause.MAY_BE_COLLECTED: E(
        "Its file may have been collected already",
        "Daybook's database was restored from a backup in which {subject} still waited. Whether its file was put there since "
        "and collected, the folder does not tell.",
        "Ask in the accounting software. If it has the order, press Do not post it. If not, take it off the list in the "
        "connection's settings, under After a restore; then it goes.",
        CONNECT,
    ),
    FileCause.FORMAT_INCOMPLETE: E(
        "The form of the files is not complete",
        "{subject} is missing or is none that the accounting software takes.",
        "Complete it in the connection's settings, under What the files look like. What waits goes by itself afterwards.",
        CONNECT,
        "A setting",
    ),
    FileCause.TOTALS_UNKNOWN: E(
        "What the order comes to is not known",
        "The chosen form names amounts with their tax, and the order does not say enough of them.",
        "Have the order sent again with prices and tax rates, or choose the OMS's XML, which needs none.",
        ORDER,
    ),
    FileCause.NUMBER_TOO_LONG: E(
        "The order's number is too long for the file",
        "{subject} would be cut off, and two orders could come to one reference.",
        "Choose a shorter number prefix in the connection's settings, or have the order sent with a shorter number.",
        CONNECT,
        "The number",
    ),
    FileCause.NUMBER_UNWRITABLE: E(
        "The order's number cannot stand in the file",
        "{subject} has a sign that the accounting software cannot read, or that a spreadsheet would work out.",
        "Have the order sent with another number, or choose a prefix that begins with a letter.",
        ORDER,
        "The number",
    ),
    FileCause.EXCHANGE_RATE_MISSING: E(
        "The exchange rate is missing",
        "The order is in {subject}, which is not the company's own currency, and it names no exchange rate; in the file each "
        "amount needs one.",
        "Have the order sent again with its exchange_rate, or book it by hand and press Do not post it.",
        ORDER,
        "another currency",
    ),
    FileCause.TEMPLATE_FAILED: E(
        "The template makes no file of this order",
        "It stopped at {subject}. Nothing was written, not even a part of the file.",
        "Correct the template in the connection's settings and look at its preview. What waits goes by itself afterwards.",
        CONNECT,
        "a mistake",
    ),
    FileCause.TEMPLATE_TOO_MUCH: E(
        "The template takes too much",
        "It was stopped: {subject}. Nothing was written, not even a part of the file.",
        "Take out loops that run over more than the order's own lines, then look at the preview.",
        CONNECT,
        "it ran for too long",
    ),
    FileCause.FILE_TOO_LARGE: E(
        "The file would be too large",
        "It would have {subject}, which is more than one file may have.",
        "Have the files written more often, or one for each order, in the connection's settings.",
        CONNECT,
        "too many bytes",
    ),
    FileCause.FILE_NAME_TAKEN: E(
        "A file of this name is in the folder already",
        "The folder holds a file {subject} that Daybook did not put there for this order, or that was put there before and "
        "has not been collected. Daybook never overwrites a file.",
        "Let the accounting software collect the file, or move it away, then press Try again.",
        RETRY,
    ),
    FileCause.PART_FILE_CHANGED: E(
        "The file was changed before it was finished",
        "Daybook had written {subject}, and what is there now has another size. Nothing but Daybook may touch files that "
        "end in .part.",
        "Find out what changed it, delete that file, then press Try again.",
        RETRY,
    ),
    FileCause.PART_FILE_TAKEN: E(
        "The file was taken before it was finished",
        "Daybook had written {subject} and was still checking it when it vanished: something collects files that end in "
        ".part. Sent again, it could be collected twice.",
        "Let the accounting software collect files that end in .xml only. Look whether it has this order, and press Try "
        "again only if not.",
        RETRY,
    ),
}

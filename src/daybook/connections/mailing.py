"""The mail server by which a connection mails invoices: sessions with it, and what a failure means for the connection."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import F
from django.db.models.functions import Least

from daybook.connections import reaching, running, standing
from daybook.connections.models import Connection
from daybook.connections.outgoing import MailAccess
from daybook.connections.reaching import ReachError
from daybook.history.telling import Somebody
from daybook.kit import clock
from daybook.ledgers.mail import messages
from daybook.ledgers.mail.messages import Envelope
from daybook.wire.errors import LoginRefused, NotSent, OutcomeUnknown, Paused, Refused, WireError
from daybook.wire.smtp import LOOPBACK, MailPatience, MailServer, SmtpSession

if TYPE_CHECKING:
    from daybook.printing.invoice import Letterhead

CONNECT_SECONDS = 15.0
AWAY_PAUSE = timedelta(minutes=1)
MOST_COUNTED = 10
UNFINISHED = "Say first from whom the mails come, and press Save."
NO_SERVER = "Name a mail server: whoever runs Daybook has named none for the installation (DAYBOOK_SMTP_HOST), or name yours here."
TAKEN = "Another connection mails invoices from this address, or did: what was sent belongs to that one."
IN_USE = "This connection mails from that address now. Disconnect it first; nothing is sent twice."
ONLY_HERE = "Without encryption mail goes only to a server on this machine."
_WORDS: dict[type[WireError], tuple[timedelta, str]] = {
    NotSent: (AWAY_PAUSE, "The mail server could not be reached, or takes no mail now ({}). Nothing was sent."),
    OutcomeUnknown: (
        AWAY_PAUSE,
        "The mail server gave no clear answer ({}). That mail needs a person: it is not sent again by itself.",
    ),
    LoginRefused: (standing.PERSON_PAUSE, "The mail server does not take user and password ({}). Nothing was sent."),
    Refused: (standing.PERSON_PAUSE, "The mail server says no ({}). Nothing was sent."),
}
_UNFORESEEN = (standing.PERSON_PAUSE, "Something unforeseen happened at the mail server ({}).")
_LONGEST_WORDS = 70


def server_of(plan: MailAccess) -> MailServer:
    """Return the connection's mail server: the company's own, else the installation's."""
    calls_itself = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    if plan.host:
        return MailServer(
            host=plan.host,
            port=plan.port,
            security=plan.security,
            username=plan.username,
            password=plan.password,
            calls_itself=calls_itself,
        )
    return own_server()


def own_server() -> MailServer:
    """Return the installation's mail server; without a host where whoever runs Daybook has named none."""
    calls_itself = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    security = "tls" if settings.EMAIL_USE_SSL else "starttls" if settings.EMAIL_USE_TLS else "none"
    return MailServer(
        host=settings.EMAIL_HOST if settings.MAIL_IS_SET_UP else "",
        port=settings.EMAIL_PORT,
        security=security,
        username=settings.EMAIL_HOST_USER,
        password=settings.EMAIL_HOST_PASSWORD,
        calls_itself=calls_itself,
    )


def session(plan: MailAccess) -> SmtpSession:
    """Return a session with the mail server, to be left at the end."""
    return SmtpSession(server_of(plan), _patience())


def own_session() -> SmtpSession:
    """Return a session with the installation's mail server, to be left at the end."""
    return SmtpSession(own_server(), _patience())


def _patience() -> MailPatience:
    return MailPatience(connect=clock.lasting(CONNECT_SECONDS), answer=clock.lasting(settings.CALL_TIMEOUT_SECONDS))


def envelope_of(plan: MailAccess) -> Envelope:
    """Return from whom mails come and how they are worded."""
    return Envelope(
        sender=plan.sender,
        sender_name=plan.sender_name or plan.seller.strip().partition("\n")[0],
        subject=plan.subject,
        text=plan.text,
        seller=plan.seller,
    )


def copies_of(plan: MailAccess) -> tuple[str, ...]:
    """Return who gets a copy unseen."""
    return messages.addresses(plan.bcc) or ()


def letterhead_of(plan: MailAccess) -> "Letterhead":
    """Return what is printed on all invoices."""
    from daybook.printing.invoice import Letterhead  # noqa: PLC0415  # only who prints needs it

    return Letterhead(
        seller=plan.seller, vat_number=plan.vat_number, footer=plan.footer, title=plan.title, paper=plan.paper
    )


def problems_of(said: MailAccess) -> dict[str, str]:
    """Return what cannot be so of a mail server and its sender, in words by its field."""
    wrong = {}
    if messages.usable_address(said.sender) != said.sender:
        wrong["sender"] = "Say one e-mail address, such as accounts@example.com."
    if messages.addresses(said.bcc) is None:
        wrong["bcc"] = "One of these is no e-mail address; put commas between several."
    if not 0 < said.port < 65536:
        wrong["port"] = "A port is a number from 1 to 65535; mail servers listen on 587 or 465."
    if said.host and said.security == MailAccess.Security.NONE and said.host not in LOOPBACK:
        wrong["security"] = ONLY_HERE
    if not said.host and not settings.MAIL_IS_SET_UP:
        wrong["host"] = NO_SERVER
    return wrong


def check(connection: Connection, by: Somebody | None = None) -> None:
    """Log in at the mail server, and connect it where that works; nothing is sent. Raises ReachError."""
    plan = running.mail_of(connection)
    if not plan.sender:
        raise ReachError(UNFINISHED)
    if not server_of(plan).host:
        raise ReachError(NO_SERVER)
    try:
        with session(plan) as opened:
            opened.check()
    except WireError as error:
        raise ReachError(in_words(error)) from error
    works(plan)
    their_id, name = f"{connection.company.public_id}:{plan.sender}", f"Invoices by mail from {plan.sender}"
    reaching.take_up(connection, their_id, name, taken=TAKEN, by=by)


def react(connection_id: int, error: WireError, now: datetime) -> None:
    """Let the connection rest as the mail server's failure asks; a pause that stands says nothing new."""
    if isinstance(error, Paused):
        return
    wait, _ = _WORDS.get(type(error), _UNFORESEEN)
    mine = MailAccess.objects.filter(connection=connection_id)
    mine.update(failures=Least(F("failures") + 1, MOST_COUNTED))
    failures = mine.values_list("failures", flat=True).first() or 1
    longer = min(wait * (1 << failures - 1), max(wait, standing.PERSON_PAUSE))
    cause = standing.PauseCause.PLACE if isinstance(error, Refused | LoginRefused) else standing.PauseCause.UNCLEAR
    standing.pause(connection_id, now + longer, in_words(error), cause=cause)


def works(plan: MailAccess) -> None:
    """Note that the server did what it was asked: after its next failure the connection rests as after a first one."""
    if plan.failures:
        MailAccess.objects.filter(pk=plan.pk).update(failures=0)
        plan.failures = 0


def in_words(error: WireError) -> str:
    """Return what happened at the mail server."""
    _, words = _WORDS.get(type(error), _UNFORESEEN)
    return words.format(" ".join(error.words.split())[:_LONGEST_WORDS].rstrip(".") or type(error).__name__)

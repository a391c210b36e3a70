"""Sending what was written: stored as under way first, handed over once; an end that nobody knows is not repeated."""

from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

import structlog
from django.conf import settings
from django.db import transaction

from daybook.alerts import writing
from daybook.alerts.models import AlertMail
from daybook.connections import mailing
from daybook.kit import clock
from daybook.kit.translation import told
from daybook.wire.errors import LoginRefused, NotSent, OutcomeUnknown, Refused, WireError
from daybook.wire.smtp import SmtpSession

log = structlog.get_logger("daybook.mail")

State = AlertMail.State
AGAIN_AFTER = timedelta(minutes=15)
MOST_TRIES = 96
"""A day's: what it says is old by then."""
STUCK_AFTER = timedelta(minutes=10)
"""So long no process sends one mail: it died."""
KEPT_FOR = timedelta(days=90)
A_RUN = 500


def send_due(now: datetime) -> int:
    """Send the mails that wait, each once, and return how many the server took."""
    give_up_stuck(now)
    taken = 0
    with mailing.own_session() as session:
        for _ in range(A_RUN):
            mail = _claim(now)
            if mail is None:
                break
            state, words = _hand_over(session, mail)
            _settle(mail, state, words, now)
            taken += state == State.SENT
            if state == State.WAITING:  # the server is away: the others would fare alike
                break
    return taken


def give_up_stuck(now: datetime) -> None:
    """Say of mails whose process died while it sent them that nobody knows; they are not sent again."""
    stuck = AlertMail.objects.filter(state=State.SENDING, tried_at__lt=now - STUCK_AFTER)
    stuck.update(state=State.UNKNOWN, words=told("Daybook was stopped while it sent this mail."))


def forget_old(now: datetime) -> None:
    """Delete mails that are older than anybody asks about."""
    AlertMail.objects.filter(created_at__lt=now - KEPT_FOR).exclude(state=State.SENDING).delete()


@transaction.atomic
def _claim(now: datetime) -> AlertMail | None:
    """Store that the next mail is being sent; whoever dies from here on leaves it so."""
    rows = AlertMail.objects.select_for_update(skip_locked=True, of=("self",))
    waiting = rows.filter(state=State.WAITING, not_before__lte=now).select_related("membership__person")
    mail = waiting.order_by("id").first()
    if mail is not None:
        mail.state, mail.tried_at, mail.tries = State.SENDING, clock.now(), mail.tries + 1
        mail.save(update_fields=["state", "tried_at", "tries"])
    return mail


def _hand_over(session: SmtpSession, mail: AlertMail) -> tuple[State, str]:
    """Return what became of it."""
    to, (_, sender) = mail.membership.person.email, parseaddr(settings.DEFAULT_FROM_EMAIL)
    try:
        session.send(sender, to, (), message(mail, to, clock.now()))
    except OutcomeUnknown as error:
        return State.UNKNOWN, error.words
    except (NotSent, LoginRefused) as error:
        return (State.GIVEN_UP if mail.tries >= MOST_TRIES else State.WAITING), error.words
    except Refused as error:
        return State.REFUSED, error.words
    except WireError as error:
        return State.UNKNOWN, error.words
    return State.SENT, ""


def _settle(mail: AlertMail, state: State, words: str, now: datetime) -> None:
    if state != State.SENT:
        log.warning("a mail was not sent", mail=mail.public_id, kind=mail.kind, state=state.value)
    not_before = now + AGAIN_AFTER if state == State.WAITING else mail.not_before
    mine = AlertMail.objects.filter(pk=mail.pk, state=State.SENDING)
    mine.update(state=state, words=" ".join(words.split())[:300], not_before=not_before)


def message(mail: AlertMail, to: str, moment: datetime) -> bytes:
    """Return the whole mail. A second one of it would bear the same Message-ID."""
    made = EmailMessage(policy=SMTP.clone(max_line_length=78))
    made["Subject"], made["From"], made["To"] = mail.subject, settings.DEFAULT_FROM_EMAIL, to
    made["Date"] = format_datetime(moment)
    made["Message-ID"] = f"<{mail.public_id}.alert@{parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made["List-Unsubscribe"] = f"<{writing.stop_link(mail)}>"
    made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    made.set_content(mail.text, cte="quoted-printable")
    return made.as_bytes()

"""Mails of Daybook's own: short, plain, with one link. Where none can be sent, the caller shows the link instead."""

from smtplib import SMTPException

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string

log = structlog.get_logger("daybook.mail")


def is_set_up() -> bool:
    """Return whether this installation can send mail."""
    return bool(settings.MAIL_IS_SET_UP)


def send(to: str, subject: str, template: str, context: dict[str, object]) -> bool:
    """Send one mail and return whether the mail server took it."""
    text = render_to_string(f"daybook/mail/{template}.txt", {"public_url": settings.PUBLIC_URL, **context})
    try:
        send_mail(" ".join(subject.split()), text, None, [to])
    except (OSError, SMTPException) as error:
        log.error("a mail could not be sent", mail=template, error=type(error).__name__)  # noqa: TRY400
        return False
    return True

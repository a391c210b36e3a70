"""A real SMTP server (aiosmtpd) in a thread, with switches for what real ones do to mails and to those who bring them."""

import asyncio
import socket
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


@dataclass
class Taken:
    """A mail that the server answers for."""

    sender: str
    recipients: list[str]
    content: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.content, policy=policy.default)  # type: ignore[return-value]

    @property
    def pdf(self) -> bytes:
        (attached,) = self.message.iter_attachments()
        return attached.get_payload(decode=True)


@dataclass
class RunningSmtp:
    """What goes wrong; all off: a server that behaves."""

    port: int = 0
    taken: list[Taken] = field(default_factory=list)
    drops_after_taking: int = 0
    """So many mails are taken, and the line is dropped before the answer."""
    drops_before_mail: bool = False
    """The line is dropped at DATA, before any of the mail."""
    hangs: float = 0
    """Seconds before it answers to a mail."""
    refuses: dict[str, str] = field(default_factory=dict)
    """By address what is answered to it."""
    answers_mail: str = ""
    """What is answered to a mail instead of taking it."""
    password: str = ""
    """Asked for where it is set."""

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - theirs
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - theirs
        if self.answers_mail:
            return self.answers_mail
        self.taken.append(Taken(envelope.mail_from, list(envelope.rcpt_tos), envelope.original_content))
        if self.hangs:
            await asyncio.sleep(self.hangs)
        if self.drops_after_taking:
            self.drops_after_taking -= 1
            server.transport.abort()
        return "250 OK, it is queued"

    def authenticates(self, server, session, envelope, mechanism, data):
        is_right = isinstance(data, LoginPassword) and data.password.decode() == self.password
        return AuthResult(success=is_right, handled=is_right)


class _Server(SMTP):
    async def smtp_DATA(self, arg):  # noqa: N802 - theirs
        if self.event_handler.drops_before_mail:
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


class _Controller(Controller):
    def factory(self) -> SMTP:
        asks = bool(self.handler.password)
        with warnings.catch_warnings():  # a password in the open is meant: nobody else listens here
            warnings.simplefilter("ignore", UserWarning)
            return _Server(
                self.handler,
                authenticator=self.handler.authenticates if asks else None,
                auth_required=asks,
                auth_require_tls=False,
                enable_SMTPUTF8=False,
                hostname="mail.test",
            )


@contextmanager
def smtp_server(password: str = "") -> Iterator[RunningSmtp]:
    """Have a server for the length of a block."""
    running = RunningSmtp(password=password)
    with socket.create_server(("127.0.0.1", 0)) as free:
        running.port = free.getsockname()[1]
    controller = _Controller(running, hostname="127.0.0.1", port=running.port)
    controller.start()
    try:
        yield running
    finally:
        controller.stop()
